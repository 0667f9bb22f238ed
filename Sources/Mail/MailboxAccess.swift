import Curl
import Desk
import Negotiation

/// How a mailbox is reached: its servers, what opens them, and whose certificates are believed.
struct MailboxAccess: Sendable {
    let mailbox: Mailbox
    let servers: MailServers
    let secrets: MailboxSecrets
    let trust: ServerAddress.Trust
    /// Whether what is sent is copied into the folder for it.
    var keepsCopy = true
    /// What shows that it is the user, instead of a password.
    var accessToken: String?

    /// RFC 5321, section 4.5.3.2.6, grants a server ten minutes after the final dot.
    private static let smtpReplySeconds = 660
    private static let imapReplySeconds = 120

    /// Where messages are handed in.
    var outgoing: ServerAddress {
        address(of: servers.outgoing, secrets.outgoingPassword, replySeconds: Self.smtpReplySeconds)
    }

    /// Where answers lie; `nil` where they come another way.
    var incoming: ServerAddress? {
        servers.incoming.map {
            address(
                of: $0, secrets.incomingPassword ?? secrets.outgoingPassword,
                replySeconds: Self.imapReplySeconds)
        }
    }

    /// What this side calls itself towards the server.
    var hello: String { VendorAddress.domain(of: mailbox.address.address) }

    private func address(of server: MailServer, _ password: String?, replySeconds: Int) -> ServerAddress {
        let security: ServerAddress.Security =
            switch server.security {
            case .none: .none
            case .starttls: .startTLS
            case .tls: .tls
            }
        let credentials = server.user.map {
            ServerAddress.Credentials(
                user: $0, secret: accessToken.map { .accessToken($0) } ?? .password(password ?? ""))
        }
        return ServerAddress(
            host: server.host, port: server.port, security: security, credentials: credentials, trust: trust,
            replySeconds: replySeconds)
    }
}

/// How a message may be read by IMAP: as long as an arrival may be.
func imapConnection(to server: ServerAddress) -> IMAPConnection {
    IMAPConnection(to: server, longestMessage: Arrival.largestRaw)
}
