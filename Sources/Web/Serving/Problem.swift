import Desk
import Hummingbird
import Secrets

/// An error as the caller sees it (RFC 9457); the pages show the same facts in words.
struct Problem: Error, Hashable {
    /// The HTTP status, 400 to 599.
    var status: Int
    /// What kind of problem it is, for programs: lower-case words with underscores.
    var code: String
    /// What went wrong this time, for people.
    var detail: String
    /// The field of the body or query that is wrong, `product.title` for one within another.
    var field: String?
    /// When trying again makes sense, in seconds.
    var retryAfter: Int?
    /// Methods that the path does have, for a 405.
    var allowed: [String] = []

    init(_ status: Int, _ code: String, _ detail: String, field: String? = nil, retryAfter: Int? = nil) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.retryAfter = retryAfter
    }

    /// The field has a value that makes no sense.
    static func invalid(_ field: String, _ rule: String) -> Problem {
        Problem(422, "invalid_field", "\(field): \(rule)", field: field)
    }

    /// A parameter of the query has a value that makes no sense.
    static func query(_ name: String, _ rule: String) -> Problem {
        Problem(400, "invalid_parameter", "\(name): \(rule)", field: name)
    }

    /// Nobody who is known asks.
    static let unauthorized = Problem(
        401, "unauthorized", "Sign in first: send an access token or an API key as Authorization: Bearer.")

    static func notFound(_ what: String) -> Problem {
        Problem(404, "not_found", "There is no such \(what).")
    }

    /// The members of the problem details object.
    var json: StrictJSON {
        .object(of: [
            ("type", .string("urn:parley:problem:\(code)")), ("title", .string(title)),
            ("status", .number("\(status)")), ("detail", .string(detail)), ("code", .string(code)),
            ("field", field.map { .string($0) }),
        ])
    }

    /// The status in words, the same for every problem of that status.
    var title: String {
        switch status {
        case 400: "Bad request"
        case 401: "Sign-in needed"
        case 403: "Not allowed"
        case 404: "Not found"
        case 405: "Method not allowed"
        case 409: "Conflict"
        case 413: "Too large"
        case 415: "Unsupported media type"
        case 422: "Cannot be processed"
        case 503: "Not available at the moment"
        default: status < 500 ? "Request refused" : "Internal error"
        }
    }

    /// The answer to a program.
    func response() -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
        if status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        if !allowed.isEmpty { headers[.allow] = allowed.joined(separator: ", ") }
        return Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text())))
    }
}
