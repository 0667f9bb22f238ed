import Desk
import HTTPTypes
import Negotiation
import Testing

@testable import Web

@Suite("Idempotency-Key")
struct IdempotencyTests {
    private static let body = #"{"name":"Bolt","contact_email":"sales@bolt.example"}"#

    private static func headers(_ key: String) -> HTTPFields {
        var headers = HTTPFields()
        headers[.idempotencyKey] = key
        return headers
    }

    @Test("the same request again gets the same answer and happens once")
    func replay() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let first = try await visit.post(
                "/v1/vendors", key: team.key, Self.body, headers: Self.headers("a"))
            let second = try await visit.post(
                "/v1/vendors", key: team.key, Self.body, headers: Self.headers("a"))
            #expect(first.status == 201)
            #expect(second.status == 201)
            #expect(second.text == first.text)
            #expect(second.headers[.idempotencyReplayed] == "true")
            #expect(room.store.read { $0.vendors.count } == 1)
        }
    }

    @Test("a key for another request is refused, and another organization has keys of its own")
    func reuse() async throws {
        let room = try Showroom()
        let (acme, other) = (try await room.found("acme"), try await room.found("other"))
        try await room.visiting { visit in
            _ = try await visit.post("/v1/vendors", key: acme.key, Self.body, headers: Self.headers("a"))
            let changed = try await visit.post(
                "/v1/vendors", key: acme.key, #"{"name":"X","contact_email":"x@x.example"}"#,
                headers: Self.headers("a"))
            #expect(changed.status == 422)
            #expect(try changed.string("code") == "idempotency_key_reused")
            let foreign = try await visit.post(
                "/v1/vendors", key: other.key, Self.body, headers: Self.headers("a"))
            #expect(foreign.status == 201)
        }
    }

    @Test("a request that is being worked on is a conflict, and says so when its outcome is unknown")
    func inProgress() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            _ = try await visit.post("/v1/vendors", key: team.key, Self.body, headers: Self.headers("a"))
            room.keys.forgetAnswers()
            let early = try await visit.post(
                "/v1/vendors", key: team.key, Self.body, headers: Self.headers("a"))
            #expect(early.status == 409)
            #expect(try early.string("code") == "in_progress")
            room.clock.advance(seconds: 3600)
            let late = try await visit.post(
                "/v1/vendors", key: team.key, Self.body, headers: Self.headers("a"))
            #expect(late.status == 409)
            #expect(try late.string("code") == "outcome_unknown")
        }
    }

    @Test("a request that was refused can be sent again with the same key")
    func refused() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            room.store.change { $0.refusal = .unavailable("gone") }
            let first = try await visit.post(
                "/v1/vendors", key: team.key, Self.body, headers: Self.headers("a"))
            #expect(first.status == 503)
            let second = try await visit.post(
                "/v1/vendors", key: team.key, Self.body, headers: Self.headers("a"))
            #expect(second.status == 201)
        }
    }

    @Test("an unusable key is refused")
    func unusable() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let answer = try await visit.post(
                "/v1/vendors", key: team.key, Self.body,
                headers: Self.headers(String(repeating: "k", count: 256)))
            #expect(answer.status == 400)
        }
    }
}
