import Foundation
import Synchronization
import Testing

@testable import Curl

@Suite("Reading by IMAP")
struct IMAPTests {
    private func message(_ number: Int, text: String = "Hello") -> [UInt8] {
        Array("From: vendor@acme.test\r\nMessage-ID: <m\(number)@acme.test>\r\n\r\n\(text)\r\n".utf8)
    }

    /// A connection to an empty mailbox of a user whom nobody else uses.
    private func connection(_ user: String, longestMessage: Int = 1 << 20) async throws -> IMAPConnection {
        let address = try MailServers.shared.get().imap(.tls, user: user)
        let connection = IMAPConnection(to: address, longestMessage: longestMessage)
        try await connection.open()
        return connection
    }

    private func fetched(_ uids: [UInt32], by connection: IMAPConnection) async throws -> [IMAPMessage] {
        let messages = Mutex<[IMAPMessage]>([])
        try await connection.fetch(uids) { message in messages.withLock { $0.append(message) } }
        return messages.withLock { $0 }
    }

    // MARK: Dovecot

    @Test("every kind of encryption and signing in opens the inbox", arguments: 0..<4)
    func kinds(kind: Int) async throws {
        let servers = try MailServers.shared.get()
        let address =
            switch kind {
            case 0: servers.imap(.none, as: servers.password)
            case 1: servers.imap(.startTLS, as: servers.password)
            case 2: servers.imap(.tls, as: servers.password)
            default: servers.imap(.tls, as: servers.token)
            }
        let connection = IMAPConnection(to: address, longestMessage: 1 << 20)
        try await connection.open()
        let folder = try await connection.select("INBOX", readOnly: true)
        #expect(folder.uidValidity > 0 && folder.uidNext > 0)
        #expect(await connection.canIdle)
    }

    @Test("messages come whole and in order, whatever they look like, and no flag changes")
    func whole() async throws {
        let connection = try await connection("whole@parley.test")
        let texts = [
            "P1 OK done\r\n* 99 FETCH (UID 7 BODY[] {5}\r\n)\r\n* BYE", "übermäßig \u{1F600}", "{10}",
            String(repeating: "x", count: 200_000), "",
        ]
        for (number, text) in texts.enumerated() {
            try await connection.append(message(number, text: text), to: "INBOX")
        }
        let folder = try await connection.select("INBOX", readOnly: true)
        #expect(folder.count == texts.count)
        let uids = try await connection.uids(from: 1)
        let first = try await fetched(uids, by: connection)
        #expect(first.map(\.uid) == uids)
        let expected = texts.enumerated().map { IMAPMessage.Content.bytes(message($0, text: $1)) }
        #expect(first.map(\.content) == expected)
        #expect(try await fetched(uids, by: connection).map(\.flags) == first.map(\.flags))
    }

    @Test("a message that is gone by now is left out, and numbers begin where they are asked for")
    func gone() async throws {
        let connection = try await connection("gone@parley.test")
        for number in 0..<4 { try await connection.append(message(number), to: "INBOX") }
        let folder = try await connection.select("INBOX", readOnly: false)
        let uids = try await connection.uids(from: 1)
        #expect(try await connection.uids(from: uids[2]) == Array(uids[2...]))
        #expect(try await connection.uids(from: folder.uidNext) == [])
        let messages = try await fetched([uids[0], uids[3] + 100], by: connection)
        #expect(messages.map(\.uid) == [uids[0]])
    }

    @Test("a message can be found by its Message-ID, and flagged")
    func search() async throws {
        let connection = try await connection("search@parley.test")
        for number in 0..<3 { try await connection.append(message(number), to: "Sent") }
        _ = try await connection.select("Sent", readOnly: false)
        let found = try await connection.uids(withMessageID: "m1@acme.test")
        #expect(found.count == 1)
        #expect(try await connection.uids(withMessageID: "m9@acme.test") == [])
        try await connection.flag(found, "\\Flagged")
        #expect(try await fetched(found, by: connection).first?.flags.contains("\\Flagged") == true)
    }

    @Test("a message longer than is read is told of, and the next one comes all the same")
    func oversize() async throws {
        let connection = try await connection("oversize@parley.test", longestMessage: 1000)
        let long = message(0, text: String(repeating: "y", count: 100_000))
        try await connection.append(long, to: "INBOX")
        try await connection.append(message(1), to: "INBOX")
        _ = try await connection.select("INBOX", readOnly: true)
        let messages = try await fetched(try await connection.uids(from: 1), by: connection)
        #expect(messages.map(\.content) == [.oversize(long.count), .bytes(message(1))])
    }

