import Desk
import Negotiation
import ParleyTesting
import Testing

/// Emails of which nobody knows whether they were sent: what comes in proves that they were, and a person's word that
/// they were not has to wait.
@Suite struct DoubtTests {
    /// An office whose last email broke off once the mail server had it, and what the vendor got.
    private func uncertain(_ composition: Composition = .open) async throws -> (
        TestOffice, NegotiationID, EmailID, FakePostOffice.Delivery
    ) {
        let office = try await makeTestOffice()
        let id: NegotiationID
        if composition == .open {
            id = try await office.newNegotiation()
        } else {
            id = try await office.openedNegotiation()
            try await office.vendorSays("EUR 9.20 per unit.", number: 100)
        }
        let email = try await office.write(composition, composition == .counter ? "8.50" : nil, in: id)
        try await office.approve()
        office.post.next(.breakAfterTaking)
        try await office.work()
        #expect(try await office.email(email).status == .uncertain)
        office.clock.advance(bySeconds: 60)
        return (office, id, email, try #require(office.post.deliveries.last))
    }

    private func attempt(_ email: EmailID, in office: TestOffice) async throws -> SendAttempt {
        try #require(try await office.books.emails.attempts(office.organization.id, email).last)
    }

    @Test("an answer that names it proves that an uncertain email was sent, and has the last word")
    func answered() async throws {
        let (office, id, email, _) = try await uncertain()
        try await office.vendorSays("We can offer EUR 9.20 per unit.")
        let sent = try await office.email(email)
        let attempt = try await attempt(email, in: office)
        #expect(sent.status == .sent && sent.sentAt == attempt.startedAt)
        #expect(attempt.outcome == .accepted && attempt.serverReply == "The connection broke.")
        let thread = try await office.messages(id)
        #expect(thread.map(\.direction) == [.outbound, .inbound])
        let proof = try #require(attempt.evidence.last)
        #expect(proof.kind == .reply && proof.reference == .inReplyTo && proof.messageID == thread.last?.id)
        let negotiation = try await office.negotiation(id)
        #expect(negotiation.status == .vendorReplied && negotiation.lastWord == .vendor)
        #expect(negotiation.emailSentCount == 1 && negotiation.lastSentPrice == price("8.00"))
        #expect(negotiation.currentOfferPrice == price("9.20"))
        let actions = try await office.actions(id)
        #expect(actions.suffix(3) == ["email.settled", "email.sent", "message.received"])
    }

    @Test("an answer that names it among its references only proves it as well")
    func references() async throws {
        let (office, _, email, delivery) = try await uncertain()
        var mail = VendorMail(
            answering: delivery, from: "sales@bolts.example", messageID: "a@bolts.example", text: "Yes.")
        mail.to = "purchasing@acme.example"
        mail.inReplyTo = nil
        mail.headers.append(("References", "<\(delivery.messageID)> <other@bolts.example>"))
        try await office.arrives(mail)
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(try await attempt(email, in: office).evidence.last?.reference == .references)
    }

    @Test("an automatic answer proves it, and leaves the last word with us")
    func automatic() async throws {
        let (office, id, email, delivery) = try await uncertain()
        var mail = VendorMail(
            answering: delivery, from: "sales@bolts.example", messageID: "a@bolts.example", text: "Away.")
        mail.headers.append(("Auto-Submitted", "auto-replied"))
        try await office.arrives(mail)
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(try await attempt(email, in: office).evidence.last?.kind == .autoReply)
        let negotiation = try await office.negotiation(id)
        #expect(negotiation.status == .sent && negotiation.lastWord == .buyer)
    }

    @Test("a delivery report that returns it proves that it was sent, and that it did not arrive")
    func bounced() async throws {
        let (office, id, email, delivery) = try await uncertain()
        try await office.arrives(
            .bounce(of: delivery, messageID: "b@mail.example", action: "failed", status: "5.1.1"))
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        let proof = try await attempt(email, in: office).evidence.last
        #expect(proof?.kind == .bounce && proof?.reference == .returned)
        #expect(try await office.negotiation(id).status == .undeliverable)
    }

    @Test("an answer to an uncertain acceptance makes the deal")
    func accepted() async throws {
        let (office, id, email, _) = try await uncertain(.accept)
        try await office.vendorSays("Thank you, we ship tomorrow.", number: 101)
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.negotiation(id).status == .accepted)
        #expect(try await office.negotiation(id).finalPrice == price("9.20"))
    }

