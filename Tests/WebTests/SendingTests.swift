import Desk
import Negotiation
import Testing

@testable import Web

@Suite("When emails leave, and taking them back")
struct SendingTests {
    /// An opening email that was approved through the link and leaves in a minute.
    private func approved(_ room: Showroom, _ team: Team, _ visit: Visitors) async throws -> (
        NegotiationID, EmailID, String
    ) {
        _ = try await room.office.changeSettings(
            SettingsChange(undoSeconds: 60), by: room.caller(team.admin))
        let (id, email, _) = try await room.opened(by: team.member)
        let token = try await room.link(to: team.manager)
        let page = try await visit.form("/approve/\(token)", [("decision", "approve")])
        #expect(page.text.contains("The email leaves"))
        #expect(page.text.contains("Take my approval back"))
        return (id, email, token)
    }

    @Test("the page behind the link says when the email leaves, and who approved it there can take that back")
    func takeBack() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let (_, email, token) = try await approved(room, team, visit)
            let other = try await room.link(to: team.admin)
            let foreign = try await visit.page("/approve/\(other)", cookies: [])
            #expect(foreign.text.contains("The email leaves"))
            #expect(!foreign.text.contains("Take my approval back"))
            #expect(try await visit.form("/approve/\(other)", [("decision", "take_back")]).status == 403)
            let after = try await visit.form("/approve/\(token)", [("decision", "take_back")])
            #expect(after.status == 200)
            #expect(after.text.contains("has taken the approval back"))
            #expect(!after.text.contains("Take my approval back"))
            #expect(room.store.read { $0.emails.first { $0.id == email }?.status } == .draft)
            #expect(try await visit.form("/approve/\(token)", [("decision", "take_back")]).status == 409)
        }
    }

    @Test("looking at the page takes nothing back, by whatever query")
    func looking() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let (_, email, token) = try await approved(room, team, visit)
            _ = try await visit.page("/approve/\(token)?decision=take_back", cookies: [])
            #expect(room.store.read { $0.emails.first { $0.id == email }?.status } == .approved)
        }
    }

    @Test("an approver who has signed in takes the approval back on the page of the request")
    func takeBackOnPage() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let (_, email, _) = try await approved(room, team, visit)
            let request = try #require(room.store.read { $0.requests.last })
            let cookie = try await visit.signIn("mona@acme.example")
            let page = try await visit.page("/approvals/\(request.id)", cookies: [cookie])
            #expect(page.text.contains("Take my approval back"))
            let done = try await visit.form(
                "/approvals/\(request.id)/take-back", [("csrf_token", try page.csrfToken)], cookies: [cookie])
            #expect(done.status == 303)
            #expect(room.store.read { $0.emails.first { $0.id == email }?.status } == .draft)
        }
    }

    @Test("a negotiation's page says when an email leaves, and takes it back with a reason")
    func withdraw() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let (id, email, _) = try await approved(room, team, visit)
            let cookie = try await visit.signIn("max@acme.example")
            let page = try await visit.page("/negotiations/\(id)", cookies: [cookie])
            #expect(page.text.contains("Leaves <time"))
            let done = try await visit.form(
                "/emails/\(email)/withdraw",
                [("csrf_token", try page.csrfToken), ("reason", "Wrong <price>")], cookies: [cookie])
            #expect(done.headers[.location] == "/negotiations/\(id)?done=withdrawn")
            let after = try await visit.page("/negotiations/\(id)?done=withdrawn", cookies: [cookie])
            #expect(after.text.contains("The email is taken back."))
            #expect(after.text.contains("Wrong &lt;price&gt;"))
            let again = try await visit.form(
                "/emails/\(email)/withdraw", [("csrf_token", try page.csrfToken)], cookies: [cookie])
            #expect(again.status == 409)
            #expect(again.text.contains("cancelled already"))
        }
    }

    @Test("through the API an email says when it leaves, and is withdrawn once")
    func api() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let (_, email, _) = try await approved(room, team, visit)
            let waiting = try await visit.get("/v1/emails/\(email)", key: team.key)
            #expect(try waiting.string("sends_at") == "\(room.clock.now.advanced(bySeconds: 60))")
            let done = try await visit.post(
                "/v1/emails/\(email)/withdraw", key: team.key, #"{"reason":"Wrong price"}"#)
            #expect(done.status == 200)
            #expect(try done.member("email")?["status"]?.string == "cancelled")
            let again = try await visit.post("/v1/emails/\(email)/withdraw", key: team.key)
            #expect(again.status == 409)
            #expect(try again.string("code") == "not_withdrawable")
            #expect(try await visit.post("/v1/emails/none/withdraw", key: team.key).status == 404)
        }
    }

    @Test("settings are read and changed one by one, through the API and on the page")
    func settings() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let path = "/v1/organization/settings"
            #expect(try await visit.get(path, key: team.key).member("undo_seconds")?.integer == 0)
            let changed = try await visit.call(
                .patch, path, key: team.key, json: #"{"vendor_daily_limit":3}"#)
            #expect(try changed.member("vendor_daily_limit")?.integer == 3)
            for body in [#"{"undo_seconds":3601}"#, #"{"undo_seconds":-1}"#, #"{"vendor_daily_limit":-1}"#] {
                #expect(try await visit.call(.patch, path, key: team.key, json: body).status == 422)
            }
            let admin = try await visit.signIn("ada@acme.example")
            let page = try await visit.page("/settings", cookies: [admin])
            #expect(page.text.contains(#"name="vendor_daily_limit" inputmode="numeric" value="3""#))
            let token = try page.csrfToken
            let wrong = try await visit.form(
                "/settings", [("csrf_token", token), ("undo_seconds", "soon")], cookies: [admin])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("must be a whole number") && wrong.text.contains(#"value="soon""#))
            let done = try await visit.form(
                "/settings", [("csrf_token", token), ("undo_seconds", "120"), ("vendor_daily_limit", "")],
                cookies: [admin])
            #expect(done.status == 303)
            #expect(
                room.store.read { $0.settings[team.organization] } == OrganizationSettings(undoSeconds: 120))
            let member = try await visit.signIn("max@acme.example")
            #expect(!(try await visit.page("/settings", cookies: [member])).text.contains("undo_seconds"))
        }
    }

    @Test("a mailbox takes hours and limits, through the API and on the page")
    func rules() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let body = """
                {"name":"Buying","address":"buying@acme.example",
                "smtp":{"host":"mx.acme.example","port":25,"security":"starttls"},
                "sending":{"per_hour":20,"window":{"days":["monday"],"from":"08:00","until":"18:00","time_zone":"UTC"}}}
                """
            let made = try await visit.post("/v1/mailboxes", key: team.key, body)
            #expect(made.status == 201)
            let mailbox = try #require(room.store.read { $0.mailboxes.first })
            #expect(mailbox.sending.perHour == 20 && mailbox.sending.window?.dayNames == ["monday"])
            let listed = try await visit.get("/v1/mailboxes/\(mailbox.id)", key: team.key)
            #expect(try listed.member("sending")?["window"]?["until"]?.string == "18:00")
            let nowhere = body.replacing("\"UTC\"", with: "\"Nowhere\"").replacing("Buying", with: "Other")
            let refused = try await visit.post("/v1/mailboxes", key: team.key, nowhere)
            #expect(refused.status == 422)
            #expect(try refused.string("field") == "sending.window.time_zone")
            let admin = try await visit.signIn("ada@acme.example")
            let page = try await visit.page("/mailboxes", cookies: [admin])
            #expect(page.text.contains("It sends Monday, 08:00 to 18:00 (UTC), at most 20 emails an hour."))
            let token = try page.csrfToken
            let wrong = try await visit.form(
                "/mailboxes/\(mailbox.id)/sending",
                [
                    ("csrf_token", token), ("days.friday", "1"), ("from", "9"), ("until", "17:00"),
                    ("time_zone", "UTC"),
                ],
                cookies: [admin])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("must be a time such as 08:00"))
            #expect(wrong.text.contains(#"name="days.friday" value="1" checked"#))
            let done = try await visit.form(
                "/mailboxes/\(mailbox.id)/sending",
                [
                    ("csrf_token", token), ("days.friday", "1"), ("from", "09:00"), ("until", "17:00"),
                    ("time_zone", "UTC"),
                ],
                cookies: [admin])
            #expect(done.status == 303)
            let after = room.store.read { $0.mailboxes.first?.sending }
            #expect(after?.window?.dayNames == ["friday"] && after?.perHour == nil)
        }
    }
}
