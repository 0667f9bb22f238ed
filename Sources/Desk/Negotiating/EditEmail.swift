import Negotiation
import Reading

extension Office {
    /// Changes what an email says while it is a draft or awaits approval. The old request and its links are void, and
    /// approval of the new content is asked for.
    public func edit(
        _ id: EmailID, subject: String?, bodyText: String?, by caller: Caller
    ) async throws -> EmailID {
        try requireWriter(caller)
        guard subject != nil || bodyText != nil else {
            throw DeskError.invalid(field: "body_text", "give a subject or a body_text to change")
        }
        let subject = try subject.map { try Field.text($0, "subject", longest: 500) }
        let body = try bodyText.map { try Field.lines($0, "body_text", longest: longestBody) }
        return try await settling(caller.organizationID) {
            try await editing(id, subject: subject, body: body, by: caller)
        }
    }

    private func editing(
        _ id: EmailID, subject: String?, body: String?, by caller: Caller
    ) async throws -> (EmailID, [Change]) {
        let organization = try await organization(caller.organizationID)
        guard let email = try await books.emails.find(organization.id, id),
            let old = try await books.emails.content(organization.id, id, email.version),
            var negotiation = try await books.negotiations.find(organization.id, email.negotiationID)
        else { throw DeskError.notFound("email") }
        guard email.status.isEditable, !negotiation.status.isClosed else {
            throw DeskError.conflict(
                "not_editable", "An email can be changed only while it is a draft or awaits approval.")
        }
        guard email.status != .draft || negotiation.status != .pendingApproval else {
            throw DeskError.conflict("email_waiting", TransitionRefusal.emailWaiting.explanation)
        }
        let now = clock.now()
        let thread = try await books.threads.messages(organization.id, negotiation.id)
        let written = try await fix(
            subject: subject ?? old.subject, body: body ?? old.bodyText, terms: old.terms, emailID: id,
            version: email.version + 1, kind: email.kind, messageID: email.messageID,
            negotiation: negotiation,
            organization: organization, thread: thread, author: caller.user.id, at: now)
        var changes = try await voiding(email, of: organization.id, reason: "The email was edited.", at: now)
        changes += try await replacingOthers(of: negotiation, than: id, at: now)
        // Once an email concerned money it needs an approval, whatever an edit takes out of it.
        let content = written.content.concerningMoney(if: email.isMoneyRelated)
        let next: EmailStatus = content.isMoneyRelated ? .pendingApproval : .approved
        changes.append(.reviseEmail(content, from: email.status, to: next))
        if content.isMoneyRelated {
            changes += try await asking(about: content, of: negotiation, requestedBy: caller.user.id, at: now)
        } else {
            changes.append(enqueueing(.sendEmail(id), for: organization.id, at: now))
        }
        // Until the vendor has got something, the subject of what is being written is that of the thread.
        let threadSubject = negotiation.emailSentCount == 0 ? content.subject : negotiation.subject
        if negotiation.status != .pendingApproval || negotiation.subject != threadSubject {
            negotiation.status = .pendingApproval
            negotiation.subject = threadSubject
            negotiation.updatedAt = now
            changes.append(.updateNegotiation(negotiation))
        }
        changes.append(
            .audit(
                .negotiation(
                    negotiation.id, "email.edited", "\(email.kind.title) changed: \(content.subject)",
                    changes: ["version": "\(content.version)"], origin: caller.origin, at: now)))
        return (id, changes)
    }
}

extension EmailContent {
    /// The same content, held to concern money if the email ever did.
    func concerningMoney(if sticky: Bool) -> EmailContent {
        guard sticky, !isMoneyRelated else { return self }
        return EmailContent(
            emailID: emailID, version: version, kind: kind, sender: sender, recipients: recipients,
            subject: subject, bodyText: bodyText, envelope: envelope, raw: raw, mentionsAmounts: true,
            terms: terms, createdBy: createdBy, createdAt: createdAt)
    }
}
