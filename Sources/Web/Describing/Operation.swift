import Desk
import Hummingbird
import Logging
import Negotiation
import Secrets

/// One operation of the HTTP API: where it is, what it takes, what it answers, and what it does.
struct Operation: Sendable {
    /// Who may call it.
    enum Access: Sendable {
        /// Everybody.
        case open
        /// Whoever has an access token or an API key.
        case bearer
    }

    /// A parameter of the query.
    struct Parameter: Sendable {
        let name: String
        let schema: Schema
        let note: String
    }

    /// What comes back when all is well.
    struct Success: Sendable {
        let status: Int
        let schema: Schema?
        let note: String
        var contentType = "application/json"
    }

    let method: HTTPRequest.Method
    /// As OpenAPI has it: `/v1/emails/{id}`.
    let path: String
    /// Unique among all operations; `createNegotiation`.
    let name: String
    /// The group under which it is listed.
    let group: String
    let summary: String
    var access = Access.bearer
    var parameters: [Parameter] = []
    var body: BodyShape?
    /// Whether the body may bring files, which makes it larger than others.
    var takesFiles = false
    let success: Success
    let handle: @Sendable (APICall) async throws -> APIAnswer

    /// The same path for the router: `/v1/emails/:id`.
    var routerPath: String {
        String(path.map { $0 == "{" ? ":" : $0 }.filter { $0 != "}" })
    }

    /// Whether `Idempotency-Key` is heeded.
    var isIdempotent: Bool { method == .post && access == .bearer }
}

/// A call of one operation.
struct APICall: Sendable {
    let reception: Reception
    let tally: Tally
    let hooks: HookDesk
    let log: Logger
    /// Who calls; `nil` for an operation that is open to everybody.
    let bearer: Caller?
    /// Where the call comes from.
    let origin: Origin
    /// The `{id}` of the path.
    let pathID: String?
    /// The `{number}` of the path.
    let pathNumber: String?
    let query: [String: String]
    let body: ReadBody

    var office: Office { reception.office }

    /// Who calls an operation that wants a bearer.
    var caller: Caller {
        get throws(Problem) {
            guard let bearer else { throw .unauthorized }
            return bearer
        }
    }

    var organization: OrganizationID {
        get throws(Problem) { try caller.organizationID }
    }

    /// The `{id}` of the path; what is no UUID names nothing.
    func id<Record>(of what: String) throws(Problem) -> Identifier<Record> {
        guard let pathID, let id = Identifier<Record>(pathID) else { throw .notFound(what) }
        return id
    }

    /// The `{number}` of the path, from 1.
    func number(of what: String) throws(Problem) -> Int {
        guard let number = pathNumber.flatMap({ Int($0) }), number > 0 else { throw .notFound(what) }
        return number
    }

    /// `cursor` and `limit`.
    func page() throws(Problem) -> PageRequest {
        try PageRequest(cursor: query["cursor"], limit: query["limit"])
    }

    /// A parameter that is one of the cases of an enumeration.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) throws(Problem) -> Choice? {
        guard let text = query[name] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .query(name, "must be one of \(known)")
        }
        return choice
    }
}

extension PageRequest {
    /// The longest cursor that is looked at, in bytes.
    private static var longestCursor: Int { 1000 }

    /// A page from the query of a request.
    init(cursor: String?, limit: String?) throws(Problem) {
        let most = Page<Int>.largestLimit
        if let cursor, cursor.utf8.count > Self.longestCursor {
            throw .query("cursor", "is none of Parley's")
        }
        guard let limit else {
            self.init(cursor: cursor)
            return
        }
        guard let number = Int(limit), (1...most).contains(number) else {
            throw .query("limit", "must be a whole number from 1 to \(most)")
        }
        self.init(cursor: cursor, limit: number)
    }
}

/// What an operation answers.
struct APIAnswer: Sendable {
    var status = 200
    var json: StrictJSON?
    /// What a repetition under the same `Idempotency-Key` is answered, where that must not hold all of ``json``: a secret
    /// that is shown once is kept nowhere.
    var repeated: StrictJSON?
    /// What goes out when it is not JSON: its type and text.
    var plain: (type: String, text: String)?
    /// What goes out when it is a file.
    var file: EmailFile?
    var headers: HTTPFields = [:]

    static func ok(_ json: StrictJSON) -> APIAnswer { APIAnswer(json: json) }
    static func created(_ json: StrictJSON) -> APIAnswer { APIAnswer(status: 201, json: json) }
    static let nothing = APIAnswer(status: 204)
}
