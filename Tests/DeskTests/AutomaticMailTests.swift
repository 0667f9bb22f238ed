import Negotiation
import ParleyTesting
import Testing

@testable import Desk

/// What is written without a person has an end, whatever comes back.
@Suite struct AutomaticMailTests {
    /// Writes as a follow-up does: nobody wrote it, and it names no amount.
    private func writesByItself(
        _ office: TestOffice, in id: NegotiationID, kind: EmailKind = .followUp,
        grantedTo author: UserID? = nil
    ) async throws -> EmailID {
        let negotiation = try await office.negotiation(id)
        let email: EmailID = office.office.clock.newID()
        let now = office.office.clock.now()
        let written = try await office.office.fix(
            subject: "Hello", body: "Do you have news for us?", files: [], terms: nil, emailID: email,
            version: 1,
            kind: kind, messageID: "\(email)@acme.example", negotiation: negotiation,
            organization: office.organization, thread: [], author: author, at: now)
        try await office.books.commit(
            office.organization.id,
            [
                .addEmail(
                    written.content, negotiation: id, status: .approved, messageID: "\(email)@acme.example"),
                office.office.enqueueing(.sendEmail(email), for: office.organization.id, at: now),
            ])
        try await office.work()
        return email
    }

    private func obstacle(
        _ office: TestOffice, in id: NegotiationID, answering message: ThreadMessage? = nil
    ) async throws -> String? {
        try await office.office.obstacleToAutomaticMail(
            in: try await office.negotiation(id), answering: message)?.explanation
    }

    @Test("two machines that answer each other stop, although nobody recognised them")
    func loop() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let before = office.post.deliveries.count
        var held = 0
        for round in 1...40 {
            let email = try await writesByItself(office, in: id)
            if try await office.email(email).status != .sent {
                held += 1
                #expect(try await office.email(email).status == .cancelled)
                #expect(try await office.email(email).statusReason?.contains("enough by itself") == true)
            }
            try await office.vendorSays("We have received your message.", number: round)
            office.clock.advance(bySeconds: 86_400)
        }
        let limits = AutomaticMailLimits()
        #expect(office.post.deliveries.count - before == limits.mostInNegotiation)
        #expect(held == 40 - limits.mostInNegotiation)
        #expect(
            try await obstacle(office, in: id) == AutomaticMailObstacle.tooManyInNegotiation.explanation)
    }

    @Test("one address gets so many within a day, in however many negotiations; the next day it goes on")
    func address() async throws {
        let office = try await makeTestOffice()
        let limits = AutomaticMailLimits()
        var ids: [NegotiationID] = []
        for _ in 0...limits.mostToAddress { ids.append(try await office.openedNegotiation()) }
        for id in ids.dropLast() {
            let email = try await writesByItself(office, in: id)
            #expect(try await office.email(email).status == .sent)
        }
        let last = try #require(ids.last)
        #expect(try await obstacle(office, in: last) == AutomaticMailObstacle.tooManyToAddress.explanation)
        let email = try await writesByItself(office, in: last)
        #expect(try await office.email(email).status == .cancelled)
        office.clock.advance(bySeconds: limits.seconds + 1)
        #expect(try await obstacle(office, in: last) == nil)
    }

    @Test("what a person wrote or approved does not count")
    func people() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        for _ in 0..<(AutomaticMailLimits().mostInNegotiation + 5) {
            let email = try await office.write(.reply, text: "Thank you, we will come back to you.", in: id)
            try await office.work()
            #expect(try await office.email(email).status == .sent)
        }
        #expect(try await obstacle(office, in: id) == nil)
    }

    @Test("neither a list nor a machine nor ourselves are answered; a person is")
    func answering() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let delivery = try #require(office.post.deliveries.last)
        let arrivals: [(String, String, AutomaticMailObstacle?)] = [
            ("sales@bolts.example", "", nil), ("sales@bolts.example", "List-Id: <x>\n", .list),
            ("sales@bolts.example", "Auto-Submitted: auto-replied\n", .machine),
            ("no-reply@bolts.example", "", .machine),
        ]
        for (number, (sender, header, expected)) in arrivals.enumerated() {
            let mail = VendorMail(
                answering: delivery, from: sender, messageID: "a\(number)@bolts.example", text: "Hello.")
            try await office.office.take(
                Array(header.utf8) + mail.raw, source: "imap", externalID: "\(number)",
                for: office.organization.id)
            try await office.work()
            let thread = try await office.books.threads.messages(office.organization.id, id)
            let message = try #require(thread.first { $0.mailMessageID == "a\(number)@bolts.example" })
            #expect(
                try await obstacle(office, in: id, answering: message) == expected?.explanation, "\(number)")
        }
        let own = try #require(
            try await office.books.threads.messages(office.organization.id, id).first {
                $0.direction == .outbound
            })
        #expect(
            try await obstacle(office, in: id, answering: own)
                == AutomaticMailObstacle.ourselves.explanation)
    }
}
