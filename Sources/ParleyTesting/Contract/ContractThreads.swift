import Desk
import Negotiation
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension BooksContract {
    private static let now = ContractCompany.start

    static let threads: [ContractCase] = [
        ContractCase("an arrival is stored with its bytes, and a second delivery of it changes nothing") {
            books in
            let company = try await ContractCompany.found(in: books)
            let arrival = try await arrive(at: company, "uid 1")
            let again = Arrival(
                id: Identifier(UUID()), source: "imap", externalID: "uid 1", raw: [9], receivedAt: now)
            try await company.commit(.addArrival(again, unlessKnown: job(for: again, company)))
            let (stored, state) = try #require(try await books.threads.arrival(company.id, arrival.id))
            #expect(stored == arrival && state == .stored)
            #expect(try await books.threads.arrival(company.id, again.id) == nil)
        },
        ContractCase("an arrival is settled once") { books in
            let company = try await ContractCompany.found(in: books)
            let arrival = try await arrive(at: company, "uid 1")
            let settle = Change.settleArrival(
                arrival.id, .quarantined, reason: "broken", message: nil, at: now)
            try await company.commit(settle)
            await expectRefusal("twice", \.isStale) { try await company.commit(settle) }
            let shelf = try await books.threads.quarantined(company.id, PageRequest())
            #expect(
                shelf.items == [
                    QuarantinedArrival(
                        id: arrival.id, source: "imap", receivedAt: now, reason: "broken",
                        size: arrival.raw.count)
                ])
        },
        ContractCase("a message counts once by its Message-ID, in each direction") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let arrival = try await arrive(at: company, "uid 1")
            let message = message("m@bolts.example", from: arrival, in: negotiation)
            // The arrival names the message, in whatever order they are given.
            try await company.commit(
                .settleArrival(arrival.id, .read, reason: nil, message: message.id, at: now),
                .addMessage(message))
            #expect(try await books.threads.messages(company.id, negotiation.id) == [message])
            #expect(try await books.threads.hasInbound(company.id, "m@bolts.example"))
            #expect(try await !books.threads.hasInbound(company.id, "n@bolts.example"))
            let other = try await arrive(at: company, "uid 2")
            let again = Self.message("m@bolts.example", from: other, in: negotiation)
            await expectRefusal("the same Message-ID", \.isDuplicate) {
                try await company.commit(.addMessage(again))
            }
            let rival = try await ContractCompany.found(in: books)
            #expect(try await !books.threads.hasInbound(rival.id, "m@bolts.example"))
        },
        ContractCase("mail that belongs to nothing is on the shelf, newest first") { books in
            let company = try await ContractCompany.found(in: books)
            var ids: [MessageID] = []
            for number in 0..<3 {
                let arrival = try await arrive(at: company, "uid \(number)", at: Int64(number))
                let message = message("m\(number)@x.example", from: arrival, in: nil)
                try await company.commit(.addMessage(message))
                ids.insert(message.id, at: 0)
            }
            let first = try await books.threads.unmatched(company.id, PageRequest(limit: 2))
            let second = try await books.threads.unmatched(
                company.id, PageRequest(cursor: first.nextCursor, limit: 2))
            #expect((first.items + second.items).map(\.id) == ids && second.nextCursor == nil)
        },
        ContractCase("what waited on the shelf is put into a negotiation once") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let arrival = try await arrive(at: company, "uid 1")
            let shelved = message("m@bolts.example", from: arrival, in: nil)
            try await company.commit(.addMessage(shelved))
            #expect(try await books.threads.message(company.id, shelved.id) == shelved)
            let assigned = message(
                "m@bolts.example", from: arrival, in: negotiation, id: shelved.id, state: .assigned)
            try await company.commit(.assignMessage(assigned))
            #expect(try await books.threads.messages(company.id, negotiation.id) == [assigned])
            #expect(try await books.threads.unmatched(company.id, PageRequest()).items.isEmpty)
            await expectRefusal("twice", \.isStale) { try await company.commit(.assignMessage(assigned)) }
            let rival = try await ContractCompany.found(in: books)
            #expect(try await books.threads.message(rival.id, shelved.id) == nil)
        },
        ContractCase(
            "what is known of a sender is kept, and accounts count for all negotiations of the vendor"
        ) {
            books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let arrival = try await arrive(at: company, "uid 1")
            var message = message("m@bolts.example", from: arrival, in: negotiation)
            message.sender = SenderReport(
                standing: "suspicious", isColleague: true, isBinding: false,
                warnings: [
                    SenderReport.Warning(code: "lookalike_domain", text: "It looks like bolts.example.")
                ])
            message.hasHTML = true
            message.bankAccounts = ["DE89370400440532013000", "SORT:201415"]
            try await company.commit(.addMessage(message))
            #expect(try await books.threads.message(company.id, message.id) == message)
            // Only the vendor's own word makes an account known.
            let second = try await arrive(at: company, "uid 2")
            var binding = Self.message("n@bolts.example", from: second, in: negotiation)
            binding.sender = SenderReport(
                standing: "known", isColleague: false, isBinding: true, warnings: [])
            binding.bankAccounts = ["GB29NWBK60161331926819", "SORT:201415"]
            try await company.commit(.addMessage(binding))
            func accounts(without id: MessageID) async throws -> Set<String> {
                try await books.threads.bankAccounts(company.id, negotiation.vendorID, id)
            }
            #expect(
                try await accounts(without: Identifier(UUID())) == ["GB29NWBK60161331926819", "SORT:201415"])
            #expect(try await accounts(without: binding.id).isEmpty)
            let rival = try await ContractCompany.found(in: books)
            #expect(
                try await books.threads.bankAccounts(rival.id, negotiation.vendorID, Identifier(UUID()))
                    .isEmpty)
        },
        ContractCase("automation is stopped once and lifted once") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            func stop() -> AutomationStop {
                AutomationStop(
                    id: Identifier(UUID()), negotiationID: negotiation.id, messageID: nil,
                    reason: "Other bank details.", stoppedAt: now)
            }
            let first = stop()
            try await company.commit(.stopAutomation(first))
            try await company.commit(.stopAutomation(stop()))
            func current() async throws -> AutomationStop? {
                try await books.negotiations.find(company.id, negotiation.id)?.automationStop
            }
            #expect(try await current() == first)
            let listed = try await books.negotiations.list(company.id, nil, PageRequest()).items
            #expect(listed.compactMap(\.automationStop) == [first])
            let lift = Change.liftAutomationStop(first.id, by: company.max.id, at: now)
            try await company.commit(lift)
            #expect(try await current() == nil)
            await expectRefusal("twice", \.isStale) { try await company.commit(lift) }
            let again = stop()
            try await company.commit(.stopAutomation(again))
            #expect(try await current() == again)
        },
        ContractCase("candidates share Outlook's or the provider's name of the conversation") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let other = try await company.negotiation()
            for (index, home) in [negotiation, other].enumerated() {
                let arrival = try await arrive(at: company, "uid \(index)")
                var message = message("m\(index)@bolts.example", from: arrival, in: home)
                (message.threadIndex, message.providerThreadID) = (
                    String(repeating: "\(index)", count: 32), "thread \(index)"
                )
                try await company.commit(.addMessage(message))
                #expect(try await books.threads.message(company.id, message.id) == message)
            }
            let found = try await books.threads.candidates(
                company.id,
                MatchQuery(
                    replyTokens: [], messageIDs: [], senderAddress: nil,
                    threadIndex: String(repeating: "0", count: 32),
                    providerThreadID: "thread 1"))
            #expect(Set(found.map(\.negotiationID)) == [negotiation.id, other.id])
            #expect(found.filter(\.sharesThreadIndex).map(\.negotiationID) == [negotiation.id])
            #expect(found.filter(\.sharesProviderThread).map(\.negotiationID) == [other.id])
        },
        ContractCase("candidates share a token, a Message-ID of the thread, or the vendor's address") {
            books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let email = try await company.email(in: negotiation)
            let arrival = try await arrive(at: company, "uid 1")
            let message = message("m@bolts.example", from: arrival, in: negotiation)
            try await company.commit(.addMessage(message))
            func found(_ tokens: [String], _ ids: [String], _ sender: String?) async throws
                -> [MatchCandidate]
            {
                try await books.threads.candidates(
                    company.id, MatchQuery(replyTokens: tokens, messageIDs: ids, senderAddress: sender))
            }
            #expect(try await found([negotiation.replyToken], [], nil).map(\.messageIDs) == [[]])
            #expect(try await found([], [email.messageID], nil).map(\.messageIDs) == [[email.messageID]])
            let both = try await found([], ["m@bolts.example", email.messageID, "z@x.example"], nil)
            #expect(both.map { Set($0.messageIDs) } == [["m@bolts.example", email.messageID]])
            let bySender = try await found([], [], "SALES@bolts.example")
            #expect(bySender.map(\.negotiationID) == [negotiation.id])
            #expect(bySender.map(\.vendorAddress) == ["Sales@bolts.example"])
            #expect(bySender.map(\.subject) == ["Bolts"] && bySender.map(\.isClosed) == [false])
            #expect(try await found([ContractCompany.token()], ["z@x.example"], "x@x.example").isEmpty)
            let rival = try await ContractCompany.found(in: books)
            let foreign = try await books.threads.candidates(
                rival.id,
                MatchQuery(
                    replyTokens: [negotiation.replyToken], messageIDs: [email.messageID],
                    senderAddress: "sales@bolts.example"))
            #expect(foreign.isEmpty)
        },
    ]

    private static func arrive(
        at company: ContractCompany, _ externalID: String, at seconds: Int64 = 0
    ) async throws -> Arrival {
        let arrival = Arrival(
            id: Identifier(UUID()), source: "imap", externalID: externalID, raw: [0, 255, 13, 10],
            receivedAt: now.advanced(bySeconds: seconds))
        try await company.commit(.addArrival(arrival, unlessKnown: job(for: arrival, company)))
        return arrival
    }

    private static func job(for arrival: Arrival, _ company: ContractCompany) -> Job {
        Job(
            id: Identifier(UUID()), organizationID: company.id, work: .readArrival(arrival.id),
            runAt: arrival.receivedAt)
    }

    private static func message(
        _ mailMessageID: String, from arrival: Arrival, in negotiation: NegotiationRecord?,
        id: MessageID = Identifier(UUID()), state: ThreadMessage.MatchState = .matched
    ) -> ThreadMessage {
        ThreadMessage(
            id: id, negotiationID: negotiation?.id, direction: .inbound,
            arrivalID: arrival.id, emailID: nil, mailMessageID: mailMessageID, inReplyTo: "a@acme.example",
            references: ["a@acme.example", "b@acme.example"], subject: "Re: Bolts “ä”",
            from: MailAddress(name: "Sales", address: "sales@bolts.example"),
            recipients: [MailAddress(name: "", address: "buy@acme.example")], date: now,
            receivedAt: arrival.receivedAt, kind: "reply", intent: "counter", text: "Hello\n> quoted",
            replyText: "Hello", signature: "S.",
            attachments: [
                ThreadMessage.Attachment(
                    filename: "a.pdf", contentType: "application/pdf", size: 3, sha256: "00")
            ], matchReason: negotiation == nil ? nil : "reply_token: x",
            matchState: negotiation == nil ? .unmatched : state)
    }
}
