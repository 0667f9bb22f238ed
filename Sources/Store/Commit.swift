import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Makes all changes of a use case in one transaction: one round trip to begin, one for all statements, one to end, and
/// the last two together where nothing has to be looked at before the end.
struct Commit: Sendable {
    let database: Database
    let bell: Bell

    /// How often a transaction that crossed another one is tried.
    private static let mostTries = 4

    @Sendable func callAsFunction(_ organization: OrganizationID, _ changes: [Change]) async throws {
        guard !changes.isEmpty else { return }
        let plan = try CommitPlan(organization, changes)
        try await make(plan)
        if plan.hasWork { await bell.ring() }
    }

    private func make(_ plan: CommitPlan) async throws {
        try await refusing {
            for _ in 1..<Self.mostTries {
                do { return try await attempt(plan) } catch let error as PostgresError
                    where Self.hasCrossed(error)
                {
                    // The server has rolled it back because of what another one did at the same moment.
                }
            }
            try await attempt(plan)
        }
    }

    private static func hasCrossed(_ error: PostgresError) -> Bool {
        switch error.refusal {
        case .serialization, .deadlock, .stalePlan: true
        default: false
        }
    }

    private func attempt(_ plan: CommitPlan) async throws {
        try await database.pool.transaction(tenant: plan.organization.uuid) { transaction in
            let steps = try await numbering(plan, transaction) ?? plan.locks + plan.steps
            guard steps.contains(where: { $0.unlessTouched != nil }) else {
                try await transaction.commit(after: steps.map(\.statement))
                return
            }
            let results = try await transaction.pipeline(steps.map(\.statement))
            for (step, result) in zip(steps, results) where result.affected == 0 {
                if let refusal = step.unlessTouched { throw refusal }
            }
        }
    }

    /// Takes the numbers of purchase orders, once what they are about is locked.
    ///
    /// - Returns: what remains to be run; `nil` when there is no purchase order.
    private func numbering(_ plan: CommitPlan, _ transaction: Transaction) async throws -> [Step]? {
        guard !plan.orders.isEmpty else { return nil }
        try await transaction.pipeline(plan.locks.map(\.statement))
        var orders: [Step] = []
        for (order, user) in plan.orders {
            let number = try await PurchaseOrderStore.nextNumber(
                in: order.createdAt.day.year, of: plan.organization, transaction)
            orders.append(
                try PurchaseOrderStore.adding(order, number: number, by: user, in: plan.organization))
        }
        return orders + plan.steps
    }
}

/// The statements of a commit, in an order that crosses with no other: locks in the order negotiation → emails →
/// requests, then the changes as they come, then arrivals and jobs, the schedule last.
struct CommitPlan: Sendable {
    let organization: OrganizationID
    /// Purchase orders, which get their numbers on the way.
    private(set) var orders: [(order: PurchaseOrder, by: UserID)] = []
    private var changes: [Step] = []
    /// They name messages that other changes of the same commit add.
    private var arrivals: [Step] = []
    private var finishedJobs: [Step] = []
    /// A job that ends leaves its place to the next of its kind, so these come after.
    private var newJobs: [Step] = []
    private var firstDue: Instant?
    /// Whether there may be work although nobody knows yet when.
    private var ringsAnyway = false
    private var negotiations: Set<UUID> = []
    private var emails: Set<UUID> = []
    private var requests: Set<UUID> = []

    init(_ organization: OrganizationID, _ changes: [Change]) throws {
        self.organization = organization
        for change in changes { try add(change) }
    }

    /// Whether there is something to do for workers.
    var hasWork: Bool { firstDue != nil || ringsAnyway }

    /// All statements but the locks and the purchase orders.
    var steps: [Step] {
        let schedule = firstDue.map { [JobStore.scheduling(organization, at: $0)] } ?? []
        return changes + arrivals + finishedJobs + newJobs + schedule
    }

    /// Locks on what the changes are about. An email's negotiation is locked with it, so that all that happens to one
    /// negotiation happens in a row.
    var locks: [Step] {
        var locks: [Step] = []
        if !negotiations.isEmpty || !emails.isEmpty {
            locks.append(
                Step(
                    """
                    SELECT FROM negotiations WHERE organization_id = $1 AND id IN (
                        SELECT unnest($2::uuid[])
                        UNION SELECT negotiation_id FROM emails WHERE organization_id = $1 AND id = ANY($3))
                    ORDER BY id FOR NO KEY UPDATE
                    """, [.id(organization), .uuidArray(negotiations.sorted()), .uuidArray(emails.sorted())]))
        }
        if !emails.isEmpty {
            locks.append(
                Step(
                    """
                    SELECT FROM emails WHERE organization_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE
                    """, [.id(organization), .uuidArray(emails.sorted())]))
        }
        if !requests.isEmpty {
            locks.append(
                Step(
                    """
                    SELECT FROM approval_requests WHERE organization_id = $1 AND id = ANY($2)
                    ORDER BY id FOR NO KEY UPDATE
                    """, [.id(organization), .uuidArray(requests.sorted())]))
        }
        return locks
    }
}

