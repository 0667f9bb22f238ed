import Desk
import Negotiation
import ParleyTesting
import Testing

/// What people and vendors do in these tests.
extension TestOffice {
    func newNegotiation(
        quantity: Int = 100, target: String = "8.00", limit: String? = "9.50", expiresAt: Instant? = nil,
        by user: User? = nil
    ) async throws -> NegotiationID {
        try await office.createNegotiation(
            PurchaseIntent(
                product: .known(product.id), vendor: .known(vendor.id), quantity: quantity,
                targetPrice: DeskTests.price(target), limitPrice: limit.map(DeskTests.price),
                currency: nil, paymentTerms: "net 30", expiresAt: expiresAt), by: caller(user ?? ada))
    }

    func write(
        _ composition: Composition, _ price: String? = nil, text: String? = nil, in id: NegotiationID,
        by user: User? = nil
    ) async throws -> EmailID {
        try await office.compose(
            CompositionRequest(composition, price: price.map(DeskTests.price), text: text), in: id,
            by: caller(user ?? ada))
    }

    /// The only request that waits for a decision.
    func pendingRequest() async throws -> ApprovalRequest {
        let page = try await books.approvals.list(organization.id, .pending, PageRequest())
        #expect(page.items.count == 1)
        return try #require(page.items.first)
    }

    func decide(
        _ decision: Decision, on request: ApprovalRequest, by user: User? = nil, comment: String? = nil,
        via channel: DecisionChannel = .page
    ) async throws {
        let approver = user ?? max
        try await office.decide(
            request.id, DecisionInput(decision, comment: comment, channel: channel), by: approver,
            origin: Origin(userID: approver.id))
    }

    /// Says yes to what waits.
    func approve(by user: User? = nil) async throws {
        try await decide(.approve, on: try await pendingRequest(), by: user)
    }

    /// A negotiation whose opening email the vendor has.
    func openedNegotiation(
        quantity: Int = 100, limit: String? = "9.50", expiresAt: Instant? = nil
    ) async throws -> NegotiationID {
        let id = try await newNegotiation(quantity: quantity, limit: limit, expiresAt: expiresAt)
        _ = try await write(.open, in: id)
        try await approve()
        try await work()
        #expect(try await negotiation(id).status == .sent)
        clock.advance(bySeconds: 600)
        return id
    }

    /// The vendor answers the newest email, and what came is read.
    func vendorSays(
        _ text: String, from sender: String = "sales@bolts.example", number: Int = 1
    ) async throws {
        let delivery = try #require(post.deliveries.last)
        let mail = VendorMail(
            answering: delivery, from: sender, messageID: "answer-\(number)@bolts.example", text: text)
        try await arrives(mail)
        try await work()
        clock.advance(bySeconds: 600)
    }

    func arrives(_ mail: VendorMail, externalID: String? = nil) async throws {
        try await office.take(
            mail.raw, source: "imap", externalID: externalID ?? mail.messageID, for: organization.id)
    }

    func negotiation(_ id: NegotiationID) async throws -> NegotiationRecord {
        try #require(try await books.negotiations.find(organization.id, id))
    }

    func email(_ id: EmailID) async throws -> EmailRecord {
        try #require(try await books.emails.find(organization.id, id))
    }

    func attempts(_ id: EmailID) async throws -> [SendAttempt.Outcome] {
        try await books.emails.attempts(organization.id, id).map(\.outcome)
    }

    func messages(_ id: NegotiationID) async throws -> [ThreadMessage] {
        try await books.threads.messages(organization.id, id)
    }

    /// What the timeline says was done, in order.
    func actions(_ id: NegotiationID) async throws -> [String] {
        try await books.journal.timeline(organization.id, id).map(\.action)
    }

    /// The titles of what a user was told, oldest first.
    func notices(_ user: User? = nil) async throws -> [String] {
        let page = try await books.journal.notifications(
            organization.id, (user ?? ada).id, PageRequest(limit: 200))
        return page.items.reversed().map(\.title)
    }

    /// Jobs that still wait or run, leaving out those that only look at a deadline.
    var openWork: [Job.Work] {
        memory.queue(of: organization.id).filter(\.isOpen).map(\.work).filter { work in
            switch work {
            case .expireApproval, .expireNegotiation, .remindApprovers, .sendApprovalDigest, .planFollowUp,
                .followUp:
                false
            case .readArrival, .askApprovers, .askAgain, .sendEmail, .deliverWebhooks, .applyInbound: true
            }
        }
    }
}

/// A price; zero, which no test expects, for what is none.
func price(_ text: String) -> Amount { Amount(text) ?? .zero }

/// The error that a use case ended with.
func refusal(_ body: () async throws -> Void) async -> DeskError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? DeskError
    }
}

/// The code of the conflict that a use case ended with.
func conflict(_ body: () async throws -> Void) async -> String? {
    if case .conflict(let code, _) = await refusal(body) { code } else { nil }
}
