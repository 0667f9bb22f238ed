import Desk
import Foundation
import HTTPTypes
import Negotiation
import Secrets
import Testing

@testable import Web

@Suite("Webhook subscriptions")
struct SubscriptionTests {
    private static let body = #"{"url":"https://erp.acme.example/","events":["email.sent"]}"#

    @Test("the secret is in the first answer alone, and a repeated request makes nothing new")
    func secretOnce() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            var key: HTTPFields = [:]
            key[try #require(HTTPField.Name("Idempotency-Key"))] = "once"
            let made = try await visit.post(
                "/v1/webhook-subscriptions", key: team.key, Self.body, headers: key)
            #expect(made.status == 201)
            #expect(try made.string("secret") == "whsec_1")
            let again = try await visit.post(
                "/v1/webhook-subscriptions", key: team.key, Self.body, headers: key)
            #expect(again.status == 201)
            #expect(try again.member("secret") == .null)
            #expect(try again.string("id") == made.string("id"))
            let list = try await visit.get("/v1/webhook-subscriptions", key: team.key)
            #expect(try list.member("items")?.array?.count == 1)
            #expect(!list.text.contains("whsec"))
        }
    }

    @Test("what makes no sense is refused with its field, and an unknown receiver is not found")
    func refusals() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            for (body, field) in [
                (#"{"url":"http://erp.acme.example/","events":["email.sent"]}"#, "url"),
                (#"{"url":"https://erp.acme.example/","events":[]}"#, "events"),
                (#"{"url":"https://erp.acme.example/","events":["email.read"]}"#, "events"),
                (#"{"url":"https://erp.acme.example/"}"#, "events"),
                (#"{"url":"https://erp.acme.example/","events":["email.sent"],"secret":"x"}"#, "secret"),
            ] {
                let answer = try await visit.post("/v1/webhook-subscriptions", key: team.key, body)
                #expect(answer.status == 422, "\(body)")
                #expect(try answer.string("field") == field)
            }
            let nobody = "/v1/webhook-subscriptions/\(UUID().uuidString.lowercased())"
            #expect(try await visit.get(nobody, key: team.key).status == 404)
            #expect(try await visit.call(.delete, nobody, key: team.key).status == 404)
            #expect(try await visit.post("\(nobody)/test", key: team.key).status == 404)
            let member = try await room.accessToken(of: team.member)
            #expect(try await visit.get("/v1/webhook-subscriptions", key: member).status == 403)
            #expect(
                try await visit.post("/v1/webhook-subscriptions", key: member, Self.body).status == 403)
        }
    }

    @Test("an administrator finds the page from the navigation, and others are told that it is not for them")
    func pages() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let admin = try await visit.signIn("ada@acme.example")
            let mailboxes = try await visit.page("/mailboxes", cookies: [admin])
            #expect(mailboxes.text.contains(#"<a href="/subscriptions">Outbound</a>"#))
            let page = try await visit.page("/subscriptions", cookies: [admin])
            #expect(page.text.contains("Nobody is told anything yet"))
            for type in EventType.allCases {
                #expect(page.text.contains(#"name="events.\#(type.rawValue)""#))
            }
            let member = try await visit.signIn("max@acme.example")
            #expect(try await visit.page("/subscriptions", cookies: [member]).status == 403)
            #expect(
                !(try await visit.page("/negotiations", cookies: [member])).text.contains("/subscriptions"))
        }
    }

    @Test("a form with a mistake comes back with what was typed and ticked")
    func mistake() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let admin = try await visit.signIn("ada@acme.example")
            let token = try await visit.page("/subscriptions", cookies: [admin]).csrfToken
            let answer = try await visit.form(
                "/subscriptions",
                [
                    ("csrf_token", token), ("url", "http://<erp>.example/"), ("description", "ERP"),
                    ("events.email.sent", "on"),
                ], cookies: [admin])
            #expect(answer.status == 422)
            #expect(answer.text.contains("must begin with https://"))
            #expect(answer.text.contains(#"value="http://&lt;erp&gt;.example/""#))
            #expect(answer.text.contains(#"name="events.email.sent" value="on" checked"#))
            #expect(!answer.text.contains(#"name="events.email.failed" value="on" checked"#))
        }
    }

    @Test(
        "a delivery's page shows every attempt, and what a receiver answered as text",
        arguments: WebhookDelivery.State.allCases)
    func delivery(state: WebhookDelivery.State) async throws {
        let room = try Showroom()
        let team = try await room.found()
        let receiver = try await room.office.addSubscription(
            SubscriptionDraft(url: "https://erp.acme.example/", description: "", events: ["email.sent"]),
            by: room.caller(team.admin)
        ).subscription
        let id: WebhookDeliveryID = room.office.clock.newID()
        room.store.change { rows in
            rows.deliveries = [
                WebhookDelivery(
                    id: id, subscriptionID: receiver.id, eventID: room.office.clock.newID(),
                    type: "email.sent", payload: #"{"type":"email.sent"}"#, state: state, attempts: 1,
                    tries: 1, nextAttemptAt: room.clock.now, lastStatus: 500, lastError: "It answered 500.",
                    createdAt: room.clock.now)
            ]
            rows.webhookAttempts = [
                WebhookAttempt(
                    number: 1, startedAt: room.clock.now, milliseconds: 1234, status: 500,
                    answer: "<script>alert(1)</script>", error: "It answered 500.")
            ]
        }
        try await room.visiting { visit in
            let admin = try await visit.signIn("ada@acme.example")
            let page = try await visit.page("/webhook-deliveries/\(id)", cookies: [admin])
            #expect(page.status == 200)
            #expect(page.text.contains("1,234 ms") && page.text.contains("It answered 500."))
            #expect(page.text.contains("&lt;script&gt;alert(1)") && !page.text.contains("<script>"))
            let list = try await visit.page("/subscriptions/\(receiver.id)", cookies: [admin])
            #expect(list.status == 200 && list.text.contains("/webhook-deliveries/\(id)"))
        }
    }
}
