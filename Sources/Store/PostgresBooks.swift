import Desk
import Postgres

extension Books {
    /// The books in Postgres.
    ///
    /// Errors of the database arrive as ``CommitRefusal``, a cursor that is none as ``DeskError/invalid(field:_:)``.
    ///
    /// - Parameter pool: connections as the role `parley_app`, by sign-in or by ``Postgres/Configuration/role``: neither
    ///   superuser nor owner of the tables, since row policies do not bind those.
    public static func postgres(_ pool: Pool) -> Books {
        let database = Database(pool: pool)
        let bell = Bell(pool)
        let commit = Commit(database: database, bell: bell)
        let webhooks = WebhookStore(database: database, collector: WebhookCollector(database, bell))
        return Books(
            commit: { try await commit($0, $1) }, negotiations: NegotiationStore(database: database).book,
            emails: EmailStore(database: database).book, approvals: ApprovalStore(database: database).book,
            threads: ThreadStore(database: database).book,
            catalogue: CatalogueStore(database: database).book,
            people: PeopleStore(database: database).book, journal: JournalStore(database: database).book,
            jobs: JobStore(database: database).book, mailboxes: MailboxStore(database: database).book,
            subscriptions: SubscriptionStore(database: database).book,
            followUps: FollowUpStore(database: database).book, inbound: webhooks.book)
    }
}