extension Set<UUID> {
    /// In the order in which Postgres sorts them.
    fileprivate func sorted() -> [UUID] { sorted { $0.uuidString < $1.uuidString } }
}

// MARK: - From changes to statements

extension CommitPlan {
    private mutating func add(_ change: Change) throws {
        switch change {
        case .addVendor, .addProduct, .addNegotiation, .updateNegotiation, .addOffer, .cancelFollowUps,
            .stopAutomation, .liftAutomationStop,
            .addPurchaseOrder:
            try addPurchase(change)
        case .addEmail, .reviseEmail, .moveEmail, .approveEmail, .scheduleEmail, .claimEmail, .beginAttempt,
            .finishAttempt, .settleAttempt:
            try addEmail(change)
        case .addApprovalRequest, .closeApprovalRequest, .touchApprovalRequest, .addApprovalLink,
            .addDecision, .addGrant, .noteAsk, .revokeApproval:
            try addApproval(change)
        case .addPolicy, .changePolicy, .retirePolicy, .addDelegation, .endDelegation, .setApprovalMail:
            try addApprovalRule(change)
        case .addArrival, .settleArrival, .addMessage, .assignMessage, .notify, .audit, .enqueue, .finishJob,
            .requeueJob:
            try addEvent(change)
        case .webhook(.promiseRound(let id, let job)):
            newJobs += SubscriptionStore.promising(job, of: id, in: organization)
            ringsAnyway = true
        case .webhook(let change): changes += SubscriptionStore.steps(of: change, in: organization)
        case .addFollowUp, .moveFollowUp, .writeFollowUp, .unwriteFollowUp, .settleFollowUp, .endFollowUp,
            .parkFollowUps, .chooseFollowUps, .setFollowUpRule, .setWorkingHours, .setHolidays:
            addFollowUp(change)
        case .addMailbox, .describeMailbox, .resealMailbox, .setMailboxCondition, .setSendingRules,
            .moveMailboxCursor:
            try addMailbox(change)
        case .addOrganization, .setOrganizationSettings, .addUser, .addAPIKey, .addSession, .revokeSession,
            .recordSignIn:
            try addPerson(change)
        case .addInboundEndpoint, .updateInboundEndpoint, .removeInboundEndpoint, .settleInboundEvent,
            .noteInboundFailure, .replayInboundEvents, .setTier:
            changes += try WebhookStore.steps(of: change, in: organization)
        }
    }

    private mutating func addPurchase(_ change: Change) throws {
        switch change {
        case .addVendor(let vendor): changes.append(CatalogueStore.adding(vendor, in: organization))
        case .addProduct(let product, let user):
            changes += CatalogueStore.adding(product, by: user, in: organization)
        case .addNegotiation(let record): changes += NegotiationStore.adding(record)
        case .updateNegotiation(let record):
            negotiations.insert(record.id.uuid)
            changes += NegotiationStore.updating(record, in: organization)
        case .addOffer(let offer): changes.append(NegotiationStore.adding(offer, in: organization))
        case .cancelFollowUps(let id, let reason):
            negotiations.insert(id.uuid)
            changes += NegotiationStore.cancellingFollowUps(of: id, reason: reason, in: organization)
        case .stopAutomation(let stop):
            negotiations.insert(stop.negotiationID.uuid)
            changes.append(NegotiationStore.stopping(stop, in: organization))
        case .liftAutomationStop(let id, let user, let now):
            changes.append(NegotiationStore.lifting(id, by: user, at: now, in: organization))
        case .addPurchaseOrder(let order, let user):
            negotiations.insert(order.negotiationID.uuid)
            orders.append((order, user))
        default: break
        }
    }

