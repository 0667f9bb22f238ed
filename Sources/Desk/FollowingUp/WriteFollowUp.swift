import Jinja
import Negotiation

extension Office {
    /// How long a follow-up waits for another email of its negotiation, in seconds.
    private static let followUpPause: Int64 = 3600

    /// Writes a follow-up that is due, unless something has come in between.
    func followUp(_ id: FollowUpID, job: Job) async throws {
        try await settling(job.organizationID) {
            let now = clock.now()
            let done = Change.finishJob(job.id, worker: settings.worker, at: now)
            guard let row = try await books.followUps.find(job.organizationID, id), row.status == .waiting,
                row.emailID == nil,
                let negotiation = try await books.negotiations.find(job.organizationID, row.negotiationID)
            else { return ((), [done]) }
            return ((), [done] + (try await following(row, in: negotiation, at: now)))
        }
    }

    private func following(
        _ row: PlannedFollowUp, in negotiation: NegotiationRecord, at now: Instant
    ) async throws -> [Change] {
        let organization = negotiation.organizationID
        func later(_ due: Instant) -> [Change] {
            [.moveFollowUp(row, to: due), enqueueing(.followUp(row.id), for: organization, at: due)]
        }
        if row.dueAt > now { return [enqueueing(.followUp(row.id), for: organization, at: row.dueAt)] }
        // Another email of the negotiation waits; when it leaves, everything is planned anew.
        if negotiation.status == .pendingApproval {
            return [
                enqueueing(
                    .followUp(row.id), for: organization, at: now.advanced(bySeconds: Self.followUpPause))
            ]
        }
        if let asked = negotiation.followUps.nextAt, asked > now { return later(asked) }
        let rows = try await books.followUps.ofNegotiation(organization, negotiation.id)
        let outlook = try await outlook(
            of: negotiation, leftOut: rows.filter { $0.status == .skipped }, at: now)
        guard case .due(let next) = outlook.next, let plan = outlook.plan else {
            guard case .never(let reason) = outlook.next else { return [] }
            return [.endFollowUp(row, .cancelled, reason: reason)]
        }
        if row.dueAt.advanced(bySeconds: Self.followUpGrace) < now {
            guard let due = plan.hours.spread(from: now, by: row.id.number, over: Self.followUpSpread) else {
                return [.endFollowUp(row, .cancelled, reason: NoFollowUp.noBusinessHours.explanation)]
            }
            return later(due)
        }
        // The vendor's hours, holidays or an absence have become known since.
        if let earliest = plan.earliest(from: now), earliest > now { return later(earliest) }
        // So that no two machines keep each other writing, and no vendor gets a heap of reminders in one day.
        if let obstacle = try await obstacleToAutomaticMail(in: negotiation) {
            guard obstacle == .tooManyToAddress,
                let due = plan.hours.spread(
                    from: now.advanced(bySeconds: AutomaticMailLimits().seconds), by: row.id.number,
                    over: Self.followUpSpread)
            else { return [.endFollowUp(row, .cancelled, reason: obstacle.explanation)] }
            return later(due)
        }
        return try await writing(row, next, in: negotiation, origin: .parley, at: now).changes
    }

    /// Sends the next follow-up at once: the one that waits, or one more. It goes through approval as any other.
    public func followUpNow(in id: NegotiationID, by caller: Caller) async throws -> EmailID {
        try requireWriter(caller)
        return try await settling(caller.organizationID) {
            let organization = caller.organizationID
            guard let negotiation = try await books.negotiations.find(organization, id) else {
                throw DeskError.notFound("negotiation")
            }
            try checkThatItMayBeFollowedUp(negotiation)
            if let obstacle = try await obstacleToAutomaticMail(in: negotiation) {
                throw DeskError.conflict("too_many_follow_ups", obstacle.explanation)
            }
            let now = clock.now()
            let rows = try await books.followUps.ofNegotiation(organization, id)
            let outlook = try await outlook(
                of: negotiation, leftOut: rows.filter { $0.status == .skipped }, at: now)
            var isLast = false
            if case .due(let next) = outlook.next { isLast = next.announcesDeadline }
            var changes: [Change] = []
            let row: PlannedFollowUp
            if let waiting = rows.last(where: { $0.status == .waiting && $0.emailID == nil }) {
                row = waiting
            } else {
                row = PlannedFollowUp(
                    id: clock.newID(), negotiationID: id, number: outlook.done + 1, dueAt: now, createdAt: now
                )
                changes.append(.addFollowUp(row))
            }
            let next = FollowUp(number: row.number, dueAt: now, announcesDeadline: isLast)
            let written = try await writing(row, next, in: negotiation, origin: caller.origin, at: now)
            return (written.email, changes + written.changes)
        }
    }

