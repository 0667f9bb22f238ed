import Desk
import Negotiation
import ParleyTesting
import Testing

/// What comes in: nothing is lost, nothing counts twice, and nothing acts that the vendor did not say.
@Suite struct ReceivingTests {
    @Test("a message without a Message-ID counts once, whatever numbers its folder gets")
    func unnamed() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let delivery = try #require(office.post.deliveries.last)
        let mail = VendorMail(
            answering: delivery, from: "sales@bolts.example", messageID: "x@bolts.example", text: "EUR 8.40")
        let raw = String(decoding: mail.raw, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).filter { !$0.hasPrefix("Message-ID:") }.joined(separator: "\n")
        for number in ["1:7", "2:1"] {
            try await office.office.take(
                Array(raw.utf8), source: "imap:a", externalID: number, for: office.organization.id)
            try await office.work()
        }
        try await office.office.take(
            Array((raw + "!").utf8), source: "imap:a", externalID: "2:2", for: office.organization.id)
        try await office.work()
        let thread = try await office.books.threads.messages(office.organization.id, id)
        #expect(thread.count { $0.direction == .inbound } == 2)
    }

    @Test("the same arrival counts once, however often and by however many doors it comes")
    func duplicates() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let mail = VendorMail(
            answering: try #require(office.post.deliveries.last), from: "sales@bolts.example",
            messageID: "answer@bolts.example", text: "EUR 9.20 per unit.")
        for _ in 0..<3 { try await office.arrives(mail, externalID: "uid 7") }
        try await office.office.take(
            mail.raw, source: "mailgun", externalID: "event 1", for: office.organization.id)
        try await office.work()
        for _ in 0..<3 { try await office.arrives(mail, externalID: "uid 7") }
        office.clock.advance(bySeconds: 60)
        try await office.work()
        #expect(try await office.messages(id).count { $0.direction == .inbound } == 1)
        #expect(try await office.books.negotiations.offers(office.organization.id, id).count == 2)
        #expect(
            Set(office.memory.arrivals(of: office.organization.id).map(\.state)) == [.read, .ignored])
        #expect(try await office.actions(id).count { $0 == "message.received" } == 1)
        #expect(try await office.notices() == ["Bolts Ltd has answered"])
    }

    @Test("two of the same arrival that are read at the same moment count once")
    func race() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let mail = VendorMail(
            answering: try #require(office.post.deliveries.last), from: "sales@bolts.example",
            messageID: "answer@bolts.example", text: "EUR 9.20 per unit.")
        for number in 0..<4 { try await office.arrives(mail, externalID: "uid \(number)") }
        var slow = office
        let interrupted = InterruptedBooks(office.books) { change in
            if case .addMessage = change { true } else { false }
        }
        interrupted.meanwhile { _ = try await office.office.runDueJobs(WorkerSettings(concurrency: 2)) }
        slow.office.books = interrupted.books
        _ = try await slow.office.runDueJobs(WorkerSettings(concurrency: 2))
        office.clock.advance(byHours: 1)
        try await office.work()
        #expect(try await office.messages(id).count { $0.direction == .inbound } == 1)
        let states = office.memory.arrivals(of: office.organization.id).map(\.state)
        #expect(states.count { $0 == .read } == 1 && states.count { $0 == .ignored } == 3)
    }

    @Test("what cannot be read is kept, shown and told, and nothing else suffers")
    func quarantine() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.office.take(
            [0, 1, 2], source: "imap", externalID: "broken", for: office.organization.id)
        try await office.vendorSays("EUR 9.20 per unit.")
        let shelf = try await office.books.threads.quarantined(office.organization.id, PageRequest())
        #expect(shelf.items.map(\.size) == [3])
        #expect(shelf.items.first?.reason == "it has no headers")
        #expect(try await office.negotiation(id).status == .vendorReplied)
        #expect(office.openWork.isEmpty)
    }

    @Test("mail that belongs to nothing waits for a person")
    func unmatched() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.arrives(
            VendorMail(
                from: "somebody@else.example", to: "purchasing@acme.example", messageID: "x@else.example",
                subject: "A question", text: "Do you buy nuts as well?"))
        try await office.work()
        let inbox = try await office.books.threads.unmatched(office.organization.id, PageRequest())
        #expect(inbox.items.map(\.subject) == ["A question"])
        #expect(inbox.items.first?.matchState == .unmatched)
        #expect(try await office.negotiation(id).status == .sent)
    }

    @Test("an answer finds its negotiation by the token even where a mail program dropped every header")
    func token() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let other = try await office.openedNegotiation()
        let token = try await office.negotiation(id).replyToken
        try await office.arrives(
            VendorMail(
                from: "sales@bolts.example", to: "purchasing+r-\(token)@acme.example",
                messageID: "a@bolts.example", subject: "Offer", text: "EUR 9.20 per unit."))
        try await office.work()
        #expect(try await office.negotiation(id).status == .vendorReplied)
        #expect(try await office.negotiation(other).status == .sent)
        let message = try #require(try await office.messages(id).last)
        #expect(message.matchReason?.hasPrefix("reply_token") ?? false)
    }

    @Test("mail that fits two negotiations alike waits for a person")
    func ambiguous() async throws {
        let office = try await makeTestOffice()
        let first = try await office.openedNegotiation()
        let second = try await office.openedNegotiation()
        try await office.arrives(
            VendorMail(
                from: "sales@bolts.example", to: "purchasing@acme.example", messageID: "a@bolts.example",
                subject: "Re: Request: Hexagon bolt", text: "EUR 9.20 per unit."))
        try await office.work()
        let inbox = try await office.books.threads.unmatched(office.organization.id, PageRequest())
        #expect(inbox.items.map(\.matchState) == [.ambiguous])
        #expect(try await office.negotiation(first).status == .sent)
        #expect(try await office.negotiation(second).status == .sent)
    }

    @Test("an automatic answer is told and moves nothing")
    func autoReply() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        var mail = VendorMail(
            answering: try #require(office.post.deliveries.last), from: "sales@bolts.example",
            messageID: "auto@bolts.example", text: "I am on holiday. Our usual price is EUR 5.00.")
        mail.headers.append(("Auto-Submitted", "auto-replied"))
        try await office.arrives(mail)
        try await office.work()
        let after = try await office.negotiation(id)
        #expect(after.status == .sent && after.currentOfferPrice == nil && after.lastVendorResponseAt == nil)
        #expect(try await office.notices() == ["An automatic answer came from Bolts Ltd"])
        #expect(try await office.messages(id).last?.kind == "auto_reply")
        #expect(try await office.books.negotiations.offers(office.organization.id, id).count == 1)
    }

    @Test("a report that mail cannot be delivered closes the negotiation, and what waits is cancelled")
    func bounce() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let email = try await office.write(.counter, "8.50", in: id)
        let opening = try #require(office.post.deliveries.last)
        try await office.arrives(
            VendorMail.bounce(
                of: opening, messageID: "b@mail.example", action: "failed", status: "5.1.1"))
        try await office.work()
        #expect(try await office.negotiation(id).status == .undeliverable)
        #expect(try await office.email(email).status == .cancelled)
        #expect(try await office.notices() == ["Mail to Bolts Ltd cannot be delivered"])
        #expect(try await office.messages(id).last?.kind == "bounce")
    }

    @Test("a report that brings back no more than the Message-ID is about that email all the same")
    func bareBounce() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let opening = try #require(office.post.deliveries.last)
        try await office.arrives(
            VendorMail.bounce(
                of: opening, messageID: "b@mail.example", action: "failed", status: "5.1.1",
                returning: ["Message-ID"]))
        try await office.work()
        #expect(try await office.negotiation(id).status == .undeliverable)
    }

    @Test(
        "an automatic answer to the plain address belongs to what it answers",
        arguments: ["Auto: Request: Hexagon bolt", "Automatic reply: Request: Hexagon bolt", "Out of office"])
    func autoReplyBySubject(subject: String) async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        var mail = VendorMail(
            from: "sales@bolts.example", to: "purchasing@acme.example", messageID: "auto@bolts.example",
            subject: subject, text: "I am back on Monday.")
        mail.inReplyTo = try #require(office.post.deliveries.last).messageID
        mail.headers.append(("Auto-Submitted", "auto-replied"))
        try await office.arrives(mail)
        try await office.work()
        #expect(try await office.messages(id).count == 2)
    }

    @Test("a report that mail is merely late moves nothing")
    func delayed() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let opening = try #require(office.post.deliveries.last)
        try await office.arrives(
            VendorMail.bounce(
                of: opening, messageID: "b@mail.example", action: "delayed", status: "4.4.1"))
        try await office.work()
        #expect(try await office.negotiation(id).status == .sent)
        #expect(try await office.messages(id).count == 2)
    }

    @Test("a late reply is filed and told, and changes nothing by itself")
    func late() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.office.cancel(id, reason: "No budget.", by: office.caller(office.ada))
        let before = try await office.negotiation(id)
        try await office.vendorSays("EUR 5.00 per unit!")
        let after = try await office.negotiation(id)
        #expect(after.status == .cancelled && after.statusReason == "No budget.")
        #expect(after.currentOfferPrice == before.currentOfferPrice)
        #expect(try await office.messages(id).count == 2)
        #expect(try await office.notices() == ["Bolts Ltd has written to a negotiation that is over"])
    }

    @Test("a plain yes means our last price")
    func plainYes() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("Agreed, we accept your offer.")
        #expect(try await office.negotiation(id).currentOfferPrice == price("8.00"))
        #expect(try await office.messages(id).last?.intent == "accept")
        _ = try await office.write(.accept, in: id)
        #expect(
            try await office.pendingRequest().requirement
                == ApprovalRequirement(of: [.standard], for: ApprovalFacts()))
        try await office.approve()
        try await office.work()
        #expect(try await office.negotiation(id).finalPrice == price("8.00"))
    }

    @Test("two prices make a person choose")
    func twoPrices() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("We can do EUR 9.40 per unit in steel or EUR 9.90 per unit in brass.")
        #expect(try await office.negotiation(id).currentOfferPrice == nil)
        #expect(try await office.books.negotiations.offers(office.organization.id, id).count == 3)
        #expect(await conflict { _ = try await office.write(.accept, in: id) } == "no_offer")
        _ = try await office.write(.accept, "9.40", in: id)
        try await office.approve()
        try await office.work()
        #expect(try await office.negotiation(id).finalPrice == price("9.40"))
    }

    @Test("an answer without a price leaves the vendor's last offer as it was")
    func noPrice() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.20 per unit.", number: 1)
        try await office.vendorSays("When do you need them?", number: 2)
        #expect(try await office.negotiation(id).currentOfferPrice == price("9.20"))
    }

    @Test("a total is divided by the quantity where that leaves nothing over")
    func total() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 930.00 in total for everything.")
        #expect(try await office.negotiation(id).currentOfferPrice == price("9.30"))
    }

    @Test("a price in another currency is nobody's offer yet")
    func foreignCurrency() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("USD 9.20 per unit.")
        #expect(try await office.negotiation(id).currentOfferPrice == nil)
        let offer = try await office.books.negotiations.offers(office.organization.id, id).last
        #expect(offer?.price.currency == .usd)
    }

    @Test("every offer shows where it stood in the mail")
    func spans() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("Dear Ada,\n\nour price is EUR 9.20 per unit.\n\nBolts Ltd")
        let offer = try #require(
            try await office.books.negotiations.offers(office.organization.id, id).last)
        let message = try #require(try await office.messages(id).last)
        let span = try #require(offer.span)
        #expect(offer.messageID == message.id && offer.party == .vendor)
        let scalars = Array(message.replyText.unicodeScalars)[span]
        #expect(String(String.UnicodeScalarView(scalars)).contains("9.20"))
    }

    @Test("a stranger's price binds nobody, even with our token")
    func stranger() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 1.00 per unit.", from: "mallory@evil.example")
        let after = try await office.negotiation(id)
        #expect(after.status == .vendorReplied && after.currentOfferPrice == nil)
        let offer = try await office.books.negotiations.offers(office.organization.id, id).last
        #expect(offer?.isBinding == false)
        #expect(await conflict { _ = try await office.write(.accept, in: id) } == "no_offer")
    }

    @Test("a colleague at the vendor's own domain speaks for the vendor")
    func colleague() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.20 per unit.", from: "Boss@bolts.example")
        #expect(try await office.negotiation(id).currentOfferPrice == price("9.20"))
    }

    @Test("our own email that comes back by the mailbox is no answer")
    func ownCopy() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let delivery = try #require(office.post.deliveries.last)
        try await office.office.take(
            delivery.raw, source: "imap", externalID: "copy", for: office.organization.id)
        try await office.work()
        #expect(try await office.negotiation(id).status == .sent)
        #expect(office.memory.arrivals(of: office.organization.id).map(\.state) == [.ignored])
        #expect(try await office.messages(id).count == 1)
    }

    @Test("what is larger than the limit is refused before anything is stored")
    func tooLarge() async throws {
        let office = try await makeTestOffice()
        let raw = [UInt8](repeating: 65, count: Arrival.largestRaw + 1)
        await #expect(throws: DeskError.self) {
            try await office.office.take(
                raw, source: "imap", externalID: "large", for: office.organization.id)
        }
        #expect(office.memory.arrivals(of: office.organization.id).isEmpty)
    }

    @Test("an answer to an email in doubt counts as any other, and shows that the email was sent")
    func replyToUncertain() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.approve()
        office.post.next(.breakAfterTaking)
        try await office.work()
        try await office.vendorSays("EUR 9.20 per unit.")
        #expect(try await office.negotiation(id).status == .vendorReplied)
        #expect(try await office.negotiation(id).currentOfferPrice == price("9.20"))
        #expect(try await office.email(email).status == .sent)
    }
}
