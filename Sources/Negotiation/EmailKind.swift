/// What an email to a vendor is for. What Parley writes to people of one's own organization is no such email.
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

    /// Whether an email of this kind concerns money whatever it says.
    public var isAlwaysMoney: Bool {
        switch self {
        case .opening, .counter, .acceptance, .purchaseOrder: true
        case .rejection, .reply, .followUp, .cancellation: false
        }
    }
}
