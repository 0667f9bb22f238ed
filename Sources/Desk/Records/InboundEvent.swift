import Negotiation

/// What a verified delivery asks for: what is stored about an event, and what its processing goes by.
public enum InboundContent: Hashable, Sendable, Codable {
    /// A mail came in; the message stands in the event's raw bytes.
    case mail(envelopeTo: [String])
    /// Something became of an email that was sent.
    case outcome(InboundOutcome)
    /// A mailbox should be looked into: its address, or `nil` for those that the provider hosts.
    case mailbox(address: String?)
    /// A paid subscription changed.
    case subscription(InboundSubscription)
    /// A topic wants to be confirmed by a GET of this address, which passed the rule for hosts.
    case topic(String, address: String)
    /// Nothing to do.
    case notice
    /// Nobody can read it; why.
    case unreadable(String)

    /// Whether something has to be done about it.
    public var asksForWork: Bool {
        switch self {
        case .notice, .unreadable: false
        case .mail, .outcome, .mailbox, .subscription, .topic: true
        }
    }
}

/// What became of an email, as a provider says.
public struct InboundOutcome: Hashable, Sendable, Codable {
    /// What happened.
    public enum Kind: String, Hashable, Sendable, Codable {
        case accepted, delivered, deferred, bounced, rejected, complained, unsubscribed, opened, clicked
    }

    public var kind: Kind
    /// Whether the address is a lost cause.
    public var isPermanent: Bool
    public var recipient: String?
    /// Without angle brackets.
    public var messageID: String?
    /// What the provider calls the email.
    public var providerMessageID: String?
    /// RFC 3463, such as `5.1.1`.
    public var statusCode: String?
    /// The other side's words.
    public var diagnostic: String?

    public init(_ kind: Kind, isPermanent: Bool = false, messageID: String? = nil) {
        self.kind = kind
        self.isPermanent = isPermanent
        self.messageID = messageID
    }
}

/// A paid subscription as it is now.
public struct InboundSubscription: Hashable, Sendable, Codable {
    public var customer: String
    /// Stripe's word: `active`, `past_due`, `canceled` …
    public var status: String
    /// Ids and lookup keys.
    public var prices: [String]
    public var metadata: [String: String]

    public init(customer: String, status: String, prices: [String], metadata: [String: String]) {
        self.customer = customer
        self.status = status
        self.prices = prices
        self.metadata = metadata
    }
}

/// One event of a verified delivery, before it is stored.
public struct NewInboundEvent: Hashable, Sendable {
    public let id: InboundEventID
    /// Names the event within its provider over all retries; 1 to 255 bytes.
    public let externalID: String
    /// At most 100 bytes.
    public let type: String
    /// When it happened, as the provider says.
    public let createdAt: Instant?
    /// JSON that can be stored.
    public let payload: String
    public let content: InboundContent
    /// The mail, or the body as it came where it holds but this event.
    public let raw: [UInt8]?

    public init(
        id: InboundEventID, externalID: String, type: String, createdAt: Instant?, payload: String,
        content: InboundContent, raw: [UInt8]?
    ) {
        self.id = id
        self.externalID = externalID
        self.type = type
        self.createdAt = createdAt
        self.payload = payload
        self.content = content
        self.raw = raw
    }
}

/// A verified delivery, to be stored as a whole.
public struct InboundDelivery: Hashable, Sendable {
    public let organizationID: OrganizationID
    public let endpointID: InboundEndpointID
    public let source: String
    public let events: [NewInboundEvent]
    /// A token that counts once.
    public var token: InboundToken?
    /// Headers that may be kept, as a JSON object.
    public var headers = "{}"
    public var origin = Origin.parley
    public let receivedAt: Instant

    public init(
        organizationID: OrganizationID, endpointID: InboundEndpointID, source: String,
        events: [NewInboundEvent],
        receivedAt: Instant
    ) {
        self.organizationID = organizationID
        self.endpointID = endpointID
        self.source = source
        self.events = events
        self.receivedAt = receivedAt
    }

    /// About how much memory it takes, in bytes.
    public var size: Int {
        events.reduce(1000) { $0 + $1.payload.utf8.count + ($1.raw?.count ?? 0) + 500 }
    }
}

/// A token that a signature covers instead of the content: with another content it is refused.
public struct InboundToken: Hashable, Sendable {
    public let text: String
    /// SHA-256 of what came with it.
    public let digest: [UInt8]
    /// When it may be forgotten, because the signature is out of date by then.
    public let expiresAt: Instant

    public init(text: String, digest: [UInt8], expiresAt: Instant) {
        self.text = text
        self.digest = digest
        self.expiresAt = expiresAt
    }
}

/// What came of storing a delivery.
public struct InboundReceipt: Hashable, Sendable {
    /// Events that are new.
    public let stored: Int
    /// Whether its token had come with another content before; then nothing was stored.
    public let isTokenSpent: Bool

    public init(stored: Int, isTokenSpent: Bool = false) {
        self.stored = stored
        self.isTokenSpent = isTokenSpent
    }
}

/// An event as it is on record.
public struct InboundEvent: Hashable, Sendable {
    public let id: InboundEventID
    /// `nil` for an event that another service of the platform has written.
    public let endpointID: InboundEndpointID?
    public let source: String
    public let type: String
    public let externalID: String
    public let state: State
    public let attempts: Int
    /// Why it is in quarantine, or what went wrong the last time.
    public let error: String?
    public let negotiationID: NegotiationID?
    /// What it belongs to: `email`, `arrival`, `organization` or `mailbox`.
    public let matched: Match?
    public let payload: String
    /// `nil` for an event that another service has written.
    public let content: InboundContent?
    public let receivedAt: Instant
    public let createdAt: Instant?
    public let processedAt: Instant?

    /// How far it has come.
    public enum State: String, Sendable, CaseIterable { case stored, processed, quarantined, ignored }

    /// A record that an event belongs to.
    public struct Match: Hashable, Sendable {
        public let type: String
        public let id: Identifier<Match>

        public init(_ type: String, _ id: Identifier<Match>) {
            self.type = type
            self.id = id
        }
    }

    public init(
        id: InboundEventID, endpointID: InboundEndpointID?, source: String, type: String, externalID: String,
        state: State, attempts: Int, error: String?, negotiationID: NegotiationID?, matched: Match?,
        payload: String, content: InboundContent?, receivedAt: Instant, createdAt: Instant?,
        processedAt: Instant?
    ) {
        self.id = id
        self.endpointID = endpointID
        self.source = source
        self.type = type
        self.externalID = externalID
        self.state = state
        self.attempts = attempts
        self.error = error
        self.negotiationID = negotiationID
        self.matched = matched
        self.payload = payload
        self.content = content
        self.receivedAt = receivedAt
        self.createdAt = createdAt
        self.processedAt = processedAt
    }
}

/// What came of processing an event.
public struct InboundSettlement: Hashable, Sendable {
    public var state: InboundEvent.State
    public var error: String?
    public var negotiationID: NegotiationID?
    public var matched: InboundEvent.Match?

    public init(
        _ state: InboundEvent.State, error: String? = nil, negotiationID: NegotiationID? = nil,
        matched: InboundEvent.Match? = nil
    ) {
        self.state = state
        self.error = error
        self.negotiationID = negotiationID
        self.matched = matched
    }
}
