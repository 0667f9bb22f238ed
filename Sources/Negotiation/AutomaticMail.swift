/// Why nothing is written to somebody without a person deciding so: two machines that answer each other never stop.
public enum AutomaticMailObstacle: String, Hashable, Sendable, CaseIterable {
    /// A machine wrote what would be answered.
    case machine
    /// It came by a mailing list, or to many at once.
    case list
    /// It is a report about a message that could not be delivered, or a complaint.
    case report
    /// It would go to an address of one's own, or answer one.
    case ourselves
    /// Enough has been written by itself in this negotiation.
    case tooManyInNegotiation = "too_many_in_negotiation"
    /// Enough has been written by itself to this address within a day.
    case tooManyToAddress = "too_many_to_address"

    /// A sentence for whoever wonders why nothing was written.
    public var explanation: String {
        switch self {
        case .machine: "A machine wrote the message, and machines are not answered by themselves."
        case .list: "The message came by a mailing list, which is not answered by itself."
        case .report: "The message is a report, which is not answered by itself."
        case .ourselves: "The address is one of the organization's own."
        case .tooManyInNegotiation:
            "Parley has written enough by itself in this negotiation. A person has to go on."
        case .tooManyToAddress:
            "Parley has written enough by itself to this address today. A person has to go on, or tomorrow comes."
        }
    }
}

/// How much may be written without a person deciding on it, whatever was made of the messages in between: the brake for
/// the loop that nobody recognised.
public struct AutomaticMailLimits: Hashable, Sendable {
    /// Emails of one negotiation that nobody approved or wrote, from its beginning to its end.
    public var mostInNegotiation = 10
    /// The same to one address within ``seconds``, whichever negotiations they belong to.
    public var mostToAddress = 5
    /// The time in which those to one address are counted: a day.
    public var seconds: Int64 = 86_400

    public init() {}

    /// What stands in the way of one more.
    public func obstacle(after written: AutomaticMailCount) -> AutomaticMailObstacle? {
        if written.inNegotiation >= mostInNegotiation { return .tooManyInNegotiation }
        if written.toAddress >= mostToAddress { return .tooManyToAddress }
        return nil
    }
}

/// How much has been written without a person.
public struct AutomaticMailCount: Hashable, Sendable {
    /// In the negotiation, ever.
    public let inNegotiation: Int
    /// To the address, within the time that counts.
    public let toAddress: Int

    public init(inNegotiation: Int, toAddress: Int) {
        self.inNegotiation = inNegotiation
        self.toAddress = toAddress
    }
}
