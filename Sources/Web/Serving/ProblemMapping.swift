import Desk
import Hummingbird
import Logging
import NIOCore
import Secrets

extension Problem {
    /// The one place where errors of the other rooms become answers. What nobody foresaw is logged with the request's
    /// id and tells the caller nothing but that.
    init(_ error: any Error, log: Logger) {
        switch error {
        case let problem as Problem: self = problem
        case let error as DeskError: self = Problem(error)
        case let refusal as CommitRefusal:
            self = Problem(refusal)
            if status >= 500 { log.error("commit refused", metadata: ["refusal": "\(refusal)"]) }
        case is NIOTooManyBytesError: self = .tooLarge
        case let error as HTTPError: self = Problem(error)
        case is CancellationError: self = .tooSlow
        default:
            log.error("unforeseen error", metadata: ["error": "\(error)"])
            self = Problem(
                500, "internal",
                "Something went wrong within Parley. The log has more under this request's id.")
        }
    }

    private init(_ error: DeskError) {
        let detail = error.description
        switch error {
        case .invalid(let field, let rule):
            let isQuery = field == "cursor" || field == "limit"
            self = isQuery ? .query(field, rule) : .invalid(field, rule)
        case .notFound: self = Problem(404, "not_found", detail)
        case .forbidden: self = Problem(403, "forbidden", detail)
        case .conflict(let code, _): self = Problem(409, code, detail)
        case .decisionRefused(let refusal):
            self = Problem(refusal.isAboutThePerson ? 403 : 409, refusal.rawValue, detail)
        case .signInFailed: self = Problem(401, "sign_in_failed", detail)
        case .template: self = Problem(422, "template", detail)
        case .unwritable: self = Problem(422, "unwritable", detail)
        case .unreadable: self = Problem(422, "unreadable", detail)
        case .busy: self = Problem(503, "busy", detail, retryAfter: 1)
        }
    }

    private init(_ refusal: CommitRefusal) {
        switch refusal {
        case .stale:
            self = Problem(
                409, "stale", "Somebody else changed this at the same moment. Look again and repeat.")
        case .duplicate: self = Problem(409, "duplicate", "There is such a thing already.")
        case .missing: self = Problem(409, "missing", "Something that this refers to is not there any more.")
        case .forbidden:
            self = Problem(403, "forbidden", "A rule of the database forbids this.")
        case .unavailable:
            self = Problem(
                503, "unavailable", "The database is not to be had at the moment. Nothing was changed.",
                retryAfter: 2)
        }
    }

    private init(_ error: HTTPError) {
        switch error.status.code {
        case 404: self = Problem(404, "not_found", "There is nothing at this address.")
        case 413: self = .tooLarge
        default: self = Problem(error.status.code, "http_error", error.body ?? error.status.reasonPhrase)
        }
    }

    static let tooLarge = Problem(413, "too_large", "The request's body is larger than Parley takes.")
    static let tooSlow = Problem(
        503, "timeout", "The request took too long and was broken off. Look whether it had an effect.",
        retryAfter: 5)
}
