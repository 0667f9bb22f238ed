import Secrets

/// A mail that a provider received for us.
public struct InboundMail: Sendable, Equatable {
    /// The message (RFC 5322). Where the provider took it apart (`isRecomposed`), it was put together again.
    public let raw: [UInt8]
    /// SMTP's MAIL FROM, if the provider says.
    public let envelopeFrom: String?
    /// SMTP's RCPT TO, as far as the provider says.
    public let envelopeTo: [String]
    /// Whether `raw` was made from the provider's fields, so that DKIM signatures cannot hold.
    public let isRecomposed: Bool

    init(raw: [UInt8], envelopeFrom: String? = nil, envelopeTo: [String] = [], isRecomposed: Bool = false) {
        self.raw = raw
        self.envelopeFrom = envelopeFrom.map { storable($0, maximum: 998) }
        self.envelopeTo = envelopeTo.prefix(1000).map { storable($0, maximum: 998) }
        self.isRecomposed = isRecomposed
    }

    /// Names the mail where the provider gives no id: the same mail to other recipients is another arrival.
    var digest: String {
        var stream = SHA256.Stream()
        stream.update(envelopeTo.sorted().joined(separator: "\n").utf8)
        stream.update([0])
        stream.update(raw)
        return "sha256:" + Hex.encode(stream.finish())
    }
}

/// What became of a mail that was sent.
public struct MailOutcome: Sendable, Equatable {
    /// The kinds of outcome.
    public enum Kind: String, Sendable {
        /// The provider took it.
        case accepted
        case delivered
        /// Not yet; the provider goes on trying.
        case deferred
        /// The other side refused it, then or later; `isPermanent` says whether trying again is pointless.
        case bounced
        /// The provider did not even try.
        case rejected
        case complained, unsubscribed, opened, clicked
    }

    /// What happened.
    public var kind: Kind
    /// Whether the address is a lost cause, as far as the provider can tell.
    public var isPermanent = false
    /// The recipient concerned.
    public var recipient: String?
    /// Our own Message-ID with its angle brackets, if the provider repeats it.
    public var messageID: String?
    /// The id under which the provider knows the mail.
    public var providerMessageID: String?
    /// Enhanced status code (RFC 3463), for instance `5.1.1`.
    public var statusCode: String?
    /// The other side's words, at most 1,000 bytes.
    public var diagnostic: String?

    init(
        _ kind: Kind, isPermanent: Bool = false, recipient: String? = nil, messageID: String? = nil,
        providerMessageID: String? = nil, statusCode: String? = nil, diagnostic: String? = nil
    ) {
        self.kind = kind
        self.isPermanent = isPermanent
        self.recipient = recipient.map { storable($0, maximum: 320) }
        self.messageID = messageID.flatMap(Self.bracketed)
        self.providerMessageID = providerMessageID.map { storable($0, maximum: 255) }
        self.statusCode = statusCode.map { storable($0, maximum: 20) }
        self.diagnostic = diagnostic.map { storable($0, maximum: 1000) }
    }

    private static func bracketed(_ id: String) -> String? {
        guard !id.isEmpty, id.utf8.count <= 996 else { return nil }
        return storable(id.hasPrefix("<") ? id : "<\(id)>", maximum: 998)
    }
}

/// Something changed in a mailbox that is read by other means.
public struct MailboxChange: Sendable, Equatable {
    /// The mailbox, or what else the provider calls the changed thing.
    public enum Place: Sendable, Equatable {
        /// A Gmail address. The history id is a hint only: read from the one that was stored last.
        case gmail(address: String, historyID: String)
        /// A message under a Graph subscription; `resource` is its path, `messageID` Graph's id for it.
        case graph(subscription: String, change: String, resource: String, messageID: String?)
        /// A Graph subscription itself: `reauthorizationRequired`, `subscriptionRemoved` or `missed`.
        case graphSubscription(subscription: String, lifecycle: String)
    }

    /// Where to look.
    public let place: Place
}

/// A paid subscription as Stripe describes it now. Events come in any order: apply the newest `createdAt` only.
public struct SubscriptionChange: Sendable, Equatable {
    /// Stripe's id of the subscription (`sub_…`).
    public let subscription: String
    /// Stripe's id of the customer (`cus_…`).
    public let customer: String
    /// Stripe's status, for instance `active`, `past_due`, `canceled`.
    public let status: String
    /// Ids (`price_…`) and lookup keys of the prices subscribed to.
    public let prices: [String]
    /// Text members of the subscription's metadata.
    public let metadata: [String: String]
}
