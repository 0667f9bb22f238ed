import Desk
import HTTPTypes
import Negotiation
import Testing

@testable import Web

@Suite("Pages")
struct PageTests {
    @Test("what a vendor wrote is text on every page that shows it, never markup")
    func escaping() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (id, _, request) = try await room.opened(by: team.member)
        let attack = "</div><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 7 }} {% raw %}"
        room.store.addReply(attack, to: id, room, span: 6..<14, subject: attack)
        room.store.addStray(attack, id: room.office.clock.newID(), at: room.clock.now)
        try await room.visiting { visit in
            let cookie = try await visit.signIn("mona@acme.example")
            for path in ["/negotiations/\(id)", "/approvals/\(request.id)", "/inbox"] {
                let page = try await visit.page(path, cookies: [cookie])
                #expect(page.status == 200)
                #expect(!page.text.contains("<script"), "\(path)")
                #expect(!page.text.contains("<img"), "\(path)")
                #expect(page.text.contains("{{ 7 * 7 }}"), "\(path)")
            }
        }
    }

    @Test("a price that was read is marked where it stands in the letter")
    func provenance() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (id, _, _) = try await room.opened(by: team.member)
        room.store.addReply("Wir können 1.090 € 😀 anbieten", to: id, room, span: 11..<18)
        try await room.visiting { visit in
            let cookie = try await visit.signIn("max@acme.example")
            let page = try await visit.page("/negotiations/\(id)", cookies: [cookie])
            #expect(page.text.contains("Wir können <mark>1.090 €</mark> 😀 anbieten"))
        }
    }

    @Test(
        "every page holds together for every state that a negotiation can have",
        arguments: NegotiationStatus.allCases)
    func states(status: NegotiationStatus) async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (id, _, _) = try await room.opened(by: team.member)
        room.store.addReply("We agree.", to: id, room)
        room.store.change { state in
            state.negotiations[0].status = status
            state.negotiations[0].currentOfferPrice = Amount("1090")
            state.negotiations[0].finalPrice = status == .accepted ? Amount("1000") : nil
            state.negotiations[0].statusReason = "Because."
        }
        try await room.visiting { visit in
            let cookie = try await visit.signIn("max@acme.example")
            let page = try await visit.page("/negotiations/\(id)", cookies: [cookie])
            #expect(page.status == 200)
            #expect(page.text.contains(status.label))
            #expect(page.text.contains("/negotiations/\(id)/cancel") == !status.isClosed)
            #expect(page.text.contains("/negotiations/\(id)/purchase-order") == (status == .accepted))
            #expect(
                page.text.contains("/negotiations/\(id)/counter") == [.sent, .vendorReplied].contains(status))
            let list = try await visit.page("/negotiations?status=\(status.rawValue)", cookies: [cookie])
            #expect(list.text.contains("Torque wrench"))
        }
    }

    @Test("every page holds together for every state that an email can have", arguments: EmailStatus.allCases)
    func emailStates(status: EmailStatus) async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (id, email, _) = try await room.opened(by: team.member)
        room.store.change {
            $0.apply(
                .moveEmail(email, from: .pendingApproval, to: status, reason: "Why", at: room.clock.now),
                team.organization)
            var attempt = SendAttempt(
                id: room.office.clock.newID(), emailID: email, number: 1, version: 1, worker: "w",
                startedAt: room.clock.now, outcome: .unknown, serverReply: "It broke <off>.")
            attempt.evidence = [SendEvidence(.search, "Nothing in <Sent>.", at: room.clock.now)]
            $0.attempts = [attempt]
        }
        try await room.visiting { visit in
            let cookie = try await visit.signIn("max@acme.example")
            let page = try await visit.page("/negotiations/\(id)", cookies: [cookie])
            #expect(page.status == 200)
            #expect(page.text.contains("/emails/\(email)/edit") == status.isEditable)
            #expect(page.text.contains("/emails/\(email)/resolve") == (status == .uncertain))
            #expect(page.text.contains("/emails/\(email)/withdraw") == status.isRevocable)
            #expect(page.text.contains("Nothing in &lt;Sent&gt;.") == (status == .uncertain))
            guard status == .uncertain else { return }
            let quiet = #"value="send_again""#
            #expect(page.text.contains("\(quiet) disabled"))
            room.clock.advance(seconds: Office.longestHandOverSeconds + Office.quietSeconds)
            let later = try await visit.page("/negotiations/\(id)", cookies: [cookie])
            #expect(later.text.contains(quiet) && !later.text.contains("\(quiet) disabled"))
        }
    }

    @Test("lists that are empty say what they are for")
    func emptyLists() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let cookie = try await visit.signIn("max@acme.example")
            for (path, text) in [
                ("/negotiations", "No negotiations here yet"), ("/approvals", "Nothing waits for a decision"),
                ("/approvals?show=all", "Nothing waits"), ("/purchase-orders", "No purchase orders yet"),
                ("/inbox", "The inbox is empty"),
            ] {
                let page = try await visit.page(path, cookies: [cookie])
                #expect(page.status == 200)
                #expect(page.text.contains(text))
            }
        }
    }

    @Test("a purchase order is made from the page of an agreed negotiation and shows number and totals")
    func ordering() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        room.store.change { state in
            state.negotiations[0].status = .accepted
            state.negotiations[0].finalPrice = Amount("999.99")
        }
        try await room.visiting { visit in
            let cookie = try await visit.signIn("max@acme.example")
            let token = try await visit.page("/negotiations/\(id)", cookies: [cookie]).csrfToken
            let made = try await visit.form(
                "/negotiations/\(id)/purchase-order", [("csrf_token", token)], cookies: [cookie])
            let page = try await visit.page(try #require(made.headers[.location]), cookies: [cookie])
            #expect(page.text.contains("PO-2026-001"))
            #expect(page.text.contains("49,999.50"))
            #expect(page.text.contains("The purchase order is made."))
        }
    }

    @Test("notices stand on every page, and what is done is said in words of ours only")
    func notices() async throws {
        var room = try Showroom()
        room.reception.surroundings = { _ in
            Surroundings(notices: [Notice("The mailbox is <down>.", advice: "Mend it.")])
        }
        _ = try await room.found()
        try await room.visiting { visit in
            let cookie = try await visit.signIn("max@acme.example")
            let page = try await visit.page("/inbox?done=%3Cb%3Eowned", cookies: [cookie])
            #expect(page.text.contains("The mailbox is &lt;down&gt;."))
            #expect(!page.text.contains("owned"))
            #expect(try await visit.page("/inbox?done=created", cookies: [cookie]).text.contains("on record"))
        }
    }

    @Test("the vendor's desk is there in the sandbox only, and what is typed there reaches the mailbox")
    func sandbox() async throws {
        var room = try Showroom()
        _ = try await room.found()
        try await room.visiting { [room] visit in
            let cookie = try await visit.signIn("max@acme.example")
            #expect(try await visit.page("/sandbox/desk", cookies: [cookie]).status == 404)
            _ = room
        }
        let (answers, now) = (room.answers, room.clock.now)
        room.reception.sandbox = SandboxPort(
            isUsed: { _ in true },
            outbox: { _ in
                [
                    SandboxLetter(
                        messageID: "a\"<b>@acme", sentAt: now, from: "Acme", to: "Bolt", subject: "Hi",
                        text: "<i>")
                ]
            }, answer: { _, id, text in answers.add((id, text)) })
        try await room.visiting { visit in
            let cookie = try await visit.signIn("max@acme.example")
            let page = try await visit.page("/sandbox/desk", cookies: [cookie])
            #expect(page.text.contains("&lt;i&gt;"))
            let token = try page.csrfToken
            let sent = try await visit.form(
                "/sandbox/desk/answer",
                [("csrf_token", token), ("message_id", "a\"<b>@acme"), ("text", "USD 900")], cookies: [cookie]
            )
            #expect(sent.status == 303)
            #expect(answers.all.first?.1 == "USD 900")
            let empty = try await visit.form(
                "/sandbox/desk/answer",
                [("csrf_token", token), ("message_id", "a\"<b>@acme"), ("text", " ")],
                cookies: [cookie])
            #expect(empty.status == 422)
        }
    }

    @Test("the stylesheet has a tag, and a browser that knows it is sent nothing")
    func stylesheet() async throws {
        let room = try Showroom()
        try await room.visiting { visit in
            let sheet = try await visit.get("/assets/parley.css")
            #expect(sheet.status == 200)
            #expect(sheet.headers[.contentType] == "text/css; charset=utf-8")
            let tag = try #require(sheet.headers[.eTag])
            let again = try await visit.call(.get, "/assets/parley.css", headers: [.ifNoneMatch: tag])
            #expect(again.status == 304)
            #expect(again.text.isEmpty)
        }
    }

    @Test("pages hold no script, no inline style, and a label for every field")
    func markup() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (id, _, request) = try await room.opened(by: team.member)
        let token = try await room.link(to: team.manager)
        try await room.visiting { visit in
            let cookie = try await visit.signIn("mona@acme.example")
            for path in [
                "/negotiations", "/negotiations/new", "/negotiations/\(id)", "/approvals",
                "/approvals/\(request.id)",
                "/inbox", "/purchase-orders", "/approve/\(token)", "/nothing",
            ] {
                let page = try await visit.page(path, cookies: [cookie])
                #expect(!page.text.contains("<script") && !page.text.contains(" style="), "\(path)")
                #expect(!page.text.contains(" onclick="), "\(path)")
                #expect(page.text.contains("<h1"), "\(path)")
                #expect(page.text.contains("<html lang=\"en\">"), "\(path)")
                for field in page.text.components(separatedBy: " id=\"").dropFirst() {
                    let name = String(field.prefix { $0 != "\"" })
                    let isField = field.prefix(200).contains(" name=\"")
                    guard isField, !name.hasSuffix("-resolution"), name != "decision" else { continue }
                    #expect(page.text.contains("for=\"\(name)\""), "\(path) \(name)")
                }
            }
        }
    }
}
