import Hummingbird
import Logging

/// What every request goes through, whatever it asks for: a time limit, the headers that protect the answer, and the
/// counting for `/metrics`.
struct Gatehouse: HTTPResponder {
    typealias Context = WebContext

    let inner: RouterResponder<WebContext>
    let limits: WebLimits
    let tally: Tally
    /// Whether Parley is reached over TLS.
    let isSecure: Bool

    func respond(to request: Request, context: WebContext) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await answerInTime(request, context)
        } catch {
            response = Problem(error, log: context.logger).response()
        }
        protect(&response, id: context.requestID)
        tally.count(
            method: Self.known.contains(request.method) ? request.method.rawValue : "OTHER",
            route: context.endpointPath ?? "NotFound", status: response.status.code,
            took: ContinuousClock.now - start)
        return response
    }

    /// Methods by their own name in the figures; others are counted together, since a caller may invent any number.
    private static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    private func answerInTime(_ request: Request, _ context: WebContext) async throws -> Response {
        try await withThrowingTaskGroup(of: Response.self) { group in
            group.addTask { try await inner.respond(to: request, context: context) }
            group.addTask {
                try await Task.sleep(for: .seconds(limits.requestSeconds))
                throw Problem.tooSlow
            }
            defer { group.cancelAll() }
            guard let response = try await group.next() else { throw Problem.tooSlow }
            return response
        }
    }

    /// Headers that every answer has; what a handler has set stays.
    private func protect(_ response: inout Response, id: String) {
        var standard: HTTPFields = [
            .contentSecurityPolicy: Self.contentSecurityPolicy, .xContentTypeOptions: "nosniff",
            .cacheControl: "no-store",
        ]
        standard[.referrerPolicy] = "same-origin"
        standard[.xFrameOptions] = "DENY"
        standard[.crossOriginOpenerPolicy] = "same-origin"
        standard[.xRequestID] = id
        if isSecure { standard[.strictTransportSecurity] = "max-age=31536000" }
        for field in standard where response.headers[field.name] == nil { response.headers.append(field) }
    }

    /// Pages hold no script at all, and nothing of others.
    private static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'"
}
