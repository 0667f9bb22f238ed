import Desk
import Negotiation
import ParleyTesting
import Testing

/// Mail that matched nothing, until a person says where it belongs.
@Suite struct AssigningTests {
    @Test("what a person puts into a negotiation counts there as if it had matched")
    func assigned() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let shelved = try await office.shelved("sales@bolts.example", "We can do EUR 9.20 per unit.")
        let message = try await office.office.assignMessage(shelved, to: id, by: office.caller(office.ada))
        #expect(message.matchState == .assigned && message.negotiationID == id)
        let after = try await office.negotiation(id)
        #expect(after.status == .vendorReplied && after.currentOfferPrice == price("9.20"))
        #expect(try await office.messages(id).last == message)
        #expect(message.matchReason == "assigned: by Ada")
        #expect(try await office.notices() == ["Bolts Ltd has answered"])
        #expect(try await office.actions(id).contains("message.received"))
        #expect(
            try await office.books.threads.unmatched(office.organization.id, PageRequest()).items.isEmpty)
    }

    @Test("a message is put somewhere once, and only by those who may write")
    func once() async throws {
        let office = try await makeTestOffice()
        let first = try await office.openedNegotiation()
        let second = try await office.openedNegotiation()
        let shelved = try await office.shelved("sales@bolts.example", "We can do EUR 9.20 per unit.")
        let viewer = await refusal {
            _ = try await office.office.assignMessage(shelved, to: first, by: office.caller(office.vic))
        }
        #expect(viewer == .forbidden("Your role may look at everything but change nothing."))
        _ = try await office.office.assignMessage(shelved, to: first, by: office.caller(office.ada))
        let again = await conflict {
            _ = try await office.office.assignMessage(shelved, to: second, by: office.caller(office.ada))
        }
        #expect(again == "message_assigned")
        #expect(try await office.negotiation(second).status == .sent)
        let nowhere = await refusal {
            _ = try await office.office.assignMessage(
                office.clock.clock.newID(), to: first, by: office.caller(office.ada))
        }
        #expect(nowhere == .notFound("message"))
    }

    @Test("an answer to what a person has filed finds the negotiation by itself")
    func nextAnswer() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let shelved = try await office.shelved("boss@else.example", "Ask my colleague.")
        _ = try await office.office.assignMessage(shelved, to: id, by: office.caller(office.ada))
        var mail = VendorMail(
            from: "sales@bolts.example", to: "purchasing@acme.example", messageID: "next@bolts.example",
            subject: "Re: An offer", text: "EUR 9.10 per unit.")
        mail.inReplyTo = "stray@vendor.example"
        try await office.arrives(mail)
        try await office.work()
        #expect(try await office.negotiation(id).currentOfferPrice == price("9.10"))
    }

    @Test(
        "a colleague's answer in the same Outlook conversation is filed there, where every other header is missing"
    )
    func outlook() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let other = try await office.openedNegotiation()
        let index = "AdcGPjc6Xzm1r3B1S2mGm1pVb0hE5w=="
        var first = VendorMail(
            answering: try #require(office.post.deliveries.first), from: "sales@bolts.example",
            messageID: "first@bolts.example", text: "My colleague will answer.")
        first.headers.append(("Thread-Index", index))
        try await office.arrives(first)
        try await office.work()
        var second = VendorMail(
            from: "boss@bolts.example", to: "purchasing@acme.example", messageID: "second@bolts.example",
            subject: first.subject, text: "EUR 9.20 per unit.")
        // Five octets more for each answer (MS-OXOMSG, 2.2.1.3); the GUID stays.
        second.headers.append(("Thread-Index", String(index.dropLast(2)) + "AAAAAA=="))
        try await office.arrives(second)
        try await office.work()
        let message = try #require(try await office.messages(id).last)
        #expect(message.mailMessageID == "second@bolts.example")
        #expect(message.matchReason?.hasPrefix("thread_index") ?? false)
        #expect(try await office.negotiation(other).status == .sent)
    }
}

extension TestOffice {
    /// A message that matched nothing, on the shelf.
    fileprivate func shelved(_ sender: String, _ text: String) async throws -> MessageID {
        try await arrives(
            VendorMail(
                from: sender, to: "purchasing@acme.example", messageID: "stray@vendor.example",
                subject: "An offer", text: text))
        try await work()
        let shelf = try await books.threads.unmatched(organization.id, PageRequest())
        return try #require(shelf.items.first).id
    }
}
