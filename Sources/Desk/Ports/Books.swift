import Negotiation

/// What Parley has on record: the port to the store. Every call names the tenant, and sees nothing of another.
///
/// All closures throw ``CommitRefusal``.
public struct Books: Sendable {
    /// Makes all changes in one transaction, in their order, or none.
    public var commit: @Sendable (OrganizationID, [Change]) async throws -> Void
    public var negotiations: NegotiationBook
    public var emails: EmailBook
    public var approvals: ApprovalBook
    public var threads: ThreadBook
    public var catalogue: CatalogueBook
    public var people: PeopleBook
    public var journal: JournalBook
    public var jobs: JobBook
    public var mailboxes: MailboxBook
    public var subscriptions: SubscriptionBook
    public var followUps: FollowUpBook
    public var inbound: InboundBook

    public init(
        commit: @escaping @Sendable (OrganizationID, [Change]) async throws -> Void,
        negotiations: NegotiationBook, emails: EmailBook, approvals: ApprovalBook, threads: ThreadBook,
        catalogue: CatalogueBook, people: PeopleBook, journal: JournalBook, jobs: JobBook,
        mailboxes: MailboxBook, subscriptions: SubscriptionBook, followUps: FollowUpBook,
        inbound: InboundBook
    ) {
        self.commit = commit
        self.negotiations = negotiations
        self.emails = emails
        self.approvals = approvals
        self.threads = threads
        self.catalogue = catalogue
        self.people = people
        self.journal = journal
        self.jobs = jobs
        self.mailboxes = mailboxes
        self.subscriptions = subscriptions
        self.followUps = followUps
        self.inbound = inbound
    }
}

/// A page of a list: rows in a fixed order and where the next page begins.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    /// Handed back as it is to get the next page; `nil` after the last.
    public let nextCursor: String?

    /// The most rows of one page.
    public static var largestLimit: Int { 200 }

    public init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}

/// Which page of a list.
public struct PageRequest: Sendable {
    /// The `nextCursor` of the page before; `nil` for the first.
    public let cursor: String?
    /// 1 to ``Page/largestLimit``.
    public let limit: Int

    public init(cursor: String? = nil, limit: Int = 50) {
        self.cursor = cursor
        self.limit = limit
    }
}

/// Negotiations, offers and purchase orders.
public struct NegotiationBook: Sendable {
    public var find: @Sendable (OrganizationID, NegotiationID) async throws -> NegotiationRecord?
    /// Newest first.
    public var list:
        @Sendable (OrganizationID, NegotiationStatus?, PageRequest) async throws -> Page<NegotiationRecord>
    /// Oldest first.
    public var offers: @Sendable (OrganizationID, NegotiationID) async throws -> [Offer]
    public var purchaseOrder: @Sendable (OrganizationID, PurchaseOrderID) async throws -> PurchaseOrder?
    public var purchaseOrderOf: @Sendable (OrganizationID, NegotiationID) async throws -> PurchaseOrder?
    /// Newest first.
    public var purchaseOrders: @Sendable (OrganizationID, PageRequest) async throws -> Page<PurchaseOrder>

    public init(
        find: @escaping @Sendable (OrganizationID, NegotiationID) async throws -> NegotiationRecord?,
        list:
            @escaping @Sendable (OrganizationID, NegotiationStatus?, PageRequest) async throws -> Page<
                NegotiationRecord
            >,
        offers: @escaping @Sendable (OrganizationID, NegotiationID) async throws -> [Offer],
        purchaseOrder: @escaping @Sendable (OrganizationID, PurchaseOrderID) async throws -> PurchaseOrder?,
        purchaseOrderOf: @escaping @Sendable (OrganizationID, NegotiationID) async throws -> PurchaseOrder?,
        purchaseOrders: @escaping @Sendable (OrganizationID, PageRequest) async throws -> Page<PurchaseOrder>
    ) {
        self.find = find
        self.list = list
        self.offers = offers
        self.purchaseOrder = purchaseOrder
        self.purchaseOrderOf = purchaseOrderOf
        self.purchaseOrders = purchaseOrders
    }
}