    @Test("idling ends when a message comes, and when its time is over")
    func idle() async throws {
        let connection = try await connection("idle@parley.test")
        _ = try await connection.select("INBOX", readOnly: true)
        #expect(try await connection.idle(atMost: 1) == false)
        let other = try await self.connection("idle@parley.test")
        async let changed = connection.idle(atMost: 20)
        try await other.append(message(0), to: "INBOX")
        #expect(try await changed)
        #expect(try await connection.uids(from: 1).count == 1)
    }

    @Test("a folder that is not there is told of in the server's words, and the connection goes on")
    func missingFolder() async throws {
        let connection = try await connection("missing@parley.test")
        await #expect {
            try await connection.select("Nowhere ü", readOnly: true)
        } throws: {
            if case .refused("EXAMINE", let reply)? = $0 as? CurlError {
                reply.contains("exist")
            } else {
                false
            }
        }
        _ = try await connection.select("INBOX", readOnly: true)
    }

    @Test("nothing can be asked for while messages are being read")
    func exclusive() async throws {
        let connection = try await connection("exclusive@parley.test")
        try await connection.append(message(0), to: "INBOX")
        _ = try await connection.select("INBOX", readOnly: true)
        try await connection.fetch(try await connection.uids(from: 1)) { _ in
            await #expect(throws: CurlError.self) { try await connection.uids(from: 1) }
        }
        #expect(try await connection.uids(from: 1).count == 1)
    }

    // MARK: Faults

    /// Greets, answers CAPABILITY and SELECT, and says then what is given.
    private func scripted(_ steps: ScriptedServer.Step...) async throws -> IMAPConnection {
        let opening: [ScriptedServer.Step] = [
            .say("* OK [CAPABILITY IMAP4rev1] ready\r\n"), .hear("\r\n"),
            .say("* CAPABILITY IMAP4rev1\r\nA001 OK done\r\n"), .hear("P1 CAPABILITY\r\n"),
            .say("* CAPABILITY IMAP4rev1 IDLE\r\nP1 OK done\r\n"), .hear("\r\n"),
        ]
        let server = try ScriptedServer(opening + steps)
        let connection = IMAPConnection(to: server.address(replySeconds: 2), longestMessage: 1 << 20)
        try await connection.open()
        return connection
    }

    @Test("a connection cut inside a literal gives the messages before it and then an error that may pass")
    func cut() async throws {
        let connection = try await scripted(
            .say(
                "* 1 FETCH (UID 1 FLAGS () BODY[] {5}\r\nwhole)\r\n* 2 FETCH (UID 2 BODY[] {50}\r\nonly a part"
            ))
        let seen = Mutex<[IMAPMessage]>([])
        await #expect {
            try await connection.fetch([1, 2]) { message in seen.withLock { $0.append(message) } }
        } throws: {
            ($0 as? CurlError)?.mayPass == true
        }
        #expect(
            seen.withLock { $0 } == [IMAPMessage(uid: 1, flags: [], content: .bytes(Array("whole".utf8)))])
    }

    @Test("a message that was not asked for is not taken")
    func unasked() async throws {
        let connection = try await scripted(
            .say(
                "* 1 FETCH (UID 4294967295 BODY[] {1}\r\nx)\r\n* 2 FETCH (UID 2 BODY[] {1}\r\ny)\r\nP2 OK done\r\n"
            ))
        #expect(try await fetched([2], by: connection).map(\.uid) == [2])
    }

    @Test("a server that falls silent is not waited for without end")
    func silent() async throws {
        let connection = try await scripted(.say("* 1 FETCH (UID 1 BODY[] {50}\r\nonly"), .wait(6))
        await #expect(throws: CurlError.self) { try await connection.fetch([1]) { _ in } }
    }

    @Test("a server that does not answer keeps nobody who has been told to stop")
    func cancelled() async throws {
        let server = try ScriptedServer([
            .say("* OK ready\r\n"), .hear("\r\n"), .say("* CAPABILITY IMAP4rev1\r\nA001 OK done\r\n"),
            .hear("\r\n"), .say("P1 OK done\r\n"), .hear("\r\n"), .wait(20),
        ])
        let connection = IMAPConnection(to: server.address(replySeconds: 60), longestMessage: 100)
        try await connection.open()
        let began = ContinuousClock.now
        let asking = Task { try await connection.uids(from: 1) }
        try await Task.sleep(for: .milliseconds(300))
        asking.cancel()
        await #expect(throws: CurlError.self) { try await asking.value }
        #expect(ContinuousClock.now - began < .seconds(8))
    }

    @Test("an answer that comes byte by byte is the same answer")
    func byteByByte() async throws {
        let answer =
            "* 7 FETCH (UID 9 FLAGS (\\Seen \"a b\") X {0}\r\n NIL NIL BODY[] {7}\r\n)\r\n(\"\r\n)\r\nP2 OK done\r\n"
        let steps = answer.unicodeScalars.flatMap { [ScriptedServer.Step.say(String($0)), .wait(0.001)] }
        let server = try ScriptedServer(
            [
                .say("* OK ready\r\n"), .hear("\r\n"), .say("* CAPABILITY IMAP4rev1\r\nA001 OK done\r\n"),
                .hear("\r\n"), .say("P1 OK done\r\n"), .hear("\r\n"),
            ] + steps)
        let connection = IMAPConnection(to: server.address(), longestMessage: 100)
        try await connection.open()
        let messages = try await fetched([9], by: connection)
        #expect(
            messages == [
                IMAPMessage(uid: 9, flags: ["\\Seen", "a b"], content: .bytes(Array(")\r\n(\"\r\n".utf8)))
            ])
    }

    @Test(
        "an answer that obeys no grammar is an error, not a crash",
        arguments: [
            "* 1 FETCH (UID 1", "* 1 FETCH )", "* 1 FETCH (BODY[] {-5}",
            "* 1 FETCH (BODY[] {99999999999999999999}",
            "* 1 FETCH (BODY[] {5} x)", "* 1 FETCH (\"no end)",
            "* 1 FETCH " + String(repeating: "(", count: 100),
            "* BYE too many connections",
        ])
    func ungrammatical(answer: String) async throws {
        let connection = try await scripted(.say("\(answer)\r\n"), .wait(1))
        await #expect(throws: CurlError.self) { try await connection.fetch([1]) { _ in } }
    }

    @Test("the first message since an instant is found, whatever the day says")
    func since() async throws {
        let connection = try await connection("since@parley.test")
        let before = Int64(Date().timeIntervalSince1970)
        try await connection.append(message(0), to: "INBOX")
        _ = try await connection.select("INBOX", readOnly: true)
        #expect(
            try await connection.firstUID(since: before - 60) == (try await connection.uids(from: 1)).first)
        #expect(try await connection.firstUID(since: before + 3600) == nil)
    }

    // MARK: What is sent

    @Test("days and instants are those of the calendar")
    func dates() {
        #expect(IMAPDate.seconds(" 1-Jan-1970 00:00:00 +0000") == 0)
        #expect(IMAPDate.seconds("26-Nov-2026 18:13:22 +0100") == 1_795_713_202)
        #expect(IMAPDate.seconds("29-Feb-2024 23:59:59 -0530") == 1_709_270_999)
        for text in [
            "", "1-Foo-2026 00:00:00 +0000", "x-Jan-2026 00:00:00 +0000", "1-Jan-2026 00:00 +0000",
            "1-Jan-2026 9223372036854775807:00:00 +0000",
            "1-Jan-2026 00:00:00 +9223372036854775807",
        ] {
            #expect(IMAPDate.seconds(text) == nil)
        }
        for (seconds, day) in [
            (0, "1-Jan-1970"), (-1, "31-Dec-1969"), (1_709_251_199, "29-Feb-2024"),
            (1_795_713_202, "26-Nov-2026"),
        ] {
            #expect(IMAPDate.day(Int64(seconds)) == day)
        }
    }

    @Test("numbers go out as ranges")
    func ranges() {
        #expect(IMAPConnection.set([1, 2, 3, 5, 8, 9]) == "1:3,5,8:9")
        #expect(IMAPConnection.set([.max]) == "\(UInt32.max)")
    }

    @Test("a folder's name is written in the alphabet of IMAP")
    func folderNames() throws {
        func quoted(_ name: String) throws -> String {
            String(decoding: try FolderName.quoted(name), as: UTF8.self)
        }
        #expect(try quoted("INBOX") == "\"INBOX\"")
        #expect(try quoted("Entwürfe") == "\"Entw&APw-rfe\"")
        #expect(try quoted("A & B \"C\\D\"") == "\"A &- B \\\"C\\\\D\\\"\"")
        #expect(try quoted("台北") == "\"&U,BTFw-\"")
        #expect(throws: CurlError.self) { try FolderName.quoted("a\r\nP9 DELETE INBOX") }
        #expect(throws: CurlError.self) { try FolderName.quoted("") }
    }
}
