import Desk
import Negotiation
import Postgres

/// Answers to requests that carry a key of the client's own, so that a request that is sent again is answered again
/// instead of being done again.
public struct IdempotencyStore: Sendable {
    private let pool: Pool

    /// How long an answer is kept, in hours; after that the key is free.
    public static let hoursKept = 24

    /// What is known of a key.
    public enum Beginning: Hashable, Sendable {
        /// Nothing: the key is now taken.
        case fresh
        /// The same request was answered with this status and body.
        case answered(Int, [UInt8])
        /// The same request began at that instant and has no answer yet.
        case unfinished(since: Instant)
        /// The key was used for another request.
        case otherRequest
    }

    /// On a pool of the application's role.
    public init(_ pool: Pool) { self.pool = pool }

    /// Takes a key for a request. Of two requests with the same key only one finds it fresh.
    ///
    /// - Parameter digest: SHA-256 of the request.
    /// - Throws: ``Desk/CommitRefusal``
    public func begin(
        _ organization: OrganizationID, key: String, route: String, digest: [UInt8], now: Instant
    ) async throws -> Beginning {
        let insertion = Statement(
            """
            INSERT INTO idempotency_keys (organization_id, key, route, request_digest, created_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (organization_id, key) DO UPDATE SET route = excluded.route,
                request_digest = excluded.request_digest, response_status = NULL, response_body = NULL,
                created_at = excluded.created_at
            WHERE idempotency_keys.created_at < $6
            """,
            [
                .id(organization), .text(key), .text(route), .bytes(digest), .instant(now),
                .instant(now.advanced(byHours: -Self.hoursKept)),
            ])
        let selection = Statement(
            """
            SELECT route = $3 AND request_digest = $4, response_status, response_body, created_at
            FROM idempotency_keys WHERE organization_id = $1 AND key = $2
            """, [.id(organization), .text(key), .text(route), .bytes(digest)])
        let results = try await refusing {
            try await pool.commit(tenant: organization.uuid, [insertion, selection])
        }
        if results[0].affected > 0 { return .fresh }
        let row = try results[1].single()
        guard try row.bool(0) else { return .otherRequest }
        guard let status = try row.optionalInt(1), let body = try row.optionalBytes(2) else {
            return .unfinished(since: try row.instant(3))
        }
        return .answered(status, body)
    }

    /// Stores the answer under a key that was taken.
    ///
    /// - Throws: ``Desk/CommitRefusal``
    public func finish(_ organization: OrganizationID, key: String, status: Int, body: [UInt8]) async throws {
        _ = try await refusing {
            try await pool.commit(
                tenant: organization.uuid,
                [
                    Statement(
                        """
                        UPDATE idempotency_keys SET response_status = $3, response_body = $4
                        WHERE organization_id = $1 AND key = $2
                        """, [.id(organization), .text(key), .int(status), .bytes(body)])
                ])
        }
    }

    /// Gives a key back whose request surely had no effect.
    ///
    /// - Throws: ``Desk/CommitRefusal``
    public func abandon(_ organization: OrganizationID, key: String) async throws {
        _ = try await refusing {
            try await pool.commit(
                tenant: organization.uuid,
                [
                    Statement(
                        """
                        DELETE FROM idempotency_keys
                        WHERE organization_id = $1 AND key = $2 AND response_status IS NULL
                        """, [.id(organization), .text(key)])
                ])
        }
    }
}