/// Emails to vendors.
public struct EmailBook: Sendable {
    public var find: @Sendable (OrganizationID, EmailID) async throws -> EmailRecord?
    /// One version of what the email says.
    public var content: @Sendable (OrganizationID, EmailID, Int) async throws -> EmailContent?
    /// What a list shows of a version.
    public var headline: @Sendable (OrganizationID, EmailID, Int) async throws -> EmailHeadline?
    /// Oldest first.
    public var ofNegotiation: @Sendable (OrganizationID, NegotiationID) async throws -> [EmailRecord]
    /// Oldest first.
    public var attempts: @Sendable (OrganizationID, EmailID) async throws -> [SendAttempt]
    /// Whether a grant covers this email and digest.
    public var isGranted: @Sendable (OrganizationID, EmailID, [UInt8]) async throws -> Bool
    /// From when on a limit lets another email leave; `nil` where it does at that instant.
    public var freeAt: @Sendable (OrganizationID, AttemptLimit, Instant) async throws -> Instant?
    /// Approved emails that wait for their time, oldest first, at most ``mostWaiting``.
    public var waiting: @Sendable (OrganizationID) async throws -> [EmailID]

    /// Emails that are looked through at once.
    public static let mostWaiting = 1_000
    /// How many emails have left, or are about to, that no person wrote or approved.
    public var automaticMail: @Sendable (AutomaticMailQuery) async throws -> AutomaticMailCount

    public init(
        find: @escaping @Sendable (OrganizationID, EmailID) async throws -> EmailRecord?,
        content: @escaping @Sendable (OrganizationID, EmailID, Int) async throws -> EmailContent?,
        headline: @escaping @Sendable (OrganizationID, EmailID, Int) async throws -> EmailHeadline?,
        ofNegotiation: @escaping @Sendable (OrganizationID, NegotiationID) async throws -> [EmailRecord],
        attempts: @escaping @Sendable (OrganizationID, EmailID) async throws -> [SendAttempt],
        isGranted: @escaping @Sendable (OrganizationID, EmailID, [UInt8]) async throws -> Bool,
        freeAt: @escaping @Sendable (OrganizationID, AttemptLimit, Instant) async throws -> Instant?,
        waiting: @escaping @Sendable (OrganizationID) async throws -> [EmailID],
        automaticMail: @escaping @Sendable (AutomaticMailQuery) async throws -> AutomaticMailCount
    ) {
        self.find = find
        self.content = content
        self.headline = headline
        self.ofNegotiation = ofNegotiation
        self.attempts = attempts
        self.isGranted = isGranted
        self.freeAt = freeAt
        self.waiting = waiting
        self.automaticMail = automaticMail
    }
}

/// Policies, requests, links and decisions.
public struct ApprovalBook: Sendable {
    public var policies: @Sendable (OrganizationID) async throws -> [NamedPolicy]
    public var find: @Sendable (OrganizationID, ApprovalRequestID) async throws -> ApprovalRequest?
    /// The newest request for an email.
    public var ofEmail: @Sendable (OrganizationID, EmailID) async throws -> ApprovalRequest?
    /// Newest first, with a status or any.
    public var list:
        @Sendable (OrganizationID, ApprovalRequest.Status?, PageRequest) async throws -> Page<ApprovalRequest>
    /// Oldest first.
    public var decisions: @Sendable (OrganizationID, ApprovalRequestID) async throws -> [ApprovalDecision]
    /// Who has been asked on a request, or waits for a digest.
    public var asks: @Sendable (OrganizationID, ApprovalRequestID) async throws -> [ApprovalAsk]
    /// By the SHA-256 of its secret, in any organization.
    public var link: @Sendable ([UInt8]) async throws -> ApprovalLink?
    /// Those that have not ended at an instant, by their beginning; at most 1,000.
    public var delegations: @Sendable (OrganizationID, Instant) async throws -> [ApprovalDelegation]
    /// Those to one user that hold at an instant, by their beginning.
    public var delegationsTo: @Sendable (OrganizationID, UserID, Instant) async throws -> [ApprovalDelegation]
    /// How somebody wants to be asked; each by a letter of its own unless they said otherwise.
    public var mail: @Sendable (OrganizationID, UserID) async throws -> ApprovalMail
    /// What was done with a vendor besides one negotiation, over so many days before an instant.
    public var vendorHistory:
        @Sendable (OrganizationID, VendorID, NegotiationID, Set<Int>, Instant) async throws -> VendorHistory

