import Desk
import Negotiation
import Testing

@testable import Web

@Suite("The pages of mailboxes")
struct MailboxPageTests {
    private func add(to room: Showroom, by admin: User) async throws -> Mailbox {
        var servers = MailServers(
            outgoing: MailServer(host: "mx.acme.example", port: 465, security: .tls, user: "buying"),
            incoming: MailServer(host: "mx.acme.example", port: 993, security: .tls, user: "buying"))
        servers.inbox = "Answers"
        servers.marksSeen = true
        return try await room.office.addMailbox(
            MailboxDraft(
                name: "Buying", address: "buying@acme.example", displayName: "Acme & Co",
                connection: .servers(servers), secrets: MailboxSecrets(outgoingPassword: "geheim")),
            by: room.caller(admin))
    }

    @Test("a mailbox is changed on its page: filled with what is known, and secrets left empty stay")
    func change() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let mailbox = try await add(to: room, by: team.admin)
        try await room.visiting { visit in
            let ada = try await visit.signIn("ada@acme.example")
            let list = try await visit.page("/mailboxes", cookies: [ada])
            #expect(list.text.contains("href=\"/mailboxes/\(mailbox.id)\""))
            let page = try await visit.page("/mailboxes/\(mailbox.id)", cookies: [ada])
            #expect(page.status == 200 && !page.text.contains("geheim"))
            for known in ["value=\"Answers\"", "value=\"Acme &amp; Co\"", "value=\"465\"", "Empty keeps"] {
                #expect(page.text.contains(known), "\(known)")
            }
            var fields = [
                ("csrf_token", try page.csrfToken), ("name", "Purchasing"),
                ("address", "buying@acme.example"), ("display_name", ""), ("smtp.host", "mx.acme.example"),
                ("smtp.port", "x"), ("smtp.security", "starttls"), ("smtp.user", "buying"),
                ("smtp.password", ""), ("imap.host", "mx.acme.example"), ("imap.port", "993"),
                ("imap.security", "tls"), ("imap.user", "buying"), ("imap.password", ""),
                ("inbox", "Answers"), ("marks_seen", "no"), ("oauth.provider", ""),
            ]
            let refused = try await visit.form("/mailboxes/\(mailbox.id)", fields, cookies: [ada])
            #expect(refused.status == 422 && refused.text.contains("value=\"Purchasing\""))
            #expect(refused.text.contains("href=\"#smtp.port\""))
            fields[5].1 = "587"
            let changed = try await visit.form("/mailboxes/\(mailbox.id)", fields, cookies: [ada])
            #expect(changed.status == 303, "\(changed.text)")
        }
        let now = try #require(room.store.read { $0.mailboxes.first })
        #expect(now.name == "Purchasing" && now.servers?.outgoing.port == 587)
        #expect(now.servers?.inbox == "Answers" && now.servers?.marksSeen == false)
        #expect(room.store.read { $0.sealed[mailbox.id] } == "sealed:geheim")
    }

    @Test("only administrators change mailboxes, and only those that are there")
    func others() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let mailbox = try await add(to: room, by: team.admin)
        try await room.visiting { visit in
            let max = try await visit.signIn("max@acme.example")
            #expect(try await visit.page("/mailboxes/\(mailbox.id)", cookies: [max]).status == 403)
            let token = try await visit.page("/mailboxes", cookies: [max]).csrfToken
            let answer = try await visit.form(
                "/mailboxes/\(mailbox.id)",
                [("csrf_token", token), ("name", "X"), ("address", "x@y.example"), ("smtp.host", "h")],
                cookies: [max])
            #expect(answer.status == 403 || answer.status == 422)
            let ada = try await visit.signIn("ada@acme.example")
            let unknown = room.office.clock.newUUID()
            #expect(try await visit.page("/mailboxes/\(unknown)", cookies: [ada]).status == 404)
        }
        #expect(room.store.read { $0.mailboxes.first?.name } == "Buying")
    }

    @Test("what stands around a page is asked for once")
    func once() async throws {
        var room = try Showroom()
        _ = try await room.found()
        let asked = Recorder<Bool>()
        room.reception.surroundings = { _ in
            asked.add(true)
            return Surroundings(hasSandbox: true)
        }
        try await room.visiting { visit in
            let max = try await visit.signIn("max@acme.example")
            for path in ["/negotiations", "/approvals", "/inbox", "/mailboxes"] {
                let before = asked.all.count
                let page = try await visit.page(path, cookies: [max])
                #expect(page.status == 200 && asked.all.count == before + 1, "\(path)")
                #expect(page.text.contains("/sandbox/desk"))
            }
        }
    }
}
