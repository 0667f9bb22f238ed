import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

/// What is put on record comes back as it was, and lists come in pages.
@Suite(.serialized) struct RecordTests {
    private static let database = Task { try await StoreDatabase.make("records") }

    private func company() async throws -> Company {
        try await Company.found(in: try await Self.database.value.books)
    }

    @Test("a negotiation comes back as it was put on record, and as it was changed")
    func negotiation() async throws {
        let company = try await company()
        var record = company.negotiation(expiresAt: Company.start.advanced(byHours: 24))
        try await company.books.commit(company.id, [.addNegotiation(record)])
        #expect(try await company.books.negotiations.find(company.id, record.id) == record)
        record.status = .vendorReplied
        record.statusReason = "they wrote"
        record.subject = "Bolts"
        record.lastSentPrice = amount("8.125")
        record.currentOfferPrice = amount("9.0001")
        record.finalPrice = amount("8.5")
        record.emailSentCount = 2
        record.lastSentAt = Company.start
        record.lastVendorResponseAt = Instant(microseconds: Company.start.microseconds + 1)
        record.updatedAt = Company.start.advanced(bySeconds: 1)
        try await company.books.commit(company.id, [.updateNegotiation(record)])
        record.version = 2
        #expect(try await company.books.negotiations.find(company.id, record.id) == record)
    }

    @Test("an email and its contents come back, with the digest and the verdict of the database")
    func email() async throws {
        let company = try await company()
        let negotiation = try await company.openNegotiation()
        let content = company.content(.reply, says: "hello")
        try await company.books.commit(
            company.id,
            [.addEmail(content, negotiation: negotiation.id, status: .approved, messageID: "a@acme.example")])
        #expect(try await company.books.emails.content(company.id, content.emailID, 1) == content)
        let email = try await company.email(content.emailID)
        #expect(!email.isMoneyRelated)
        #expect(email.digest.count == 32)
        #expect(email.messageID == "a@acme.example")
        #expect(email.createdAt == content.createdAt)
        let edited = company.content(
            .reply, of: content.emailID, version: 2, says: "nine", mentionsAmounts: true)
        try await company.books.commit(
            company.id, [.reviseEmail(edited, from: .approved, to: .pendingApproval)])
        let revised = try await company.email(content.emailID)
        #expect(revised.isMoneyRelated)
        #expect(revised.version == 2)
        #expect(try await company.books.emails.ofNegotiation(company.id, negotiation.id) == [revised])
    }

