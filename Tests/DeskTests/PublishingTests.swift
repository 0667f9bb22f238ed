import Foundation
import Negotiation
import ParleyTesting
import Synchronization
import Testing

@testable import Desk

/// What other systems are told: what of all that happens, to whom, and in which words.
@Suite struct PublishingTests {
    private let url = "https://erp.acme.example/hooks?token=secret"

    private func subscribe(_ office: TestOffice, to events: [EventType] = EventType.allCases) async throws
        -> WebhookSubscription
    {
        try await office.office.addSubscription(
            SubscriptionDraft(url: url, description: "", events: events.map(\.rawValue)),
            by: office.caller(office.mia)
        ).subscription
    }

    private struct Told: Decodable, Equatable {
        let type: String
        let data: [String: Value]

        enum Value: Decodable, Equatable {
            case text(String)
            case truth(Bool)
            case none

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if container.decodeNil() {
                    self = .none
                } else if let truth = try? container.decode(Bool.self) {
                    self = .truth(truth)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }
    }

    private func told(_ office: TestOffice) throws -> [Told] {
        try office.receivers.posts.map { try JSONDecoder().decode(Told.self, from: Data($0.body)) }
    }

    @Test("a purchase is told from beginning to end, in ids and states, without a price or a word of anybody")
    func story() async throws {
        let office = try await makeTestOffice()
        _ = try await subscribe(office)
        let id = try await office.openedNegotiation()
        try await office.vendorSays("We can offer EUR 9.00 per unit.")
        _ = try await office.write(.accept, in: id)
        try await office.approve()
        try await office.work()
        let order = try await office.office.createPurchaseOrder(for: id, by: office.caller(office.ada))
        try await office.work()
        let told = try told(office)
        #expect(
            told.map(\.type).sorted()
                == [
                    "approval.decided", "approval.decided", "approval.requested", "approval.requested",
                    "email.sent", "email.sent", "negotiation.created", "negotiation.status_changed",
                    "negotiation.status_changed", "negotiation.status_changed",
                    "negotiation.status_changed", "negotiation.status_changed", "negotiation.vendor_replied",
                    "purchase_order.created",
                ])
        // An instant may look like a price.
        let all = told.flatMap(\.data.values).compactMap { value -> String? in
            if case .text(let text) = value, Instant(text) == nil { text } else { nil }
        }.joined(separator: " ")
        for secret in ["9.00", "9.50", "8.00", "bolts.example", "Hexagon", "offer"] {
            #expect(!all.contains(secret), "\(secret) was told")
        }
        #expect(told.allSatisfy { $0.data["organization_id"] == .text("\(office.organization.id)") })
        let changes = told.filter { $0.type == "negotiation.status_changed" }.map {
            [$0.data["previous_status"], $0.data["status"]]
        }
        #expect(changes.contains { $0 == [.text("draft"), .text("pending_approval")] })
        #expect(changes.contains { $0 == [.text("sent"), .text("vendor_replied")] })
        #expect(changes.contains { $0 == [.text("pending_approval"), .text("accepted")] })
        let reply = try #require(told.first { $0.type == "negotiation.vendor_replied" })
        #expect(reply.data["negotiation_id"] == .text("\(id)") && reply.data["kind"] == .text("reply"))
        let made = try #require(told.first { $0.type == "purchase_order.created" })
        #expect(made.data["purchase_order_id"] == .text("\(order.id)"))
    }

    @Test("a receiver is told what it asked for, and nothing of another organization")
    func choice() async throws {
        let (memory, clock) = (InMemoryBooks(), TestClock())
        let acme = try await makeTestOffice(memory: memory, clock: clock)
        let rival = try await makeTestOffice(memory: memory, clock: clock, slug: "rival", worker: "worker-2")
        _ = try await subscribe(acme, to: [.approvalRequested])
        _ = try await rival.write(.open, in: try await rival.newNegotiation())
        try await rival.work()
        #expect(acme.receivers.posts.isEmpty && rival.receivers.posts.isEmpty)
        _ = try await acme.write(.open, in: try await acme.newNegotiation())
        try await acme.work()
        #expect(try told(acme).map(\.type) == ["approval.requested"])
    }

