import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A row of the audit log: what was done, by whom, to what. The timeline of a negotiation is made of these.
public struct AuditEntry: Hashable, Sendable {
    public let action: String
    public let entityType: String
    public let entityID: UUID?
    public let description: String
    /// What changed, by name.
    public let changes: [String: String]
    public let origin: Origin
    public let at: Instant

    public init(
        action: String, entityType: String, entityID: UUID?, description: String,
        changes: [String: String] = [:], origin: Origin, at: Instant
    ) {
        self.action = action
        self.entityType = entityType
        self.entityID = entityID
        self.description = description
        self.changes = changes
        self.origin = origin
        self.at = at
    }

    /// An entry in the timeline of a negotiation.
    public static func negotiation(
        _ id: NegotiationID, _ action: String, _ description: String, changes: [String: String] = [:],
        origin: Origin, at: Instant
    ) -> AuditEntry {
        AuditEntry(
            action: action, entityType: "negotiation", entityID: id.uuid, description: description,
            changes: changes, origin: origin, at: at)
    }
}

/// Something that one user should know.
public struct UserNotification: Hashable, Sendable {
    public let id: NotificationID
    public let userID: UserID
    /// `negotiation_reply`, `negotiation_accepted`, `purchase_order_ready`, `system_alert` …
    public let type: String
    public let title: String
    public let message: String
    /// A path within Parley.
    public let link: String?
    public let negotiationID: NegotiationID?
    public let createdAt: Instant

    public init(
        id: NotificationID, userID: UserID, type: String, title: String, message: String, link: String?,
        negotiationID: NegotiationID?, createdAt: Instant
    ) {
        self.id = id
        self.userID = userID
        self.type = type
        self.title = title
        self.message = message
        self.link = link
        self.negotiationID = negotiationID
        self.createdAt = createdAt
    }
}

/// Work that has been promised in the transaction that wanted it.
public struct Job: Hashable, Sendable {
    public let id: JobID
    public let organizationID: OrganizationID
    public let work: Work
    public let runAt: Instant
    /// How often it has been begun, this time included.
    public let attempts: Int

    /// Attempts after which a job is dead and waits for a person.
    public static let mostAttempts = 12

    /// What is to be done.
    public enum Work: Hashable, Sendable {
        /// Reads what arrived.
        case readArrival(ArrivalID)
        /// Writes to each approver who has not been asked yet, with a link of their own.
        case askApprovers(ApprovalRequestID)
        /// Repeats the question to those who have not decided.
        case remindApprovers(ApprovalRequestID)
        /// Writes to somebody about everything that waits for their approval, once a day.
        case sendApprovalDigest(UserID)
        /// Asks again for an email that was held because the vendor answered.
        case askAgain(EmailID)
        /// Hands an approved email to the mail server.
        case sendEmail(EmailID)
        /// Refuses a request that nobody decided in time.
        case expireApproval(ApprovalRequestID)
        /// Ends a negotiation whose deadline has passed.
        case expireNegotiation(NegotiationID)
        /// Does what the events of a batch ask for.
        case applyInbound(InboundBatchID)
        /// Decides which follow-up comes next, and when.
        case planFollowUp(NegotiationID)
        /// Writes a follow-up that is due.
        case followUp(FollowUpID)
        /// Brings a receiver what it is to be told.
        case deliverWebhooks(WebhookSubscriptionID)

        /// Whether it waits for a stranger's server, and so takes no place of other work (``DeliveryPlaces`` bounds it).
        public var isDelivery: Bool { if case .deliverWebhooks = self { true } else { false } }

        /// Whether two of the same that wait or run are one. An email that was held and approved again needs a job
        /// although one for it may be about to end, and only one of them gets the claim. Approvers are asked when the
        /// question is put, when it is the next group's turn and when it escalates, and each of them only once.
        /// What has happened since a planning was begun needs another one.
        public var isOnce: Bool {
            switch self {
            case .sendEmail, .askApprovers, .askAgain, .planFollowUp: false
            case .readArrival, .remindApprovers, .sendApprovalDigest, .expireApproval, .expireNegotiation,
                .deliverWebhooks, .followUp, .applyInbound:
                true
            }
        }
    }

    public init(id: JobID, organizationID: OrganizationID, work: Work, runAt: Instant, attempts: Int = 0) {
        self.id = id
        self.organizationID = organizationID
        self.work = work
        self.runAt = runAt
        self.attempts = attempts
    }
}

/// Why a worker puts a job back, and until when.
public struct Postponement: Hashable, Sendable {
    /// Who holds the job; from anybody else it is not taken.
    public let worker: String
    public let until: Instant
    /// What went wrong, for the person who looks at it.
    public let reason: String
    /// Whether it used up one of ``Job/mostAttempts``; waiting for somebody else does not.
    public let countsAsTry: Bool

    public init(worker: String, until: Instant, reason: String, countsAsTry: Bool = true) {
        self.worker = worker
        self.until = until
        self.reason = reason
        self.countsAsTry = countsAsTry
    }
}
