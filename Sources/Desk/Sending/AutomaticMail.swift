import Negotiation
import Reading

extension Office {
    /// Why nothing may be written to the vendor of a negotiation without a person deciding so; `nil` where it may. Whoever
    /// writes by itself asks before it writes, and the sender asks again before anything leaves.
    ///
    /// Two emails that are written at the same moment may both still be allowed; the one after them is not.
    ///
    /// - Parameters:
    ///   - message: what would be answered; `nil` for what is written because its time has come.
    ///   - email: the email that asks, which does not count.
    func obstacleToAutomaticMail(
        in negotiation: NegotiationRecord, answering message: ThreadMessage? = nil,
        leavingOut email: EmailID? = nil
    ) async throws -> AutomaticMailObstacle? {
        let ours = try await ownAddresses(of: negotiation.organizationID)
        if Answerability.isOurs(negotiation.vendorContactEmail, among: ours) {
            return .ourselves
        }
        if let message, let obstacle = try await obstacle(toAnswering: message, in: negotiation, ours: ours) {
            return obstacle
        }
        let limits = AutomaticMailLimits()
        let written = try await books.emails.automaticMail(
            AutomaticMailQuery(
                organization: negotiation.organizationID, negotiation: negotiation.id,
                address: negotiation.vendorContactEmail,
                since: clock.now().advanced(bySeconds: -limits.seconds), leavingOut: email))
        return limits.obstacle(after: written)
    }

    /// Looks at the message as it came, since a thread does not keep all headers.
    private func obstacle(
        toAnswering message: ThreadMessage, in negotiation: NegotiationRecord, ours: [String]
    ) async throws -> AutomaticMailObstacle? {
        guard let id = message.arrivalID,
            let (arrival, _) = try await books.threads.arrival(negotiation.organizationID, id)
        else { return message.direction == .outbound ? .ourselves : .machine }
        let read = try mail.read(arrival.raw)
        return Answerability.obstacle(to: read, read: Understanding(of: read).kind, ours: ours)
    }

    /// Every address that the organization writes from or is answered at.
    private func ownAddresses(of organization: OrganizationID) async throws -> [String] {
        let current = try await mail.address(try await self.organization(organization), nil)
        return [current.address]
            + (try await books.mailboxes.list(organization).map(\.address.address))
    }
}

/// Which emails are counted as written without a person.
public struct AutomaticMailQuery: Sendable {
    public let organization: OrganizationID
    public let negotiation: NegotiationID
    /// The vendor's address; compared without regard to case.
    public let address: String
    /// From when on those to the address count.
    public let since: Instant
    /// An email that does not count.
    public let leavingOut: EmailID?

    public init(
        organization: OrganizationID, negotiation: NegotiationID, address: String, since: Instant,
        leavingOut: EmailID? = nil
    ) {
        self.organization = organization
        self.negotiation = negotiation
        self.address = address
        self.since = since
        self.leavingOut = leavingOut
    }
}
