import Foundation
import Testing

@testable import Curl

@Suite("Sending by SMTP")
struct SMTPTests {
    private func message(_ id: String, text: String = "Hello") -> [UInt8] {
        let head =
            "From: buyer@parley.test\r\nTo: vendor@acme.test\r\nSubject: Test\r\nMessage-ID: <\(id)@parley.test>\r\n"
        return Array("\(head)\r\n\(text)\r\n".utf8)
    }

    private func envelope(_ recipients: String...) throws -> MailEnvelope {
        try MailEnvelope(sender: "buyer@parley.test", recipients: recipients)
    }

    private func send(through steps: [ScriptedServer.Step], replySeconds: Int = 5) async throws -> SMTPOutcome
    {
        let server = try ScriptedServer(steps)
        let connection = SMTPConnection(to: server.address(replySeconds: replySeconds), hello: "parley.test")
        return await connection.send(message("scripted"), to: try envelope("vendor@acme.test"))
    }

    @Test("a message whose time is over is kept back, even when the server asks for it")
    func tooLate() async throws {
        let script: [ScriptedServer.Step] = .untilMessage + [.say("250 2.0.0 Ok\r\n")]
        let server = try ScriptedServer(script, script)
        let connection = SMTPConnection(to: server.address(), hello: "parley.test")
        let outcome = await connection.send(
            message("late"), to: try envelope("vendor@acme.test"), before: ContinuousClock.now)
        guard case .notAccepted(let refusal) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(!refusal.isPermanent && refusal.error.mayPass)
        let next = await connection.send(
            message("in-time"), to: try envelope("vendor@acme.test"),
            before: ContinuousClock.now.advanced(by: .seconds(60)))
        #expect(next.reply?.code == 250)
    }

    // MARK: Postfix

    @Test("a message reaches its recipient by every kind of encryption and signing in", arguments: 0..<5)
    func kinds(kind: Int) async throws {
        let servers = try MailServers.shared.get()
        let address =
            switch kind {
            case 0: servers.smtp(.none)
            case 1: servers.smtp(.startTLS, as: servers.password)
            case 2: servers.smtp(.tls, as: servers.password)
            case 3: servers.smtp(.startTLS, as: servers.token)
            default: servers.smtp(.tls, as: servers.token)
            }
        let connection = SMTPConnection(to: address, hello: "parley.test")
        try await connection.check()
        let outcome = await connection.send(
            message("kind-\(kind)"), to: try envelope("kind\(kind)@acme.test"))
        #expect(outcome.reply?.code == 250)
        let found = try await servers.delivered(to: "kind\(kind)@acme.test")
        #expect(found.count == 1 && found.first?.contains("Message-ID: <kind-\(kind)@parley.test>") == true)
    }

    @Test("lines that begin with a dot arrive as they were sent")
    func dots() async throws {
        let servers = try MailServers.shared.get()
        let connection = SMTPConnection(to: servers.smtp(.none), hello: "parley.test")
        let text = ".\r\n..\r\n.hidden\r\nlast."
        _ = await connection.send(message("dots", text: text), to: try envelope("dots@acme.test"))
        let found = try await servers.delivered(to: "dots@acme.test")
        #expect(found.first?.hasSuffix("\r\n\r\n\(text)\r\n".replacing("\r\n", with: "\n")) == true)
    }

    @Test("a recipient that the server does not know is named, and nobody gets the message")
    func unknownRecipient() async throws {
        let servers = try MailServers.shared.get()
        let connection = SMTPConnection(to: servers.smtp(.none), hello: "parley.test")
        let outcome = await connection.send(
            message("unknown"), to: try envelope("known@acme.test", "nobody@acme.test"))
        let refusal = try #require(outcome.refusal)
        #expect(refusal.recipient == "nobody@acme.test" && refusal.isPermanent)
        #expect(refusal.reply?.code == 550 && "\(refusal.error)".contains("There is no such person here"))
        let next = await connection.send(message("next"), to: try envelope("known@acme.test"))
        #expect(next.reply?.code == 250)
        let found = try await servers.delivered(to: "known@acme.test")
        #expect(found.count == 1 && found.first?.contains("<next@parley.test>") == true)
    }

    @Test("a greylisted recipient is refused for now")
    func greylisted() async throws {
        let servers = try MailServers.shared.get()
        let connection = SMTPConnection(to: servers.smtp(.none), hello: "parley.test")
        let outcome = await connection.send(message("later"), to: try envelope("later@acme.test"))
        let refusal = try #require(outcome.refusal)
        #expect(refusal.reply?.code == 451 && !refusal.isPermanent)
    }

