import Desk
import HTTPTypes
import Negotiation
import Secrets
import Testing

@testable import Web

@Suite("The API")
struct APITests {
    @Test("a negotiation goes from draft to a request for approval, and each answer says where it stands")
    func creating() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let created = try await visit.post(
                "/v1/negotiations", key: team.key,
                #"{"product":{"title":"Wrench","url":"https://x.example","price":1200,"currency":"USD"},"vendor":{"name":"Bolt","contact_email":"sales@bolt.example"},"quantity":50,"target_price":"950","limit_price":1050.5,"currency":"USD","payment_terms":"Net 30","expires_at":"2027-01-31T08:00:00+01:00","strategy":{"kind":"auto"}}"#
            )
            #expect(created.status == 201)
            #expect(try created.string("status") == "draft")
            #expect(try created.string("target_price") == "950.00")
            #expect(try created.string("limit_price") == "1050.50")
            #expect(try created.string("original_price") == "1200.00")
            #expect(try created.string("expires_at") == "2027-01-31T07:00:00Z")
            #expect(try created.string("ai_strategy.kind") == "auto")
            #expect(try created.member("final_price") == .null)
            let id = try #require(try created.string("id"))
            let opened = try await visit.post("/v1/negotiations/\(id)/open", key: team.key, "{}")
            #expect(opened.status == 200)
            #expect(try opened.string("email.status") == "pending_approval")
            #expect(try opened.member("email.money_related") == .bool(true))
            #expect(try opened.string("approval.status") == "pending")
            #expect(try opened.string("negotiation.status") == "pending_approval")
            let email = try await visit.get(
                "/v1/emails/\(try #require(try opened.string("email.id")))", key: team.key)
            #expect(try email.string("terms.total") == "47500.00")
            #expect(try email.string("recipients.0.address") == "sales@bolt.example")
            #expect(try email.string("approval.id") == opened.string("approval.id"))
            let timeline = try await visit.get("/v1/negotiations/\(id)/timeline", key: team.key)
            #expect(
                try timeline.member("items")?.array?.compactMap { $0["action"]?.string }
                    .contains("approval.requested") == true)
        }
    }

    @Test("a reply without an amount waits for nothing, and one with an amount in words waits for approval")
    func replies() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.admin)
        try await room.visiting { visit in
            func reply(_ text: String) async throws -> Answer {
                room.store.change { state in
                    if !state.negotiations.isEmpty { state.negotiations[0].status = .vendorReplied }
                }
                return try await visit.post(
                    "/v1/negotiations/\(id)/reply", key: team.key, #"{"text":"\#(text)"}"#)
            }
            let plain = try await reply("Thank you, we will be in touch.")
            #expect(try plain.member("email.money_related") == .bool(false))
            #expect(try plain.member("approval") == .null)
            let money = try await reply("We could pay nine hundred dollars.")
            #expect(try money.member("email.money_related") == .bool(true))
            #expect(try money.string("approval.status") == "pending")
        }
    }

    @Test("calling off drafts no email")
    func cancelling() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.admin)
        try await room.visiting { visit in
            let answer = try await visit.post(
                "/v1/negotiations/\(id)/cancel", key: team.key, #"{"reason":"Not needed"}"#)
            #expect(answer.status == 200)
            #expect(try answer.member("email") == .null)
            #expect(try answer.string("negotiation.status") == "cancelled")
        }
    }

    @Test("an edit makes a new digest and a new request, and the old one is void")
    func editing() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (_, email, request) = try await room.opened(by: team.admin)
        try await room.visiting { visit in
            let before = try await visit.get("/v1/emails/\(email)", key: team.key)
            let answer = try await visit.call(
                .patch, "/v1/emails/\(email)", key: team.key, json: #"{"body_text":"USD 940.00 then."}"#)
            #expect(answer.status == 200)
            #expect(try answer.string("digest") != before.string("digest"))
            #expect(try answer.string("body_text") == "USD 940.00 then.")
            #expect(try answer.string("approval.id") != "\(request.id)")
            #expect(
                try await visit.get("/v1/approvals/\(request.id)", key: team.key).string("status") == "voided"
            )
        }
    }

    @Test("an approver decides by the API, and nobody decides on an own request")
    func deciding() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (_, _, request) = try await room.opened(by: team.admin)
        let manager = try await room.accessToken(of: team.manager)
        try await room.visiting { visit in
            let path = "/v1/approvals/\(request.id)/decision"
            let own = try await visit.post(path, key: team.key, #"{"decision":"approve"}"#)
            #expect(own.status == 403)
            #expect(try own.string("code") == "own_request")
            let yes = try await visit.post(path, key: manager, #"{"decision":"approve","comment":"Good"}"#)
            #expect(yes.status == 200)
            #expect(try yes.string("status") == "approved")
            #expect(try yes.string("decisions.0.comment") == "Good")
            #expect(try yes.string("decisions.0.channel") == "api")
            let again = try await visit.post(path, key: manager, #"{"decision":"approve"}"#)
            #expect(again.status == 409)
            let list = try await visit.get("/v1/approvals?status=pending", key: manager)
            #expect(try list.member("items") == .array([]))
        }
    }

    @Test(
        "money goes in as it is written and comes out exactly",
        arguments: [
            ("\"0.1\"", "0.10"), ("0.1", "0.10"), ("1040", "1040.00"), ("1040.1250", "1040.125"),
            ("\"99999999999999.9999\"", "99999999999999.9999"), ("0.3000", "0.30"), ("4.35", "4.35"),
            ("1.0049", "1.0049"), ("1000000.01", "1000000.01"),
        ])
    func money(input: String, output: String) async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let answer = try await visit.post(
                "/v1/products", key: team.key, #"{"title":"T","url":"https://x.example","price":\#(input)}"#)
            #expect(answer.status == 201)
            #expect(try answer.string("price") == output)
        }
    }

    @Test("a list comes in pages that miss nothing and repeat nothing")
    func paging() async throws {
        let room = try Showroom()
        let team = try await room.found()
        var ids: [String] = []
        for _ in 0..<7 { ids.append("\(try await room.draft(by: team.member))") }
        let expected = Array(ids.reversed())
        try await room.visiting { visit in
            var seen: [String] = []
            var cursor = ""
            for _ in 0..<10 {
                let page = try await visit.get("/v1/negotiations?limit=3\(cursor)", key: team.key)
                seen += try #require(try page.member("items")?.array).compactMap { $0["id"]?.string }
                guard let next = try page.string("next_cursor") else { break }
                cursor = "&cursor=\(next)"
            }
            #expect(seen == expected)
        }
    }

    @Test("the inbox lists what matched nothing and then what could not be read, page by page")
    func inbox() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let now = room.clock.now
        for number in 0..<3 { room.store.addStray("Stray \(number)", id: room.office.clock.newID(), at: now) }
        for number in 0..<2 {
            let arrival = QuarantinedArrival(
                id: room.office.clock.newID(), source: "sandbox", receivedAt: now, reason: "broken \(number)",
                size: 10)
            room.store.change { $0.quarantined.append(arrival) }
        }
        try await room.visiting { visit in
            for limit in 1...6 {
                var seen: [String] = []
                var cursor = ""
                for _ in 0..<10 {
                    let page = try await visit.get("/v1/inbox?limit=\(limit)\(cursor)", key: team.key)
                    seen += try #require(try page.member("items")?.array).compactMap {
                        $0["message"]?["subject"]?.string ?? $0["reason"]?.string
                    }
                    guard let next = try page.string("next_cursor") else { break }
                    cursor = "&cursor=\(next)"
                }
                #expect(seen == ["Stray 0", "Stray 1", "Stray 2", "broken 0", "broken 1"])
            }
        }
    }

    @Test("an administrator adds users up to the own role, and others none")
    func users() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let member = try await room.accessToken(of: team.member)
        try await room.visiting { visit in
            func add(_ role: String, _ key: String) async throws -> Int {
                try await visit.post(
                    "/v1/users", key: key,
                    #"{"email":"\#(role)@new.example","full_name":"New","role":"\#(role)","password":"long enough 1"}"#
                ).status
            }
            #expect(try await add("manager", team.key) == 201)
            #expect(try await add("super_admin", team.key) == 403)
            #expect(try await add("viewer", member) == 403)
            let list = try await visit.get("/v1/users", key: member)
            #expect(try list.member("items")?.array?.count == 5)
            #expect(!list.text.contains("password"))
            #expect(try await visit.get("/v1/audit-logs", key: member).status == 403)
        }
    }

    @Test("a policy is added by an administrator and then decides about requests")
    func policies() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let body =
                #"{"name":"Large","min_amount":40000,"currency":"USD","approvals_required":2,"approver_roles":["manager","org_admin"],"allow_self_approval":true,"link_allowed":false,"expires_after_hours":24}"#
            let added = try await visit.post("/v1/approval-policies", key: team.key, body)
            #expect(added.status == 201)
            #expect(try added.string("min_amount") == "40000.00")
            let half = try await visit.post(
                "/v1/approval-policies", key: team.key,
                #"{"name":"x","min_amount":1,"approvals_required":1,"approver_roles":["manager"],"allow_self_approval":true,"link_allowed":true,"expires_after_hours":24}"#
            )
            #expect(try half.string("field") == "currency")
            let list = try await visit.get("/v1/approval-policies", key: team.key)
            #expect(try list.string("items.0.name") == "Large")
        }
        let (_, _, request) = try await room.opened(by: team.member)
        #expect(request.requirement.fewestPeople == 2)
    }
}

extension Showroom {
    /// An access token in a user's name.
    func accessToken(of user: User) async throws -> String {
        let now = clock.now.seconds
        return AccessTokenSigner(reception.secretKey).sign(
            AccessClaims(
                subject: user.id.uuid, organization: user.organizationID.uuid, role: user.role.rawValue,
                issuedAt: now, expiresAt: now + 900))
    }
}

extension SmallBooks {
    /// A message that belongs nowhere.
    func addStray(_ subject: String, id: MessageID, at now: Instant) {
        let message = ThreadMessage(
            id: id, negotiationID: nil, direction: .inbound, arrivalID: nil, emailID: nil,
            mailMessageID: "\(id)@x", inReplyTo: nil, references: [], subject: subject,
            from: MailAddress(name: "", address: "who@x.example"), recipients: [], date: now, receivedAt: now,
            kind: "reply", intent: nil, text: "Hello", replyText: "", signature: "", attachments: [],
            matchReason: "no thread of ours", matchState: .unmatched)
        change { $0.messages.append(message) }
    }
}
