import Jinja
import Negotiation
import Reading

/// What a person asks to be written.
public struct CompositionRequest: Sendable {
    public var composition: Composition
    /// Price of one piece; needed for a counter-offer, otherwise where it differs from what is known.
    public var price: Amount?
    /// Free text: the whole of a reply, an additional paragraph of the others.
    public var text: String?

    public init(_ composition: Composition, price: Amount? = nil, text: String? = nil) {
        self.composition = composition
        self.price = price
        self.text = text
    }
}

/// The longest free text of an email, in characters.
let longestBody = 100_000

extension Office {
    /// Writes one email of a negotiation, fixes its content, and asks for approval, or lets it go where it does not
    /// concern money.
    public func compose(
        _ request: CompositionRequest, in id: NegotiationID, by caller: Caller
    ) async throws -> EmailID {
        try requireWriter(caller)
        return try await settling(caller.organizationID) {
            try await composing(request, in: id, by: caller)
        }
    }

    private func composing(
        _ request: CompositionRequest, in id: NegotiationID, by caller: Caller
    ) async throws -> (EmailID, [Change]) {
        guard var negotiation = try await books.negotiations.find(caller.organizationID, id) else {
            throw DeskError.notFound("negotiation")
        }
        let next: NegotiationStatus
        switch negotiation.status.transition(.compose(request.composition)) {
        case .refused(let refusal): throw DeskError.conflict(refusal.rawValue, refusal.explanation)
        case .to(let status, _): next = status
        }
        let now = clock.now()
        let terms = try terms(for: request, in: negotiation)
        let draft = try await write(request, terms: terms, in: negotiation, by: caller, at: now)
        var changes = try await replacingOthers(of: negotiation, at: now)
        if negotiation.subject == nil { negotiation.subject = draft.subject }
        negotiation.status = next
        negotiation.statusReason = nil
        negotiation.updatedAt = now
        changes.append(.updateNegotiation(negotiation))
        changes += try await submitting(
            draft, messageID: draft.messageID, of: negotiation, requestedBy: caller.user.id, at: now)
        changes.append(
            .audit(
                .negotiation(
                    id, "email.drafted", "\(request.composition.kind.title) written: \(draft.subject)",
                    changes: terms.map { ["unit_price": "\($0.unitPrice)", "total": "\($0.total)"] } ?? [:],
                    origin: caller.origin, at: now)))
        return (draft.content.emailID, changes)
    }

    /// The figures that the email commits to; a rejection or free reply commits to none.
    private func terms(
        for request: CompositionRequest, in negotiation: NegotiationRecord
    ) throws -> Terms? {
        let price: Amount
        switch request.composition {
        case .reject, .reply: return nil
        case .open: price = request.price ?? negotiation.targetPrice
        case .counter:
            guard let named = request.price else {
                throw DeskError.invalid(field: "price", "a counter-offer needs the price of one piece")
            }
            price = named
        case .accept:
            guard let offered = request.price ?? negotiation.currentOfferPrice else {
                throw DeskError.conflict(
                    "no_offer",
                    "No single price could be read from the vendor's mail. Name the price to accept.")
            }
            price = offered
        }
        guard let terms = negotiation.terms(unitPrice: price) else {
            throw DeskError.invalid(field: "price", "must be more than 0, and price times quantity must fit")
        }
        return terms
    }

    /// A first content: version 1, in `pending_approval` where it concerns money, else `approved`.
    func submitting(
        _ draft: WrittenEmail, messageID: String, of negotiation: NegotiationRecord, requestedBy user: UserID,
        at now: Instant
    ) async throws -> [Change] {
        let content = draft.content
        guard content.isMoneyRelated else {
            return [
                .addEmail(content, negotiation: negotiation.id, status: .approved, messageID: messageID),
                enqueueing(.sendEmail(content.emailID), for: negotiation.organizationID, at: now),
            ]
        }
        let add = Change.addEmail(
            content, negotiation: negotiation.id, status: .pendingApproval, messageID: messageID)
        return [add] + (try await asking(about: content, of: negotiation, requestedBy: user, at: now))
    }
}

extension EmailKind {
    /// As a person would call it.
    public var title: String {
        switch self {
        case .opening: "Opening offer"
        case .counter: "Counter-offer"
        case .acceptance: "Acceptance"
        case .rejection: "Rejection"
        case .reply: "Reply"
        case .followUp: "Follow-up"
        case .purchaseOrder: "Purchase order"
        case .cancellation: "Cancellation"
        }
    }
}
