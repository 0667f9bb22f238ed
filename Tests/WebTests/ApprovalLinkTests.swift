import Desk
import HTTPTypes
import Negotiation
import Testing

@testable import Web

@Suite("The link in an approver's email")
struct ApprovalLinkTests {
    @Test("looking decides nothing, by whatever method and however often")
    func looking() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (_, _, request) = try await room.opened(by: team.member)
        let token = try await room.link(to: team.manager)
        try await room.visiting { visit in
            let before = room.store.read(\.commits)
            for method in [HTTPRequest.Method.get, .head, .options, .get] {
                let answer = try await visit.page("/approve/\(token)", cookies: [], method: method)
                #expect(answer.status == (method == .options ? 204 : 200))
            }
            for method in [HTTPRequest.Method.put, .delete, .patch] {
                #expect(try await visit.page("/approve/\(token)", cookies: [], method: method).status == 405)
            }
            // A scanner that follows what it finds in the query decides nothing either.
            _ = try await visit.page("/approve/\(token)?decision=approve", cookies: [])
            #expect(room.store.read(\.commits) == before)
            #expect(room.store.read { $0.requests.first { $0.id == request.id }?.status } == .pending)
        }
    }

    @Test(
        "the page shows what will be sent word for word, the figures, who asks, and the vendor's last message"
    )
    func content() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (id, _, _) = try await room.opened(by: team.member, price: "1075.5")
        room.store.addReply("We <b>can</b> do USD 1,090.00.", to: id, room)
        let token = try await room.link(to: team.manager)
        try await room.visiting { visit in
            let page = try await visit.page("/approve/\(token)", cookies: [])
            for text in [
                "Max acme", "Mona acme", "sales@bolt.example", "1,075.50", "53,775.00", "950.00", "1,050.00",
                "The price is above the limit", "We &lt;b&gt;can&lt;/b&gt; do USD 1,090.00.",
                "we would like to buy 50 × Torque wrench",
            ] {
                #expect(page.text.contains(text), "\(text)")
            }
            #expect(page.headers[.referrerPolicy] == "no-referrer")
            #expect(page.headers[.cacheControl] == "no-store")
            #expect(page.headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
        }
    }

    @Test("the form decides, without a sign-in, and then the page says what happened and who decided")
    func deciding() async throws {
        let room = try Showroom()
        let team = try await room.found()
        _ = try await room.opened(by: team.member)
        let token = try await room.link(to: team.manager)
        let other = try await room.link(to: team.admin)
        try await room.visiting { visit in
            let decided = try await visit.form(
                "/approve/\(token)", [("decision", "approve"), ("comment", "Fine <3")])
            #expect(decided.status == 200)
            #expect(decided.text.contains("Your decision is on record"))
            #expect(room.store.read { $0.grants.count } == 1)
            #expect(room.store.read { $0.decisions.first?.channel } == .link)
            for link in [token, other] {
                let after = try await visit.page("/approve/\(link)", cookies: [])
                #expect(after.status == 200)
                #expect(after.text.contains("<strong>Mona acme</strong> has approved the email"))
                #expect(after.text.contains("Fine &lt;3"))
                #expect(!after.text.contains("name=\"decision\""))
                let again = try await visit.form("/approve/\(link)", [("decision", "reject")])
                #expect(again.status == 409)
                #expect(again.text.contains("approved"))
            }
            #expect(room.store.read { $0.decisions.count } == 1)
        }
    }

    @Test("an edit kills the link, and the page says why")
    func edited() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (_, email, _) = try await room.opened(by: team.member)
        let token = try await room.link(to: team.manager)
        _ = try await room.office.edit(email, subject: "Other", bodyText: nil, by: room.caller(team.member))
        try await room.visiting { visit in
            let page = try await visit.page("/approve/\(token)", cookies: [])
            #expect(page.status == 200)
            #expect(page.text.contains("The email was edited."))
            let answer = try await visit.form("/approve/\(token)", [("decision", "approve")])
            #expect(answer.status == 409)
            #expect(room.store.read { $0.grants.isEmpty })
        }
    }

    @Test("a link whose time is over decides nothing and says when it ended")
    func expired() async throws {
        let room = try Showroom()
        let team = try await room.found()
        _ = try await room.opened(by: team.member)
        let token = try await room.link(to: team.manager)
        room.clock.advance(seconds: 72 * 3600 + 1)
        try await room.visiting { visit in
            let page = try await visit.page("/approve/\(token)", cookies: [])
            #expect(page.text.contains("The time for this decision ended"))
            #expect(try await visit.form("/approve/\(token)", [("decision", "approve")]).status == 409)
            #expect(room.store.read { $0.grants.isEmpty })
        }
    }

    @Test("an unknown link is 404 for looking and deciding, and a decision that is none is asked for again")
    func unknown() async throws {
        let room = try Showroom()
        let team = try await room.found()
        _ = try await room.opened(by: team.member)
        let token = try await room.link(to: team.manager)
        try await room.visiting { visit in
            for path in [
                "/approve/nothing", "/approve/\(token)x", "/approve/\(String(repeating: "a", count: 500))",
            ] {
                #expect(try await visit.page(path, cookies: []).status == 404)
                #expect(try await visit.form(path, [("decision", "approve")]).status == 404)
            }
            for fields in [[], [("decision", "maybe")]] {
                let answer = try await visit.form("/approve/\(token)", fields)
                #expect(answer.status == 422)
                #expect(answer.text.contains("choose to approve, to reject or to ask for changes"))
            }
            #expect(room.store.read { $0.decisions.isEmpty })
        }
    }

    @Test("what is no form decides nothing")
    func otherTypes() async throws {
        let room = try Showroom()
        let team = try await room.found()
        _ = try await room.opened(by: team.member)
        let token = try await room.link(to: team.manager)
        try await room.visiting { visit in
            let json = try await visit.call(
                .post, "/approve/\(token)", json: #"{"decision":"approve"}"#)
            #expect(json.status == 415)
            #expect(room.store.read { $0.decisions.isEmpty })
        }
    }
}

extension SmallBooks {
    /// A vendor's message in a thread.
    func addReply(
        _ text: String, to id: NegotiationID, _ room: Showroom, span: Range<Int>? = nil,
        subject: String = "Re: offer"
    ) {
        let (messageID, now): (MessageID, Instant) = (room.office.clock.newID(), room.clock.now)
        let message = ThreadMessage(
            id: messageID, negotiationID: id, direction: .inbound, arrivalID: nil, emailID: nil,
            mailMessageID: "\(messageID)@v", inReplyTo: nil, references: [], subject: subject,
            from: MailAddress(name: "Dana <script>", address: "sales@bolt.example"), recipients: [],
            date: now,
            receivedAt: now, kind: "reply", intent: "counter", text: text, replyText: text, signature: "",
            attachments: [
                .init(filename: "<img src=x>.pdf", contentType: "application/pdf", size: 10, sha256: "")
            ],
            matchReason: "it answers our email", matchState: .matched)
        let offer = span.map {
            Offer(
                id: room.office.clock.newID(), negotiationID: id, party: .vendor,
                price: Money(Amount(whole: 1090) ?? .zero, .usd), per: .unit, quantity: nil,
                messageID: messageID,
                span: $0, emailID: nil, isBinding: true, createdAt: now)
        }
        change { state in
            state.messages.append(message)
            if let offer { state.offers.append(offer) }
        }
    }
}
