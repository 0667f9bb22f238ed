import Desk
import Negotiation
import Postgres

/// Attempts to send emails: what is known of each, and how many there were.
struct AttemptStore: Sendable {
    let database: Database

    // MARK: Reading

    @Sendable func attempts(_ organization: OrganizationID, _ id: EmailID) async throws -> [SendAttempt] {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, email_id, number, email_version, worker, started_at, outcome, server_reply, mailbox_id, noted_at,
                ended_by, settled_by, evidence
            FROM send_attempts WHERE organization_id = $1 AND email_id = $2 ORDER BY number
            """, [.id(organization), .id(id)])
        return try rows.map { row in
            var attempt = SendAttempt(
                id: try row.id(0), emailID: try row.id(1), number: try row.int(2), version: try row.int(3),
                worker: try row.text(4), startedAt: try row.instant(5), outcome: try row.word(6),
                serverReply: try row.optionalText(7))
            attempt.mailboxID = try row.optionalID(8)
            attempt.notedAt = try row.instant(9)
            attempt.endedBy = try row.optionalText(10)
            attempt.settledBy = try row.optionalID(11)
            let evidence = try row.optionalDecoded(12, as: [StoredEvidence].self) ?? []
            attempt.evidence = evidence.compactMap(\.value)
            return attempt
        }
    }

    /// The last of the attempts that may have arrived and that a limit allows is the next to leave its stretch of time.
    @Sendable func freeAt(_ organization: OrganizationID, _ limit: AttemptLimit, _ now: Instant) async throws
        -> Instant?
    {
        let (counted, owner) = Self.counted(limit.scope)
        let rows = try await database.rows(
            of: organization,
            "SELECT started_at FROM send_attempts WHERE organization_id = $1 AND started_at > $3" + counted
                + "ORDER BY started_at DESC LIMIT 1 OFFSET $4",
            [
                .id(organization), owner, .instant(now.advanced(bySeconds: -limit.seconds)),
                .int(limit.most - 1),
            ])
        return try rows.atMostOne()?.instant(0).advanced(bySeconds: limit.seconds)
    }

    /// Those of whom `$2` is the owner, but for what the server surely refused.
    private static func counted(_ scope: AttemptLimit.Scope) -> (SQL, Parameter) {
        switch scope {
        case .mailbox(let id):
            (" AND mailbox_id = $2 AND outcome NOT IN ('deferred', 'refused') ", .id(id))
        case .vendor(let id):
            (" AND vendor_id = $2 AND outcome NOT IN ('deferred', 'refused') ", .id(id))
        }
    }

    // MARK: Writing

    /// The point of no return, in one statement: the attempt is there exactly if the email was moved on, and that only if
    /// nothing has happened to its negotiation, which is locked by then, since the sender looked. Before it, each limit
    /// is counted while the row that it belongs to is locked, so that no two attempts take the last place.
    static func beginning(
        _ attempt: SendAttempt, ifNegotiationIs version: Int, within limits: [AttemptLimit],
        in organization: OrganizationID
    ) -> [Step] {
        limits.flatMap { counting($0, at: attempt.startedAt, in: organization) } + [
            Step(
                """
                WITH begun AS (
                    UPDATE emails SET status = 'sending', attempts = attempts + 1, updated_at = $7,
                        row_version = row_version + 1
                    WHERE organization_id = $1 AND id = $3 AND status = 'claimed' AND claim_worker = $6 AND version = $5
                        AND EXISTS (
                            SELECT FROM negotiations AS negotiation WHERE negotiation.organization_id = $1
                                AND negotiation.id = emails.negotiation_id AND negotiation.version = $9)
                    RETURNING digest, money_related, negotiation_id
                )
                INSERT INTO send_attempts (organization_id, id, email_id, number, email_version, worker, started_at,
                    digest, money_related, mailbox_id, vendor_id)
                SELECT $1, $2, $3, $4, $5, $6, $7, digest, money_related, $8, (
                    SELECT vendor_id FROM negotiations WHERE organization_id = $1 AND id = negotiation_id)
                FROM begun
                """,
                [
                    .id(organization), .id(attempt.id), .id(attempt.emailID), .int(attempt.number),
                    .int(attempt.version), .text(attempt.worker), .instant(attempt.startedAt),
                    .id(attempt.mailboxID), .int(version),
                ], elseRefuse: .stale)
        ]
    }

    private static func counting(_ limit: AttemptLimit, at now: Instant, in organization: OrganizationID)
        -> [Step]
    {
        let (counted, owner) = counted(limit.scope)
        let lock: SQL =
            switch limit.scope {
            case .mailbox:
                "SELECT FROM mailboxes WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE"
            case .vendor:
                "SELECT FROM vendors WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE"
            }
        return [
            Step(lock, [.id(organization), owner]),
            Step(
                "SELECT WHERE $4 > (SELECT count(*) FROM send_attempts WHERE organization_id = $1 AND started_at > $3"
                    + counted + ")",
                [
                    .id(organization), owner, .instant(now.advanced(bySeconds: -limit.seconds)),
                    .int(limit.most),
                ], elseRefuse: .stale),
        ]
    }

    /// Writes what is known of an attempt's end, and when that was put on record by this server's clock.
    static func finishing(
        _ id: SendAttemptID, _ outcome: SendAttempt.Outcome, serverReply: String?, by worker: String?,
        evidence: SendEvidence?, at now: Instant, in organization: OrganizationID
    ) throws -> Step {
        Step(
            """
            UPDATE send_attempts SET outcome = $3, server_reply = $4, finished_at = $5, ended_by = $6,
                noted_at = now(), evidence = coalesce(evidence, '[]') || coalesce($7, '[]')
            WHERE organization_id = $1 AND id = $2 AND outcome IN ('open', 'unknown')
            """,
            [
                .id(organization), .id(id), .word(outcome), .words(serverReply), .instant(now), .text(worker),
                try .encoded(evidence.map { [StoredEvidence($0)] }),
            ],
            elseRefuse: .stale)
    }

    /// By a person's word. That an email was not accepted is taken only from somebody who holds the lock of the worker
    /// that tried, unless that has itself put the end on record; the lock is kept until the commit is over. The quiet time
    /// is a constraint of the table.
    static func settling(
        _ attempt: SendAttempt, _ outcome: SendAttempt.Outcome, by user: UserID, evidence: SendEvidence,
        at now: Instant, in organization: OrganizationID
    ) throws -> Step {
        Step(
            """
            UPDATE send_attempts SET outcome = $3, finished_at = $4, settled_by = $5, settled_at = now(),
                evidence = coalesce(evidence, '[]') || $6
            WHERE organization_id = $1 AND id = $2 AND outcome IN ('open', 'unknown') AND worker = $7
                AND CASE WHEN $3 = 'accepted' OR ended_by = worker THEN true ELSE pg_try_advisory_xact_lock($8) END
            """,
            [
                .id(organization), .id(attempt.id), .word(outcome), .instant(now), .id(user),
                try .encoded([StoredEvidence(evidence)]), .text(attempt.worker),
                .int64(WorkerLock.key(of: attempt.worker).number),
            ], elseRefuse: .stale)
    }
}

/// A finding as the JSON column keeps it.
private struct StoredEvidence: Codable {
    let kind: String
    let words: String
    let at: Int64
    let message: String?
    let reference: String?

    init(_ evidence: SendEvidence) {
        kind = evidence.kind.rawValue
        words = storable(evidence.words)
        at = evidence.at.microseconds
        message = evidence.messageID.map { "\($0)" }
        reference = evidence.reference?.rawValue
    }

    /// `nil` for a kind that a newer version has written.
    var value: SendEvidence? {
        SendEvidence.Kind(rawValue: kind).map {
            SendEvidence(
                $0, words, at: Instant(microseconds: at), message: message.flatMap { Identifier($0) },
                reference: reference.flatMap(SendEvidence.Reference.init(rawValue:)))
        }
    }
}
