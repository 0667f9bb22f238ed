import Negotiation

/// Inbound webhooks: endpoints, and what came to them.
public struct InboundBook: Sendable {
    /// By its id alone, in any organization; `nil` for one that was removed.
    public var endpointAnywhere: @Sendable (InboundEndpointID) async throws -> InboundEndpoint?
    /// Oldest first; at most a few for each organization.
    public var endpoints: @Sendable (OrganizationID) async throws -> [InboundEndpoint]
    /// Stores a verified delivery, with the job to process it. Deliveries that come at the same time may share a
    /// transaction; once this returns, what it says is on record.
    public var receive: @Sendable (InboundDelivery) async throws -> InboundReceipt
    /// Counts deliveries that were refused, by endpoint.
    public var countRefused: @Sendable (OrganizationID, [InboundEndpointID: Int]) async throws -> Void
    public var event: @Sendable (OrganizationID, InboundEventID) async throws -> InboundEvent?
    /// The raw bytes of an event, where they were kept.
    public var raw: @Sendable (OrganizationID, InboundEventID) async throws -> [UInt8]?
    /// Newest first.
    public var events:
        @Sendable (OrganizationID, InboundFilter, PageRequest) async throws -> Page<InboundEvent>
    /// Events of a batch that are not processed yet, oldest first.
    public var waiting: @Sendable (OrganizationID, InboundBatchID) async throws -> [InboundEventID]
    /// What has become of something that arrived, by its source and external id.
    public var arrival: @Sendable (OrganizationID, String, String) async throws -> ArrivalFate?
    /// The email that an outcome is about: by its Message-ID, or by what the mail server called it when it took it.
    public var email: @Sendable (OrganizationID, InboundOutcome) async throws -> EmailID?

    public init(
        endpointAnywhere: @escaping @Sendable (InboundEndpointID) async throws -> InboundEndpoint?,
        endpoints: @escaping @Sendable (OrganizationID) async throws -> [InboundEndpoint],
        receive: @escaping @Sendable (InboundDelivery) async throws -> InboundReceipt,
        countRefused:
            @escaping @Sendable (OrganizationID, [InboundEndpointID: Int]) async throws -> Void,
        event: @escaping @Sendable (OrganizationID, InboundEventID) async throws -> InboundEvent?,
        raw: @escaping @Sendable (OrganizationID, InboundEventID) async throws -> [UInt8]?,
        events:
            @escaping @Sendable (OrganizationID, InboundFilter, PageRequest) async throws -> Page<
                InboundEvent
            >,
        waiting: @escaping @Sendable (OrganizationID, InboundBatchID) async throws -> [InboundEventID],
        arrival: @escaping @Sendable (OrganizationID, String, String) async throws -> ArrivalFate?,
        email: @escaping @Sendable (OrganizationID, InboundOutcome) async throws -> EmailID?
    ) {
        self.endpointAnywhere = endpointAnywhere
        self.endpoints = endpoints
        self.receive = receive
        self.countRefused = countRefused
        self.event = event
        self.raw = raw
        self.events = events
        self.waiting = waiting
        self.arrival = arrival
        self.email = email
    }
}

/// Which events of a list.
public struct InboundFilter: Hashable, Sendable {
    public var source: String?
    public var type: String?
    public var externalID: String?
    public var state: InboundEvent.State?
    public var negotiationID: NegotiationID?
    /// What the event belongs to, an email for instance.
    public var matchedID: Identifier<InboundEvent.Match>?

    public init() {}
}

/// What has become of something that arrived.
public struct ArrivalFate: Hashable, Sendable {
    public let id: ArrivalID
    public let state: Arrival.State
    public let reason: String?
    public let negotiationID: NegotiationID?

    public init(id: ArrivalID, state: Arrival.State, reason: String?, negotiationID: NegotiationID?) {
        self.id = id
        self.state = state
        self.reason = reason
        self.negotiationID = negotiationID
    }
}

/// What the use cases of inbound webhooks need from outside.
public struct InboundPort: Sendable {
    /// Throws ``DeskError/invalid(field:_:)`` where nothing could be verified with these secrets, in clear text.
    public var check: @Sendable (InboundEndpoint, [String]) throws -> Void
    /// A new secret for a provider; `nil` where the provider itself gives it.
    public var newSecret: @Sendable (String) throws -> String?
    /// Encrypts what only this gateway may read.
    public var seal: @Sendable (String) throws -> String
    public var unseal: @Sendable (String) throws -> String
    /// Confirms the subscription of a topic by fetching an address that passed the rule for hosts.
    public var confirmTopic: @Sendable (String) async throws -> Void
    /// Has a mailbox looked into now.
    public var lookInto: @Sendable (MailboxID) async -> Void
    /// Posts a sample, signed with this secret, to an endpoint; `nil` where only the provider could sign one.
    public var trySample: @Sendable (InboundEndpoint, [String]) async throws -> InboundTrial?

    public init(
        check: @escaping @Sendable (InboundEndpoint, [String]) throws -> Void,
        newSecret: @escaping @Sendable (String) throws -> String?,
        seal: @escaping @Sendable (String) throws -> String,
        unseal: @escaping @Sendable (String) throws -> String,
        confirmTopic: @escaping @Sendable (String) async throws -> Void,
        lookInto: @escaping @Sendable (MailboxID) async -> Void,
        trySample: @escaping @Sendable (InboundEndpoint, [String]) async throws -> InboundTrial?
    ) {
        self.check = check
        self.newSecret = newSecret
        self.seal = seal
        self.unseal = unseal
        self.confirmTopic = confirmTopic
        self.lookInto = lookInto
        self.trySample = trySample
    }

    /// For a process that receives no webhooks.
    public static let none = InboundPort(
        check: { _, _ in throw unwired }, newSecret: { _ in throw unwired }, seal: { _ in throw unwired },
        unseal: { _ in throw unwired }, confirmTopic: { _ in throw unwired }, lookInto: { _ in },
        trySample: { _, _ in throw unwired })

    private static let unwired = DeskError.conflict("no_webhooks", "This gateway receives no webhooks.")
}
