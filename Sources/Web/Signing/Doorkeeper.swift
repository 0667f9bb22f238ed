import Desk
import Hummingbird
import Negotiation
import Secrets

/// Who asks: programs by bearer, people by cookie. Neither is ever taken for the other, so that no foreign page can
/// make a browser use the API.
struct Doorkeeper: Sendable {
    let office: Office
    private let tokens: AccessTokenSigner
    private let csrf: CSRFTokens
    /// Whether cookies travel over TLS only.
    private let isSecure: Bool

    static let sessionCookie = "parley_session"
    /// Ties the form for signing in to a browser that has no session yet.
    static let visitCookie = "parley_visit"

    init(_ reception: Reception) {
        office = reception.office
        tokens = AccessTokenSigner(reception.secretKey)
        csrf = CSRFTokens(reception.secretKey)
        isSecure = reception.office.settings.publicURL.hasPrefix("https:")
    }

    // MARK: Programs

    /// The caller behind `Authorization: Bearer`, an access token or an API key. Throws ``Problem``.
    func bearer(of request: Request, _ context: WebContext) async throws -> Caller {
        guard let secret = bearerSecret(of: request) else { throw Problem.unauthorized }
        // A token has two dots, and a key has none.
        return secret.contains(".")
            ? try await holder(ofToken: secret, request, context)
            : try await holder(ofKey: secret, request, context)
    }

    private func holder(ofKey secret: String, _ request: Request, _ context: WebContext) async throws
        -> Caller
    {
        guard let (key, user) = try await office.user(ofAPIKey: secret) else { throw Self.unknownBearer }
        try check(key.scopes, for: request.method)
        return Caller(user: user, origin: context.origin(of: request, user: user.id), scopes: key.scopes)
    }

    /// The role is read afresh: what the token says of it may be out of date.
    private func holder(ofToken secret: String, _ request: Request, _ context: WebContext) async throws
        -> Caller
    {
        guard let claims = try? tokens.verify(secret, unixSeconds: office.clock.now().seconds),
            let user = try await office.books.people.user(
                OrganizationID(claims.organization), UserID(claims.subject)),
            user.isActive
        else { throw Self.unknownBearer }
        return Caller(user: user, origin: context.origin(of: request, user: user.id))
    }

    private static let unknownBearer = Problem(
        401, "unauthorized", "The access token or API key is unknown, out of date or revoked.")

    private func bearerSecret(of request: Request) -> String? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// A key without every scope reads with `read` and changes with `write`.
    private func check(_ scopes: [String], for method: HTTPRequest.Method) throws(Problem) {
        let needed = method == .get || method == .head ? "read" : "write"
        guard scopes.contains("*") || scopes.contains(needed) else {
            throw Problem(403, "scope_missing", "The API key lacks the scope “\(needed)”.")
        }
    }

    // MARK: People

    /// The person behind the session cookie.
    func visitor(of request: Request, _ context: WebContext) async throws -> Visitor? {
        guard let secret = request.cookies[Self.sessionCookie]?.value,
            let (_, user) = try await office.user(behind: secret, kind: .browser)
        else { return nil }
        return Visitor(
            caller: Caller(user: user, origin: context.origin(of: request, user: user.id)), secret: secret,
            csrfToken: try csrf.make(session: Self.seed(secret)))
    }

    /// Refuses a form that was not made for this session, or that another site sent.
    func check(_ form: Form, from request: Request, for visitor: Visitor) throws(Problem) {
        try check(form, from: request, seed: Self.seed(visitor.secret))
    }

    /// A value for the visit cookie and the token of the form that belongs to it.
    func beginVisit() throws -> (cookie: String, csrfToken: String) {
        let value = try Token.make().text
        return (value, try csrf.make(session: Self.seed("visit " + value)))
    }

    /// Refuses a form for signing in that was not made for this browser.
    func checkVisit(_ form: Form, from request: Request) throws(Problem) {
        let value = request.cookies[Self.visitCookie]?.value ?? ""
        try check(form, from: request, seed: Self.seed("visit " + value))
    }

    private func check(_ form: Form, from request: Request, seed: [UInt8]) throws(Problem) {
        guard !request.isCrossSite, csrf.isValid(form["csrf_token"] ?? "", session: seed) else {
            throw Problem(
                403, "form_expired",
                "This form is out of date or was not made by this page. Go back, load the page again, and repeat."
            )
        }
    }

    private static func seed(_ secret: String) -> [UInt8] { SHA256.digest(secret) }

    /// A `Set-Cookie` value; with no value the cookie ends.
    func cookie(_ name: String, _ value: String?, seconds: Int) -> String {
        let age = value == nil ? 0 : seconds
        return "\(name)=\(value ?? ""); Path=/; Max-Age=\(age); HttpOnly; SameSite=Lax"
            + (isSecure ? "; Secure" : "")
    }
}

/// A person at a browser who has signed in.
struct Visitor: Sendable {
    let caller: Caller
    /// The session's secret, out of the cookie.
    let secret: String
    /// For every form of this page.
    let csrfToken: String

    var organization: OrganizationID { caller.organizationID }
    var user: User { caller.user }
}

extension Request {
    /// Whether a browser says that another site made it send this (Fetch Metadata); silence is no sign.
    var isCrossSite: Bool {
        headers.first { $0.name.canonicalName == "sec-fetch-site" }.map { $0.value == "cross-site" } ?? false
    }
}
