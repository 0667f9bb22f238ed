/// What in a message can tell to which conversation it belongs, strongest first.
public struct ThreadKeys: Equatable, Sendable {
    /// Most ids taken from References; of more, the first and the last ones are kept.
    public static let mostReferences = 200

    /// Tokens in the recipients' addresses, and for bounces in the returned message's Reply-To.
    public let replyTokens: [ReplyToken]
    /// The message this one answers, or for a bounce or complaint the message that it is about.
    public let inReplyTo: [String]
    /// Every id of References, nearest first, without those of `inReplyTo`.
    public let references: [String]
    /// The conversation's GUID in Outlook's Thread-Index header, 32 lower-case hexadecimal digits.
    public let threadIndex: String?
    /// The provider's conversation id, as it was delivered.
    public let providerThreadID: String?
    /// The sender's address in lower case.
    public let sender: String?
    public let subject: SubjectLine
    /// Whether a machine wrote the subject, as in delivery reports and automatic answers: then another subject than the
    /// conversation's is no new topic.
    public let isAutomatic: Bool

    /// The keys of a message. `kind` and `bounce` are what was read of it.
    public init(of message: Message, kind: Kind = .reply, bounce: Bounce? = nil) {
        let delivered = message.headers("Delivered-To") + message.headers("X-Original-To")
        let own = (message.to + message.cc).map(\.address) + delivered
        let enclosed = bounce == nil ? [] : message.enclosedHeaders
        let returned = message.report?.returnedHeaders ?? enclosed
        let token = returned.filter { $0.isNamed("Reply-To") }.flatMap { Self.addresses(in: $0.value) }
        replyTokens = (own + token).compactMap(ReplyToken.init(inAddress:)).withoutRepeats

        let about = returned.filter { $0.isNamed("Message-ID") }.map { MessageIDs.read($0.value) }.joined()
        let answered =
            [message.inReplyTo].compactMap { $0 } + [bounce?.originalMessageID].compactMap { $0 } + about
        inReplyTo = answered.withoutRepeats
        let direct = Set(inReplyTo)
        let all = message.references.reversed().filter { !direct.contains($0) }.withoutRepeats
        references =
            Array(all.prefix(Self.mostReferences / 2))
            + all.dropFirst(Self.mostReferences / 2)
            .suffix(Self.mostReferences / 2)

        threadIndex = message.header("Thread-Index").flatMap(Self.conversation(threadIndex:))
        providerThreadID = message.providerThreadID
        sender = message.from?.comparable
        subject = SubjectLine(message.subject)
        isAutomatic = [.autoReply, .bounce, .complaint].contains(kind)
    }

    /// The GUID in a Thread-Index: base64 of six octets of time, sixteen of GUID, then five for each answer
    /// ([MS-OXOMSG] 2.2.1.3). `nil` for anything shorter or not base64.
    public static func conversation(threadIndex: String) -> String? {
        var octets: [UInt8] = []
        var buffer = 0
        var bits = 0
        for byte in threadIndex.utf8 where octets.count < 22 {
            guard let value = base64Value(byte) else {
                if byte == 0x20 || byte == 0x3D { continue }
                return nil
            }
            buffer = (buffer << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                octets.append(UInt8(buffer >> bits & 0xFF))
            }
        }
        guard octets.count == 22 else { return nil }
        return octets[6...].map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func base64Value(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x41...0x5A: Int(byte) - 0x41
        case 0x61...0x7A: Int(byte) - 0x61 + 26
        case 0x30...0x39: Int(byte) - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }

    private static func addresses(in header: String) -> [String] {
        header.split(whereSeparator: { " <>,;\"".contains($0) }).filter { $0.contains("@") }.map(String.init)
    }
}

/// Message ids as they stand in headers.
public enum MessageIDs {
    /// Most ids read from one header.
    public static let most = 1_000

    /// The ids of a header in order, without `<` and `>`. Without any brackets, words with an `@` are taken.
    public static func read(_ header: some StringProtocol) -> [String] {
        var ids: [String] = []
        var current: [UInt8]?
        for byte in header.utf8 where ids.count < most {
            switch byte {
            case 0x3C: current = []
            case 0x3E:
                if let id = current, !id.isEmpty { ids.append(String(decoding: id, as: UTF8.self)) }
                current = nil
            case 0x20, 0x09, 0x0A, 0x0D: break
            default: current?.append(byte)
            }
        }
        if !ids.isEmpty { return ids }
        return Substring(header).split(whereSeparator: { " \t\r\n,;<>".contains($0) }).filter {
            $0.contains("@")
        }
        .prefix(most).map(String.init)
    }
}

extension Sequence where Element: Hashable {
    /// The elements in order, each once.
    var withoutRepeats: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