    private func checkThatItMayBeFollowedUp(_ negotiation: NegotiationRecord) throws {
        switch negotiation.status {
        case .sent: break
        case .draft: throw DeskError.conflict("not_opened", TransitionRefusal.notOpened.explanation)
        case .pendingApproval:
            throw DeskError.conflict("email_waiting", TransitionRefusal.emailWaiting.explanation)
        case .vendorReplied:
            throw DeskError.conflict(
                "vendor_has_answered", "The vendor has answered; write a reply or a counter-offer instead.")
        case .accepted, .rejected, .expired, .cancelled, .undeliverable:
            throw DeskError.conflict("closed", TransitionRefusal.closed.explanation)
        }
        if let stop = negotiation.automationStop {
            throw DeskError.conflict("automation_stopped", "Nothing happens by itself: \(stop.reason)")
        }
    }

    // MARK: The email

    /// The email of a follow-up, with everything that follows from its being written.
    private func writing(
        _ row: PlannedFollowUp, _ followUp: FollowUp, in negotiation: NegotiationRecord, origin: Origin,
        at now: Instant
    ) async throws -> (email: EmailID, changes: [Change]) {
        let organizationID = negotiation.organizationID
        guard let owner = try await books.people.user(organizationID, negotiation.ownerID) else {
            throw DeskError.notFound("owner of the negotiation")
        }
        let draft = try await write(followUp, in: negotiation, owner: owner, at: now)
        var negotiation = negotiation
        negotiation.status = .pendingApproval
        negotiation.statusReason = nil
        negotiation.updatedAt = now
        var changes: [Change] = [.updateNegotiation(negotiation)]
        changes += try await submitting(
            draft, messageID: draft.messageID, of: negotiation, requestedBy: origin.userID ?? owner.id,
            at: now)
        return (
            draft.content.emailID,
            changes + [
                .writeFollowUp(row.id, as: draft.content.emailID),
                // Whatever becomes of the email, somebody looks at it again.
                enqueueing(
                    .planFollowUp(negotiation.id), for: organizationID,
                    at: now.advanced(byHours: Self.reviewHours)),
                timeline(
                    negotiation, "email.drafted", "Follow-up \(followUp.number) written: \(draft.subject)",
                    now,
                    origin: origin),
            ]
        )
    }

    private func write(
        _ followUp: FollowUp, in negotiation: NegotiationRecord, owner: User, at now: Instant
    ) async throws -> WrittenEmail {
        let organization = try await organization(negotiation.organizationID)
        let thread = try await books.threads.messages(organization.id, negotiation.id)
        let template = try await templates.email(organization.id, EmailKind.followUp.rawValue)
        var variables = try await variables(
            for: negotiation, organization: organization, terms: nil, text: nil, buyer: owner)
        variables.merge(try await occasion(of: followUp, in: negotiation)) { $1 }
        let rendered = try templates.render(template, variables, now)
        try DraftLint.check(rendered.text, of: template, in: negotiation)
        let emailID: EmailID = clock.newID()
        let sender = try await mail.address(organization, nil)
        return try await fix(
            subject: replySubject(of: negotiation), body: rendered.text, files: [], terms: nil,
            emailID: emailID,
            version: 1,
            kind: .followUp, messageID: "\(emailID)@\(VendorAddress.domain(of: sender.address))",
            negotiation: negotiation, organization: organization, thread: thread, author: nil, at: now)
    }

    /// What a follow-up's template may use besides: days as the vendor's calendar shows them.
    private func occasion(of followUp: FollowUp, in negotiation: NegotiationRecord) async throws -> [String:
        Value]
    {
        let hours = try await followUpOutlook(of: negotiation).hours
        let zone = clock.zone(hours.zone) ?? .utc
        func day(_ instant: Instant?, _ lastFull: Bool = false) -> Value {
            guard let instant else { return Value("") }
            let local = zone.local(instant)
            // A deadline in the small hours is none that anybody can use on that day.
            let day = lastFull && local.time < hours.closes ? local.day.adding(days: -1) : local.day
            return Value("\(day)T00:00:00Z")
        }
        return [
            "number": Value(followUp.number), "last": Value(followUp.announcesDeadline),
            "written_on": day(negotiation.lastSentAt),
            "deadline": followUp.announcesDeadline ? day(negotiation.expiresAt, true) : Value(""),
        ]
    }
}