    public init(
        policies: @escaping @Sendable (OrganizationID) async throws -> [NamedPolicy],
        find: @escaping @Sendable (OrganizationID, ApprovalRequestID) async throws -> ApprovalRequest?,
        ofEmail: @escaping @Sendable (OrganizationID, EmailID) async throws -> ApprovalRequest?,
        list:
            @escaping @Sendable (OrganizationID, ApprovalRequest.Status?, PageRequest) async throws -> Page<
                ApprovalRequest
            >,
        decisions: @escaping @Sendable (OrganizationID, ApprovalRequestID) async throws -> [ApprovalDecision],
        asks: @escaping @Sendable (OrganizationID, ApprovalRequestID) async throws -> [ApprovalAsk],
        link: @escaping @Sendable ([UInt8]) async throws -> ApprovalLink?,
        delegations: @escaping @Sendable (OrganizationID, Instant) async throws -> [ApprovalDelegation],
        delegationsTo:
            @escaping @Sendable (OrganizationID, UserID, Instant) async throws -> [ApprovalDelegation],
        mail: @escaping @Sendable (OrganizationID, UserID) async throws -> ApprovalMail,
        vendorHistory:
            @escaping @Sendable (OrganizationID, VendorID, NegotiationID, Set<Int>, Instant) async throws ->
            VendorHistory
    ) {
        self.policies = policies
        self.find = find
        self.ofEmail = ofEmail
        self.list = list
        self.decisions = decisions
        self.asks = asks
        self.link = link
        self.delegations = delegations
        self.delegationsTo = delegationsTo
        self.mail = mail
        self.vendorHistory = vendorHistory
    }
}

/// Vendors and products.
public struct CatalogueBook: Sendable {
    public var vendor: @Sendable (OrganizationID, VendorID) async throws -> Vendor?
    public var product: @Sendable (OrganizationID, ProductID) async throws -> Product?
    /// By name.
    public var vendors: @Sendable (OrganizationID, PageRequest) async throws -> Page<Vendor>
    /// By title.
    public var products: @Sendable (OrganizationID, PageRequest) async throws -> Page<Product>
    /// Whether a vendor's slug is taken.
    public var vendorSlugIsTaken: @Sendable (OrganizationID, String) async throws -> Bool

    public init(
        vendor: @escaping @Sendable (OrganizationID, VendorID) async throws -> Vendor?,
        product: @escaping @Sendable (OrganizationID, ProductID) async throws -> Product?,
        vendors: @escaping @Sendable (OrganizationID, PageRequest) async throws -> Page<Vendor>,
        products: @escaping @Sendable (OrganizationID, PageRequest) async throws -> Page<Product>,
        vendorSlugIsTaken: @escaping @Sendable (OrganizationID, String) async throws -> Bool
    ) {
        self.vendor = vendor
        self.product = product
        self.vendors = vendors
        self.products = products
        self.vendorSlugIsTaken = vendorSlugIsTaken
    }
}

/// Organizations, users, and what they sign in with. The look-ups that come before the tenant is known go through
/// the small directory tables.
public struct PeopleBook: Sendable {
    public var organization: @Sendable (OrganizationID) async throws -> Organization?
    public var settings: @Sendable (OrganizationID) async throws -> OrganizationSettings
    public var organizationBySlug: @Sendable (String) async throws -> Organization?
    /// Every organization's id and slug; a directory look-up.
    public var organizations: @Sendable () async throws -> [(id: OrganizationID, slug: String)]
    public var user: @Sendable (OrganizationID, UserID) async throws -> User?
    /// By sign-in address, lower-cased, in any organization.
    public var userByEmail: @Sendable (String) async throws -> SignInCandidate?
    /// Active users with one of the roles.
    public var usersWithRole: @Sendable (OrganizationID, Set<UserRole>) async throws -> [User]
    /// By the SHA-256 of the whole key in hexadecimal, in any organization.
    public var apiKey: @Sendable (String) async throws -> APIKey?
    /// By the SHA-256 of its secret in hexadecimal; neither revoked nor expired at the instant.
    public var session: @Sendable (OrganizationID, String, Instant) async throws -> Session?

    public init(
        organization: @escaping @Sendable (OrganizationID) async throws -> Organization?,
        settings: @escaping @Sendable (OrganizationID) async throws -> OrganizationSettings,
        organizationBySlug: @escaping @Sendable (String) async throws -> Organization?,
        organizations: @escaping @Sendable () async throws -> [(id: OrganizationID, slug: String)],
        user: @escaping @Sendable (OrganizationID, UserID) async throws -> User?,
        userByEmail: @escaping @Sendable (String) async throws -> SignInCandidate?,
        usersWithRole: @escaping @Sendable (OrganizationID, Set<UserRole>) async throws -> [User],
        apiKey: @escaping @Sendable (String) async throws -> APIKey?,
        session: @escaping @Sendable (OrganizationID, String, Instant) async throws -> Session?
    ) {
        self.organization = organization
        self.settings = settings
        self.organizationBySlug = organizationBySlug
        self.organizations = organizations
        self.user = user
        self.userByEmail = userByEmail
        self.usersWithRole = usersWithRole
        self.apiKey = apiKey
        self.session = session
    }
}

