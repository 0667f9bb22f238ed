/// What an outgoing email is for.
public enum EmailKind: String, Sendable, CaseIterable, Codable {
    /// The first email to a vendor: a request for quotation with our offer.
    case opening
    /// Another price.
    case counter
    /// Yes to the vendor's offer.
    case acceptance
    /// No, and no other price.
    case rejection
    /// Free text within a negotiation.
    case reply
    /// A reminder that an answer is missing.
    case followUp = "follow_up"
    /// The purchase order itself.
    case purchaseOrder = "purchase_order"
    /// Tells the vendor that the negotiation is called off.
    case cancellation
    /// Asks an approver of one's own organization.
    case approvalRequest = "approval_request"
    /// Tells somebody of one's own organization what happened.
    case notice

    /// Whether an email of this kind concerns money whatever it says.
    public var isAlwaysMoney: Bool {
        switch self {
        case .opening, .counter, .acceptance, .purchaseOrder: true
        case .rejection, .reply, .followUp, .cancellation, .approvalRequest, .notice: false
        }
    }

    /// Whether it goes to a vendor; the others go to people of one's own organization.
    public var isForVendor: Bool {
        switch self {
        case .approvalRequest, .notice: false
        case .opening, .counter, .acceptance, .rejection, .reply, .followUp, .purchaseOrder, .cancellation:
            true
        }
    }
}
