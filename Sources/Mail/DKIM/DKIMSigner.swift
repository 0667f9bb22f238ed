import Secrets

/// Signs messages for a domain (RFC 6376, 5).
public struct DKIMSigner: Sendable {
    /// Why there is no signature.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// No name that could stand in the DNS.
        case notADomain(String)
        /// The message has not exactly one From, or too large a header.
        case notAMessage(String)
        /// The message has lines that do not end in CRLF, and whoever sends it would change them.
        case bareLineEnd
        /// The key does not sign.
        case key(SecretsError)

        /// One line for an operator.
        public var description: String {
            switch self {
            case .notADomain(let name): "\(name) is no domain name or selector to sign for"
            case .notAMessage(let what): "the message cannot be signed: \(what)"
            case .bareLineEnd: "the message cannot be signed: a line does not end in CRLF"
            case .key(let error): error.description
            }
        }
    }

    /// Fields that are signed once more than they are there, so that none can be added.
    static let names = [
        "From", "Subject", "To", "Cc", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References",
        "Content-Type", "MIME-Version", "Auto-Submitted",
    ]

    /// Characters of a line of the header field.
    private static let lineLength = 76

    private let domain: String
    private let selector: String
    private let key: SigningKey

    /// Signs for a domain, with a key whose public half stands in the DNS as ``record`` says.
    public init(domain: String, selector: String, key: SigningKey) throws(Refusal) {
        guard let name = DomainLabels.text(domain, fewest: 2) else { throw .notADomain(domain) }
        guard let label = DomainLabels.text(selector, fewest: 1),
            DomainLabels.text("\(label)._domainkey.\(name)", fewest: 3) != nil
        else { throw .notADomain(selector) }
        (self.domain, self.selector, self.key) = (name, label, key)
    }

    /// The TXT record that the domain has to publish: its name, and its text, to be cut into strings of at
    /// most 255 bytes.
    public var record: (name: String, text: String) {
        ("\(selector)._domainkey.\(domain)", Self.record(of: key))
    }

    /// The text of the TXT record with the public half of a key.
    public static func record(of key: SigningKey) -> String {
        let kind = key.publicKey.kind == .rsa ? "rsa" : "ed25519"
        return "v=DKIM1; k=\(kind); p=\(key.publicText)"
    }

    /// The message with a DKIM-Signature on top, both forms relaxed.
    ///
    /// - Parameters:
    ///   - message: as it will be sent, with CRLF as line ends.
    ///   - seconds: now, since 1970.
    public func signed(_ message: [UInt8], at seconds: Int64) throws(Refusal) -> [UInt8] {
        guard let parts = SignedMessage(message) else { throw .notAMessage("its header is too large") }
        let places = parts.places
        guard places["from"]?.count == 1 else { throw .notAMessage("it has not exactly one From") }
        guard Self.endsLinesWell(message) else { throw .bareLineEnd }
        let names = Self.names.flatMap {
            Array(repeating: $0, count: 1 + (places[$0.lowercased()]?.count ?? 0))
        }
        let digest = BodyDigest(parts.body, .relaxed)
        let head = Array(unsigned(names, digest, seconds).utf8)
        var header: [UInt8] = []
        for name in Self.names {
            for place in (places[name.lowercased()] ?? []).reversed() {
                Canonicalization.relaxed.append(parts.fields[place], to: &header)
                header += [.carriageReturn, .lineFeed]
            }
        }
        Canonicalization.relaxed.append(HeaderField(head[...]), to: &header)
        return head + Self.folded(Base64.standard.encode(try sign(header))).utf8 + message
    }

    private func sign(_ header: [UInt8]) throws(Refusal) -> [UInt8] {
        do {
            // Ed25519 signs the digest (RFC 8463, 3).
            return try key.sign(key.publicKey.kind == .rsa ? header : SHA256.digest(header))
        } catch {
            throw .key(error)
        }
    }

    /// The header field up to the signature itself.
    private func unsigned(_ names: [String], _ digest: BodyDigest, _ seconds: Int64) -> String {
        let algorithm: DKIMSignature.Algorithm = key.publicKey.kind == .rsa ? .rsaSHA256 : .ed25519SHA256
        var list = "h="
        var length = list.count
        for (place, name) in names.enumerated() {
            let part = place + 1 < names.count ? "\(name):" : "\(name);"
            if length + part.count > Self.lineLength {
                list += "\r\n\t "
                length = 0
            }
            list += part
            length += part.count
        }
        return """
            DKIM-Signature: v=1; a=\(algorithm.rawValue); c=relaxed/relaxed; t=\(seconds);\r
            \td=\(domain); s=\(selector);\r
            \t\(list)\r
            \tbh=\(Base64.standard.encode(digest.bytes));\r
            \tb=
            """
    }

    private static func folded(_ signature: String) -> String {
        var rest = Substring(signature)
        var lines: [Substring] = []
        while !rest.isEmpty {
            lines.append(rest.prefix(lineLength - 4))
            rest = rest.dropFirst(lineLength - 4)
        }
        return lines.joined(separator: "\r\n\t ") + "\r\n"
    }

    private static func endsLinesWell(_ message: [UInt8]) -> Bool {
        var last: UInt8 = 0
        for byte in message {
            if (byte == .lineFeed) != (last == .carriageReturn) { return false }
            last = byte
        }
        return last == .lineFeed
    }
}