    @Test("a message comes back as it was, whatever characters it holds")
    func message() async throws {
        let company = try await company()
        let negotiation = try await company.openNegotiation()
        let arrival = Arrival(
            id: Identifier(UUID()), source: "imap", externalID: "7", raw: Array(0...255),
            receivedAt: Company.start)
        let job = Job(
            id: Identifier(UUID()), organizationID: company.id, work: .readArrival(arrival.id),
            runAt: Company.start)
        try await company.books.commit(company.id, [.addArrival(arrival, unlessKnown: job)])
        func message(_ text: String) -> ThreadMessage {
            ThreadMessage(
                id: Identifier(UUID()), negotiationID: negotiation.id, direction: .inbound,
                arrivalID: arrival.id, emailID: nil, mailMessageID: "\(UUID())@bolts.example",
                inReplyTo: "b", references: ["a", "b,\"{}\\"], subject: text,
                from: MailAddress(name: text, address: "sales@bolts.example"),
                recipients: [MailAddress(name: "", address: "buy@acme.example")], date: nil,
                receivedAt: Company.start, kind: "reply", intent: "counter", text: text, replyText: text,
                signature: "",
                attachments: [
                    ThreadMessage.Attachment(filename: text, contentType: "a/b", size: 1, sha256: "x")
                ], matchReason: "token", matchState: .matched)
        }
        let plain = message("Grüße 🔩 \u{1F469}\u{200D}\u{1F527} \r\n '\" $1 \\ ")
        try await company.books.commit(company.id, [.addMessage(plain)])
        #expect(try await company.books.threads.messages(company.id, negotiation.id) == [plain])
        #expect(try await company.books.threads.hasInbound(company.id, plain.mailMessageID))
        // What Postgres cannot store is replaced, character for character.
        try await company.books.commit(company.id, [.addMessage(message("a\0b"))])
        let stored = try await company.books.threads.messages(company.id, negotiation.id)
        #expect(
            stored.contains { $0.replyText == "a\u{FFFD}b" && $0.attachments[0].filename == "a\u{FFFD}b" })
    }

    @Test("a Message-ID of any length is recognised when it comes again")
    func longMessageID() async throws {
        let company = try await company()
        let arrival = Arrival(
            id: Identifier(UUID()), source: "imap", externalID: "long", raw: [1], receivedAt: Company.start)
        let job = Job(
            id: Identifier(UUID()), organizationID: company.id, work: .readArrival(arrival.id),
            runAt: Company.start)
        // Nothing that compresses, which the server would do before it measures.
        let long = (0..<400).map { _ in UUID().uuidString }.joined()
        let message = ThreadMessage(
            id: Identifier(UUID()), negotiationID: nil, direction: .inbound, arrivalID: arrival.id,
            emailID: nil, mailMessageID: long, inReplyTo: nil, references: [], subject: "",
            from: MailAddress(name: "", address: ""), recipients: [], date: nil, receivedAt: Company.start,
            kind: "other", intent: nil, text: "", replyText: "", signature: "", attachments: [],
            matchReason: nil, matchState: .unmatched)
        try await company.books.commit(
            company.id, [.addArrival(arrival, unlessKnown: job), .addMessage(message)])
        #expect(try await company.books.threads.hasInbound(company.id, long))
        #expect(try await !company.books.threads.hasInbound(company.id, String(long.dropLast())))
    }

    @Test("the same arrival is stored once, and read once, also when it comes twice at a time")
    func arrivals() async throws {
        let store = try await StoreDatabase.make("arrivals")
        let company = try await Company.found(in: store.books)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let arrival = Arrival(
                        id: Identifier(UUID()), source: "postmark", externalID: "same", raw: [1, 2],
                        receivedAt: Company.start)
                    let job = Job(
                        id: Identifier(UUID()), organizationID: company.id, work: .readArrival(arrival.id),
                        runAt: Company.start)
                    try await store.books.commit(company.id, [.addArrival(arrival, unlessKnown: job)])
                }
            }
            try await group.waitForAll()
        }
        let jobs = try await store.books.jobs.claim(
            "w", Company.start, Company.start.advanced(bySeconds: 9), 10)
        #expect(jobs.count == 1)
        guard case .readArrival(let id) = jobs.first?.work else { return }
        let (arrival, state) = try #require(try await store.books.threads.arrival(company.id, id))
        #expect(arrival.raw == [1, 2])
        #expect(state == .stored)
        try await store.books.commit(
            company.id,
            [.settleArrival(id, .quarantined, reason: "broken", message: nil, at: Company.start)])
        let page = try await store.books.threads.quarantined(company.id, PageRequest())
        #expect(page.items.map(\.reason) == ["broken"])
        #expect(page.items.map(\.size) == [2])
    }

    @Test("pages follow each other without gap or repetition, also where rows are of the same instant")
    func pages() async throws {
        let company = try await company()
        let records = (0..<7).map { number in
            company.negotiation(at: Company.start.advanced(bySeconds: Int64(number / 3)))
        }
        try await company.books.commit(company.id, records.map { .addNegotiation($0) })
        var seen: [NegotiationRecord] = []
        var cursor: String?
        repeat {
            let page = try await company.books.negotiations.list(
                company.id, nil, PageRequest(cursor: cursor, limit: 2))
            #expect(page.items.count <= 2)
            seen += page.items
            cursor = page.nextCursor
        } while cursor != nil
        #expect(Set(seen.map(\.id)) == Set(records.map(\.id)))
        #expect(seen.count == 7)
        #expect(seen.map(\.createdAt) == seen.map(\.createdAt).sorted(by: >))
        #expect(try await company.books.negotiations.list(company.id, .sent, PageRequest()).items.isEmpty)
        var vendors: [Vendor] = []
        for name in ["Ärmel", "bolts", "Bolts", "Zwirn"] {
            vendors.append(
                Vendor(
                    id: Identifier(UUID()), name: name, slug: "\(UUID())", domain: "", contactEmail: nil,
                    isActive: true))
        }
        try await company.books.commit(company.id, vendors.map { .addVendor($0) })
        let first = try await company.books.catalogue.vendors(company.id, PageRequest(limit: 3))
        let rest = try await company.books.catalogue.vendors(
            company.id, PageRequest(cursor: first.nextCursor, limit: 3))
        #expect(Set((first.items + rest.items).map(\.id)).count == 5)
        #expect(rest.nextCursor == nil)
        let audited = (0..<5).map { number in
            Change.audit(
                AuditEntry(
                    action: "a\(number)", entityType: "x", entityID: nil, description: "", origin: .parley,
                    at: Company.start))
        }
        try await company.books.commit(company.id, audited)
        let newest = try await company.books.journal.audit(company.id, PageRequest(limit: 3))
        let oldest = try await company.books.journal.audit(
            company.id, PageRequest(cursor: newest.nextCursor, limit: 3))
        #expect((newest.items + oldest.items).map(\.action) == ["a4", "a3", "a2", "a1", "a0"])
    }

    @Test("a cursor that is none is the caller's mistake", arguments: ["", "?", "AAAA", "not base64!", "0"])
    func badCursor(_ cursor: String) async throws {
        let company = try await company()
        let request = PageRequest(cursor: cursor + String(repeating: "%", count: 3))
        for list in [
            { _ = try await company.books.negotiations.list(company.id, nil, request) },
            { _ = try await company.books.journal.audit(company.id, request) },
            { _ = try await company.books.catalogue.vendors(company.id, request) },
        ] as [@Sendable () async throws -> Void] {
            await #expect {
                try await list()
            } throws: { error in
                guard case DeskError.invalid("cursor", _) = error else { return false }
                return true
            }
        }
    }

    @Test("a draft of another service becomes a negotiation of Parley's")
    func serviceDraft() async throws {
        let store = try await Self.database.value
        let company = try await company()
        let id = UUID()
        try await store.owner.transaction(tenant: nil) { transaction in
            _ = try await transaction.execute(
                """
                INSERT INTO negotiations (organization_id, id, product_id, user_id, created_by, original_price,
                    target_price)
                VALUES ($1, $2, $3, $4, $4, 10, 8)
                """,
                [
                    .uuid(company.id.uuid), .uuid(id), .uuid(company.product.id.uuid),
                    .uuid(company.ada.id.uuid),
                ])
        }
        let found = try #require(try await store.books.negotiations.find(company.id, Identifier(id)))
        #expect(found.vendorID == company.vendor.id)
        #expect(found.vendorContactEmail == "sales@bolts.example")
        #expect(found.currency == .eur)
        #expect(found.replyToken.count == 26)
        #expect(try await store.books.negotiations.find(company.id, Identifier(id)) == found)
        #expect(try await store.books.negotiations.list(company.id, .draft, PageRequest()).items == [found])
    }

    @Test("what other services write to the audit log can be read")
    func foreignAudit() async throws {
        let store = try await Self.database.value
        let company = try await company()
        let id = UUID()
        try await store.owner.transaction(tenant: nil) { transaction in
            _ = try await transaction.execute(
                """
                INSERT INTO audit_logs (organization_id, action, entity_type, entity_id, changes)
                VALUES ($1, 'scraped', 'negotiation', $2, '{"price": {"old": 1, "new": 2.5}, "tags": ["a", null]}'),
                    ($1, 'odd', 'negotiation', $2, '[1, 2]')
                """, [.uuid(company.id.uuid), .uuid(id)])
        }
        let timeline = try await store.books.journal.timeline(company.id, Identifier(id))
        #expect(timeline.map(\.changes) == [["price": "{new: 2.5, old: 1}", "tags": "[a, null]"], [:]])
    }
}
