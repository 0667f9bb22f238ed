import Negotiation

/// Messages and what arrived.
public struct ThreadBook: Sendable {
    public var arrival: @Sendable (OrganizationID, ArrivalID) async throws -> (Arrival, Arrival.State)?
    /// What could not be read, newest first.
    public var quarantined: @Sendable (OrganizationID, PageRequest) async throws -> Page<QuarantinedArrival>
    /// Oldest first.
    public var messages: @Sendable (OrganizationID, NegotiationID) async throws -> [ThreadMessage]
    /// Mail that matched nothing, newest first.
    public var unmatched: @Sendable (OrganizationID, PageRequest) async throws -> Page<ThreadMessage>
    public var message: @Sendable (OrganizationID, MessageID) async throws -> ThreadMessage?
    /// Bank accounts that a vendor has named so far, in messages that may bind it, leaving one message out.
    public var bankAccounts: @Sendable (OrganizationID, VendorID, MessageID) async throws -> Set<String>
    /// Whether an inbound message with this Message-ID is there already.
    public var hasInbound: @Sendable (OrganizationID, String) async throws -> Bool
    /// Negotiations that a message may belong to: by reply tokens, by Message-IDs of our emails or of messages that
    /// belong to one, or by the vendor's address.
    public var candidates: @Sendable (OrganizationID, MatchQuery) async throws -> [MatchCandidate]

    public init(
        arrival: @escaping @Sendable (OrganizationID, ArrivalID) async throws -> (Arrival, Arrival.State)?,
        quarantined:
            @escaping @Sendable (OrganizationID, PageRequest) async throws -> Page<QuarantinedArrival>,
        messages: @escaping @Sendable (OrganizationID, NegotiationID) async throws -> [ThreadMessage],
        unmatched: @escaping @Sendable (OrganizationID, PageRequest) async throws -> Page<ThreadMessage>,
        message: @escaping @Sendable (OrganizationID, MessageID) async throws -> ThreadMessage?,
        bankAccounts: @escaping @Sendable (OrganizationID, VendorID, MessageID) async throws -> Set<String>,
        hasInbound: @escaping @Sendable (OrganizationID, String) async throws -> Bool,
        candidates: @escaping @Sendable (OrganizationID, MatchQuery) async throws -> [MatchCandidate]
    ) {
        self.arrival = arrival
        self.quarantined = quarantined
        self.messages = messages
        self.unmatched = unmatched
        self.message = message
        self.bankAccounts = bankAccounts
        self.hasInbound = hasInbound
        self.candidates = candidates
    }
}

/// What arrived and could not be read, as the inbox page lists it.
public struct QuarantinedArrival: Hashable, Sendable {
    public let id: ArrivalID
    public let source: String
    public let receivedAt: Instant
    public let reason: String
    /// Bytes.
    public let size: Int

    public init(id: ArrivalID, source: String, receivedAt: Instant, reason: String, size: Int) {
        self.id = id
        self.source = source
        self.receivedAt = receivedAt
        self.reason = reason
        self.size = size
    }
}

/// What a message offers to be found by.
public struct MatchQuery: Hashable, Sendable {
    public let replyTokens: [String]
    /// In-Reply-To and References, without angle brackets.
    public let messageIDs: [String]
    public let senderAddress: String?
    /// Outlook's GUID of the conversation.
    public let threadIndex: String?
    public let providerThreadID: String?

    public init(
        replyTokens: [String], messageIDs: [String], senderAddress: String?, threadIndex: String? = nil,
        providerThreadID: String? = nil
    ) {
        self.threadIndex = threadIndex
        self.providerThreadID = providerThreadID
        self.replyTokens = replyTokens
        self.messageIDs = messageIDs
        self.senderAddress = senderAddress
    }
}

/// A negotiation that a message may belong to, with everything that could show it.
public struct MatchCandidate: Hashable, Sendable {
    public let negotiationID: NegotiationID
    public let replyToken: String
    /// Message-IDs of its thread, those that were asked for.
    public let messageIDs: [String]
    public let vendorAddress: String
    public let subject: String?
    public let isClosed: Bool
    /// Whether a message of its thread has the Thread-Index that was asked for.
    public let sharesThreadIndex: Bool
    /// Whether a message of its thread is in the provider's conversation that was asked for.
    public let sharesProviderThread: Bool

    public init(
        negotiationID: NegotiationID, replyToken: String, messageIDs: [String], vendorAddress: String,
        subject: String?, isClosed: Bool, sharesThreadIndex: Bool = false, sharesProviderThread: Bool = false
    ) {
        self.sharesThreadIndex = sharesThreadIndex
        self.sharesProviderThread = sharesProviderThread
        self.negotiationID = negotiationID
        self.replyToken = replyToken
        self.messageIDs = messageIDs
        self.vendorAddress = vendorAddress
        self.subject = subject
        self.isClosed = isClosed
    }
}
