/// Where a negotiation stands, by the names that the platform's other services know.
public enum NegotiationStatus: String, Sendable, CaseIterable, Codable {
    /// Nothing has been written to the vendor yet.
    case draft
    /// An email is written and waits for approval or for being sent.
    case pendingApproval = "pending_approval"
    /// We had the last word.
    case sent
    /// The vendor had the last word.
    case vendorReplied = "vendor_replied"
    /// An approved acceptance has been sent.
    case accepted
    /// A refusal has been sent, or the vendor was told that there will be no deal.
    case rejected
    /// The time for it ran out.
    case expired
    /// Somebody called it off.
    case cancelled
    /// The vendor's address does not take mail.
    case undeliverable

    /// Whether nothing moves it any more.
    public var isClosed: Bool {
        switch self {
        case .accepted, .rejected, .expired, .cancelled, .undeliverable: true
        case .draft, .pendingApproval, .sent, .vendorReplied: false
        }
    }
}

/// Who wrote last, which is where a negotiation returns to when an email comes to nothing.
public enum LastWord: Sendable, CaseIterable {
    /// Nobody wrote yet.
    case nobody
    /// Parley did.
    case buyer
    /// The vendor did.
    case vendor

    /// The status that says so.
    public var status: NegotiationStatus {
        switch self {
        case .nobody: .draft
        case .buyer: .sent
        case .vendor: .vendorReplied
        }
    }
}