    @Test("a mail to the reply address proves it where no other email was ever attempted")
    func onlyToken() async throws {
        let (office, id, email, delivery) = try await uncertain()
        var mail = VendorMail(
            answering: delivery, from: "sales@bolts.example", messageID: "a@bolts.example",
            text: "EUR 9.00 per unit.")
        mail.inReplyTo = nil
        try await office.arrives(mail)
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(try await attempt(email, in: office).evidence.last?.reference == .replyToken)
        #expect(try await office.negotiation(id).lastWord == .vendor)
    }

    @Test("a mail to the reply address proves nothing about the newest of several emails")
    func tokenOfMany() async throws {
        let (office, id, email, delivery) = try await uncertain(.counter)
        var mail = VendorMail(
            answering: delivery, from: "sales@bolts.example", messageID: "a@bolts.example",
            text: "EUR 9.00 per unit.")
        mail.inReplyTo = nil
        try await office.arrives(mail)
        try await office.work()
        #expect(try await office.email(email).status == .uncertain)
        #expect(try await office.negotiation(id).status == .vendorReplied)
        // A person's word about the older email does not take the last word from the vendor.
        try await office.office.resolve(email, as: .sent, by: office.caller(office.ada))
        let negotiation = try await office.negotiation(id)
        #expect(negotiation.status == .vendorReplied && negotiation.lastWord == .vendor)
        #expect(negotiation.lastSentPrice == price("8.50"))
        #expect(try await office.messages(id).map(\.direction) == [.outbound, .inbound, .outbound, .inbound])
    }

