import Desk
import HTTPTypes
import Negotiation
import Testing

@testable import Web

@Suite("Forms of the pages")
struct FormTests {
    @Test("a form without the token of the session changes nothing")
    func csrf() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            let max = try await visit.signIn("max@acme.example")
            let mona = try await visit.signIn("mona@acme.example")
            let foreign = try await visit.page("/negotiations/new", cookies: [mona]).csrfToken
            let before = room.store.read(\.commits)
            for fields in [[], [("csrf_token", "")], [("csrf_token", foreign)]] {
                let answer = try await visit.form("/negotiations/\(id)/open", fields, cookies: [max])
                #expect(answer.status == 403)
            }
            #expect(room.store.read(\.commits) == before)
        }
    }

    @Test("a form that a browser says another site sent changes nothing, even with the right token")
    func crossSite() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            let cookie = try await visit.signIn("max@acme.example")
            let token = try await visit.page("/negotiations/\(id)", cookies: [cookie]).csrfToken
            var headers = HTTPFields()
            headers[try #require(HTTPField.Name("Sec-Fetch-Site"))] = "cross-site"
            let answer = try await visit.form(
                "/negotiations/\(id)/open", [("csrf_token", token), ("price", "950")], cookies: [cookie],
                headers: headers)
            #expect(answer.status == 403)
        }
    }

    @Test("a negotiation is created, opened and decided by forms alone")
    func wholeWay() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let max = try await visit.signIn("max@acme.example")
            let token = try await visit.page("/negotiations/new", cookies: [max]).csrfToken
            let created = try await visit.form(
                "/negotiations",
                [
                    ("csrf_token", token), ("product_title", "Torque wrench"),
                    ("product_url", "https://shop.example"),
                    ("vendor_name", "Bolt & Co"), ("vendor_email", "sales@bolt.example"), ("quantity", "50"),
                    ("target_price", "1,040.50"), ("limit_price", "1 100"), ("currency", "usd"),
                    ("expires_on", "2027-01-31"),
                ], cookies: [max])
            #expect(created.status == 303)
            let page = try #require(created.headers[.location]?.split(separator: "?").first.map(String.init))
            let record = try #require(room.store.read { $0.negotiations.last })
            #expect(record.targetPrice == Amount("1040.50"))
            #expect(record.limitPrice == Amount("1100"))
            #expect("\(try #require(record.expiresAt))" == "2027-01-31T23:59:59Z")
            let opened = try await visit.form(
                page + "/open", [("csrf_token", token), ("price", "1040.50"), ("text", "")], cookies: [max])
            #expect(opened.status == 303)
            let mona = try await visit.signIn("mona@acme.example")
            let request = try #require(room.store.read { $0.requests.last })
            let sheet = try await visit.page("/approvals/\(request.id)", cookies: [mona])
            let decided = try await visit.form(
                "/approvals/\(request.id)/decision",
                [("csrf_token", try sheet.csrfToken), ("decision", "approve"), ("comment", "Go")],
                cookies: [mona])
            #expect(decided.status == 303)
            #expect(room.store.read { $0.grants.count } == 1)
            #expect(room.store.read { $0.decisions.last?.channel } == .page)
        }
    }

    @Test("what was typed wrong is said on the page of the form, which keeps what was typed")
    func mistakes() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let cookie = try await visit.signIn("max@acme.example")
            let token = try await visit.page("/negotiations/new", cookies: [cookie]).csrfToken
            let answer = try await visit.form(
                "/negotiations",
                [
                    ("csrf_token", token), ("product_title", "A <b>wrench</b>"),
                    ("product_url", "https://x.example"),
                    ("vendor_name", "Bolt"), ("vendor_email", "sales@bolt.example"), ("quantity", "5"),
                    ("target_price", "1,5"),
                ], cookies: [cookie])
            #expect(answer.status == 422)
            #expect(answer.text.contains("href=\"#target_price\""))
            #expect(answer.text.contains("value=\"A &lt;b&gt;wrench&lt;/b&gt;\""))
            #expect(room.store.read { $0.negotiations.isEmpty })
        }
    }

    @Test("a viewer is offered no forms and can send none")
    func viewer() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            let cookie = try await visit.signIn("vera@acme.example")
            let page = try await visit.page("/negotiations/\(id)", cookies: [cookie])
            #expect(page.status == 200)
            #expect(!page.text.contains("action=\"/negotiations/"))
            let answer = try await visit.form(
                "/negotiations/\(id)/open", [("csrf_token", try page.csrfToken), ("price", "950")],
                cookies: [cookie])
            #expect(answer.status == 403)
            #expect(room.store.read { $0.emails.isEmpty })
        }
    }

    @Test(
        "amounts are read as people type them, and what could mean two things is refused",
        arguments: [
            ("950", "950.00"), ("1,040.50", "1040.50"), ("1 040.5", "1040.50"),
            ("1,234,567.8912", "1234567.8912"),
            ("1,5", nil), ("1.040,50", nil), ("1,0400", nil), ("abc", nil), ("1e3", nil), (",950", nil),
            ("1.00001", nil),
        ] as [(String, String?)])
    func amounts(typed: String, read: String?) {
        #expect(TypedAmount.read(typed).map { "\($0)" } == read)
    }

    @Test("a form is read as browsers write it")
    func encoding() throws {
        let form = try #require(Form(encoded: Array("a=1+2%2B3&b=%C3%A9&a=4&c&d=".utf8)))
        #expect(form["a"] == "1 2+3")
        #expect(form["b"] == "é")
        #expect(form["c"] == "")
        #expect(form.filled("d") == nil)
        #expect(Form(encoded: Array("a=%ff".utf8)) == nil)
        #expect(Form(encoded: Array(String(repeating: "a=1&", count: 300).utf8)) == nil)
    }
}
