import Negotiation

/// Refresh tokens that their server has changed (RFC 6749, section 6): the new one is kept beside the one that was given,
/// for the next start and for other gateways.
public struct RefreshTokens: Sendable {
    private let books: Books
    private let secrets: SecretsPort
    private let clock: Clock

    /// How often it is tried again when something came in between.
    private static let mostTries = 8

    public init(books: Books, secrets: SecretsPort, clock: Clock) {
        self.books = books
        self.secrets = secrets
        self.clock = clock
    }

    /// Keeps the token that took the place of another. A no-op where the mailbox has another one by now: somebody has
    /// described it anew, or another gateway was faster.
    ///
    /// - Throws: ``CommitRefusal``, and what ``SecretsPort/unseal`` throws.
    public func keep(
        _ renewed: String, insteadOf used: String, of mailbox: MailboxID, in organization: OrganizationID
    ) async throws {
        for _ in 0..<Self.mostTries {
            guard let sealed = try await books.mailboxes.sealedSecrets(organization, mailbox) else { return }
            var known = try secrets.unseal(sealed)
            guard known.currentRefreshToken == used else { return }
            known.renewedRefreshToken = renewed
            let now = clock.now()
            do {
                return try await books.commit(
                    organization,
                    [
                        .resealMailbox(
                            mailbox, sealed: try secrets.seal(known), insteadOf: sealed, at: now),
                        .audit(
                            AuditEntry(
                                action: "mailbox.token_renewed", entityType: "mailbox",
                                entityID: mailbox.uuid,
                                description: "The mail server has renewed its permission for Parley",
                                origin: .parley, at: now)),
                    ])
            } catch CommitRefusal.stale { continue }
        }
        throw DeskError.busy
    }

    /// The token that is kept now.
    public func current(of mailbox: MailboxID, in organization: OrganizationID) async throws -> String? {
        let sealed = try await books.mailboxes.sealedSecrets(organization, mailbox)
        return try sealed.map { try secrets.unseal($0).currentRefreshToken } ?? nil
    }
}
