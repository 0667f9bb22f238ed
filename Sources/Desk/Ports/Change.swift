import Negotiation

/// One write. A use case answers with a list of them, and ``Books/commit`` makes all of them in one transaction or
/// none: state, effects, audit row and the jobs that follow.
public enum Change: Sendable {
    case addVendor(Vendor)
    /// A product that was typed in; the store gives it the search job that such products of a user belong to.
    case addProduct(Product, by: UserID)
    case addNegotiation(NegotiationRecord)
    /// Writes the whole record if the stored version is still `record.version`, and counts the version up.
    case updateNegotiation(NegotiationRecord)

    /// A new email with its first content.
    case addEmail(EmailContent, negotiation: NegotiationID, status: EmailStatus, messageID: String)
    /// A new content for an email that is in `from`; the email goes to `to`.
    case reviseEmail(EmailContent, from: EmailStatus, to: EmailStatus)
    /// Moves an email on if it is still in `from`.
    case moveEmail(EmailID, from: EmailStatus, to: EmailStatus, reason: String?, at: Instant)
    /// Moves an email to `approved` with the grant that covers its current content.
    case approveEmail(EmailID, from: EmailStatus, digest: [UInt8], at: Instant)
    /// Not before that time does an approved email leave, and why it waits.
    case scheduleEmail(EmailID, at: Instant, reason: String?)
    /// Takes an approved email whose time has come for one sender until the lease ends.
    case claimEmail(EmailID, worker: String, leaseUntil: Instant, at: Instant)
    /// Puts an attempt on record and moves its email from `claimed` by the same worker to `sending`, if the negotiation
    /// is still what the sender has looked at. With limits it is counted first, while nobody else can begin one that
    /// counts.
    case beginAttempt(SendAttempt, negotiationVersion: Int, within: [AttemptLimit] = [])
    /// Writes the result of an attempt if it is still open or unknown, with who says so and what was looked for.
    case finishAttempt(
        SendAttemptID, SendAttempt.Outcome, serverReply: String?, by: String? = nil,
        evidence: SendEvidence? = nil, at: Instant)
    /// Settles an attempt that is open or unknown by a person's word. That it was not accepted is taken only once the
    /// sender is gone, unless that itself put the end on record, and after ``Office/quietSeconds``.
    case settleAttempt(SendAttempt, SendAttempt.Outcome, by: UserID, evidence: SendEvidence, at: Instant)
    /// A request that was approved is void after all.
    case revokeApproval(ApprovalRequestID, reason: String, at: Instant)

    case addPolicy(NamedPolicy)
    /// Writes a policy anew.
    case changePolicy(NamedPolicy, at: Instant)
    /// Takes a policy out of force; it stays on record.
    case retirePolicy(ApprovalPolicyID, at: Instant)
    case addDelegation(ApprovalDelegation)
    /// Ends a delegation that has not ended by then.
    case endDelegation(ApprovalDelegationID, at: Instant)
    /// How somebody is asked for approvals from now on.
    case setApprovalMail(UserID, ApprovalMail)
    /// That somebody has been asked, or waits for a digest; what was known before is replaced.
    case noteAsk(ApprovalAsk)
    /// Asks for approval of an email's content; the store takes the digest from the content itself.
    case addApprovalRequest(ApprovalRequest)
    /// Ends a request that is pending.
    case closeApprovalRequest(ApprovalRequestID, ApprovalRequest.Status, reason: String?, at: Instant)
    /// Sees to it that a pending request has exactly that many decisions besides the one being written: two people
    /// who decide at the same moment wait for each other, and the second counts again.
    case touchApprovalRequest(ApprovalRequestID, decisions: Int)
    case addApprovalLink(ApprovalLink)
    case addDecision(ApprovalDecision)
    /// Written under the only role that may.
    case addGrant(ApprovalGrant)

    /// Stores what arrived and enqueues the job, unless the source has delivered the same before.
    case addArrival(Arrival, unlessKnown: Job)
    case settleArrival(ArrivalID, Arrival.State, reason: String?, message: MessageID?, at: Instant)
    case addMessage(ThreadMessage)
    /// Puts a message that belonged to nothing for certain into the negotiation that it names.
    case assignMessage(ThreadMessage)
    case addOffer(Offer)
    /// Stops what is automatic in a negotiation; a no-op where it is stopped already.
    case stopAutomation(AutomationStop)
    case liftAutomationStop(AutomationStopID, by: UserID, at: Instant)
    case cancelFollowUps(NegotiationID, reason: String)

