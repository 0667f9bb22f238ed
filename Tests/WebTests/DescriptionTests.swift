import Desk
import Foundation
import Hummingbird
import Negotiation
import Secrets
import Testing

@testable import Web

@Suite("openapi.json")
struct DescriptionTests {
    @Test("every route under /v1 is described, and everything described exists")
    func coverage() async throws {
        let room = try Showroom()
        let router = Router(context: WebContext.self)
        let renderer = try PageRenderer(folder: Showroom.templateFolder)
        let doorkeeper = Doorkeeper(room.reception)
        var book = RouteBook()
        let hooks = HookDesk(room.reception)
        APIRoutes(reception: room.reception, tally: Tally(), doorkeeper: doorkeeper, hooks: hooks)
            .add(to: router, &book)
        PageDesk(reception: room.reception, renderer: renderer, doorkeeper: doorkeeper, hooks: hooks)
            .add(to: router, &book)
        let routes = Set(
            router.routes.map {
                "\($0.method.rawValue) \($0.path)".replacingOccurrences(of: ":id", with: "{id}")
            })
        try await room.visiting { visit in
            let document = try await visit.get("/openapi.json")
            #expect(try document.string("openapi") == "3.1.0")
            var described: Set<String> = []
            for path in try #require(try document.member("paths")?.object).members {
                for method in try #require(path.value.object).members {
                    described.insert("\(method.name.uppercased()) \(path.name)")
                }
            }
            let machines = ["/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json"]
            let forMachines = routes.filter { route in machines.contains { route.contains(" \($0)") } }
            #expect(described == forMachines)
            #expect(described.count >= 40)
        }
    }

    @Test("operations have names of their own, and every reference points to a schema that is there")
    func references() throws {
        let names = API.operations.map(\.name)
        #expect(Set(names).count == names.count)
        let document = OpenAPI.document(API.operations, version: "1", publicURL: "http://x")
        let schemas = Set(
            try #require(document["components"]?["schemas"]?.object).members.map {
                "#/components/schemas/\($0.name)"
            })
        let text = document.text()
        for part in text.components(separatedBy: "\"$ref\":\"").dropFirst() {
            let reference = String(part.prefix { $0 != "\"" })
            #expect(schemas.contains(reference), "\(reference)")
        }
    }

    @Test("what every operation that reads answers is what its description says")
    func answers() async throws {
        let room = try Showroom()
        let team = try await room.found()
        let (id, email, request) = try await room.opened(by: team.member)
        room.store.addReply("USD 1090", to: id, room, span: 4..<8)
        room.store.addStray("Stray", id: room.office.clock.newID(), at: room.clock.now)
        let accepted = try await room.draft(by: team.member)
        room.store.change { state in
            state.negotiations[1].status = .accepted
            state.negotiations[1].finalPrice = Amount("900")
        }
        let order = try await room.office.createPurchaseOrder(for: accepted, by: room.caller(team.member))
        let (vendor, product) = room.store.read { ($0.vendors[0].id, $0.products[0].id) }
        let mailbox = try await room.office.addMailbox(
            MailboxDraft(
                name: "Buying", address: "buying@acme.example", displayName: "Acme",
                connection: .servers(
                    MailServers(
                        outgoing: MailServer(host: "mx.acme.example", port: 25, security: .starttls))),
                secrets: MailboxSecrets()),
            by: room.caller(team.admin))
        try await room.office.noteCondition(of: mailbox, .receiving, failure: "It is away.")
        let receiver = try await room.office.addSubscription(
            SubscriptionDraft(url: "https://erp.acme.example/", description: "", events: ["email.sent"]),
            by: room.caller(team.admin)
        ).subscription
        let delivery = try await room.office.testSubscription(receiver.id, by: room.caller(team.admin))
        room.store.change { state in
            state.webhookAttempts = [
                WebhookAttempt(
                    number: 1, startedAt: room.clock.now, milliseconds: 12, status: 500, answer: "no",
                    error: "It answered 500.")
            ]
        }
        let event = try await room.inboundEvent(of: team)
        let ids: [String: String] = [
            "webhook-events": "\(event)",
            "webhook-subscriptions": "\(receiver.id)", "webhook-deliveries": "\(delivery.id)",
            "mailboxes": "\(mailbox.id)",
            "negotiations": "\(id)", "emails": "\(email)", "approvals": "\(request.id)",
            "purchase-orders": "\(order.id)", "vendors": "\(vendor)", "products": "\(product)",
        ]
        let document = OpenAPI.document(API.operations, version: "1", publicURL: "http://x")
        try await room.visiting { visit in
            for operation in API.operations
            where operation.method == .get && operation.success.contentType == "application/json" {
                let noun = operation.path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
                let path = operation.path.replacingOccurrences(of: "{id}", with: ids[noun] ?? "")
                let answer = try await visit.get(path, key: team.key)
                #expect(answer.status == 200, "\(path)")
                let schema = try #require(operation.success.schema).json
                try SchemaCheck(document).check(answer.json, schema, at: path)
            }
        }
    }
}

