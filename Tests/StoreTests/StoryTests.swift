import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

/// The main job from end to end over the real database: use cases, commits and jobs as they run in the gateway.
@Suite(.serialized) struct StoryTests {
    /// Works until no job is due.
    private func work(_ office: Office) async throws {
        for _ in 0..<50 where try await office.runDueJobs(WorkerSettings()) == 0 { return }
        Issue.record("the work does not come to an end")
    }

    private func pendingRequest(_ office: Office, _ company: Company) async throws -> ApprovalRequest {
        let page = try await office.books.approvals.list(company.id, .pending, PageRequest())
        return try #require(page.items.first)
    }

    @Test("a purchase from the draft to the purchase order")
    func purchase() async throws {
        let store = try await StoreDatabase.make("story_purchase")
        let clock = HandClock()
        let server = MailServer()
        let company = try await Company.found(in: store.books)
        let office = company.office(clock, server)
        let buyer = company.caller(company.ada)
        let id = try await office.createNegotiation(
            PurchaseIntent(
                product: .known(company.product.id), vendor: .known(company.vendor.id), quantity: 100,
                targetPrice: amount("8.00"), limitPrice: amount("9.50"), currency: .eur,
                paymentTerms: "net 30", expiresAt: clock.now.advanced(byHours: 240)),
            by: buyer)

        // Our opening offer, approved by its link.
        let opening = try await office.compose(CompositionRequest(.open), in: id, by: buyer)
        try await work(office)
        #expect(server.taken.isEmpty)
        #expect(server.letters.count == 2)
        clock.advance(bySeconds: 60)
        let letter = try #require(server.letters.first)
        let text = String(decoding: letter.raw, as: UTF8.self)
        let token = try #require(
            text.split(separator: "/approve/").last?.split(whereSeparator: \.isWhitespace).first)
        let view = try await office.decide(
            behind: String(token), .approve, comment: nil, ipAddress: "192.0.2.7", userAgent: "Browser")
        #expect(view.request.status == .approved)
        try await work(office)
        #expect(server.taken == [opening])
        let sent = try #require(try await store.books.negotiations.find(company.id, id))
        #expect(sent.status == .sent)
        #expect(sent.lastSentPrice == amount("8.00"))

        // The vendor's offer.
        clock.advance(bySeconds: 3_600)
        let email = try await company.email(opening)
        let reply =
            "sales@bolts.example\n\(email.messageID)\nr1@bolts.example\nRe: Bolts\nWe can offer EUR 9.00 per unit."
        for _ in 0..<2 {
            try await office.take(Array(reply.utf8), source: "imap", externalID: "1", for: company.id)
        }
        try await work(office)
        let replied = try #require(try await store.books.negotiations.find(company.id, id))
        #expect(replied.status == .vendorReplied)
        #expect(replied.currentOfferPrice == amount("9.00"))
        #expect(try await store.books.threads.messages(company.id, id).count == 2)

        // Yes to it, by two people's work, and the purchase order.
        clock.advance(bySeconds: 60)
        let yes = try await office.compose(CompositionRequest(.accept), in: id, by: buyer)
        let request = try await pendingRequest(office, company)
        try await office.decide(
            request.id, DecisionInput(.approve, comment: "good", channel: .page), by: company.max,
            origin: Origin(userID: company.max.id))
        try await work(office)
        #expect(server.taken == [opening, yes])
        let accepted = try #require(try await store.books.negotiations.find(company.id, id))
        #expect(accepted.status == .accepted)
        #expect(accepted.finalPrice == amount("9.00"))
        let order = try await office.createPurchaseOrder(for: id, by: buyer)
        #expect(order.number == "PO-\(clock.now.day.year)-001")
        #expect(order.total == amount("900.00"))
        await #expect(throws: DeskError.self) { try await office.createPurchaseOrder(for: id, by: buyer) }

