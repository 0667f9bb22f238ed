/// What can happen to a negotiation.
public enum NegotiationEvent: Hashable, Sendable {
    /// Somebody asks for an email to be written.
    case compose(Composition)
    /// An email has been handed to the mail server.
    case emailSent(EmailKind)
    /// An email came to nothing: approval was refused, it was withdrawn, or the server refused it for good.
    case emailAbandoned(LastWord)
    /// A person at the vendor answered.
    case vendorReplied
    /// A machine answered for the vendor.
    case autoReplyReceived
    /// A delivery report says that the address fails for good.
    case bounced
    /// Somebody called the negotiation off.
    case cancel
    /// The negotiation's deadline has passed.
    case deadlinePassed
}

/// The emails that a person or a strategy can ask for.
public enum Composition: String, Sendable, CaseIterable {
    case open, counter, accept, reject, reply

    /// The kind of email that it makes.
    public var kind: EmailKind {
        switch self {
        case .open: .opening
        case .counter: .counter
        case .accept: .acceptance
        case .reject: .rejection
        case .reply: .reply
        }
    }
}

/// What has to be done besides changing the status, in the same transaction.
public enum NegotiationEffect: Hashable, Sendable {
    /// Waiting follow-ups are called off.
    case cancelFollowUps
    /// Emails that have not begun to be sent go back to draft, their approvals are void, and approval is asked for
    /// again; reminders are cancelled.
    case holdWaitingEmails
    /// Emails that have not begun to be sent are cancelled, and their approvals are void.
    case cancelWaitingEmails
    /// The negotiation's owner is told.
    case announce(Announcement)
}

/// What the owner of a negotiation is told.
public enum Announcement: String, Hashable, Sendable, CaseIterable {
    case vendorReplied = "vendor_replied"
    case lateReply = "late_reply"
    case autoReply = "auto_reply"
    case accepted, expired, undeliverable
}

/// The answer to an event.
public enum Transition: Hashable, Sendable {
    /// The new status, which may be the old one, and what else has to be done.
    case to(NegotiationStatus, [NegotiationEffect])
    /// The event makes no sense in this status; nothing changes.
    case refused(TransitionRefusal)
}

/// Why an event is refused.
public enum TransitionRefusal: String, Hashable, Sendable, CaseIterable {
    /// It has been opened already.
    case alreadyOpened = "already_opened"
    /// It has not been opened yet.
    case notOpened = "not_opened"
    /// Another email waits for approval or for being sent.
    case emailWaiting = "email_waiting"
    /// It is over.
    case closed
    /// An email that nobody wrote cannot have been sent or abandoned.
    case noEmail = "no_email"
}

extension NegotiationStatus {
    /// The answer to every pair of status and event.
    public func transition(_ event: NegotiationEvent) -> Transition {
        switch event {
        case .compose(let composition): composing(composition)
        case .emailSent(let kind): sending(kind)
        case .emailAbandoned(let lastWord): abandoning(lastWord)
        case .vendorReplied: receivingReply()
        case .autoReplyReceived: .to(self, self == .draft ? [] : [.announce(.autoReply)])
        case .bounced: bouncing()
        case .cancel:
            isClosed ? .refused(.closed) : .to(.cancelled, [.cancelFollowUps, .cancelWaitingEmails])
        case .deadlinePassed: expiring()
        }
    }

    private func composing(_ composition: Composition) -> Transition {
        switch (self, composition) {
        case (.draft, .open): .to(.pendingApproval, [])
        case (.draft, _): .refused(.notOpened)
        case (.pendingApproval, _): .refused(.emailWaiting)
        case (.sent, .open), (.vendorReplied, .open): .refused(.alreadyOpened)
        case (.sent, _), (.vendorReplied, _): .to(.pendingApproval, [])
        case (.accepted, _), (.rejected, _), (.expired, _), (.cancelled, _), (.undeliverable, _):
            .refused(.closed)
        }
    }

    private func sending(_ kind: EmailKind) -> Transition {
        switch self {
        case .draft: .refused(.noEmail)
        case .pendingApproval, .sent, .vendorReplied: afterSending(kind)
        // What had begun to be sent when the negotiation was closed is recorded with the email and moves nothing,
        // but an acceptance that reached the vendor binds whatever was decided meanwhile.
        case .expired, .cancelled, .undeliverable: kind == .acceptance ? afterSending(kind) : .to(self, [])
        case .accepted, .rejected: .to(self, [])
        }
    }

    private func afterSending(_ kind: EmailKind) -> Transition {
        switch kind {
        case .acceptance: .to(.accepted, [.cancelFollowUps, .announce(.accepted)])
        case .rejection: .to(.rejected, [.cancelFollowUps])
        case .opening, .counter, .reply: .to(.sent, [])
        // A reminder that crossed with an answer does not take the last word from the vendor.
        case .followUp: .to(self == .vendorReplied ? .vendorReplied : .sent, [])
        case .purchaseOrder, .cancellation: .to(self, [])
        }
    }

    private func abandoning(_ lastWord: LastWord) -> Transition {
        switch self {
        case .draft: .refused(.noEmail)
        case .pendingApproval: .to(lastWord.status, [])
        case .sent, .vendorReplied, .accepted, .rejected, .expired, .cancelled, .undeliverable: .to(self, [])
        }
    }

    private func receivingReply() -> Transition {
        switch self {
        case .draft: .to(self, [.announce(.lateReply)])
        case .pendingApproval, .sent, .vendorReplied:
            .to(.vendorReplied, [.cancelFollowUps, .holdWaitingEmails, .announce(.vendorReplied)])
        case .accepted, .rejected, .expired, .cancelled, .undeliverable: .to(self, [.announce(.lateReply)])
        }
    }

    private func bouncing() -> Transition {
        switch self {
        case .draft, .accepted, .rejected, .expired, .cancelled, .undeliverable: .to(self, [])
        case .pendingApproval, .sent, .vendorReplied:
            .to(.undeliverable, [.cancelFollowUps, .cancelWaitingEmails, .announce(.undeliverable)])
        }
    }

    private func expiring() -> Transition {
        isClosed
            ? .to(self, []) : .to(.expired, [.cancelFollowUps, .cancelWaitingEmails, .announce(.expired)])
    }
}
