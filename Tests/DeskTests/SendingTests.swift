import Desk
import Negotiation
import ParleyTesting
import Synchronization
import Testing

/// From approved to sent, or to whatever else can come of it.
@Suite struct SendingTests {
    /// An office with an approved opening email that nobody has sent yet.
    private func approved() async throws -> (TestOffice, NegotiationID, EmailID) {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.work()
        try await office.approve()
        #expect(try await office.email(email).status == .approved)
        return (office, id, email)
    }

    @Test("a deferred email is tried again later, and sent once")
    func deferred() async throws {
        let (office, id, email) = try await approved()
        office.post.next(.deferred("451 greylisted"), .deferred("451 greylisted"))
        try await office.work()
        #expect(try await office.email(email).status == .approved)
        #expect(try await office.email(email).statusReason == "451 greylisted")
        #expect(office.post.attempts == 1)
        office.clock.advance(bySeconds: 30)
        try await office.work()
        #expect(office.post.attempts == 2)
        office.clock.advance(bySeconds: 60)
        try await office.work()
        #expect(try await office.attempts(email) == [.deferred, .deferred, .accepted])
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.negotiation(id).status == .sent)
    }

    @Test("waiting for a deferred email grows to an hour and no further")
    func backoff() async throws {
        let (office, _, email) = try await approved()
        for _ in 0..<12 { office.post.next(.deferred("451 later")) }
        var waits: [Int64] = []
        for _ in 0..<12 {
            try await office.work()
            let due = office.memory.queue(of: office.organization.id).first {
                $0.isOpen && $0.work == .sendEmail(email)
            }
            let runAt = try #require(due?.runAt)
            waits.append(runAt.seconds - office.clock.now.seconds)
            office.clock.set(runAt)
        }
        #expect(waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600])
    }

    @Test("an email that is refused for good fails with the server's words, and somebody else can be written")
    func refused() async throws {
        let (office, id, email) = try await approved()
        office.post.next(.refused("550 5.1.1 no such user"))
        try await office.work()
        #expect(try await office.email(email).status == .failed)
        #expect(try await office.email(email).statusReason == "550 5.1.1 no such user")
        #expect(try await office.negotiation(id).status == .draft)
        #expect(try await office.notices() == ["An email was refused by the mail server"])
        _ = try await office.write(.open, in: id)
        try await office.approve()
        try await office.work()
        #expect(try await office.negotiation(id).status == .sent)
    }

    @Test("what may have been taken is never sent again by Parley", arguments: [true, false])
    func uncertain(wasTaken: Bool) async throws {
        let (office, id, email) = try await approved()
        office.post.next(wasTaken ? .breakAfterTaking : .breakBeforeTaking)
        try await office.work()
        for _ in 0..<72 {
            office.clock.advance(byHours: 1)
            try await office.work()
        }
        #expect(try await office.email(email).status == .uncertain)
        #expect(try await office.attempts(email) == [.unknown])
        #expect(office.post.attempts == 1)
        #expect(try await office.negotiation(id).status == .pendingApproval)
        #expect(try await office.notices() == ["Nobody knows whether an email was sent"])
        #expect(await conflict { _ = try await office.write(.open, in: id) } == "email_waiting")
    }

    @Test("an answer that names an email in doubt shows that it was sent")
    func namedByAnswer() async throws {
        let (office, id, email) = try await approved()
        office.post.next(.breakAfterTaking)
        try await office.work()
        #expect(try await office.email(email).status == .uncertain)
        try await office.vendorSays("EUR 9.20 per unit.")
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.attempts(email) == [.accepted])
        #expect(try await office.negotiation(id).status == .vendorReplied)
        #expect(try await office.messages(id).map(\.direction) == [.outbound, .inbound])
    }

    @Test("an answer that came before the doubt arose shows that the email was sent as well")
    func namedBefore() async throws {
        let (office, id, email) = try await approved()
        let messageID = try await office.email(email).messageID
        let raw = try #require(try await office.books.emails.content(office.organization.id, email, 1)?.raw)
        office.post.next(.breakAfterTaking)
        office.post.duringNextEmail {
            let head = String(decoding: raw, as: UTF8.self).split(separator: "\n")
            let replyTo = head.first { $0.hasPrefix("Reply-To: ") }?.dropFirst(10) ?? ""
            var mail = VendorMail(
                from: "sales@bolts.example", to: String(replyTo), messageID: "quick@bolts.example",
                subject: "Re: your offer", text: "EUR 9.20 per unit.")
            mail.inReplyTo = messageID
            try? await office.arrives(mail)
            try? await office.work()
        }
        try await office.work()
        #expect(try await office.messages(id).contains { $0.direction == .inbound })
        #expect(try await office.email(email).status == .sent)
    }

    @Test("a person settles an uncertain email: it was sent")
    func resolvedAsSent() async throws {
        let (office, id, email) = try await approved()
        office.post.next(.breakAfterTaking)
        try await office.work()
        try await office.office.resolve(email, as: .sent, by: office.caller(office.ada))
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.negotiation(id).status == .sent)
        #expect(try await office.messages(id).count == 1)
        #expect(try await office.actions(id).contains("email.resolved"))
        #expect(
            await conflict {
                try await office.office.resolve(email, as: .sendAgain, by: office.caller(office.ada))
            } == "not_uncertain")
    }

    @Test("a person settles an uncertain email: it was not, send it again")
    func resolvedAsLost() async throws {
        let (office, id, email) = try await approved()
        office.post.next(.breakBeforeTaking)
        try await office.work()
        office.clock.advance(bySeconds: Office.quietSeconds)
        try await office.office.resolve(email, as: .sendAgain, by: office.caller(office.ada))
        try await office.work()
        #expect(try await office.attempts(email) == [.deferred, .accepted])
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.negotiation(id).status == .sent)
    }

    @Test("a person settles an uncertain email: it was not, leave it")
    func resolvedAsCancelled() async throws {
        let (office, id, email) = try await approved()
        office.post.next(.breakBeforeTaking)
        try await office.work()
        office.clock.advance(bySeconds: Office.quietSeconds)
        try await office.office.resolve(email, as: .cancel, by: office.caller(office.ada))
        try await office.work()
        #expect(try await office.email(email).status == .cancelled)
        #expect(try await office.negotiation(id).status == .draft)
        #expect(office.post.attempts == 1)
    }

    @Test(
        "as long as a server may still take an email, nobody can say that it was not sent",
        arguments: [Resolution.sendAgain, .cancel])
    func resolvedTooEarly(resolution: Resolution) async throws {
        let (office, _, email) = try await approved()
        office.post.next(.breakAfterTaking)
        try await office.work()
        office.clock.advance(bySeconds: Office.quietSeconds - 60)
        #expect(
            await conflict {
                try await office.office.resolve(email, as: resolution, by: office.caller(office.ada))
            } == "too_early")
        #expect(try await office.email(email).status == .uncertain)
        try await office.office.resolve(email, as: .sent, by: office.caller(office.ada))
        #expect(try await office.email(email).status == .sent)
    }

    @Test("a viewer settles nothing")
    func viewerResolves() async throws {
        let (office, _, email) = try await approved()
        office.post.next(.breakBeforeTaking)
        try await office.work()
        await #expect(throws: DeskError.self) {
            try await office.office.resolve(email, as: .sendAgain, by: office.caller(office.vic))
        }
        #expect(try await office.email(email).status == .uncertain)
    }

    @Test("a reply between approval and sending holds the email, and approval is asked for again")
    func held() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let email = try await office.write(.counter, "8.50", in: id)
        // The vendor's answer arrives, the approver says yes, and then both jobs get their turn.
        let delivery = try #require(office.post.deliveries.last)
        try await office.arrives(
            VendorMail(
                answering: delivery, from: "sales@bolts.example", messageID: "answer@bolts.example",
                text: "Take it for EUR 8.00."))
        try await office.approve()
        let digest = try await office.email(email).digest
        try await office.work(WorkerSettings(concurrency: 1))
        #expect(try await office.email(email).status == .pendingApproval)
        #expect(try await office.email(email).digest != digest)
        #expect(try await office.negotiation(id).status == .vendorReplied)
        #expect(office.post.deliveries.count == 1)
        let letter = try #require(office.post.letters.last).raw
        #expect(String(decoding: letter, as: UTF8.self).contains("Since then: Take it for EUR 8.00."))

        try await office.approve()
        try await office.work()
        #expect(office.post.deliveries.count == 2)
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.negotiation(id).status == .sent)
    }

    @Test(
        "a reply while approval is waited for voids the request and its links, and asks anew with the reply")
    func heldWhileWaiting() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let email = try await office.write(.counter, "8.50", in: id)
        try await office.work()
        let request = try await office.pendingRequest()
        let link = try #require(office.post.approvalToken(to: "max@acme.example"))
        try await office.vendorSays("Take it for EUR 8.00.")
        #expect(await conflict { try await office.decide(.approve, on: request) } == "not_pending")
        let old = try await office.office.approval(behind: link)
        #expect(!old.isOpen && old.request.explanation.contains("The vendor has answered."))

        let new = try await office.pendingRequest()
        #expect(new.emailID == email && new.emailVersion == 2)
        let view = try await office.office.approval(new.id, of: office.organization.id)
        #expect(view.repliesSince.map(\.replyText) == ["Take it for EUR 8.00."])
        #expect(view.comparison?.lines == nil)
    }

    @Test("whoever writes another email instead of one that is asked about again replaces it")
    func replaced() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let first = try await office.write(.counter, "8.50", in: id)
        try await office.vendorSays("Take it for EUR 8.00.")
        let asked = try await office.pendingRequest()
        let second = try await office.write(.accept, in: id)
        #expect(try await office.email(first).status == .cancelled)
        #expect(await conflict { try await office.decide(.approve, on: asked) } == "not_pending")
        try await office.approve()
        try await office.work()
        #expect(try await office.email(second).status == .sent)
        #expect(office.post.deliveries.count == 2)
    }

    @Test("a reply that is read while a sender has the email claimed is seen before the point of no return")
    func heldInTime() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let email = try await office.write(.counter, "8.50", in: id)
        try await office.approve()
        var slow = office
        let beginsAttempt = InterruptedBooks(office.books) { change in
            if case .beginAttempt = change { true } else { false }
        }
        beginsAttempt.meanwhile { try await office.vendorSays("Take it for EUR 8.00.") }
        slow.office.books = beginsAttempt.books
        try await slow.work()
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.email(email).status == .pendingApproval)
        #expect(try await office.attempts(email).isEmpty)
    }

    @Test("a cancellation that was decided while the email was on its way wins against the next attempt")
    func cancelledBehindItsBack() async throws {
        let (office, id, email) = try await approved()
        office.post.next(.deferred("451 later"))
        // Somebody cancels while the server has the email, and is stopped before the commit.
        let decided = Mutex<[Change]>([])
        office.post.duringNextEmail {
            var stopped = office
            stopped.office.books.commit = { _, changes in decided.withLock { $0 = changes } }
            try? await stopped.office.cancel(id, reason: "No budget.", by: office.caller(office.ada))
        }
        try await office.work()
        #expect(try await office.email(email).status == .approved)
        // The commit comes when the next sender has looked for the last time.
        var slow = office
        let beginsAttempt = InterruptedBooks(office.books) { change in
            if case .beginAttempt = change { true } else { false }
        }
        beginsAttempt.meanwhile {
            try await office.books.commit(office.organization.id, decided.withLock { $0 })
            #expect(try await office.negotiation(id).status == .cancelled)
        }
        slow.office.books = beginsAttempt.books
        office.clock.advance(byHours: 1)
        try await slow.work()
        office.clock.advance(byHours: 1)
        try await office.work()
        #expect(office.post.attempts == 1)
        #expect(try await office.email(email).status == .cancelled)
    }

    @Test("a cancelled negotiation wins against a claimed send")
    func cancelled() async throws {
        let (office, id, email) = try await approved()
        var slow = office
        let beginsAttempt = InterruptedBooks(office.books) { change in
            if case .beginAttempt = change { true } else { false }
        }
        beginsAttempt.meanwhile {
            #expect(try await office.email(email).status == .claimed)
            try await office.office.cancel(id, reason: "No budget.", by: office.caller(office.ada))
        }
        slow.office.books = beginsAttempt.books
        try await slow.work()
        office.clock.advance(byHours: 1)
        try await office.work()
        #expect(office.post.attempts == 0)
        #expect(try await office.email(email).status == .cancelled)
        #expect(try await office.negotiation(id).status == .cancelled)
        #expect(office.openWork.isEmpty)
    }

    @Test(
        "a cancel that comes once the bytes leave closes the negotiation, and the email is on record as sent")
    func cancelledTooLate() async throws {
        let (office, id, email) = try await approved()
        office.post.duringNextEmail {
            do {
                try await office.office.cancel(id, reason: nil, by: office.caller(office.ada))
            } catch { Issue.record(error) }
        }
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.negotiation(id).status == .cancelled)
        #expect(try await office.messages(id).count == 1)
    }

    @Test("an acceptance that reached the vendor binds, whatever was decided meanwhile")
    func acceptanceBinds() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.20 per unit.")
        _ = try await office.write(.accept, in: id)
        try await office.approve()
        office.post.duringNextEmail {
            do {
                try await office.office.cancel(id, reason: nil, by: office.caller(office.ada))
            } catch { Issue.record(error) }
        }
        try await office.work()
        #expect(try await office.negotiation(id).status == .accepted)
        #expect(try await office.negotiation(id).finalPrice == price("9.20"))
    }

    @Test("two jobs for one email make one attempt")
    func twoJobs() async throws {
        let (office, _, email) = try await approved()
        for _ in 0..<5 {
            let job = Job(
                id: office.office.clock.newID(), organizationID: office.organization.id,
                work: .sendEmail(email), runAt: office.clock.now)
            try await office.books.commit(office.organization.id, [.enqueue(job)])
        }
        try await office.work(WorkerSettings(concurrency: 8))
        office.clock.advance(byHours: 2)
        try await office.work()
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.attempts(email) == [.accepted])
        #expect(office.openWork.isEmpty)
    }

    @Test("a deadline that passes ends the negotiation and cancels what waits")
    func deadline() async throws {
        let office = try await makeTestOffice()
        let deadline = office.clock.now.advanced(byHours: 240)
        let id = try await office.openedNegotiation(expiresAt: deadline)
        try await office.vendorSays("EUR 9.20 per unit.")
        office.clock.set(deadline.advanced(bySeconds: -60))
        let email = try await office.write(.counter, "9.00", in: id)
        office.clock.set(deadline)
        try await office.work()
        #expect(try await office.negotiation(id).status == .expired)
        #expect(try await office.email(email).status == .cancelled)
        #expect(try await office.notices().last == "The negotiation with Bolts Ltd has expired")
    }
}
