internal import CLibcurl

/// A connection to an IMAP server, signed in.
public actor IMAPConnection {
    private let queue = BlockingQueue("parley.imap")
    private let server: ServerAddress
    private let longestMessage: Int
    private let dialogue = Dialogue()
    private var stream: IMAPStream?
    private var reader: IMAPReader?
    private var lastTag = 0
    private var capabilities: Set<String> = []
    /// Whether messages are being read, between which nothing else can be asked for.
    private var isFetching = false

    /// Answers to one command, asked for or not, after which the server is taken to be out of its mind.
    private static let mostAnswers = 100_000
    /// Messages that one command asks for: few enough that a connection which breaks off loses little.
    static let mostPerFetch = 200

    public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    /// - Parameter longestMessage: bytes; a longer message is told of and not read.
    public init(to server: ServerAddress, longestMessage: Int) {
        self.server = server
        self.longestMessage = longestMessage
    }

    /// Connects, encrypts and signs in.
    public func open() throws(CurlError) {
        dialogue.begin()
        let handle = try Handle()
        try handle.set(server, scheme: "imap")
        handle.set(CURLOPT_CONNECT_ONLY, 1)
        handle.trace(to: dialogue)
        if let code = handle.perform() { throw CURLcodeError(code).failure(with: server, dialogue) }
        let stream = try IMAPStream(handle, server)
        self.stream = stream
        reader = IMAPReader(stream, server: server.name, longestLiteral: longestMessage)
        try command("CAPABILITY") { response in
            guard response.begins(with: "CAPABILITY") else { return }
            capabilities = Set(response.values.dropFirst().compactMap { $0.string?.uppercased() })
        }
    }

    /// Whether the server tells of new messages by itself (RFC 2177).
    public var canIdle: Bool { capabilities.contains("IDLE") }

    /// Opens a folder; `readOnly` leaves every flag as it is, `\Recent` too.
    public func select(_ folder: String, readOnly: Bool) throws(CurlError) -> IMAPFolder {
        var (validity, next, count): (UInt32, UInt32, Int) = (0, 0, 0)
        let name = try FolderName.quoted(folder)
        try command((readOnly ? "EXAMINE " : "SELECT "), name) { response in
            if response.values.count == 2, case .atom("EXISTS") = response.values[1] {
                count = Int(response.values[0].number ?? 0)
            }
            guard response.begins(with: "OK"), let text = response.values.last?.string else { return }
            validity = Self.code("UIDVALIDITY", in: text) ?? validity
            next = Self.code("UIDNEXT", in: text) ?? next
        }
        return IMAPFolder(uidValidity: validity, uidNext: next, count: count)
    }

    /// The numbers of the messages from `uid` on, ascending.
    public func uids(from uid: UInt32) throws(CurlError) -> [UInt32] {
        // A range that ends with a star always has the last message in it, though its number be lower.
        try search("UID \(uid):*").filter { $0 >= uid }
    }

    /// The number of the first message that has come since an instant, in seconds since 1970; nil if none has.
    public func firstUID(since seconds: Int64) throws(CurlError) -> UInt32? {
        // Servers compare days, and each in its own zone: a day earlier is early enough.
        let candidates = try search("SINCE \(IMAPDate.day(seconds - 86_400))")
        for first in stride(from: 0, to: candidates.count, by: Self.mostPerFetch) {
            let part = candidates[first..<min(first + Self.mostPerFetch, candidates.count)]
            var found: UInt32?
            try command("UID FETCH \(Self.set(part)) (UID INTERNALDATE)") { response in
                guard response.values.count == 3, case .list(let items) = response.values[2] else { return }
                let uid = Self.value("UID", in: items)?.number
                let date = Self.value("INTERNALDATE", in: items)?.string.flatMap(IMAPDate.seconds)
                if let uid, let date, date >= seconds { found = min(found ?? uid, uid) }
            }
            if let found { return found }
        }
        return nil
    }

    /// What follows a name in a list of names and values.
    private static func value(_ name: String, in items: [IMAPValue]) -> IMAPValue? {
        stride(from: 0, to: items.count - 1, by: 2).first { items[$0].string?.uppercased() == name }.map {
            items[$0 + 1]
        }
    }

    /// The numbers of the messages with this Message-ID, without angle brackets.
    public func uids(withMessageID id: String) throws(CurlError) -> [UInt32] {
        guard !id.isEmpty, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) else {
            throw .unsendable("“\(id.prefix(80))” is no Message-ID")
        }
        return try search("HEADER Message-ID \"<\(id)>\"")
    }

    private func search(_ criteria: String) throws(CurlError) -> [UInt32] {
        var found: [UInt32] = []
        try command("UID SEARCH \(criteria)") { response in
            guard response.begins(with: "SEARCH") else { return }
            found += response.values.dropFirst().compactMap(\.number)
        }
        return found.sorted()
    }

    /// Reads messages one after the other, in the order of their numbers; one that is gone by now is left out. While `each`
    /// is at work the server waits. No flag changes.
    public func fetch(
        _ uids: [UInt32], each: @Sendable (IMAPMessage) async throws -> Void
    ) async throws {
        let uids = uids.sorted()
        var first = 0
        while first < uids.count {
            let part = uids[first..<min(first + Self.mostPerFetch, uids.count)]
            first += part.count
            try await fetch(part, each)
        }
    }

    private func fetch(
        _ uids: ArraySlice<UInt32>, _ each: @Sendable (IMAPMessage) async throws -> Void
    ) async throws {
        let tag = try send("UID FETCH \(Self.set(uids)) (UID FLAGS BODY.PEEK[])")
        isFetching = true
        defer { isFetching = false }
        var wanted = Set(uids)
        do {
            for _ in 0..<Self.mostAnswers {
                let response = try next()
                if response.tag == tag { return try check(response, command: "UID FETCH") }
                guard let message = message(in: response), wanted.remove(message.uid) != nil else { continue }
                try await each(message)
            }
            throw endless
        } catch {
            // Whatever is still under way would be taken for the answer to the next command.
            close()
            throw error
        }
    }

    private func message(in response: IMAPResponse) -> IMAPMessage? {
        guard response.values.count == 3, case .atom("FETCH") = response.values[1],
            case .list(let items) = response.values[2]
        else { return nil }
        var flags: [String] = []
        if case .list(let list)? = Self.value("FLAGS", in: items) { flags = list.compactMap(\.string) }
        guard let uid = Self.value("UID", in: items)?.number else { return nil }
        switch Self.value("BODY[]", in: items) {
        case .text(let bytes): return IMAPMessage(uid: uid, flags: flags, content: .bytes(bytes))
        case .oversize(let size): return IMAPMessage(uid: uid, flags: flags, content: .oversize(size))
        default: return nil
        }
    }

    /// Sets a flag, such as `\Seen`.
    public func flag(_ uids: [UInt32], _ flag: String) throws(CurlError) {
        guard !uids.isEmpty else { return }
        guard flag.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"(){}%*\"]".utf8.contains($0) }) else {
            throw .unsendable("“\(flag.prefix(80))” is no flag")
        }
        try command("UID STORE \(Self.set(uids.sorted()[...])) +FLAGS.SILENT (\(flag))") { _ in }
    }

    /// Puts a message into a folder, flagged as seen.
    public func append(_ raw: [UInt8], to folder: String) throws(CurlError) {
        let name = try FolderName.quoted(folder)
        let tag = try send("APPEND ", name, " (\\Seen) {\(raw.count)}")
        let response = try continuation()
        guard response.tag == "+" else { return try check(response, command: "APPEND") }
        try stream?.write(raw + [0x0D, 0x0A])
        try finish(tag, command: "APPEND") { _ in }
    }

    /// Waits until the folder changes, at most so many seconds or until the task is cancelled; whether it did. Servers close
    /// what idles for 30 minutes.
    public func idle(atMost seconds: Int) throws(CurlError) -> Bool {
        let tag = try send("IDLE")
        let response = try continuation()
        guard response.tag == "+" else {
            try check(response, command: "IDLE")
            return false
        }
        var hasChanged = false
        do {
            var waited = 0
            while waited < seconds, !hasChanged, !Task.isCancelled {
                if let heard = try reader?.next(within: 1), heard.tag == "*" {
                    try refuse(heard)
                    hasChanged = true
                }
                waited += 1
            }
        } catch {
            close()
            throw error
        }
        try stream?.write(Array("DONE\r\n".utf8))
        try finish(tag, command: "IDLE") { _ in }
        return hasChanged
    }

    /// Takes leave and closes the connection.
    public func close() {
        stream = nil
        reader = nil
        capabilities = []
    }

    // MARK: Commands

    private func command(
        _ text: String, _ name: [UInt8] = [], _ take: (IMAPResponse) -> Void
    ) throws(CurlError) {
        let tag = try send(text, name)
        try finish(tag, command: String(text.prefix { $0 != " " }), take)
    }

    private func send(_ text: String, _ name: [UInt8] = [], _ rest: String = "") throws(CurlError) -> String {
        guard let stream else { throw .brokenOff(server: server.name, reason: "it is closed") }
        guard !isFetching else { throw .unsendable("Nothing can be asked for while messages are being read") }
        lastTag += 1
        let tag = "P\(lastTag)"
        try stream.write(Array("\(tag) \(text)".utf8) + name + Array("\(rest)\r\n".utf8))
        return tag
    }

    private func finish(
        _ tag: String, command: String, _ take: (IMAPResponse) -> Void
    ) throws(CurlError) {
        for _ in 0..<Self.mostAnswers {
            let response = try next()
            if response.tag == tag { return try check(response, command: command) }
            take(response)
        }
        close()
        throw endless
    }

    private var endless: CurlError {
        .protocolViolation(
            server: server.name, reason: "more than \(Self.mostAnswers) answers to one command")
    }

    /// The first answer that is for this command, past what the server tells by itself.
    private func continuation() throws(CurlError) -> IMAPResponse {
        for _ in 0..<Self.mostAnswers {
            let response = try next()
            if response.tag != "*" { return response }
        }
        close()
        throw endless
    }

    private func next() throws(CurlError) -> IMAPResponse {
        guard let response = try reader?.next() else {
            throw .brokenOff(server: server.name, reason: "it is closed")
        }
        try refuse(response)
        return response
    }

    /// Throws where the server takes its leave.
    private func refuse(_ response: IMAPResponse) throws(CurlError) {
        guard response.tag == "*", response.begins(with: "BYE") else { return }
        close()
        throw .brokenOff(server: server.name, reason: response.values.last?.string ?? "the server ended it")
    }

    private func check(_ response: IMAPResponse, command: String) throws(CurlError) {
        guard response.begins(with: "OK") else {
            throw .refused(command: command, reply: response.values.last?.string ?? "without a word")
        }
    }

    /// A number in brackets, as in `[UIDNEXT 7] Predicted next UID`.
    private static func code(_ name: String, in text: String) -> UInt32? {
        let upper = text.uppercased()
        guard upper.hasPrefix("[\(name) ") else { return nil }
        return UInt32(upper.dropFirst(name.count + 2).prefix { $0.isNumber })
    }

    /// Ascending numbers as a set, neighbours together: `3:7,9`.
    static func set(_ uids: ArraySlice<UInt32>) -> String {
        var ranges: [(first: UInt32, last: UInt32)] = []
        for uid in uids {
            if let last = ranges.last, last.last != .max, uid == last.last + 1 {
                ranges[ranges.count - 1].last = uid
            } else {
                ranges.append((uid, uid))
            }
        }
        return ranges.map { $0.first == $0.last ? "\($0.first)" : "\($0.first):\($0.last)" }.joined(
            separator: ",")
    }
}
