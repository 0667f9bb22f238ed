import Desk
import Negotiation

/// Everything there is: the rows of each organization, and what is unique among all of them.
struct Ledger: Sendable {
    var tenants: [OrganizationID: TenantRows] = [:]
    var slugs: [String: OrganizationID] = [:]
    var addresses: [String: (organization: OrganizationID, user: UserID)] = [:]
    var keys: [String: (organization: OrganizationID, key: APIKeyID)] = [:]
    var links: [[UInt8]: ApprovalLink] = [:]
    var turns: [OrganizationID: Turn] = [:]
    var liveWorkers: Set<String> = []
    /// How many claims there have been, which orders those who wait.
    var claims = 0
}

/// When an organization's work is looked at, and when it was last.
struct Turn: Sendable {
    var dueAt: Instant
    var claimed = 0

    /// When an organization without work is looked at: 9999-12-31.
    static let never = Instant(seconds: 253_402_214_400)
}

/// The rows of one organization, each kind in the order in which they were added.
struct TenantRows: Sendable {
    var organization: Organization?
    var settings = OrganizationSettings()
    var users: [UserRow] = []
    var keys: [APIKey] = []
    var sessions: [SessionRow] = []
    var vendors: [Vendor] = []
    var products: [Product] = []
    var negotiations: [NegotiationRecord] = []
    var stops: [AutomationStop] = []
    var offers: [Offer] = []
    var orders: [PurchaseOrder] = []
    var lastNumbers: [Int: Int] = [:]
    var emails: [EmailRow] = []
    var contents: [EmailContent] = []
    var attempts: [SendAttempt] = []
    var policies: [NamedPolicy] = []
    var delegations: [ApprovalDelegation] = []
    var approvalMail: [UserID: ApprovalMail] = [:]
    var asks: [ApprovalAsk] = []
    var mailboxes: [(mailbox: Mailbox, sealed: String)] = []
    var requests: [ApprovalRequest] = []
    var decisions: [ApprovalDecision] = []
    var grants: [ApprovalGrant] = []
    var arrivals: [ArrivalRow] = []
    var messages: [ThreadMessage] = []
    var notifications: [UserNotification] = []
    var audit: [AuditEntry] = []
    var jobs: [QueuedJob] = []
    var subscriptions: [SubscriptionRow] = []
    var deliveries: [WebhookDelivery] = []
    var webhookAttempts: [(delivery: WebhookDeliveryID, attempt: WebhookAttempt)] = []
    var followUps: [PlannedFollowUp] = []
    var rules: [FollowUpRule] = []
    var workingHours: [VendorID?: WorkingHours] = [:]
    var holidays: [String: Set<CalendarDay>] = [:]
    var endpoints: [InboundEndpoint] = []
    var inbound: [InboundRow] = []
    /// What first came with a token, by endpoint and token.
    var tokens: [String: [UInt8]] = [:]
    var tier = "free"
    var tierAsOf: Instant?
}

struct UserRow: Sendable {
    var user: User
    var failedAttempts = 0
    var lockedUntil: Instant?
}

struct SessionRow: Sendable {
    var session: Session
    var isRevoked = false
}

struct ArrivalRow: Sendable {
    let arrival: Arrival
    var state = Arrival.State.stored
    var reason: String?
    var message: MessageID?
}

/// An email with what its port does not show.
struct EmailRow: Sendable {
    let id: EmailID
    let negotiationID: NegotiationID
    let kind: EmailKind
    let messageID: String
    let createdBy: UserID?
    let createdAt: Instant
    var status: EmailStatus
    var statusReason: String?
    var version: Int
    var digest: [UInt8]
    var isMoneyRelated: Bool
    var sentAt: Instant?
    var grantedDigest: [UInt8]?
    var claimWorker: String?
    var claimLeaseUntil: Instant?
    var sendsAt: Instant?

    /// As the port shows it.
    var record: EmailRecord {
        var record = EmailRecord(
            id: id, negotiationID: negotiationID, kind: kind, status: status, statusReason: statusReason,
            version: version, digest: digest, isMoneyRelated: isMoneyRelated, messageID: messageID,
            createdBy: createdBy, createdAt: createdAt, sentAt: sentAt)
        record.sendsAt = sendsAt
        return record
    }
}

extension EmailContent {
    /// What the database computes: SHA-256 over the digests of the envelope and of the MIME bytes.
    var digest: [UInt8] { SHA256.digest(SHA256.digest(envelope) + SHA256.digest(raw)) }
}
