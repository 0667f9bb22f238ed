import Negotiation

extension Office {
    /// How often a use case reads and decides again when something came in between.
    static let mostTries = 8

    /// Reads, decides and commits, again from the beginning when what was read had changed by then: a row was in another
    /// state, or what was to be added had been added by somebody else.
    func settling<Answer>(
        _ organization: OrganizationID, _ decide: () async throws -> (answer: Answer, changes: [Change])
    ) async throws -> Answer {
        var refusal: any Error = DeskError.busy
        for _ in 0..<Self.mostTries {
            let (answer, changes) = try await decide()
            do {
                if !changes.isEmpty { try await books.commit(organization, changes) }
                return answer
            } catch CommitRefusal.stale {
                refusal = DeskError.busy
            } catch let error as CommitRefusal {
                guard case .duplicate = error else { throw error }
                refusal = error
            }
        }
        throw refusal
    }

    /// The changes that a transition asks for besides the status itself.
    func changes(
        for effects: [NegotiationEffect], of negotiation: NegotiationRecord, reason: String, origin: Origin,
        at now: Instant
    ) async throws -> [Change] {
        var changes: [Change] = []
        for effect in effects {
            switch effect {
            case .cancelFollowUps: changes.append(.cancelFollowUps(negotiation.id, reason: reason))
            case .holdWaitingEmails:
                changes += try await withdrawal(of: negotiation, by: .held, reason: reason, at: now)
            case .cancelWaitingEmails:
                changes += try await withdrawal(of: negotiation, by: .cancelled, reason: reason, at: now)
            case .announce(let announcement):
                changes += announcing(announcement, about: negotiation, at: now)
            }
        }
        return changes
    }

    private func withdrawal(
        of negotiation: NegotiationRecord, by event: EmailEvent, reason: String, at now: Instant
    ) async throws -> [Change] {
        var changes: [Change] = []
        for email in try await books.emails.ofNegotiation(negotiation.organizationID, negotiation.id)
        where email.status.isRevocable && email.status != .draft {
            // A reminder that crossed with an answer is of no use as a draft.
            let event = email.kind == .followUp ? .cancelled : event
            guard let next = email.status.transition(event) else { continue }
            changes.append(.moveEmail(email.id, from: email.status, to: next, reason: reason, at: now))
            changes += try await voiding(email, of: negotiation.organizationID, reason: reason, at: now)
        }
        return changes
    }

    /// Voids the request that is pending for an email, if there is one.
    func voiding(
        _ email: EmailRecord, of organization: OrganizationID, reason: String, at now: Instant
    ) async throws -> [Change] {
        guard let request = try await books.approvals.ofEmail(organization, email.id),
            request.status == .pending
        else { return [] }
        return [.closeApprovalRequest(request.id, .voided, reason: reason, at: now)]
    }

    private func announcing(
        _ announcement: Announcement, about negotiation: NegotiationRecord, at now: Instant
    ) -> [Change] {
        let vendor = negotiation.vendorContactName
        let (type, title): (String, String) =
            switch announcement {
            case .vendorReplied: ("negotiation_reply", "\(vendor) has answered")
            case .lateReply: ("negotiation_reply", "\(vendor) has written to a negotiation that is over")
            case .autoReply: ("negotiation_reply", "An automatic answer came from \(vendor)")
            case .accepted: ("negotiation_accepted", "The deal with \(vendor) is agreed")
            case .expired: ("system_alert", "The negotiation with \(vendor) has expired")
            case .undeliverable: ("system_alert", "Mail to \(vendor) cannot be delivered")
            }
        return notifying(
            negotiation.ownerID, type: type, title: title, message: negotiation.subject ?? title,
            about: negotiation.id, at: now)
    }

    /// A notification on the page and by email.
    func notifying(
        _ user: UserID, type: String, title: String, message: String, about negotiation: NegotiationID?,
        at now: Instant
    ) -> [Change] {
        let notification = UserNotification(
            id: clock.newID(), userID: user, type: type, title: title, message: message,
            link: negotiation.map { "/negotiations/\($0)" }, negotiationID: negotiation, createdAt: now)
        return [.notify(notification)]
    }

    /// Enqueues work for an organization.
    func enqueueing(_ work: Job.Work, for organization: OrganizationID, at due: Instant) -> Change {
        .enqueue(Job(id: clock.newID(), organizationID: organization, work: work, runAt: due))
    }
}
