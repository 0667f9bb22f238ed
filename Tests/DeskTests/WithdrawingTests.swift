import Desk
import Negotiation
import ParleyTesting
import Testing

/// Taking an email back before it has begun to be sent, and the time in which that is possible after its approval.
@Suite struct WithdrawingTests {
    private func approved(undo seconds: Int = 0) async throws -> (TestOffice, NegotiationID, EmailID) {
        let office = try await makeTestOffice()
        if seconds > 0 {
            _ = try await office.office.changeSettings(
                SettingsChange(undoSeconds: seconds), by: office.caller(office.mia))
        }
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.work()
        try await office.approve()
        return (office, id, email)
    }

    private func withdraw(_ email: EmailID, in office: TestOffice, _ reason: String? = nil) async throws {
        try await office.office.withdraw(email, reason: reason, by: office.caller(office.ada))
    }

    @Test("an email that waits for approval is taken back: its request is void and the negotiation returns")
    func waiting() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let email = try await office.write(.counter, "8.50", in: id)
        let request = try await office.pendingRequest()
        try await withdraw(email, in: office, "Wrong price")
        let cancelled = try await office.email(email)
        #expect(cancelled.status == .cancelled)
        #expect(cancelled.statusReason == "Taken back by Ada: Wrong price")
        #expect(try await office.negotiation(id).status == .sent)
        let void = try await office.books.approvals.find(office.organization.id, request.id)
        #expect(void?.status == .voided && void?.decisionReason == "Taken back by Ada: Wrong price")
        #expect(await conflict { try await office.decide(.approve, on: request) } == "not_pending")
        #expect(try await office.actions(id).last == "email.withdrawn")
        _ = try await office.write(.counter, "8.40", in: id)
    }

    @Test("a draft is taken back, and another email that waits is left alone")
    func draft() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let held = try await office.write(.counter, "8.50", in: id)
        try await office.decide(.changes, on: try await office.pendingRequest(), comment: "Ask for less.")
        #expect(try await office.email(held).status == .draft)
        let next = try await office.write(.counter, "8.60", in: id)
        try await withdraw(held, in: office)
        #expect(try await office.email(held).status == .cancelled)
        #expect(try await office.email(next).status == .pendingApproval)
        #expect(try await office.negotiation(id).status == .pendingApproval)
    }

    @Test("an opening that was taken back leaves no trace in the next one's subject")
    func subject() async throws {
        let (office, id, email) = try await approved(undo: 60)
        try await withdraw(email, in: office)
        #expect(try await office.negotiation(id).status == .draft)
        let again = try await office.write(.open, in: id)
        let content = try await office.books.emails.content(office.organization.id, again, 1)
        #expect(content?.subject.hasPrefix("Re:") == false)
    }

    /// A moment in the way of a sender.
    enum Moment: CaseIterable, Sendable {
        case claim, begin, finish

        func matches(_ change: Change) -> Bool {
            switch (self, change) {
            case (.claim, .claimEmail), (.begin, .beginAttempt), (.finish, .finishAttempt): true
            default: false
            }
        }
    }

    @Test("whoever comes first wins, the sender or who takes the email back", arguments: Moment.allCases)
    func race(moment: Moment) async throws {
        let (office, id, email) = try await approved()
        var sender = office
        let interrupted = InterruptedBooks(office.books) { moment.matches($0) }
        interrupted.meanwhile {
            let refusal = await conflict { try await withdraw(email, in: office) }
            #expect(refusal == (moment == .finish ? "not_withdrawable" : nil))
        }
        sender.office.books = interrupted.books
        try await sender.work()
        office.clock.advance(byHours: 1)
        try await office.work()
        let isSent = moment == .finish
        #expect(office.post.attempts == (isSent ? 1 : 0))
        #expect(try await office.email(email).status == (isSent ? .sent : .cancelled))
        #expect(try await office.negotiation(id).status == (isSent ? .sent : .draft))
        #expect(office.openWork.isEmpty)
    }

    @Test("what has begun to be sent, was sent, or may have been, is not taken back, and why is said")
    func tooLate() async throws {
        let (office, _, email) = try await approved()
        office.post.duringNextEmail {
            #expect(await conflict { try await withdraw(email, in: office) } == "not_withdrawable")
        }
        office.post.next(.breakAfterTaking)
        try await office.work()
        #expect(await conflict { try await withdraw(email, in: office) } == "not_withdrawable")
        try await office.office.resolve(email, as: .sent, by: office.caller(office.ada))
        guard case .conflict(_, let why)? = await refusal({ try await withdraw(email, in: office) }) else {
            Issue.record("it was taken back")
            return
        }
        #expect(why == "The email was sent and cannot be taken back. Write to the vendor again instead.")
    }

    @Test("a viewer takes nothing back")
    func viewer() async throws {
        let (office, _, email) = try await approved()
        await #expect(throws: DeskError.self) {
            try await office.office.withdraw(email, reason: nil, by: office.caller(office.vic))
        }
    }

    // MARK: The time after an approval

    @Test("with an undo time an approved email leaves when that is over, and not before")
    func undo() async throws {
        let (office, _, email) = try await approved(undo: 120)
        try await office.work()
        let waiting = try await office.email(email)
        let due = try #require(waiting.sendsAt)
        #expect(waiting.status == .approved && office.post.attempts == 0)
        // A job from elsewhere does not bring it forward.
        let job = Job(
            id: office.office.clock.newID(), organizationID: office.organization.id, work: .sendEmail(email),
            runAt: office.clock.now)
        try await office.books.commit(office.organization.id, [.enqueue(job)])
        try await office.work()
        #expect(office.post.attempts == 0)
        office.clock.set(due.advanced(bySeconds: -1))
        try await office.work()
        #expect(office.post.attempts == 0)
        office.clock.set(due)
        // One after the other: the job that comes second finds nothing left to do.
        try await office.work(WorkerSettings(concurrency: 1))
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.email(email).sendsAt == nil)
        #expect(office.openWork.isEmpty)
    }

    @Test("within the undo time an email is taken back, and never leaves")
    func undone() async throws {
        let (office, id, email) = try await approved(undo: 120)
        try await withdraw(email, in: office)
        office.clock.advance(byHours: 1)
        try await office.work()
        #expect(office.post.attempts == 0)
        #expect(try await office.negotiation(id).status == .draft)
    }

    @Test("an approver takes the approval back through the link, and the email needs another")
    func takenBack() async throws {
        let office = try await makeTestOffice()
        _ = try await office.office.changeSettings(
            SettingsChange(undoSeconds: 3_600), by: office.caller(office.mia))
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.work()
        let token = try #require(office.post.approvalToken(to: office.max.email))
        let other = try #require(office.post.approvalToken(to: office.mia.email))
        _ = try await office.office.decide(
            behind: token, .approve, comment: nil, ipAddress: nil, userAgent: nil)
        await #expect(throws: DeskError.self) {
            _ = try await office.office.takeBack(behind: other, ipAddress: nil, userAgent: nil)
        }
        let view = try await office.office.takeBack(behind: token, ipAddress: nil, userAgent: nil)
        #expect(view.request.status == .voided)
        #expect(view.request.decisionReason == "Max has taken the approval back.")
        #expect(try await office.email(email).status == .draft)
        #expect(try await office.negotiation(id).status == .draft)
        #expect(try await office.notices().last == "An approval was taken back")
        #expect(
            await conflict {
                _ = try await office.office.takeBack(behind: token, ipAddress: nil, userAgent: nil)
            }
                == "not_revocable")
        office.clock.advance(byHours: 2)
        try await office.work()
        #expect(office.post.attempts == 0)
        try await office.office.submit(email, by: office.caller(office.ada))
        try await office.approve(by: office.mia)
        office.clock.advance(byHours: 2)
        try await office.work()
        #expect(office.post.deliveries.count == 1)
    }

    @Test("an approval that is taken back under the sender's claim keeps the email from leaving")
    func takenBackUnderClaim() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        let request = try await office.pendingRequest()
        try await office.approve()
        var sender = office
        let interrupted = InterruptedBooks(office.books) { Moment.begin.matches($0) }
        interrupted.meanwhile {
            try await office.office.takeBack(request.id, by: office.max, origin: .parley)
        }
        sender.office.books = interrupted.books
        try await sender.work()
        office.clock.advance(byHours: 1)
        try await office.work()
        #expect(office.post.attempts == 0)
        #expect(try await office.email(email).status == .draft)
    }

    @Test("the sender asks whether the newest request is approved for what the email says, besides the grant")
    func newestRequest() async throws {
        let (office, id, email) = try await approved(undo: 60)
        let request = try #require(
            try await office.books.approvals.ofEmail(office.organization.id, email))
        // The request alone is void: the grant for this digest is still there, and the email still approved.
        try await office.books.commit(
            office.organization.id, [.revokeApproval(request.id, reason: "Void.", at: office.clock.now)])
        #expect(
            try await office.books.emails.isGranted(
                office.organization.id, email, office.email(email).digest))
        office.clock.advance(bySeconds: 60)
        try await office.work()
        #expect(office.post.attempts == 0)
        #expect(try await office.email(email).status == .draft)
        #expect(try await office.actions(id).contains("email.held"))
    }

    @Test("settings are an administrator's to change, and have to make sense", arguments: [-1, 3_601])
    func settings(seconds: Int) async throws {
        let office = try await makeTestOffice()
        for user in [office.ada, office.max, office.vic] {
            await #expect(throws: DeskError.self) {
                try await office.office.changeSettings(
                    SettingsChange(undoSeconds: 1), by: office.caller(user))
            }
        }
        let admin = office.caller(office.mia)
        await #expect(throws: DeskError.self) {
            try await office.office.changeSettings(SettingsChange(undoSeconds: seconds), by: admin)
        }
        let set = try await office.office.changeSettings(
            SettingsChange(undoSeconds: 5, vendorDailyLimit: 3), by: admin)
        #expect(set == OrganizationSettings(undoSeconds: 5, vendorDailyLimit: 3))
        let kept = try await office.office.changeSettings(SettingsChange(undoSeconds: 6), by: admin)
        #expect(kept == OrganizationSettings(undoSeconds: 6, vendorDailyLimit: 3))
        let cleared = try await office.office.changeSettings(SettingsChange(vendorDailyLimit: 0), by: admin)
        #expect(cleared == OrganizationSettings(undoSeconds: 6))
    }
}
