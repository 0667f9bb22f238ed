import Negotiation

extension Office {
    /// What the organization's policies ask for before a content may be sent, as things stand now.
    func requirement(for content: EmailContent, of negotiation: NegotiationRecord, at now: Instant)
        async throws -> ApprovalRequirement
    {
        let policies = try await books.approvals.policies(negotiation.organizationID).map(\.policy)
        let periods = Set(policies.compactMap(\.conditions.addsUpOverDays))
        // What no policy asks about is not looked up.
        guard !periods.isEmpty || policies.contains(where: { $0.conditions.vendors != nil }) else {
            let facts = ApprovalFacts(content.terms, kind: content.kind, vendor: nil)
            return ApprovalRequirement(for: facts, among: policies)
        }
        let history = try await books.approvals.vendorHistory(
            negotiation.organizationID, negotiation.vendorID, negotiation.id, periods, now)
        let facts = ApprovalFacts(
            content.terms, kind: content.kind,
            vendor: history.standing(of: negotiation.vendorContactEmail),
            committed: history.committed(in: negotiation.currency))
        return ApprovalRequirement(for: facts, among: policies)
    }
}