    private mutating func addFollowUp(_ change: Change) {
        switch change {
        case .addFollowUp(let followUp):
            negotiations.insert(followUp.negotiationID.uuid)
            changes += FollowUpStore.adding(followUp, in: organization)
        case .moveFollowUp(let followUp, let due):
            negotiations.insert(followUp.negotiationID.uuid)
            changes += FollowUpStore.moving(followUp, to: due, in: organization)
        case .writeFollowUp(let id, let email):
            changes += FollowUpStore.writing(id, as: email, in: organization)
        case .unwriteFollowUp(let email): changes.append(FollowUpStore.unwriting(email, in: organization))
        case .settleFollowUp(let email): changes.append(FollowUpStore.settling(email, in: organization))
        case .endFollowUp(let followUp, let status, let reason):
            negotiations.insert(followUp.negotiationID.uuid)
            changes += FollowUpStore.ending(followUp, status, reason: reason, in: organization)
        case .parkFollowUps(let id, let day):
            negotiations.insert(id.uuid)
            changes.append(FollowUpStore.parking(id, until: day, in: organization))
        case .chooseFollowUps(let id, let enabled, let most):
            negotiations.insert(id.uuid)
            changes.append(FollowUpStore.choosing(id, enabled: enabled, most: most, in: organization))
        case .setFollowUpRule(let scope, let rule):
            changes += FollowUpStore.setting(scope, rule, in: organization)
        case .setWorkingHours(let vendor, let hours):
            changes.append(FollowUpStore.setting(hours, of: vendor, in: organization))
        case .setHolidays(let calendar, let days):
            changes += FollowUpStore.setting(days, as: calendar, in: organization)
        default: break
        }
    }

    private mutating func addMailbox(_ change: Change) throws {
        switch change {
        case .addMailbox(let mailbox, let sealed):
            changes.append(try MailboxStore.adding(mailbox, sealed: sealed, in: organization))
        case .describeMailbox(let mailbox, let sealed, let former, let now):
            changes.append(
                try MailboxStore.describing(
                    mailbox, sealed: sealed, insteadOf: former, at: now, in: organization))
        case .resealMailbox(let id, let sealed, let former, let now):
            changes.append(
                MailboxStore.resealing(id, sealed: sealed, insteadOf: former, at: now, in: organization))
        case .setMailboxCondition(let id, let condition, let now):
            changes.append(MailboxStore.setting(id, condition, at: now, in: organization))
        case .setSendingRules(let id, let rules, let now):
            changes.append(MailboxStore.setting(id, rules, at: now, in: organization))
        case .moveMailboxCursor(let id, let cursor, let now):
            changes.append(try MailboxStore.moving(id, to: cursor, at: now, in: organization))
        default: break
        }
    }

    private mutating func addEmail(_ change: Change) throws {
        switch change {
        case .addEmail(let content, let negotiation, let status, let messageID):
            negotiations.insert(negotiation.uuid)
            changes += try EmailStore.adding(
                content, negotiation: negotiation, status: status, messageID: messageID, in: organization)
        case .reviseEmail(let content, let from, let to):
            emails.insert(content.emailID.uuid)
            changes += try EmailStore.revising(content, from: from, to: to, in: organization)
        case .moveEmail(let id, let from, let to, let reason, let now):
            emails.insert(id.uuid)
            changes.append(
                EmailStore.moving(id, from: from, to: to, reason: reason, at: now, in: organization))
        case .approveEmail(let id, let from, let digest, let now):
            emails.insert(id.uuid)
            changes += EmailStore.approving(id, from: from, digest: digest, at: now, in: organization)
        case .scheduleEmail(let id, let due, let reason):
            emails.insert(id.uuid)
            changes.append(EmailStore.scheduling(id, at: due, reason: reason, in: organization))
        case .claimEmail(let id, let worker, let leaseUntil, let now):
            emails.insert(id.uuid)
            changes.append(
                EmailStore.claiming(id, worker: worker, leaseUntil: leaseUntil, at: now, in: organization))
        case .beginAttempt(let attempt, let version, let limits):
            emails.insert(attempt.emailID.uuid)
            changes += AttemptStore.beginning(
                attempt, ifNegotiationIs: version, within: limits, in: organization)
        case .finishAttempt(let id, let outcome, let serverReply, let worker, let evidence, let now):
            changes.append(
                try AttemptStore.finishing(
                    id, outcome, serverReply: serverReply, by: worker, evidence: evidence, at: now,
                    in: organization))
        case .settleAttempt(let attempt, let outcome, let user, let evidence, let now):
            emails.insert(attempt.emailID.uuid)
            changes.append(
                try AttemptStore.settling(
                    attempt, outcome, by: user, evidence: evidence, at: now, in: organization))
        default: break
        }
    }

