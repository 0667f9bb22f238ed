import Desk
import Negotiation
import ParleyTesting
import Reading
import Testing

/// Who wrote: what is not the vendor's binds nobody, and bank details in mail stop what is automatic.
@Suite struct SenderTests {
    @Test("a signature of the vendor's domain is on record with the message")
    func verified() async throws {
        let office = try await makeTestOffice()
        office.post.signatures(prove: AuthenticationResult(.dkim, .pass, domain: "bolts.example"))
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.20 per unit.")
        let message = try #require(try await office.messages(id).last)
        #expect(message.sender?.standing == "verified" && message.sender?.isBinding == true)
        #expect(message.sender?.warnings == [])
        #expect(try await office.negotiation(id).currentOfferPrice == price("9.20"))
    }

    @Test("a domain that looks like the vendor's binds nobody, and the thread says so")
    func lookalike() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.20 per unit.", from: "sales@bo1ts.example")
        let message = try #require(try await office.messages(id).last)
        #expect(message.sender?.standing == "suspicious" && message.sender?.isBinding == false)
        #expect(message.sender?.warnings.map(\.code).contains("lookalike_domain") == true)
        #expect(try await office.negotiation(id).currentOfferPrice == nil)
        let said = try await office.books.journal.timeline(office.organization.id, id).map(\.description)
        #expect(said.contains { $0.contains("bo1ts.example looks like bolts.example") })
    }

    @Test("the receiving server's word counts under its configured name only, and above our own look")
    func receivingServer() async throws {
        let office = try await makeTestOffice()
        let mailbox = try await office.office.addMailbox(
            MailboxDraft(
                name: "Buying", address: "purchasing@acme.example", displayName: "",
                connection: .servers(
                    MailServers(
                        outgoing: MailServer(host: "mx.acme.example", port: 25, security: .none),
                        authenticationServer: "mx.acme.example")),
                secrets: MailboxSecrets()), by: office.caller(office.mia))
        let id = try await office.openedNegotiation()
        for (number, server) in ["mx.acme.example", "mx.evil.example"].enumerated() {
            var mail = VendorMail(
                answering: try #require(office.post.deliveries.last), from: "sales@bolts.example",
                messageID: "answer-\(number)@bolts.example", text: "EUR 9.20 per unit.")
            mail.headers.append(("Authentication-Results", "\(server); dmarc=fail header.from=bolts.example"))
            try await office.office.take(
                mail.raw, source: "imap", externalID: "\(number)", mailbox: mailbox.id,
                for: office.organization.id)
            try await office.work()
        }
        let standings = try await office.messages(id).compactMap { $0.sender?.standing }
        #expect(standings == ["suspicious", "known"])
    }

    @Test(
        "changed bank details stop what is automatic until somebody who may has checked",
        arguments: [
            "EUR 9.20 per unit. Please note that our bank details have changed.",
            "EUR 9.20 per unit. Pay to IBAN GB29 NWBK 6016 1331 9268 19.",
        ])
    func bankDetails(text: String) async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.40 per unit. Our IBAN: DE89 3704 0044 0532 0130 00.")
        #expect(try await office.negotiation(id).automationStop == nil)
        try await office.vendorSays(text, number: 2)
        let stop = try #require(try await office.negotiation(id).automationStop)
        #expect(stop.reason.hasPrefix("sales@bolts.example"))
        for user in [office.ada, office.mia] {
            #expect(try await office.notices(user).contains("Check the bank details of Bolts Ltd"))
        }
        #expect(try await office.actions(id).contains("automation.stopped"))
        let member = await refusal {
            try await office.office.resumeAutomation(in: id, by: office.caller(office.ada))
        }
        #expect(member == .forbidden("Only an administrator or a manager may let it go on."))
        try await office.office.resumeAutomation(in: id, by: office.caller(office.max))
        #expect(try await office.negotiation(id).automationStop == nil)
        let again = await conflict {
            try await office.office.resumeAutomation(in: id, by: office.caller(office.max))
        }
        #expect(again == "automation_not_stopped")
    }

    @Test("an account that the vendor has named before stops nothing")
    func sameAccount() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        for number in 1...2 {
            try await office.vendorSays(
                "EUR 9.\(number)0 per unit. Our IBAN: DE89 3704 0044 0532 0130 00.", number: number)
        }
        #expect(try await office.negotiation(id).automationStop == nil)
    }

    @Test(
        "an account that a stranger has named is not known by that, and a second copy of a mail is not looked into"
    )
    func strangersAccount() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.40 per unit. Our IBAN: DE89 3704 0044 0532 0130 00.")
        let text = "EUR 9.20 per unit. Pay to IBAN GB29 NWBK 6016 1331 9268 19."
        try await office.vendorSays(text, from: "sales@bo1ts.example", number: 2)
        try await office.office.resumeAutomation(in: id, by: office.caller(office.max))
        try await office.vendorSays(text, number: 3)
        #expect(try await office.negotiation(id).automationStop != nil)
        let looks = office.post.looks
        let copy = VendorMail(
            answering: try #require(office.post.deliveries.last), from: "sales@bolts.example",
            messageID: "answer-3@bolts.example", text: text)
        try await office.arrives(copy, externalID: "again")
        try await office.work()
        #expect(office.post.looks == looks && looks > 0)
    }
}