extension Showroom {
    /// An event that a provider has delivered.
    fileprivate func inboundEvent(of team: Team) async throws -> InboundEventID {
        let books = store.memory.books
        let endpoint = InboundEndpoint(
            id: office.clock.newID(), organizationID: team.organization, provider: "custom", name: "ERP",
            sealedSecrets: ["x"], publicKeys: [], audience: nil, settings: InboundSettings(),
            createdAt: clock.now)
        let organization = Organization(
            id: team.organization, name: "Acme", slug: "acme", createdAt: clock.now)
        try await books.commit(
            team.organization, [.addOrganization(organization), .addInboundEndpoint(endpoint)])
        let event = NewInboundEvent(
            id: office.clock.newID(), externalID: "msg_1", type: "email.received", createdAt: clock.now,
            payload: "{}", content: .notice, raw: nil)
        _ = try await books.inbound.receive(
            InboundDelivery(
                organizationID: team.organization, endpointID: endpoint.id, source: "custom",
                events: [event], receivedAt: clock.now))
        return event.id
    }
}

/// Holds a value against the part of JSON Schema that the description uses.
struct SchemaCheck {
    let document: StrictJSON

    init(_ document: StrictJSON) { self.document = document }

    func check(_ value: StrictJSON, _ schema: StrictJSON, at path: String) throws {
        #expect(fits(value, schema), "\(path): \(value.text()) is not \(schema.text())")
    }

    private func fits(_ value: StrictJSON, _ schema: StrictJSON) -> Bool {
        if let reference = schema["$ref"]?.string {
            let name = String(reference.split(separator: "/").last ?? "")
            guard let target = document["components"]?["schemas"]?[name] else { return false }
            return fits(value, target)
        }
        if let any = schema["anyOf"]?.array { return any.contains { fits(value, $0) } }
        if let values = schema["enum"]?.array, !values.contains(value) { return false }
        switch schema["type"]?.string {
        case "object": return fitsObject(value, schema)
        case "array":
            guard let elements = value.array, let items = schema["items"] else { return false }
            return elements.allSatisfy { fits($0, items) }
        case "string": return fitsString(value, schema)
        case "integer": return value.integer != nil
        case "boolean": return value.bool != nil
        case "null": return value == .null
        // A schema that says nothing takes anything.
        case nil: return schema.object?.members.isEmpty ?? false
        default: return false
        }
    }

    private func fitsObject(_ value: StrictJSON, _ schema: StrictJSON) -> Bool {
        guard let object = value.object else { return false }
        guard schema["additionalProperties"] != .bool(true) else { return true }
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        return required.allSatisfy { value[$0] != nil }
            && object.members.allSatisfy { member in
                schema["properties"]?[member.name].map { fits(member.value, $0) } ?? false
            }
    }

    private func fitsString(_ value: StrictJSON, _ schema: StrictJSON) -> Bool {
        guard let text = value.string else { return false }
        switch schema["format"]?.string {
        case "uuid": return UUID(uuidString: text) != nil && text == text.lowercased()
        case "date-time": return Instant(text) != nil && text.hasSuffix("Z")
        default:
            guard let pattern = schema["pattern"]?.string else { return true }
            return text.range(of: pattern, options: .regularExpression) != nil
        }
    }
}
