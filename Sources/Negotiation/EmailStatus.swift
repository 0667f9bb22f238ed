/// Where an outgoing email stands on its way.
public enum EmailStatus: String, Sendable, CaseIterable, Codable {
    case draft
    /// Its content is fixed and an approver has been asked.
    case pendingApproval = "pending_approval"
    /// It may be sent.
    case approved
    /// A sender has it and checks everything once more; it can still be taken back.
    case claimed
    /// The point of no return: it may already be with the mail server.
    case sending
    /// The mail server took it.
    case sent
    /// Nobody can say whether the mail server took it.
    case uncertain
    /// The mail server refused it for good.
    case failed
    case cancelled

    /// Whether it can be edited.
    public var isEditable: Bool { self == .draft || self == .pendingApproval }

    /// Whether it is on its way and can still be taken back with certainty that nothing leaves.
    public var isWaiting: Bool { isRevocable && self != .draft }

    /// Whether it can still be held or cancelled with certainty that nothing leaves.
    public var isRevocable: Bool {
        switch self {
        case .draft, .pendingApproval, .approved, .claimed: true
        case .sending, .sent, .uncertain, .failed, .cancelled: false
        }
    }
}

/// What can happen to an outgoing email.
public enum EmailEvent: String, Sendable, CaseIterable {
    /// An approver is asked.
    case submitted
    /// Approved, or no approval is needed.
    case approved
    /// The approver said no, or asked for changes, or did not answer in time.
    case refused
    /// Its content was changed.
    case edited
    /// Something came in between; a person has to look again.
    case held
    case cancelled
    /// A sender took it.
    case claimed
    /// The sender's lease ran out before it began, or the last check failed for a passing reason.
    case released
    /// The attempt is on record; the bytes may leave now.
    case begun
    /// The server took it, or evidence was found that it had.
    case accepted
    /// The server refused for now (4xx): surely not accepted.
    case deferred
    /// The server refused for good (5xx): surely not accepted.
    case rejected
    /// The connection broke or the process died, and nobody knows.
    case lost
    /// A person looked at the evidence and decided that it was not sent and shall be sent again.
    case requeued
}

extension EmailStatus {
    /// The next status, or `nil` when the event makes no sense and has to be refused.
    public func transition(_ event: EmailEvent) -> EmailStatus? {
        switch event {
        case .submitted: self == .draft ? .pendingApproval : nil
        case .approved: isEditable ? .approved : nil
        case .refused: self == .pendingApproval ? .cancelled : nil
        case .edited: isEditable ? .draft : nil
        case .held: isRevocable ? .draft : nil
        case .cancelled: isRevocable || self == .uncertain ? .cancelled : nil
        case .claimed: self == .approved ? .claimed : nil
        case .released: self == .claimed ? .approved : nil
        case .begun: self == .claimed ? .sending : nil
        case .accepted: self == .sending || self == .uncertain ? .sent : nil
        case .deferred: self == .sending ? .approved : nil
        case .rejected: self == .sending ? .failed : nil
        case .lost: self == .sending ? .uncertain : nil
        case .requeued: self == .uncertain ? .approved : nil
        }
    }
}