    @Test("every receiver of an event is told the same bytes under the same webhook-id")
    func sameEvent() async throws {
        let office = try await makeTestOffice()
        for _ in 0..<2 { _ = try await subscribe(office, to: [.negotiationCreated]) }
        _ = try await office.newNegotiation()
        try await office.work()
        let posts = office.receivers.posts
        #expect(posts.count == 2 && Set(posts.map(\.body)).count == 1)
        #expect(Set(posts.map { $0.headers.first { $0.name == "webhook-id" } }).count == 1)
    }

    @Test("where nobody has subscribed, or to nothing of the kind, nothing is written down to be told")
    func nobody() async throws {
        let office = try await makeTestOffice()
        _ = try await office.newNegotiation()
        let off = try await subscribe(office)
        _ = try await office.office.switchSubscription(off.id, on: false, by: office.caller(office.mia))
        _ = try await office.newNegotiation()
        #expect(!office.openWork.contains { $0.isDelivery })
        #expect(
            try await office.books.subscriptions.deliveries(office.organization.id, off.id, PageRequest())
                .items.isEmpty)
    }

    @Test("an email that fails, one whose fate is unknown, and requests that lapse are told")
    func troubles() async throws {
        let office = try await makeTestOffice()
        _ = try await subscribe(
            office, to: [.emailFailed, .emailUncertain, .approvalLapsed, .approvalDecided])
        let first = try await office.newNegotiation()
        _ = try await office.write(.open, in: first)
        try await office.work()
        try await office.approve()
        office.post.next(.breakBeforeTaking)
        try await office.work()
        let second = try await office.newNegotiation()
        _ = try await office.write(.open, in: second)
        try await office.work()
        try await office.decide(.reject, on: office.pendingRequest())
        let third = try await office.newNegotiation()
        _ = try await office.write(.open, in: third)
        office.clock.advance(byHours: 73)
        try await office.work()
        let fourth = try await office.newNegotiation()
        _ = try await office.write(.open, in: fourth)
        try await office.work()
        try await office.approve()
        office.post.next(.refused("550 no"))
        try await office.work()
        let said = try told(office).map { told in
            if case .text(let status)? = told.data["status"] { "\(told.type) \(status)" } else { told.type }
        }
        #expect(
            said.sorted() == [
                "approval.decided approved", "approval.decided approved", "approval.decided rejected",
                "approval.lapsed expired", "email.failed failed", "email.uncertain uncertain",
            ])
    }

    @Test("mail that matched nothing is told, and once it has a place, as the vendor's answer")
    func unmatched() async throws {
        let office = try await makeTestOffice()
        _ = try await subscribe(office, to: [.messageUnmatched, .negotiationVendorReplied])
        let id = try await office.openedNegotiation()
        try await office.arrives(
            VendorMail(
                from: "new@other.example", to: "acme@sandbox.example", messageID: "stray@other.example",
                subject: "Offer", text: "EUR 9.00"))
        try await office.work()
        #expect(try told(office).map(\.type) == ["message.unmatched"])
        let stray = try #require(
            try await office.books.threads.unmatched(office.organization.id, PageRequest()).items.first)
        _ = try await office.office.assignMessage(stray.id, to: id, by: office.caller(office.ada))
        try await office.work()
        let last = try #require(try told(office).last)
        #expect(last.type == "negotiation.vendor_replied" && last.data["binding"] == .truth(false))
    }

    @Test("a purchase order that was sent is told as such, besides as an email")
    func orderSent() async throws {
        let office = try await makeTestOffice()
        _ = try await subscribe(office, to: [.purchaseOrderSent, .emailSent])
        let id: EmailID = office.clock.clock.newID()
        let negotiation = try await office.newNegotiation()
        let email = EmailRecord(
            id: id, negotiationID: negotiation, kind: .purchaseOrder, status: .sending, statusReason: nil,
            version: 1, digest: [], isMoneyRelated: true, messageID: "order@acme.example", createdBy: nil,
            createdAt: office.clock.now, sentAt: nil)
        let kept = Mutex<[Change]>([])
        var desk = office.office
        desk.books.emails.find = { _, _ in email }
        desk.books.commit = { _, changes in kept.withLock { $0 = changes } }
        try await desk.commit(
            office.organization.id,
            [.moveEmail(id, from: .sending, to: .sent, reason: nil, at: office.clock.now)])
        let types = kept.withLock { changes in
            changes.compactMap { change -> String? in
                if case .webhook(.addDelivery(let delivery)) = change { delivery.type } else { nil }
            }
        }
        #expect(types == ["email.sent", "purchase_order.sent"])
    }
}
