import Negotiation

/// An address at which a provider delivers webhooks (`POST /hooks/{id}`), and what its deliveries are verified with.
public struct InboundEndpoint: Hashable, Sendable {
    public let id: InboundEndpointID
    public let organizationID: OrganizationID
    /// `custom`, `mailgun` …; also the source of its events.
    public let provider: String
    /// As people call it; may be empty.
    public let name: String
    /// Sealed, newest first; at most two.
    public var sealedSecrets: [String]
    /// Newest first; at most two.
    public var publicKeys: [String]
    /// Until then the older secret and the older public key count as well.
    public var overlapEnds: Instant?
    /// Whom tokens of the provider are made out to; `nil` for the endpoint's own address.
    public let audience: String?
    public var settings: InboundSettings
    public var counts = InboundCounts()
    public var lastEventAt: Instant?
    public let createdAt: Instant

    public init(
        id: InboundEndpointID, organizationID: OrganizationID, provider: String, name: String,
        sealedSecrets: [String], publicKeys: [String], overlapEnds: Instant? = nil, audience: String?,
        settings: InboundSettings, createdAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.provider = provider
        self.name = name
        self.sealedSecrets = sealedSecrets
        self.publicKeys = publicKeys
        self.overlapEnds = overlapEnds
        self.audience = audience
        self.settings = settings
        self.createdAt = createdAt
    }

    /// Those of two values, newest first, that count at an instant.
    func inForce<Value>(_ values: [Value], at now: Instant) -> [Value] {
        let isOverlapping = overlapEnds.map { now < $0 } ?? false
        return Array(values.prefix(isOverlapping ? 2 : 1))
    }

    /// The public keys that count at an instant.
    public func publicKeys(at now: Instant) -> [String] { inForce(publicKeys, at: now) }
}

/// What some providers need to be told besides.
public struct InboundSettings: Hashable, Sendable, Codable {
    /// Who may send: topic ARNs of SNS, the service account of Pub/Sub, subscriptions of Graph. While it is empty, the
    /// first sender is taken and written down here.
    public var origins: [String] = []
    /// `gmail`: the topic of Pub/Sub that Gmail is asked to tell of new messages, `projects/…/topics/…`.
    public var topic: String?
    /// `stripe`: the customer whose subscription counts; `nil` where the account has no other.
    public var customer: String?
    /// `stripe`: which tier a price (its id or lookup key) stands for.
    public var tiers: [String: String] = [:]

    public init() {}
}

/// What has come to an endpoint so far.
public struct InboundCounts: Hashable, Sendable {
    /// Events that were verified and stored.
    public var verified = 0
    /// Events that had been stored before.
    public var duplicate = 0
    /// Deliveries that were not authentic.
    public var refused = 0
    /// Events among the verified that nobody could read, or that came to nothing.
    public var quarantined = 0

    public init() {}
}

/// An endpoint as somebody describes it.
public struct InboundEndpointDraft: Sendable {
    public var provider: String
    public var name = ""
    /// Made anew where it is left out and the provider takes one of ours.
    public var secret: String?
    public var publicKey: String?
    public var audience: String?
    public var settings = InboundSettings()

    public init(provider: String) { self.provider = provider }
}

/// What came of a sample that was posted to an endpoint.
public struct InboundTrial: Hashable, Sendable {
    /// The HTTP status of the answer; `nil` where there was none.
    public let status: Int?
    /// In words, for the person who can mend it.
    public let detail: String

    /// Whether it was taken.
    public var isAccepted: Bool { status.map { (200..<300).contains($0) } ?? false }

    public init(status: Int?, detail: String) {
        self.status = status
        self.detail = detail
    }
}
