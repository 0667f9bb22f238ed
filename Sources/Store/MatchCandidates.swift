import Desk
import Negotiation
import Postgres

/// The negotiations that a message may belong to.
struct MatchCandidates: Sendable {
    let database: Database

    /// How many Message-IDs of a message are looked up; long threads name hundreds.
    private static let mostMessageIDs = 200
    /// How many reply tokens are looked up.
    private static let mostTokens = 50
    /// How many negotiations with the sender are considered, newest first.
    private static let mostOfSender = 200

    @Sendable func find(_ organization: OrganizationID, _ query: MatchQuery) async throws -> [MatchCandidate]
    {
        let rows = try await database.rows(
            of: organization,
            """
            WITH named AS (
                SELECT negotiation_id, message_id FROM messages
                WHERE organization_id = $1 AND message_id = ANY($3) AND negotiation_id IS NOT NULL
                UNION
                SELECT negotiation_id, message_id FROM emails
                WHERE organization_id = $1 AND message_id = ANY($3) AND negotiation_id IS NOT NULL
            ), by_index AS (
                SELECT DISTINCT negotiation_id FROM messages
                WHERE organization_id = $1 AND thread_index = $6 AND negotiation_id IS NOT NULL
            ), by_thread AS (
                SELECT DISTINCT negotiation_id FROM messages
                WHERE organization_id = $1 AND provider_thread_id = $7 AND negotiation_id IS NOT NULL
            ), found AS (
                SELECT id FROM negotiations WHERE organization_id = $1 AND reply_token = ANY($2)
                UNION
                SELECT negotiation_id FROM named
                UNION
                SELECT negotiation_id FROM by_index
                UNION
                SELECT negotiation_id FROM by_thread
                UNION
                (SELECT id FROM negotiations
                WHERE organization_id = $1 AND vendor_address = lower($4)
                    AND reply_token IS NOT NULL
                ORDER BY created_at DESC LIMIT $5)
            )
            SELECT negotiation.id, reply_token, vendor_contact_email, email_subject, status,
                ARRAY(SELECT message_id FROM named WHERE negotiation_id = negotiation.id),
                id IN (SELECT negotiation_id FROM by_index), id IN (SELECT negotiation_id FROM by_thread)
            FROM negotiations AS negotiation
            WHERE organization_id = $1 AND id IN (SELECT id FROM found) AND reply_token IS NOT NULL
            ORDER BY created_at, id
            """,
            [
                .id(organization),
                .textArray(query.replyTokens.prefix(Self.mostTokens).map { storable($0) }),
                .textArray(newest(query.messageIDs).map { indexable($0) }),
                .words(query.senderAddress, longest: 320), .int(Self.mostOfSender), .text(query.threadIndex),
                .words(query.providerThreadID, longest: 255),
            ])
        return try rows.map { row in
            let status: NegotiationStatus = try row.word(4)
            return MatchCandidate(
                negotiationID: try row.id(0), replyToken: try row.text(1), messageIDs: try row.textArray(5),
                vendorAddress: try row.text(2), subject: try row.optionalText(3), isClosed: status.isClosed,
                sharesThreadIndex: try row.bool(6), sharesProviderThread: try row.bool(7))
        }
    }

    /// In-Reply-To stands first and the newest references last: both ends matter more than the middle.
    private func newest(_ messageIDs: [String]) -> [String] {
        guard messageIDs.count > Self.mostMessageIDs else { return messageIDs }
        let half = Self.mostMessageIDs / 2
        return Array(messageIDs.prefix(half) + messageIDs.suffix(half))
    }
}