/// A user who wants to sign in, and whether too many tries have failed.
public struct SignInCandidate: Hashable, Sendable {
    public let user: User
    public let failedAttempts: Int
    public let lockedUntil: Instant?

    public init(user: User, failedAttempts: Int, lockedUntil: Instant?) {
        self.user = user
        self.failedAttempts = failedAttempts
        self.lockedUntil = lockedUntil
    }
}

/// The audit log and notifications.
public struct JournalBook: Sendable {
    /// Oldest first, at most 1,000.
    public var timeline: @Sendable (OrganizationID, NegotiationID) async throws -> [AuditEntry]
    /// Newest first.
    public var audit: @Sendable (OrganizationID, PageRequest) async throws -> Page<AuditEntry>
    /// Newest first.
    public var notifications:
        @Sendable (OrganizationID, UserID, PageRequest) async throws -> Page<UserNotification>

    public init(
        timeline: @escaping @Sendable (OrganizationID, NegotiationID) async throws -> [AuditEntry],
        audit: @escaping @Sendable (OrganizationID, PageRequest) async throws -> Page<AuditEntry>,
        notifications:
            @escaping @Sendable (OrganizationID, UserID, PageRequest) async throws -> Page<UserNotification>
    ) {
        self.timeline = timeline
        self.audit = audit
        self.notifications = notifications
    }
}

/// The queue.
public struct JobBook: Sendable {
    /// Claims due work of one tenant, the one that has waited longest, and sees to it that the next claim begins with
    /// another tenant: worker, now, lease end, most jobs. Jobs whose lease has run out count as due.
    public var claim: @Sendable (String, Instant, Instant, Int) async throws -> [Job]
    /// Puts a job back that the worker holds. After ``Job/mostAttempts`` it is dead.
    public var postpone: @Sendable (Job, Postponement) async throws -> Void
    /// Whether the worker of that name is certainly gone: it held a lock for as long as its process had a session, and
    /// that lock can be had.
    public var workerIsGone: @Sendable (String) async throws -> Bool
    /// Ends the leases of jobs whose worker is gone, so that they are due at once.
    public var releaseJobsOfDeadWorkers: @Sendable (Instant) async throws -> Void
    /// When the next job of any tenant is due.
    public var nextDue: @Sendable () async throws -> Instant?
    /// Jobs in a state, those of the latest time first.
    public var list: @Sendable (OrganizationID, JobReport.State, PageRequest) async throws -> Page<JobReport>
    /// How many jobs there are, by kind and depth, as things stand at an instant; 0 is left out.
    public var counts: @Sendable (OrganizationID, Instant) async throws -> [JobCount]

    public init(
        claim: @escaping @Sendable (String, Instant, Instant, Int) async throws -> [Job],
        postpone: @escaping @Sendable (Job, Postponement) async throws -> Void,
        workerIsGone: @escaping @Sendable (String) async throws -> Bool,
        releaseJobsOfDeadWorkers: @escaping @Sendable (Instant) async throws -> Void,
        nextDue: @escaping @Sendable () async throws -> Instant?,
        list:
            @escaping @Sendable (OrganizationID, JobReport.State, PageRequest) async throws -> Page<
                JobReport
            >,
        counts: @escaping @Sendable (OrganizationID, Instant) async throws -> [JobCount]
    ) {
        self.claim = claim
        self.postpone = postpone
        self.workerIsGone = workerIsGone
        self.releaseJobsOfDeadWorkers = releaseJobsOfDeadWorkers
        self.nextDue = nextDue
        self.list = list
        self.counts = counts
    }
}

/// Mailboxes, at most a few for each organization.
public struct MailboxBook: Sendable {
    /// Oldest first.
    public var list: @Sendable (OrganizationID) async throws -> [Mailbox]
    public var find: @Sendable (OrganizationID, MailboxID) async throws -> Mailbox?
    /// What opens a mailbox, sealed; `nil` where nothing does.
    public var sealedSecrets: @Sendable (OrganizationID, MailboxID) async throws -> String?

    public init(
        list: @escaping @Sendable (OrganizationID) async throws -> [Mailbox],
        find: @escaping @Sendable (OrganizationID, MailboxID) async throws -> Mailbox?,
        sealedSecrets: @escaping @Sendable (OrganizationID, MailboxID) async throws -> String?
    ) {
        self.list = list
        self.find = find
        self.sealedSecrets = sealedSecrets
    }
}