    /// A follow-up that waits for its time; a negotiation has one at most.
    case addFollowUp(PlannedFollowUp)
    /// Another time for one that waits and is not written yet.
    case moveFollowUp(PlannedFollowUp, to: Instant)
    /// The email that a waiting follow-up has become.
    case writeFollowUp(FollowUpID, as: EmailID)
    /// The email came to nothing for a passing reason; the follow-up waits again.
    case unwriteFollowUp(EmailID)
    /// Its email has left; nothing where the follow-up does not wait any more.
    case settleFollowUp(EmailID)
    /// Ends one that waits.
    case endFollowUp(PlannedFollowUp, PlannedFollowUp.Status, reason: String)
    /// Until which day the vendor is away; `nil` once somebody there has answered.
    case parkFollowUps(NegotiationID, until: CalendarDay?)
    /// Whether a negotiation has follow-ups at all, and how many at most.
    case chooseFollowUps(NegotiationID, enabled: Bool, most: Int)
    /// How often and after how long, for one scope; `nil` takes the rule of the scope away.
    case setFollowUpRule(FollowUpRule.Scope, FollowUpRule?)
    /// When a vendor works; without a vendor, when those do that have no hours of their own. `nil` takes them away.
    case setWorkingHours(VendorID?, WorkingHours?)
    /// The holidays of a calendar, all of them; none takes the calendar away.
    case setHolidays(String, Set<CalendarDay>)

    /// A new mailbox with what opens it, sealed.
    case addMailbox(Mailbox, sealed: String)
    /// Writes a mailbox anew, with what opens it, if that has not been changed by somebody else meanwhile.
    case describeMailbox(Mailbox, sealed: String, insteadOf: String?, at: Instant)
    /// Writes what opens a mailbox anew, if it is what was seen.
    case resealMailbox(MailboxID, sealed: String, insteadOf: String, at: Instant)
    case setMailboxCondition(MailboxID, MailboxCondition, at: Instant)
    case setSendingRules(MailboxID, SendingRules, at: Instant)
    /// Writes how far a mailbox was read, after what was read is stored.
    case moveMailboxCursor(MailboxID, MailboxCursor, at: Instant)

    /// What other systems are told, and to where.
    case webhook(WebhookChange)
    /// A new endpoint for webhooks, which may be delivered to at once.
    case addInboundEndpoint(InboundEndpoint)
    /// Writes what may change of an endpoint: secrets, keys, settings.
    case updateInboundEndpoint(InboundEndpoint, at: Instant)
    /// Takes an endpoint away; its events stay.
    case removeInboundEndpoint(InboundEndpointID, at: Instant)
    /// Writes what came of an event that is not settled yet. One that waits for its arrival to be read stays so.
    case settleInboundEvent(InboundEventID, InboundSettlement, at: Instant)
    /// Writes down that processing an event failed this time.
    case noteInboundFailure(InboundEventID, String)
    /// Puts events of endpoints back, to be processed again as one batch.
    case replayInboundEvents([InboundEventID], InboundBatchID)
    /// Sets the organization's tier, unless what is known of it is newer.
    case setTier(String, asOf: Instant)

    /// Stores a purchase order under the next number of the organization and year.
    case addPurchaseOrder(PurchaseOrder, by: UserID)
    case notify(UserNotification)
    case audit(AuditEntry)

    case enqueue(Job)
    /// Ends a job that `worker` holds. Where it does not hold it any more, everything is refused, or, with `ifHeld`, the
    /// job alone is left to whoever holds it.
    case finishJob(JobID, worker: String, at: Instant, ifHeld: Bool = false)
    /// Gives a dead job all its tries again, from that instant on.
    case requeueJob(JobID, at: Instant)

    case addOrganization(Organization)
    case setOrganizationSettings(OrganizationSettings, at: Instant)
    case addUser(User, at: Instant)
    case addAPIKey(APIKey)
    case addSession(Session)
    case revokeSession(SessionID, at: Instant)
    /// Counts a failed sign-in, or clears the count.
    case recordSignIn(UserID, succeeded: Bool, ipAddress: String?, at: Instant)
}

/// Why a commit was refused as a whole.
public enum CommitRefusal: Error, Hashable, Sendable {
    /// Something was not in the state that the change saw: read again and decide again.
    case stale
    /// A unique value is there already; the name of the constraint.
    case duplicate(String)
    /// A rule of the database refused it; the name of the constraint or what the server said.
    case forbidden(String)
    /// What the change points to does not exist; the name of the constraint.
    case missing(String)
    /// The database is not to be had; nothing is known to be written, and trying again is safe.
    case unavailable(String)
}
