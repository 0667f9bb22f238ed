import Negotiation
import Reading

extension Office {
    /// What an approver should know before saying yes.
    func warnings(
        about content: EmailContent, of negotiation: NegotiationRecord, inbound: [ThreadMessage],
        at now: Instant
    ) async throws -> [String] {
        var warnings: [String] = []
        if let terms = content.terms, terms.isAboveLimit { warnings.append("The price is above the limit.") }
        warnings += try await addressWarnings(of: negotiation, at: now)
        if let stop = negotiation.automationStop { warnings.append(stop.reason) }
        // Only the newest word of each sender: what was wrong with an older message was seen with it.
        if let message = inbound.last {
            warnings += (message.sender?.warnings ?? []).map {
                "In the last mail from \(message.from.address): \($0.text)"
            }
        }
        return warnings
    }

    private func addressWarnings(of negotiation: NegotiationRecord, at now: Instant) async throws
        -> [String]
    {
        let address = negotiation.vendorContactEmail
        var warnings: [String] = []
        let history = try await books.approvals.vendorHistory(
            negotiation.organizationID, negotiation.vendorID, negotiation.id, [], now)
        switch history.standing(of: address) {
        case .known: break
        case .new: warnings.append("There has been no deal with this vendor yet.")
        case .changedAddress:
            warnings.append(
                "The last deal with this vendor was made with \(history.lastDealAddress ?? ""), this goes to \(address)."
            )
        }
        let vendor = try await books.catalogue.vendor(negotiation.organizationID, negotiation.vendorID)
        let domain = VendorAddress.domain(of: address)
        if let known = vendor?.domain, !known.isEmpty,
            let lookalike = Lookalike(of: domain, among: [known])
        {
            warnings.append("\(domain) resembles \(lookalike.known), the vendor’s domain, but is another.")
        }
        return warnings
    }
}