    @Test("a wrong password is told in the server's words, and is none of the message's fault")
    func wrongPassword() async throws {
        let servers = try MailServers.shared.get()
        let wrong = ServerAddress.Credentials(user: MailServers.user, secret: .password("wrong"))
        let connection = SMTPConnection(to: servers.smtp(.tls, as: wrong), hello: "parley.test")
        let outcome = await connection.send(message("wrong"), to: try envelope("vendor@acme.test"))
        let refusal = try #require(outcome.refusal)
        #expect("\(refusal.error)".contains("did not accept user and password: 535") && !refusal.isPermanent)
    }

    @Test("a certificate of an authority that is not trusted is refused")
    func untrusted() async throws {
        var address = try MailServers.shared.get().smtp(.tls)
        address.trust = .system
        let connection = SMTPConnection(to: address, hello: "parley.test")
        await #expect {
            try await connection.check()
        } throws: {
            if case .unsafe? = $0 as? CurlError { true } else { false }
        }
    }

    // MARK: What a server offers

    private func international(_ id: String) throws -> ([UInt8], MailEnvelope) {
        let head =
            "From: buyer@parley.test\r\nTo: \u{7528}\u{6237}@utf8.test\r\nMessage-ID: <\(id)@parley.test>\r\n"
        return (Array("\(head)\r\nHello\r\n".utf8), try envelope("\u{7528}\u{6237}@utf8.test"))
    }

    @Test("an address beyond ASCII is written to where the server offers it, and arrives as it was written")
    func utf8() async throws {
        let servers = try MailServers.shared.get()
        let connection = SMTPConnection(
            to: servers.smtp(.startTLS, as: servers.password), hello: "parley.test")
        let (raw, envelope) = try international("utf8")
        for count in 1...2 {
            let outcome = await connection.send(raw, to: envelope)
            #expect(outcome.reply?.code == 250, "\(outcome)")
            let found = try await servers.delivered(to: "utf8", atLeast: count)
            #expect(found.count == count)
            #expect(found.first?.contains("\nTo: \u{7528}\u{6237}@utf8.test\n") == true, "\(found)")
        }
    }

    @Test(
        "where the server does not offer it, it is refused for good and in words, and the connection goes on")
    func noUTF8() async throws {
        let servers = try MailServers.shared.get()
        let connection = SMTPConnection(to: servers.narrow, hello: "parley.test")
        let (raw, envelope) = try international("no-utf8")
        let refusal = try #require(await connection.send(raw, to: envelope).refusal)
        #expect(refusal.isPermanent && refusal.reply == nil)
        #expect("\(refusal.error)".contains("does not offer SMTPUTF8"), "\(refusal.error)")
        let next = await connection.send(message("narrow"), to: try self.envelope("narrow@acme.test"))
        #expect(next.reply?.code == 250)
    }

    @Test("a server that offers no SMTPUTF8 is not even asked")
    func notAsked() async throws {
        // It hears NOOP to be known, and nothing of the message.
        let server = try ScriptedServer([
            .say("220 mx.test ESMTP\r\n"), .hear("\r\n"), .say("250-mx.test\r\n250-SIZE\r\n250 8BITMIME\r\n"),
            .hear("NOOP\r\n"), .say("250 ok\r\n"), .hear("\r\n"), .say("250 taken\r\n"),
        ])
        let connection = SMTPConnection(to: server.address(), hello: "parley.test")
        let (raw, envelope) = try international("unasked")
        let refusal = try #require(await connection.send(raw, to: envelope).refusal)
        #expect(refusal.isPermanent && "\(refusal.error)".contains("SMTPUTF8"))
    }

    @Test(
        "what nothing would announce to the server is not sent: octets above 127 in a body, headers without need"
    )
    func unannounced() async throws {
        let connection = SMTPConnection(to: try MailServers.shared.get().smtp(.none), hello: "parley.test")
        let body = await connection.send(
            message("eight", text: "\u{FC}"), to: try envelope("vendor@acme.test"))
        #expect("\(try #require(body.refusal).error)".contains("octets above 127"))
        let header = Array("Subject: \u{FC}\r\n\r\nHello\r\n".utf8)
        let outcome = await connection.send(header, to: try envelope("vendor@acme.test"))
        #expect(try #require(outcome.refusal).isPermanent)
    }

    @Test(
        "a message that is too long for the server is refused for good with both sizes, asked once and then known"
    )
    func tooLong() async throws {
        let connection = SMTPConnection(to: try MailServers.shared.get().narrow, hello: "parley.test")
        let long = message("long", text: String(repeating: "x\r\n", count: 7_000))
        for position in 0..<2 {
            let outcome = await connection.send(long, to: try envelope("long@acme.test"))
            let refusal = try #require(outcome.refusal)
            #expect(refusal.isPermanent && refusal.reply?.code == (position == 0 ? 552 : nil))
            let words = "\(refusal.error)"
            #expect(words.contains("has \(long.count) bytes") && words.contains("at most 20000"), "\(words)")
        }
        let next = await connection.send(message("short"), to: try envelope("short@acme.test"))
        #expect(next.reply?.code == 250)
    }

    // MARK: Faults

    @Test("what the server says after the final dot decides")
    func finalWord() async throws {
        let taken = try await send(through: .untilMessage + [.say("250 2.0.0 queued as 1\r\n")])
        #expect(taken == .accepted(SMTPReply(code: 250, text: "2.0.0 queued as 1")))
        for code in [451, 552] {
            let outcome = try await send(through: .untilMessage + [.say("\(code) no\r\n"), .hear("\r\n")])
            let refusal = try #require(outcome.refusal)
            #expect(refusal.reply?.code == code && refusal.isPermanent == (code > 500))
        }
    }

    @Test("a connection that ends after the final dot leaves it open whether the message was taken")
    func endsAfterDot() async throws {
        let outcome = try await send(through: .untilMessage)
        #expect(outcome.doubt != nil)
    }

    @Test("a server that falls silent after the final dot leaves it open whether the message was taken")
    func silentAfterDot() async throws {
        let outcome = try await send(through: .untilMessage + [.wait(4)], replySeconds: 1)
        #expect(outcome.doubt?.mayPass == true)
    }

    @Test("a connection that ends before the message has begun has surely not sent it", arguments: 0..<6)
    func endsBefore(step: Int) async throws {
        let whole = [ScriptedServer.Step].untilMessage
        let outcome = try await send(through: Array(whole.prefix(step)))
        let refusal = try #require(outcome.refusal)
        #expect(!refusal.isPermanent && refusal.error.mayPass)
    }

    @Test("a server that offers no encryption is told nothing")
    func noEncryption() async throws {
        let server = try ScriptedServer([
            .say("220 mx.test ESMTP\r\n"), .hear("\r\n"), .say("250 mx.test\r\n"), .hear("\r\n"),
        ])
        var address = server.address()
        address.security = .startTLS
        let connection = SMTPConnection(to: address, hello: "parley.test")
        let outcome = await connection.send(message("clear"), to: try envelope("vendor@acme.test"))
        #expect("\(try #require(outcome.refusal).error)".contains("cannot be talked to safely"))
    }

    @Test("one connection carries one message after the other")
    func reuse() async throws {
        let ok = [ScriptedServer.Step.say("250 2.0.0 queued\r\n")]
        let server = try ScriptedServer(.untilMessage + ok + .nextMessage + ok + .nextMessage + ok)
        let connection = SMTPConnection(to: server.address(), hello: "parley.test")
        for number in 0..<3 {
            let outcome = await connection.send(message("\(number)"), to: try envelope("vendor@acme.test"))
            #expect(outcome == .accepted(SMTPReply(code: 250, text: "2.0.0 queued")))
        }
    }

    @Test("a connection that the server has closed meanwhile is replaced by another")
    func closedMeanwhile() async throws {
        let ok = [ScriptedServer.Step.say("250 2.0.0 queued\r\n")]
        let server = try ScriptedServer(
            .untilMessage + ok + [.say("421 4.4.2 timeout\r\n")], .untilMessage + ok)
        let connection = SMTPConnection(to: server.address(), hello: "parley.test")
        for number in 0..<2 {
            let outcome = await connection.send(message("\(number)"), to: try envelope("vendor@acme.test"))
            #expect(outcome.reply?.code == 250, "\(outcome)")
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    // MARK: What must not be sent

    @Test(
        "an address that could end the command that it stands in is no recipient",
        arguments: [
            "a@b\r\nDATA", "<a@b>", "a b@c", "ab", "", String(repeating: "a", count: 300) + "@b", "a@b\u{7F}",
        ])
    func injection(address: String) {
        #expect(throws: CurlError.self) { try MailEnvelope(sender: "a@b", recipients: [address]) }
        #expect(throws: CurlError.self) { try MailEnvelope(sender: address, recipients: ["a@b"]) }
    }

    @Test("a greeting or a host that is no name is not sent")
    func badNames() async throws {
        let address = ServerAddress(host: "127.0.0.1", port: 1, security: .none)
        for hello in ["", "a\r\nMAIL", "a/b"] {
            await #expect(throws: CurlError.self) {
                try await SMTPConnection(to: address, hello: hello).check()
            }
        }
        for host in ["", "a/b", "user@host", "a b", "a?b"] {
            let address = ServerAddress(host: host, port: 25, security: .none)
            await #expect(throws: CurlError.self) {
                try await SMTPConnection(to: address, hello: "a.test").check()
            }
        }
    }
}

extension SMTPOutcome {
    fileprivate var reply: SMTPReply? { if case .accepted(let reply) = self { reply } else { nil } }
    fileprivate var refusal: SMTPRefusal? {
        if case .notAccepted(let refusal) = self { refusal } else { nil }
    }
    fileprivate var doubt: CurlError? { if case .unknown(let error) = self { error } else { nil } }
}
