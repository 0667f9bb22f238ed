import Negotiation

extension Office {
    /// Asks again for an email that was held because the vendor answered: as a new version, which answers the vendor's
    /// newest message, so that no earlier yes covers it. A no-op where somebody has done something else meanwhile.
    func askAgain(_ id: EmailID, job: Job) async throws {
        try await settling(job.organizationID) {
            let now = clock.now()
            let done = Change.finishJob(job.id, worker: settings.worker, at: now)
            guard let email = try await books.emails.find(job.organizationID, id), email.status == .draft,
                let old = try await books.emails.content(job.organizationID, id, email.version),
                let request = try await books.approvals.ofEmail(job.organizationID, id),
                let negotiation = try await books.negotiations.find(
                    job.organizationID, email.negotiationID),
                try await isFree(negotiation)
            else { return ((), [done]) }
            let written = try await fix(
                subject: old.subject, body: old.bodyText, files: self.files(of: old), terms: old.terms,
                emailID: id,
                version: email.version + 1, kind: email.kind, messageID: email.messageID,
                negotiation: negotiation, organization: try await organization(job.organizationID),
                thread: try await books.threads.messages(job.organizationID, negotiation.id),
                author: old.createdBy, at: now)
            let content = written.content.concerningMoney(if: email.isMoneyRelated)
            let question = try await asking(
                about: content, of: negotiation, requestedBy: request.requestedBy, at: now)
            return (
                (),
                [.reviseEmail(content, from: .draft, to: .pendingApproval)] + question + [
                    .updateNegotiation(negotiation), done,
                ]
            )
        }
    }

    /// Whether nothing else is on its way in a negotiation that is still open.
    private func isFree(_ negotiation: NegotiationRecord) async throws -> Bool {
        guard !negotiation.status.isClosed, negotiation.status != .pendingApproval else { return false }
        let emails = try await books.emails.ofNegotiation(negotiation.organizationID, negotiation.id)
        return !emails.contains(where: \.status.isUnderWay)
    }
}