    private mutating func addApprovalRule(_ change: Change) throws {
        switch change {
        case .addPolicy(let policy): changes.append(try ApprovalPolicyStore.adding(policy, in: organization))
        case .changePolicy(let policy, let now):
            changes.append(try ApprovalPolicyStore.changing(policy, at: now, in: organization))
        case .retirePolicy(let id, let now):
            changes.append(ApprovalPolicyStore.retiring(id, at: now, in: organization))
        case .addDelegation(let delegation):
            changes.append(ApproverStore.adding(delegation, in: organization))
        case .endDelegation(let id, let now):
            changes.append(ApproverStore.ending(id, at: now, in: organization))
        case .setApprovalMail(let user, let mail):
            changes.append(ApproverStore.setting(mail, of: user, in: organization))
        default: break
        }
    }

    private mutating func addApproval(_ change: Change) throws {
        switch change {
        case .addApprovalRequest(let request):
            changes.append(try ApprovalStore.adding(request, in: organization))
        case .closeApprovalRequest(let id, let status, let reason, let now):
            requests.insert(id.uuid)
            changes += ApprovalStore.closing(id, status, reason: reason, at: now, in: organization)
        case .revokeApproval(let id, let reason, let now):
            requests.insert(id.uuid)
            changes.append(ApprovalStore.revoking(id, reason: reason, at: now, in: organization))
        case .touchApprovalRequest(let id, let decisions):
            requests.insert(id.uuid)
            changes.append(ApprovalStore.touching(id, decisions: decisions, in: organization))
        case .addApprovalLink(let link): changes.append(ApprovalStore.adding(link))
        case .addDecision(let decision):
            requests.insert(decision.requestID.uuid)
            changes += ApprovalStore.adding(decision, in: organization)
        case .addGrant(let grant): changes += ApprovalStore.adding(grant, in: organization)
        case .noteAsk(let ask): changes.append(ApprovalStore.noting(ask, in: organization))
        default: break
        }
    }

    private mutating func addEvent(_ change: Change) throws {
        switch change {
        case .addArrival(let arrival, let job):
            changes.append(ThreadStore.adding(arrival, unlessKnown: job, in: organization))
            promise(job)
        case .settleArrival(let id, let state, let reason, let message, let now):
            arrivals.append(
                ThreadStore.settling(id, state, reason: reason, message: message, at: now, in: organization))
            arrivals.append(WebhookStore.following(id, at: now, in: organization))
        case .addMessage(let message):
            if let id = message.negotiationID { negotiations.insert(id.uuid) }
            changes += try ThreadStore.adding(message, in: organization)
        case .assignMessage(let message):
            if let id = message.negotiationID { negotiations.insert(id.uuid) }
            changes.append(try ThreadStore.assigning(message, in: organization))
        case .notify(let notification):
            changes.append(JournalStore.adding(notification, in: organization))
        case .audit(let entry): changes.append(try JournalStore.adding(entry, in: organization))
        case .enqueue(let job):
            newJobs.append(JobStore.enqueueing(job))
            promise(job)
        case .finishJob(let id, let worker, let now, let ifHeld):
            finishedJobs.append(
                JobStore.finishing(id, worker: worker, at: now, ifHeld: ifHeld, in: organization))
        case .requeueJob(let id, let now):
            newJobs.append(JobStore.requeueing(id, at: now, in: organization))
            firstDue = min(firstDue ?? now, now)
        default: break
        }
    }

    private mutating func promise(_ job: Job) { firstDue = min(firstDue ?? job.runAt, job.runAt) }

    private mutating func addPerson(_ change: Change) throws {
        switch change {
        case .addOrganization(let founded): changes += PeopleStore.adding(founded)
        case .setOrganizationSettings(let settings, let now):
            changes.append(PeopleStore.setting(settings, at: now, in: organization))
        case .addUser(let user, let now): changes += PeopleStore.adding(user, at: now)
        case .addAPIKey(let key): changes += try PeopleStore.adding(key)
        case .addSession(let session): changes.append(try PeopleStore.adding(session))
        case .revokeSession(let id, let now):
            changes.append(PeopleStore.revoking(id, at: now, in: organization))
        case .recordSignIn(let id, let succeeded, let ipAddress, let now):
            changes.append(
                PeopleStore.recordingSignIn(
                    of: id, succeeded: succeeded, ipAddress: ipAddress, at: now, in: organization))
        default: break
        }
    }
}
