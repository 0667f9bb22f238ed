/// What a message asks of the server that is to take it.
struct SMTPDemands {
    private let octets: Int
    /// Whether an address goes beyond ASCII. Only then can the message be declared as such (RFC 6531).
    private let hasInternationalAddress: Bool
    private let hasInternationalHeader: Bool
    private let hasEightBitBody: Bool

    init(_ raw: [UInt8], _ envelope: MailEnvelope) {
        octets = raw.count
        hasInternationalAddress = ([envelope.sender] + envelope.recipients).contains { address in
            address.utf8.contains { $0 >= 0x80 }
        }
        guard let first = raw.firstIndex(where: { $0 >= 0x80 }) else {
            (hasInternationalHeader, hasEightBitBody) = (false, false)
            return
        }
        let body = Self.startOfBody(of: raw)
        hasInternationalHeader = first < body
        hasEightBitBody = raw[body...].contains { $0 >= 0x80 }
    }

    /// Whether the server has to be known before it is asked to take the message.
    var areSpecial: Bool { hasInternationalAddress || hasInternationalHeader || hasEightBitBody }

    /// Why a server with these extensions cannot be given the message, now or ever; `nil` where it can.
    func obstacle(at server: String, offering extensions: [String: String]) -> String? {
        // libcurl says neither of the message but SMTPUTF8 for the sake of an address, and a server may break what it was not
        // told of. What Parley composes is of seven bits apart from such addresses.
        if hasEightBitBody { return "The message has octets above 127 in its body, which nothing announces" }
        if hasInternationalHeader, !hasInternationalAddress {
            return "The message has a header beyond ASCII although no address needs one"
        }
        if hasInternationalAddress, extensions["SMTPUTF8"] == nil {
            return """
                \(server) takes no addresses with characters beyond ASCII: it does not offer SMTPUTF8. Write to another \
                address of the recipient, or send through a server that offers it
                """
        }
        return excess(at: server, offering: extensions)
    }

    /// Why the message is too long for the server (RFC 1870, section 4: a size of 0 is no limit); `nil` where it is not.
    func excess(at server: String, offering extensions: [String: String]) -> String? {
        guard let most = extensions["SIZE"].flatMap({ Int($0) }), most > 0, octets > most else { return nil }
        return """
            The message has \(octets) bytes, its files in base64 among them, and \(server) takes at most \(most). \
            Leave files out, or send them another way
            """
    }

    /// Behind the empty line.
    private static func startOfBody(of raw: [UInt8]) -> Int {
        var index = raw.startIndex
        while let end = raw[index...].firstIndex(of: 0x0A) {
            index = end + 1
            if raw[index...].starts(with: [0x0D, 0x0A]) { return index + 2 }
        }
        return raw.endIndex
    }
}
