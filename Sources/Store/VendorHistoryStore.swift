import Desk
import Negotiation
import Postgres

/// What was done with a vendor, as far as approval depends on it.
struct VendorHistoryStore: Sendable {
    let database: Database

    @Sendable func history(
        _ organization: OrganizationID, _ vendor: VendorID, _ except: NegotiationID, _ periods: Set<Int>,
        _ now: Instant
    ) async throws -> VendorHistory {
        let deals = try await database.rows(
            of: organization,
            """
            SELECT vendor_address FROM negotiations
            WHERE organization_id = $1 AND vendor_id = $2 AND id <> $3 AND status = 'accepted'
            ORDER BY last_sent_at DESC NULLS LAST, id DESC LIMIT 1
            """, [.id(organization), .id(vendor), .id(except)])
        var committed: [Int: [Money]] = [:]
        for days in periods.sorted() {
            let since = now.advanced(byHours: -24 * days)
            committed[days] = try await commitments(organization, vendor, except, since: since)
        }
        return VendorHistory(
            lastDealAddress: try deals.atMostOne()?.optionalText(0), committed: committed)
    }

    /// Of each negotiation counts the newest email that names terms and has left or may leave. A sum that no column could
    /// hold is cut to the largest that one can.
    private func commitments(
        _ organization: OrganizationID, _ vendor: VendorID, _ except: NegotiationID, since: Instant
    ) async throws -> [Money] {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT least(sum(total), 99999999999999.9999), currency FROM (
                SELECT DISTINCT ON (emails.negotiation_id) (content.terms ->> 'total')::numeric AS total,
                    content.terms ->> 'currency' AS currency
                FROM negotiations
                JOIN emails ON emails.organization_id = $1 AND emails.negotiation_id = negotiations.id
                JOIN email_contents AS content ON content.organization_id = $1 AND content.email_id = emails.id
                    AND content.version = emails.version
                WHERE negotiations.organization_id = $1 AND negotiations.vendor_id = $2 AND negotiations.id <> $3
                    AND negotiations.status NOT IN ('rejected', 'expired', 'cancelled', 'undeliverable')
                    AND emails.status IN ('pending_approval', 'approved', 'claimed', 'sending', 'sent', 'uncertain')
                    AND emails.created_at > $4 AND content.terms ? 'total'
                ORDER BY emails.negotiation_id, emails.created_at DESC, emails.id DESC
            ) AS newest
            GROUP BY currency ORDER BY currency
            """, [.id(organization), .id(vendor), .id(except), .instant(since)])
        return try rows.map { row in Money(try row.amount(0), try row.currency(1)) }
    }
}
