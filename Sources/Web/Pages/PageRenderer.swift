import Hummingbird
import Jinja
import Logging
import NIOCore
import Secrets

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The page templates, compiled once, and the stylesheet.
///
/// Everything that is put into a page is escaped, and a name that a page does not get is an error, so that a slip in a
/// template shows in the tests and never as an empty place.
struct PageRenderer: Sendable {
    private let environment: Jinja.Environment
    let stylesheet: Stylesheet

    /// The one stylesheet, with a tag that changes with it.
    struct Stylesheet: Sendable {
        let text: String
        let tag: String
    }

    /// The largest template that is read, in bytes.
    private static let largestTemplate = 1 << 20

    /// Reads every page of a folder, so that a broken one is found at start and not by a visitor.
    init(folder: String) throws(WebError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw .templateMissing(folder)
        }
        var sources: [String: String] = [:]
        for name in names where name.hasSuffix(".html") { sources[name] = try Self.read(name, in: folder) }
        for name in Self.needed where sources[name] == nil { throw .templateMissing("\(folder)/\(name)") }
        let css = try Self.read("parley.css", in: folder)
        stylesheet = Stylesheet(text: css, tag: "\"\(SHA256.hex(css.utf8).prefix(16))\"")
        environment = Jinja.Environment(
            options: Options(autoescape: .on, trimBlocks: true, lstripBlocks: true, undefined: .strict),
            loader: .dictionary(sources))
        for name in sources.keys.sorted() {
            do {
                _ = try environment.template(named: name)
            } catch {
                throw .template(name, "line \(error.line), column \(error.column): \(error.message)")
            }
        }
    }

    /// The pages that there are.
    private static let needed = [
        "approval.html", "approval_policies.html", "approvals.html", "approve.html", "delegations.html",
        "desk.html", "error.html", "follow_ups.html", "follow_up_settings.html", "inbox.html", "jobs.html",
        "layout.html", "mailbox.html", "mailboxes.html",
        "message.html",
        "negotiation.html", "negotiation_new.html", "negotiations.html", "purchase_order.html",
        "purchase_orders.html", "settings.html", "sign_in.html", "subscription.html",
        "subscription_form.html",
        "subscription_secret.html", "subscriptions.html", "webhook_delivery.html", "webhooks.html",
    ]

    private static func read(_ name: String, in folder: String) throws(WebError) -> String {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
            throw .templateMissing("\(folder)/\(name)")
        }
        guard data.count <= largestTemplate, let text = String(validating: data, as: UTF8.self) else {
            throw .template(name, "it is no UTF-8 or larger than \(largestTemplate) bytes")
        }
        return text
    }

    /// A page as an answer.
    func page(_ name: String, _ variables: [(String, Value)], status: Int = 200) throws -> Response {
        let bytes = try environment.template(named: name).bytes(
            Value(variables + [("stylesheet_tag", Value(stylesheet.tag.filter { $0 != "\"" }))]))
        return Response(
            status: HTTPResponse.Status(code: status),
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// A problem as a page; where even that fails, as plain text.
    func error(_ problem: Problem, log: Logger) -> Response {
        let variables: [(String, Value)] = [
            ("frame", Frame.bare.value), ("status", Value(problem.status)), ("title", Value(problem.title)),
            ("detail", Value(problem.detail)),
        ]
        var response: Response
        do {
            response = try page("error.html", variables, status: problem.status)
        } catch {
            log.error("the error page cannot be shown", metadata: ["error": "\(error)"])
            response = Response(
                status: HTTPResponse.Status(code: problem.status),
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "\(problem.title)\n\n\(problem.detail)\n")))
        }
        if !problem.allowed.isEmpty { response.headers[.allow] = problem.allowed.joined(separator: ", ") }
        if let seconds = problem.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }
}

/// What stands around the content of a page: navigation, notices, what has just happened.
struct Frame: Sendable {
    var visitor: Visitor?
    /// The entry of the navigation that the page belongs to.
    var section = ""
    var notices: [Notice] = []
    /// What the visitor has just done.
    var done: String?
    var hasSandbox = false

    /// Without navigation, for somebody who has not signed in.
    static let bare = Frame()

    var value: Value {
        Value([
            (
                "visitor",
                visitor.map { Value([("name", Value($0.user.fullName)), ("email", Value($0.user.email))]) }
                    ?? .none
            ),
            ("csrf_token", Value(visitor?.csrfToken ?? "")), ("section", Value(section)),
            (
                "notices",
                Value(notices.map { Value([("text", Value($0.text)), ("advice", Value($0.advice))]) })
            ),
            ("done", done.map { Value($0) } ?? .none), ("has_sandbox", Value(hasSandbox)),
            ("may_administer", Value(visitor?.user.role.mayAdminister ?? false)),
        ])
    }
}
