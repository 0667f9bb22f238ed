import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The database as the books use it: reading in the name of one organization, or in the directory.
struct Database: Sendable {
    let pool: Pool

    /// The rows of one statement in the name of an organization.
    func rows(of organization: OrganizationID, _ sql: SQL, _ parameters: [Parameter]) async throws -> Rows {
        try await rows(tenant: organization.uuid, sql, parameters)
    }

    /// The rows of one statement without a tenant: only the directory shows any.
    func directory(_ sql: SQL, _ parameters: [Parameter] = []) async throws -> Rows {
        try await rows(tenant: nil, sql, parameters)
    }

    private func rows(tenant: UUID?, _ sql: SQL, _ parameters: [Parameter]) async throws -> Rows {
        try await refusing {
            try await pool.read(tenant: tenant) { transaction in
                // Read and end in the same round trip.
                try await transaction.commit(after: [Statement(sql, parameters)])[0]
            }
        }
    }
}
