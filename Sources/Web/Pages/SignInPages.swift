import Desk
import Hummingbird
import Jinja
import Logging
import NIOCore

extension PageDesk {
    func addAssets(to router: Router<WebContext>, _ book: inout RouteBook) {
        book.add(.get, "/assets/parley.css", for: .person)
        let sheet = renderer.stylesheet
        router.on("/assets/parley.css", method: .get) { request, _ -> Response in
            // The page names the sheet with its tag, so a new one has a new address.
            let headers: HTTPFields = [
                .eTag: sheet.tag, .cacheControl: "public, max-age=31536000, immutable",
                .contentType: "text/css; charset=utf-8",
            ]
            let known = request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }
            if known.contains(where: { $0.contains(sheet.tag) }) {
                return Response(status: .notModified, headers: headers)
            }
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: sheet.text)))
        }
    }

    func addSignIn(to router: Router<WebContext>, _ book: inout RouteBook) {
        book.add(.get, "/sign-in", for: .person)
        book.add(.post, "/sign-in", for: .person)
        router.on("/sign-in", method: .get) { request, context -> Response in
            let query = try request.query(knowing: ["next", "done"])
            if try await doorkeeper.visitor(of: request, context) != nil {
                return .redirect(to: "/negotiations")
            }
            var frame = Frame.bare
            if query["done"] == "signed-out" { frame.done = "You are signed out." }
            return try signInPage(email: "", next: Self.local(query["next"]), frame: frame)
        }
        router.on("/sign-in", method: .post) { request, context -> Response in
            try await signIn(request, context)
        }
        post("/sign-out", on: router, &book, again: FormPage { _ in .redirect(to: "/sign-in") }) { call in
            try await call.office.signOut(call.visitor.secret, kind: .browser)
            var response = Response.redirect(to: "/sign-in?done=signed-out")
            response.headers[.setCookie] = doorkeeper.cookie(Doorkeeper.sessionCookie, nil, seconds: 0)
            return response
        }
    }

    private func signIn(_ request: Request, _ context: WebContext) async throws -> Response {
        let form = try await request.form(upTo: reception.limits.bodyBytes)
        let next = Self.local(form["next"])
        let email = form.filled("email") ?? ""
        do {
            try doorkeeper.checkVisit(form, from: request)
        } catch {
            return try signInPage(email: email, next: next, problem: error.detail, status: error.status)
        }
        do {
            let begun = try await reception.office.signIn(
                email: email, password: form["password"] ?? "", as: .browser, ipAddress: context.remoteAddress
            )
            var response = Response.redirect(to: next)
            response.headers[.setCookie] = doorkeeper.cookie(
                Doorkeeper.sessionCookie, begun.secret, seconds: Office.browserHours * 3600)
            return response
        } catch DeskError.signInFailed {
            return try signInPage(
                email: email, next: next, problem: DeskError.signInFailed.description, status: 401)
        }
    }

    private func signInPage(
        email: String, next: String, frame: Frame = .bare, problem: String? = nil, status: Int = 200
    ) throws -> Response {
        let visit = try doorkeeper.beginVisit()
        var response = try renderer.page(
            "sign_in.html",
            [
                ("frame", frame.value), ("email", Value(email)), ("next", Value(next)),
                ("problem", Value(orNone: problem)), ("csrf_token", Value(visit.csrfToken)),
            ], status: status)
        response.headers[.setCookie] = doorkeeper.cookie(Doorkeeper.visitCookie, visit.cookie, seconds: 3600)
        return response
    }

    /// The longest address to come back to, in bytes.
    private static let longestNext = 500

    /// A path of this site to come back to; anything else is the first page. `//host` and `/\host` are none.
    static func local(_ next: String?) -> String {
        let first = "/negotiations"
        guard let next, next.utf8.count <= longestNext, next.hasPrefix("/"), !next.hasPrefix("//"),
            next.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") })
        else { return first }
        return next == "/" ? first : next
    }
}