    @Test("a mail that a person puts into the negotiation proves as much as one that matched")
    func assigned() async throws {
        let (office, id, email, delivery) = try await uncertain()
        var other = VendorMail(
            from: "sales@bolts.example", to: "purchasing@acme.example", messageID: "late@bolts.example",
            subject: "Something else", text: "EUR 9.00 per unit.")
        other.headers.append(("References", "<\(delivery.messageID)> <nobody@else.example>"))
        // It names a message of another negotiation as well, so that it belongs to neither for certain.
        let second = try await office.newNegotiation()
        let opening = try await office.write(.open, in: second)
        try await office.approve()
        try await office.work()
        let message = try await office.email(opening).messageID
        other.inReplyTo = nil
        other.headers[0].value += " <\(message)>"
        try await office.arrives(other)
        try await office.work()
        let shelved = try await office.books.threads.unmatched(office.organization.id, PageRequest()).items
        guard let waiting = shelved.first else {
            // It matched: then it has proved what it proves.
            #expect(try await office.email(email).status == .sent)
            return
        }
        #expect(try await office.email(email).status == .uncertain)
        _ = try await office.office.assignMessage(waiting.id, to: id, by: office.caller(office.ada))
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.negotiation(id).lastWord == .vendor)
    }

    @Test(
        "an answer that comes while the server still thinks settles the email, and the server's word changes nothing"
    )
    func answeredInFlight() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.approve()
        let messageID = try await office.email(email).messageID
        office.post.next(.breakAfterTaking)
        office.post.duringNextEmail {
            var mail = VendorMail(
                from: "sales@bolts.example", to: "purchasing@acme.example", messageID: "fast@bolts.example",
                subject: "Re: Bolts", text: "Yes.")
            mail.inReplyTo = messageID
            do {
                try await office.arrives(mail)
                try await office.process("worker-2").work()
            } catch { Issue.record(error) }
        }
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.attempts(email) == [.accepted])
        #expect(try await office.messages(id).count == 2)
        #expect(try await office.negotiation(id).emailSentCount == 1)
        #expect(office.openWork.isEmpty)
    }

    @Test(
        "that it was not sent is not taken while the mail server may still take it",
        arguments: [Resolution.sendAgain, .cancel])
    func quietTime(resolution: Resolution) async throws {
        let (office, _, email, _) = try await uncertain()
        let caller = office.caller(office.ada)
        let record = try await office.email(email)
        let doubt = try #require(try await office.office.doubt(about: record, of: office.organization.id))
        #expect(doubt.senderIsDone && !doubt.isQuiet)
        let noted = try #require(doubt.attempt.notedAt)
        #expect(doubt.quietUntil == noted.advanced(bySeconds: 600))
        #expect(doubt.attempt.evidence.map(\.kind) == [.search])
        #expect(
            await conflict { try await office.office.resolve(email, as: resolution, by: caller) }
                == "too_early")
        office.clock.set(doubt.quietUntil)
        try await office.office.resolve(email, as: resolution, by: caller)
        #expect(try await office.email(email).status != .uncertain)
        let settled = try await attempt(email, in: office)
        #expect(settled.settledBy == office.ada.id && settled.evidence.map(\.kind) == [.search, .person])
    }

    @Test("the books keep the quiet time by their own clock, whatever this machine's says")
    func quietTimeOfTheBooks() async throws {
        let (office, _, email, _) = try await uncertain()
        let attempt = try await attempt(email, in: office)
        let now = office.clock.now
        await #expect(throws: CommitRefusal.forbidden("attempts_keep_quiet_time")) {
            try await office.books.commit(
                office.organization.id,
                [
                    .settleAttempt(
                        attempt, .deferred, by: office.ada.id,
                        evidence: SendEvidence(.person, "No.", at: now),
                        at: now)
                ])
        }
    }

    @Test("that it was not sent is not taken while its sender lives, unless that has seen the end itself")
    func senderAlive() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.approve()
        // The sender dies with the email in the server's hands; another process recovers it.
        let life = ProcessLife()
        let sender = office.process("sender", life)
        office.post.duringNextEmail { life.end() }
        do { try await sender.work() } catch is ProcessDied {}
        office.memory.workerEnds("sender")
        office.clock.advance(byHours: 1)
        try await office.work()
        #expect(try await office.email(email).status == .uncertain)
        office.clock.advance(byHours: 1)
        // It was only thought to be gone.
        office.memory.workerBegins("sender")
        let caller = office.caller(office.ada)
        #expect(
            await conflict { try await office.office.resolve(email, as: .sendAgain, by: caller) }
                == "sender_alive")
        let attempt = try await attempt(email, in: office)
        await #expect(throws: CommitRefusal.stale) {
            let now = office.clock.now
            try await office.books.commit(
                office.organization.id,
                [
                    .settleAttempt(
                        attempt, .deferred, by: office.ada.id,
                        evidence: SendEvidence(.person, "No.", at: now),
                        at: now)
                ])
        }
        office.memory.workerEnds("sender")
        try await office.office.resolve(email, as: .sendAgain, by: caller)
        try await office.work()
        #expect(try await office.email(email).status == .sent)
    }

    @Test("what Parley finds at the last moment weighs more than the word that it was not sent")
    func foundAfterAll() async throws {
        let (office, id, email, _) = try await uncertain()
        office.clock.advance(bySeconds: Office.quietSeconds)
        office.post.keepsEvidence(true)
        try await office.office.resolve(email, as: .sendAgain, by: office.caller(office.ada))
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(office.post.attempts == 1)
        #expect(try await attempt(email, in: office).evidence.map(\.kind) == [.search, .copy])
        #expect(try await office.actions(id).contains("email.settled"))
    }

    @Test("an email that broke off and lies among the copies was sent")
    func foundAtOnce() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.approve()
        office.post.keepsEvidence(true)
        office.post.next(.breakAfterTaking)
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.negotiation(id).status == .sent)
    }

    @Test("an email that a person wanted sent again is not, once something shows that the vendor has it")
    func overruled() async throws {
        let (office, id, email, delivery) = try await uncertain()
        _ = try await office.office.changeSettings(
            SettingsChange(undoSeconds: 3_600), by: office.caller(office.mia))
        office.clock.advance(bySeconds: Office.quietSeconds)
        try await office.office.resolve(email, as: .sendAgain, by: office.caller(office.ada))
        #expect(try await office.email(email).status == .approved)
        var mail = VendorMail(
            answering: delivery, from: "sales@bolts.example", messageID: "a@bolts.example", text: "Away.")
        mail.headers.append(("Auto-Submitted", "auto-replied"))
        try await office.arrives(mail)
        try await office.work()
        #expect(try await office.email(email).status == .cancelled)
        office.clock.advance(byHours: 2)
        try await office.work()
        #expect(office.post.attempts == 1)
        #expect(try await office.negotiation(id).status == .sent)
        #expect(
            try await office.notices().contains("The vendor has an email that was on record as not sent"))
    }

    @Test("an email that a person gave up stays so, and its owner is told that the vendor has it")
    func givenUp() async throws {
        let (office, id, email, _) = try await uncertain()
        office.clock.advance(bySeconds: Office.quietSeconds)
        try await office.office.resolve(email, as: .cancel, by: office.caller(office.ada))
        try await office.vendorSays("We can offer EUR 9.20 per unit.")
        #expect(try await office.email(email).status == .cancelled)
        #expect(try await office.actions(id).contains("email.overruled"))
    }
}
