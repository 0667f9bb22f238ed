import Negotiation

/// The mailboxes of organizations. Secrets are sealed by the store and opened for whoever talks to the servers.
public struct MailboxBook: Sendable {
    /// By name.
    public var list: @Sendable (OrganizationID) async throws -> [Mailbox]
    public var find: @Sendable (OrganizationID, MailboxID) async throws -> Mailbox?
    /// What opens a mailbox; `nil` where nothing is kept.
    public var secrets: @Sendable (OrganizationID, MailboxID) async throws -> MailboxSecrets?
    /// The mailboxes of all organizations that are to be read: not disabled, not the sandbox.
    public var watched: @Sendable () async throws -> [(organization: OrganizationID, mailbox: MailboxID)]
    /// Writes how far a mailbox was read, after what was read is stored.
    public var moveCursor: @Sendable (OrganizationID, MailboxID, MailboxCursor) async throws -> Void

    public init(
        list: @escaping @Sendable (OrganizationID) async throws -> [Mailbox],
        find: @escaping @Sendable (OrganizationID, MailboxID) async throws -> Mailbox?,
        secrets: @escaping @Sendable (OrganizationID, MailboxID) async throws -> MailboxSecrets?,
        watched:
            @escaping @Sendable () async throws -> [(organization: OrganizationID, mailbox: MailboxID)],
        moveCursor: @escaping @Sendable (OrganizationID, MailboxID, MailboxCursor) async throws -> Void
    ) {
        self.list = list
        self.find = find
        self.secrets = secrets
        self.watched = watched
        self.moveCursor = moveCursor
    }
}
