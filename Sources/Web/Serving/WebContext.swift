import Desk
import Hummingbird
import Logging
import NIOCore

/// What is known of a request besides itself.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The other end of the connection; `nil` where there is none, as in tests.
    let remoteAddress: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }

    /// What the log calls this request; empty when the log keeps no such names.
    var requestID: String { logger[metadataKey: "hb.request.id"]?.description ?? "" }

    /// Where a request comes from, for the audit log.
    func origin(of request: Request, user: UserID?) -> Origin {
        Origin(
            userID: user, ipAddress: remoteAddress.map { String($0.prefix(45)) },
            userAgent: request.headers[.userAgent].map { String($0.prefix(500)) }, requestID: requestID)
    }
}
