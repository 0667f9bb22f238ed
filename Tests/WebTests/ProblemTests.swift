import Desk
import HTTPTypes
import Negotiation
import Secrets
import Testing

@testable import Web

@Suite("Problems")
struct ProblemTests {
    private static let product = #""product":{"title":"T","url":"https://x.example"}"#
    private static let vendor = #""vendor":{"name":"V","contact_email":"v@v.example"}"#
    private static func creation(_ more: String) -> String {
        "{\(product),\(vendor),\"quantity\":5,\"target_price\":\"10\"\(more)}"
    }

    @Test(
        "a body that is not right is refused with the name of the field and what would be right",
        arguments: [
            (creation(#","colour":"red""#), 422, "unknown_field", "colour"),
            (
                creation(#","vendor_id":"0197a000-0000-7000-8000-000000000000""#), 422, "invalid_field",
                "vendor_id"
            ),
            (#"{\#(vendor),"quantity":5,"target_price":"10"}"#, 422, "invalid_field", "product_id"),
            (#"{\#(product),\#(vendor),"target_price":"10"}"#, 422, "invalid_field", "quantity"),
            (
                #"{\#(product),\#(vendor),"quantity":"5","target_price":"10"}"#, 422, "invalid_field",
                "quantity"
            ),
            (
                #"{\#(product),\#(vendor),"quantity":5.5,"target_price":"10"}"#, 422, "invalid_field",
                "quantity"
            ),
            (#"{\#(product),\#(vendor),"quantity":0,"target_price":"10"}"#, 422, "invalid_field", "quantity"),
            (
                #"{\#(product),\#(vendor),"quantity":5,"target_price":"ten"}"#, 422, "invalid_field",
                "target_price"
            ),
            (
                #"{\#(product),\#(vendor),"quantity":5,"target_price":1.00001}"#, 422, "invalid_field",
                "target_price"
            ),
            (creation(#","limit_price":"9""#), 422, "invalid_field", "limit_price"),
            (creation(#","expires_at":"tomorrow""#), 422, "invalid_field", "expires_at"),
            (creation(#","currency":"dollars""#), 422, "invalid_field", "currency"),
            (
                #"{"product":{"title":"T","link":"x"},\#(vendor),"quantity":5,"target_price":"10"}"#, 422,
                "unknown_field", "product.link"
            ),
            (
                #"{"product":{"title":"T"},\#(vendor),"quantity":5,"target_price":"10"}"#, 422,
                "invalid_field", "product.url"
            ),
            (
                #"{\#(product),"vendor":{"name":"V","contact_email":"v"},"quantity":5,"target_price":"10"}"#,
                422, "invalid_field", "vendor.contact_email"
            ),
            ("[1]", 400, "not_an_object", nil), ("{", 400, "not_json", nil),
            (#"{"quantity":1,"quantity":2}"#, 400, "not_json", nil),
        ] as [(String, Int, String, String?)])
    func badBodies(body: String, status: Int, code: String, field: String?) async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let answer = try await visit.post("/v1/negotiations", key: team.key, body)
            #expect(answer.status == status)
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(try answer.string("code") == code)
            #expect(try answer.string("field") == field)
            #expect(try answer.string("type") == "urn:parley:problem:\(code)")
            #expect(try answer.member("status")?.integer == Int64(status))
            #expect(try answer.string("title")?.isEmpty == false)
        }
        #expect(room.store.read { $0.negotiations.isEmpty })
    }

    @Test(
        "what a use case or the database refuses becomes the right status",
        arguments: [
            (CommitRefusal.unavailable("gone"), 503), (.duplicate("x"), 409), (.missing("x"), 409),
            (.forbidden("x"), 403),
        ] as [(CommitRefusal, Int)])
    func refusals(refusal: CommitRefusal, status: Int) async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            room.store.change { $0.refusal = refusal }
            let answer = try await visit.post(
                "/v1/vendors", key: team.key, #"{"name":"V","contact_email":"v@v.example"}"#)
            #expect(answer.status == status)
            #expect((answer.headers[.retryAfter] != nil) == (status == 503))
            #expect(!answer.text.contains("gone"))
        }
    }

    @Test("a step that makes no sense in the present state is a conflict with its own code")
    func conflicts() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            let answer = try await visit.post(
                "/v1/negotiations/\(id)/counter", key: team.key, #"{"price":"990"}"#)
            #expect(answer.status == 409)
            #expect(try answer.string("code") == "not_opened")
        }
    }

    @Test("unknown paths, wrong methods and ids that are none are problem details too")
    func paths() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let unknown = try await visit.get("/v1/nothing", key: team.key)
            #expect(unknown.status == 404)
            #expect(unknown.headers[.contentType] == "application/problem+json")
            let wrong = try await visit.call(.delete, "/v1/negotiations", key: team.key)
            #expect(wrong.status == 405)
            #expect(wrong.headers[.allow] == "GET, HEAD, OPTIONS, POST")
            let options = try await visit.call(.options, "/v1/negotiations")
            #expect(options.status == 204)
            #expect(options.headers[.allow] == "GET, HEAD, OPTIONS, POST")
            for id in ["1", "0197a000-0000-7000-8000-000000000000", "%2e%2e"] {
                #expect(try await visit.get("/v1/emails/\(id)", key: team.key).status == 404)
            }
        }
    }

    @Test("a page that does not exist looks like a page to a person and is a problem to a program")
    func errorPages() async throws {
        let room = try Showroom()
        try await room.visiting { visit in
            let page = try await visit.page("/nothing", cookies: [])
            #expect(page.status == 404)
            #expect(page.text.contains("<h1>Not found</h1>"))
            #expect(try await visit.get("/nothing").headers[.contentType] == "application/problem+json")
            let wrong = try await visit.form("/negotiations/new", [])
            #expect(wrong.status == 405)
            #expect(wrong.headers[.allow]?.contains("GET") == true)
            #expect(wrong.headers[.contentType]?.hasPrefix("text/html") == true)
        }
    }

    @Test(
        "parameters that are unknown, repeated or out of range are refused by name",
        arguments: [
            ("?colour=red", "colour"), ("?limit=0", "limit"), ("?limit=201", "limit"),
            ("?limit=ten", "limit"),
            ("?cursor=nonsense", "cursor"), ("?status=asleep", "status"), ("?limit=1&limit=2", "limit"),
        ])
    func parameters(query: String, field: String) async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let answer = try await visit.get("/v1/negotiations\(query)", key: team.key)
            #expect(answer.status == 400)
            #expect(try answer.string("field") == field)
        }
    }

    @Test("a body larger than the limit is refused before it is looked at")
    func tooLarge() async throws {
        var room = try Showroom()
        room.reception.limits.bodyBytes = 1000
        let team = try await room.found()
        try await room.visiting { [room] visit in
            let answer = try await visit.post(
                "/v1/vendors", key: team.key, #"{"name":"\#(String(repeating: "x", count: 2000))"}"#)
            #expect(answer.status == 413)
            #expect(room.store.read { $0.vendors.isEmpty })
        }
    }
}
