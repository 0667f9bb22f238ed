import Hummingbird

/// Turns every error into an answer: problem details for programs, a page for people.
struct ErrorDesk: RouterMiddleware {
    typealias Context = WebContext

    let book: RouteBook
    let pages: PageRenderer

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let path = request.uri.path
            let methods = book.methods(of: path)
            var problem = Problem(error, log: context.logger)
            if error is HTTPError, problem.status == 404, !methods.isEmpty {
                if request.method == .options {
                    return Response(status: .noContent, headers: [.allow: methods.joined(separator: ", ")])
                }
                problem = Problem(
                    405, "method_not_allowed", "\(path) takes \(methods.joined(separator: ", ")) only.")
                problem.allowed = methods
            }
            return isForPerson(request) ? pages.error(problem, log: context.logger) : problem.response()
        }
    }

    private func isForPerson(_ request: Request) -> Bool {
        switch book.reader(of: request.uri.path) {
        case .person: true
        case .program: false
        case nil:
            !request.uri.path.hasPrefix("/v1/") && request.headers[.accept]?.contains("text/html") == true
        }
    }
}