        try await expectRecords(of: id, opening: email, company, in: store)
    }

    /// What the platform's other services read in the negotiation, and what people find in it.
    private func expectRecords(
        of id: NegotiationID, opening email: EmailRecord, _ company: Company, in store: StoreDatabase
    ) async throws {
        let seen = try await store.value(
            """
            SELECT concat_ws(' ', email_sent_count, email_thread_id = $2, last_email_content ->> 'subject',
                discount_percentage, approved_by = $3, approved_at IS NOT NULL, sealed_terms = editable_terms)
            FROM negotiations WHERE id = $1
            """, [.uuid(id.uuid), .text(email.messageID), .uuid(company.max.id.uuid)])
        #expect(seen == "2 t Re: Bolts 10 t t t")
        let timeline = try await store.books.journal.timeline(company.id, id)
        #expect(timeline.first?.action == "negotiation.created")
        #expect(timeline.contains { $0.action == "message.received" && $0.changes["intent"] != nil })
        #expect(
            try await !store.books.journal.notifications(company.id, company.ada.id, PageRequest()).items
                .isEmpty)
    }

    @Test("an email that was held and is handed in again unchanged can be approved again")
    func heldAndAgain() async throws {
        let store = try await StoreDatabase.make("story_held")
        let clock = HandClock()
        let server = MailServer()
        let company = try await Company.found(in: store.books)
        let office = company.office(clock, server)
        let buyer = company.caller(company.ada)
        let id = try await office.createNegotiation(
            PurchaseIntent(
                product: .known(company.product.id), vendor: .known(company.vendor.id), quantity: 1,
                targetPrice: amount("8.00"), limitPrice: nil, currency: nil, paymentTerms: nil, expiresAt: nil
            ),
            by: buyer)
        let email = try await office.compose(CompositionRequest(.open), in: id, by: buyer)
        let origin = Origin(userID: company.max.id)
        let first = try await pendingRequest(office, company)
        try await office.decide(
            first.id, DecisionInput(.approve, comment: nil, channel: .api), by: company.max, origin: origin)
        // Taken back before anybody sent it.
        try await store.books.commit(
            company.id, [.moveEmail(email, from: .approved, to: .draft, reason: "wait", at: clock.now)])
        var negotiation = try #require(try await store.books.negotiations.find(company.id, id))
        negotiation.status = .sent
        try await store.books.commit(company.id, [.updateNegotiation(negotiation)])
        clock.advance(bySeconds: 60)
        try await office.submit(email, by: buyer)
        let second = try await pendingRequest(office, company)
        #expect(second.id != first.id)
        #expect(try await company.email(email).status == .pendingApproval)
        try await office.decide(
            second.id, DecisionInput(.approve, comment: nil, channel: .api), by: company.max, origin: origin)
        try await work(office)
        #expect(server.taken == [email])
    }

    @Test("a sign-in, its session, and the end of it")
    func signIn() async throws {
        let store = try await StoreDatabase.make("story_sign_in")
        let clock = HandClock()
        let slug = "sign-in-\(UUID().uuidString.lowercased())"
        let nobody = try await Company.found(in: store.books).office(clock)
        let founded = try await nobody.found(
            Founding(
                name: "Sign In", slug: slug, adminEmail: "Boss@\(slug).example", adminName: "Boss",
                adminPassword: "correct horse"))
        #expect(try await store.books.people.organizationBySlug(slug)?.id == founded.organizationID)
        #expect(try await nobody.user(ofAPIKey: founded.apiKey)?.1.id == founded.userID)
        let begun = try await nobody.signIn(
            email: "boss@\(slug).example", password: "correct horse", as: .refresh, ipAddress: "192.0.2.1")
        #expect(try await nobody.user(behind: begun.secret, kind: .refresh)?.1.id == founded.userID)
        #expect(try await nobody.user(behind: begun.secret, kind: .browser) == nil)
        let next = try await nobody.refresh(begun.secret)
        await #expect(throws: DeskError.signInFailed) { try await nobody.refresh(begun.secret) }
        try await nobody.signOut(next.secret, kind: .refresh)
        #expect(try await nobody.user(behind: next.secret, kind: .refresh) == nil)
        await #expect(throws: DeskError.self) {
            try await nobody.found(
                Founding(
                    name: "Again", slug: slug, adminEmail: "other@\(slug).example", adminName: "Other",
                    adminPassword: "correct horse"))
        }
        for _ in 0..<Office.mostFailedSignIns {
            await #expect(throws: DeskError.signInFailed) {
                try await nobody.signIn(
                    email: "boss@\(slug).example", password: "wrong", as: .browser, ipAddress: nil)
            }
        }
        await #expect(throws: DeskError.signInFailed) {
            try await nobody.signIn(
                email: "boss@\(slug).example", password: "correct horse", as: .browser, ipAddress: nil)
        }
        clock.advance(bySeconds: Office.lockSeconds + 1)
        _ = try await nobody.signIn(
            email: "boss@\(slug).example", password: "correct horse", as: .browser, ipAddress: nil)
    }
}
