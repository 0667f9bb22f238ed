import Desk
import Negotiation

extension Ledger {
    /// Makes all changes or none.
    mutating func commit(_ organization: OrganizationID, _ changes: [Change]) throws {
        guard !changes.isEmpty else { return }
        var writing = Writing(ledger: self, organization: organization)
        for change in Writing.ordered(changes) { try writing.make(change) }
        if let refusal = writing.untouched { throw refusal }
        self = writing.ledger
    }
}

/// One transaction on its way.
struct Writing {
    var ledger: Ledger
    let organization: OrganizationID
    /// Why the commit is refused although no rule was broken: a change found nothing in the state that it saw. As in a
    /// database, a broken rule among the later changes weighs more.
    private(set) var untouched: CommitRefusal?

    init(ledger: Ledger, organization: OrganizationID) {
        self.ledger = ledger
        self.organization = organization
    }

    var rows: TenantRows {
        get { ledger.tenants[organization] ?? TenantRows() }
        set { ledger.tenants[organization] = newValue }
    }

    /// What names other rows of the same commit comes after them: arrivals name messages, and a job that ends leaves its
    /// place to the next of its kind.
    static func ordered(_ changes: [Change]) -> [Change] {
        func place(_ change: Change) -> Int {
            switch change {
            case .addPurchaseOrder: 0
            case .settleArrival: 2
            case .finishJob: 3
            case .enqueue, .requeueJob, .webhook(.promiseRound): 4
            default: 1
            }
        }
        return (0...4).flatMap { turn in changes.filter { place($0) == turn } }
    }

    mutating func make(_ change: Change) throws {
        switch change {
        case .addVendor, .addProduct, .addNegotiation, .updateNegotiation, .addOffer,
            .stopAutomation, .liftAutomationStop,
            .addPurchaseOrder:
            try makePurchase(change)
        case .addEmail, .reviseEmail, .moveEmail, .approveEmail, .scheduleEmail, .claimEmail, .beginAttempt,
            .finishAttempt, .settleAttempt:
            try makeEmail(change)
        case .addApprovalRequest, .closeApprovalRequest, .touchApprovalRequest, .addApprovalLink,
            .addDecision, .addGrant, .noteAsk, .revokeApproval:
            try makeApproval(change)
        case .addPolicy, .changePolicy, .retirePolicy, .addDelegation, .endDelegation, .setApprovalMail:
            try makeApprovalRule(change)
        case .addArrival, .settleArrival, .addMessage, .assignMessage, .notify, .audit:
            try makeEvent(change)
        case .enqueue, .finishJob, .requeueJob: try makeJob(change)
        case .webhook(let change): try makeWebhook(change)
        case .cancelFollowUps, .addFollowUp, .moveFollowUp, .writeFollowUp, .unwriteFollowUp, .settleFollowUp,
            .endFollowUp, .parkFollowUps, .chooseFollowUps, .setFollowUpRule, .setWorkingHours, .setHolidays:
            try makeFollowUp(change)
        case .addMailbox, .describeMailbox, .resealMailbox, .setMailboxCondition, .setSendingRules,
            .moveMailboxCursor:
            try makeMailbox(change)
        case .addOrganization, .setOrganizationSettings, .addUser, .addAPIKey, .addSession, .revokeSession,
            .recordSignIn:
            try makePerson(change)
        case .addInboundEndpoint, .updateInboundEndpoint, .removeInboundEndpoint, .settleInboundEvent,
            .noteInboundFailure, .replayInboundEvents, .setTier:
            try makeInbound(change)
        }
    }

    // MARK: Rules

    /// Refuses the commit in the end unless a row was touched.
    mutating func touched(_ isTouched: Bool, else refusal: CommitRefusal = .stale) {
        if !isTouched, untouched == nil { untouched = refusal }
    }

    func unique(_ isFree: Bool, _ constraint: String) throws {
        if !isFree { throw CommitRefusal.duplicate(constraint) }
    }

    func exists(_ isThere: Bool, _ constraint: String) throws {
        if !isThere { throw CommitRefusal.missing(constraint) }
    }

    func rule(_ holds: Bool, _ constraint: String) throws {
        if !holds { throw CommitRefusal.forbidden(constraint) }
    }

    /// The row policy: a row belongs to the organization in whose name the commit is made.
    func own(_ owner: OrganizationID) throws { try rule(owner == organization, "row-level security policy") }
}
