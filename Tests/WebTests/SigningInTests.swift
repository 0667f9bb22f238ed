import Desk
import HTTPTypes
import Negotiation
import Secrets
import Testing

@testable import Web

@Suite("Signing in")
struct SigningInTests {
    @Test("an address and a password give tokens, and the access token opens the API")
    func login() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let body = #"{"email":"MAX@acme.example","password":"correct horse 1"}"#
            let answer = try await visit.post("/v1/auth/login", body)
            #expect(answer.status == 200)
            #expect(try answer.member("expires_in") == .number("900"))
            let access = try #require(try answer.string("access_token"))
            let me = try await visit.get("/v1/me", key: access)
            #expect(try me.string("email") == "max@acme.example")
            #expect(try me.string("organization.slug") == "acme")
            #expect(try me.member("scopes") == .null)
            #expect(try me.string("id") == "\(team.member.id)")
        }
    }

    @Test("a wrong password and an unknown address get the same 401")
    func wrongPassword() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let wrong = try await visit.post(
                "/v1/auth/login", #"{"email":"max@acme.example","password":"nope"}"#)
            let unknown = try await visit.post(
                "/v1/auth/login", #"{"email":"nobody@acme.example","password":"nope"}"#)
            #expect(wrong.status == 401)
            #expect(wrong.text == unknown.text)
            #expect(try wrong.string("code") == "sign_in_failed")
        }
    }

    @Test("an access token ends after fifteen minutes, and a refresh token gives a new one once")
    func refreshing() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let first = try await visit.post(
                "/v1/auth/login", #"{"email":"max@acme.example","password":"correct horse 1"}"#)
            let access = try first.string("access_token")
            room.clock.advance(seconds: 960)
            #expect(try await visit.get("/v1/me", key: access).status == 401)
            let body = #"{"refresh_token":"\#(try #require(try first.string("refresh_token")))"}"#
            let second = try await visit.post("/v1/auth/refresh", body)
            #expect(try await visit.get("/v1/me", key: try second.string("access_token")).status == 200)
            #expect(try await visit.post("/v1/auth/refresh", body).status == 401)
        }
    }

    @Test("a refresh token that was signed out is dead")
    func logout() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let first = try await visit.post(
                "/v1/auth/login", #"{"email":"max@acme.example","password":"correct horse 1"}"#)
            let body = #"{"refresh_token":"\#(try #require(try first.string("refresh_token")))"}"#
            #expect(try await visit.post("/v1/auth/logout", body).status == 204)
            #expect(try await visit.post("/v1/auth/refresh", body).status == 401)
        }
    }

    @Test("an API key acts in its owner's name, and no key, a wrong one or a cookie is 401")
    func apiKeys() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let me = try await visit.get("/v1/me", key: team.key)
            #expect(try me.string("role") == "org_admin")
            #expect(try me.member("scopes") == .array([.string("*")]))
            let none = try await visit.get("/v1/me")
            #expect(none.status == 401)
            #expect(none.headers[.wwwAuthenticate] == "Bearer")
            #expect(try await visit.get("/v1/me", key: "pk_wrong").status == 401)
            let cookie = try await visit.signIn("max@acme.example")
            #expect(try await visit.call(.get, "/v1/me", headers: [.cookie: cookie]).status == 401)
            let secret = try #require(cookie.split(separator: "=").last.map(String.init))
            #expect(try await visit.get("/v1/me", key: secret).status == 401)
        }
    }

    @Test("a token that says it is not signed, or that another key signed, is refused")
    func forgedTokens() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let now = room.clock.now.seconds
        let claims = AccessClaims(
            subject: team.admin.id.uuid, organization: team.organization.uuid, role: "org_admin",
            issuedAt: now,
            expiresAt: now + 900)
        let foreign = AccessTokenSigner(try SecretKey(String(repeating: "x", count: 40))).sign(claims)
        let genuine = AccessTokenSigner(room.reception.secretKey).sign(claims)
        let body = genuine.split(separator: ".")[1]
        let unsigned = Base64.url.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8)) + ".\(body)."
        try await room.visiting { visit async throws in
            #expect(try await visit.get("/v1/me", key: genuine).status == 200)
            #expect(try await visit.get("/v1/me", key: foreign).status == 401)
            #expect(try await visit.get("/v1/me", key: unsigned).status == 401)
        }
    }

    @Test("a token of one organization finds nothing of another")
    func tenants() async throws {
        let room = try Showroom()
        let (acme, other) = (try await room.found("acme"), try await room.found("other"))
        let id = try await room.draft(by: acme.member)
        try await room.visiting { visit async throws in
            #expect(try await visit.get("/v1/negotiations/\(id)", key: acme.key).status == 200)
            #expect(try await visit.get("/v1/negotiations/\(id)", key: other.key).status == 404)
            #expect(try await visit.get("/v1/negotiations", key: other.key).member("items") == .array([]))
        }
    }

    @Test("a key with the scope to read cannot change anything")
    func scopes() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let key = APIKey(
            id: room.office.clock.newID(), organizationID: team.organization, createdBy: team.admin.id,
            name: "Reports", prefix: "pk_reports", keyHash: room.office.secrets.hexDigest("pk_reports"),
            scopes: ["read"], isActive: true, expiresAt: nil, createdAt: room.clock.now)
        room.store.change { $0.keys.append(key) }
        try await room.visiting { visit in
            #expect(try await visit.get("/v1/vendors", key: "pk_reports").status == 200)
            let answer = try await visit.post(
                "/v1/vendors", key: "pk_reports", #"{"name":"Bolt","contact_email":"a@bolt.example"}"#)
            #expect(answer.status == 403)
            #expect(try answer.string("code") == "scope_missing")
        }
    }

    @Test(
        "the session cookie is out of reach for scripts and other sites, and travels over TLS only where there is TLS"
    )
    func cookieAttributes() async throws {
        for (url, isSecure) in [("http://127.0.0.1:8080", false), ("https://parley.example", true)] {
            let room = try Showroom(publicURL: url)
            _ = try await room.found()
            try await room.visiting { visit in
                let page = try await visit.page("/sign-in", cookies: [])
                let answer = try await visit.form(
                    "/sign-in",
                    [
                        ("email", "max@acme.example"), ("password", Showroom.password),
                        ("csrf_token", try page.csrfToken),
                    ], cookies: [try #require(page.cookie("parley_visit"))])
                let cookie = try #require(answer.headers[values: .setCookie].first)
                #expect(cookie.contains("; HttpOnly"))
                #expect(cookie.contains("; SameSite=Lax"))
                #expect(cookie.contains("; Path=/;"))
                #expect(cookie.contains("; Secure") == isSecure)
                #expect((answer.headers[.strictTransportSecurity] != nil) == isSecure)
            }
        }
    }

    @Test("signing in without the token of this browser's form does not sign in")
    func loginForgery() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let page = try await visit.page("/sign-in", cookies: [])
            let fields = [("email", "max@acme.example"), ("password", Showroom.password)]
            let without = try await visit.form("/sign-in", fields)
            #expect(without.status == 403)
            #expect(without.cookie("parley_session") == nil)
            let foreign = try await visit.form(
                "/sign-in", fields + [("csrf_token", try page.csrfToken)], cookies: ["parley_visit=another"])
            #expect(foreign.status == 403)
        }
    }

    @Test("after signing in a person comes back to where they wanted to go, and never to another site")
    func comingBack() {
        #expect(PageDesk.local("/approvals/1") == "/approvals/1")
        for other in [
            "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/ x",
            nil,
        ] {
            #expect(PageDesk.local(other) == "/negotiations")
        }
    }

    @Test("who has not signed in is asked to, and a session that was signed out opens nothing")
    func signingOut() async throws {
        let room = try Showroom()
        _ = try await room.found()
        try await room.visiting { visit in
            let stranger = try await visit.page("/negotiations", cookies: [])
            #expect(stranger.headers[.location] == "/sign-in?next=/negotiations")
            let cookie = try await visit.signIn("max@acme.example")
            let page = try await visit.page("/negotiations", cookies: [cookie])
            #expect(page.status == 200)
            let out = try await visit.form(
                "/sign-out", [("csrf_token", try page.csrfToken)], cookies: [cookie])
            #expect(out.status == 303)
            #expect(try await visit.page("/negotiations", cookies: [cookie]).status == 303)
        }
    }
}
