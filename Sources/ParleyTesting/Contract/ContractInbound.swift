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

    private static func endpoint(in company: ContractCompany) async throws -> InboundEndpoint {
        var settings = InboundSettings()
        settings.tiers = ["price_1": "business"]
        let endpoint = InboundEndpoint(
            id: Identifier(UUID()), organizationID: company.id, provider: "custom", name: "ERP",
            sealedSecrets: ["new", "old"], publicKeys: ["key"], overlapEnds: now.advanced(byHours: 24),
            audience: "https://parley.example", settings: settings, createdAt: now)
        try await company.commit(.addInboundEndpoint(endpoint))
        return endpoint
    }

    private static func event(
        _ externalID: String, _ content: InboundContent = .mail(envelopeTo: []), raw: [UInt8]? = [0, 255]
    ) -> NewInboundEvent {
        NewInboundEvent(
            id: Identifier(UUID()), externalID: externalID, type: "email.received", createdAt: now,
            payload: #"{"a": 1}"#, content: content, raw: raw)
    }

    private static func delivery(
        _ events: [NewInboundEvent], to endpoint: InboundEndpoint, token: InboundToken? = nil
    ) -> InboundDelivery {
        var delivery = InboundDelivery(
            organizationID: endpoint.organizationID, endpointID: endpoint.id, source: "custom",
            events: events, receivedAt: now)
        delivery.token = token
        return delivery
    }

    static let inbound: [ContractCase] = [
        ContractCase("an endpoint is read back as it was written, changed, and gone once it is removed") {
            books in
            let company = try await ContractCompany.found(in: books)
            var endpoint = try await endpoint(in: company)
            #expect(try await books.inbound.endpoints(company.id) == [endpoint])
            #expect(try await books.inbound.endpointAnywhere(endpoint.id) == endpoint)
            endpoint.sealedSecrets = ["newer"]
            endpoint.overlapEnds = nil
            endpoint.settings.origins = ["arn:aws:sns:eu-west-1:1:mail"]
            try await company.commit(.updateInboundEndpoint(endpoint, at: now))
            #expect(try await books.inbound.endpointAnywhere(endpoint.id) == endpoint)
            try await company.commit(.removeInboundEndpoint(endpoint.id, at: now))
            #expect(try await books.inbound.endpointAnywhere(endpoint.id) == nil)
            #expect(try await books.inbound.endpoints(company.id).isEmpty)
        },
        ContractCase("an event is stored once, however often and in whatever company it is delivered") {
            books in
            let company = try await ContractCompany.found(in: books)
            let endpoint = try await endpoint(in: company)
            let (first, second) = (event("msg_1"), event("msg_2", .notice, raw: nil))
            #expect(try await books.inbound.receive(delivery([first], to: endpoint)).stored == 1)
            let again = delivery([event("msg_1"), second, event("msg_2")], to: endpoint)
            #expect(try await books.inbound.receive(again).stored == 1)
            let counts = try #require(try await books.inbound.endpointAnywhere(endpoint.id)).counts
            #expect(counts.verified == 2 && counts.duplicate == 2 && counts.refused == 0)
            let kept = try #require(try await books.inbound.event(company.id, first.id))
            #expect(kept.state == .stored && kept.content == first.content && kept.source == "custom")
            #expect(try await books.inbound.raw(company.id, first.id) == [0, 255])
            // What asks for nothing is done as it is stored.
            #expect(try await books.inbound.event(company.id, second.id)?.state == .processed)
        },
        ContractCase("what nobody can read is put aside, and refusals are counted") { books in
            let company = try await ContractCompany.found(in: books)
            let endpoint = try await endpoint(in: company)
            let odd = event("msg_1", .unreadable("it is no JSON"))
            _ = try await books.inbound.receive(delivery([odd], to: endpoint))
            try await books.inbound.countRefused(company.id, [endpoint.id: 3])
            let stored = try #require(try await books.inbound.event(company.id, odd.id))
            #expect(stored.state == .quarantined && stored.error == "it is no JSON")
            let counts = try #require(try await books.inbound.endpointAnywhere(endpoint.id)).counts
            #expect(counts.quarantined == 1 && counts.refused == 3)
        },
        ContractCase("a token counts for the content that first came with it") { books in
            let company = try await ContractCompany.found(in: books)
            let endpoint = try await endpoint(in: company)
            func token(_ byte: UInt8) -> InboundToken {
                InboundToken(
                    text: "token", digest: Array(repeating: byte, count: 32),
                    expiresAt: now.advanced(byHours: 24))
            }
            let first = delivery([event("msg_1")], to: endpoint, token: token(1))
            #expect(try await books.inbound.receive(first) == InboundReceipt(stored: 1))
            #expect(try await books.inbound.receive(first) == InboundReceipt(stored: 0))
            let other = delivery([event("msg_2")], to: endpoint, token: token(2))
            #expect(
                try await books.inbound.receive(other) == InboundReceipt(stored: 0, isTokenSpent: true))
            let page = try await books.inbound.events(company.id, InboundFilter(), PageRequest())
            #expect(page.items.map(\.externalID) == ["msg_1"])
        },
        ContractCase("an event is settled once and may be put back, to be worked on with its batch") {
            books in
            let company = try await ContractCompany.found(in: books)
            let endpoint = try await endpoint(in: company)
            let mail = event("msg_1")
            _ = try await books.inbound.receive(delivery([mail], to: endpoint))
            try await company.commit(.noteInboundFailure(mail.id, "not now"))
            #expect(try await books.inbound.event(company.id, mail.id)?.error == "not now")
            let aside = InboundSettlement(.quarantined, error: "given up")
            try await company.commit(.settleInboundEvent(mail.id, aside, at: now))
            var filter = InboundFilter()
            filter.state = .quarantined
            let found = try await books.inbound.events(company.id, filter, PageRequest())
            #expect(found.items.map(\.id) == [mail.id] && found.items.first?.error == "given up")
            let batch = InboundBatchID(UUID())
            try await company.commit(.replayInboundEvents([mail.id], batch))
            #expect(try await books.inbound.waiting(company.id, batch) == [mail.id])
            try await company.commit(
                .settleInboundEvent(mail.id, InboundSettlement(.processed), at: now))
            #expect(try await books.inbound.waiting(company.id, batch).isEmpty)
            #expect(try await books.inbound.event(company.id, mail.id)?.state == .processed)
        },
    ]
}
