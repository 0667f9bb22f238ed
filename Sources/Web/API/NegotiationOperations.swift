import Desk
import Hummingbird
import Negotiation
import Secrets

/// Negotiations: making them, looking at them, and the next step of each.
enum NegotiationOperations {
    static let all =
        [create, list, get, messages, attachment, emails, offers, timeline] + Composition.allCases.map(step)
        + [
            cancel, resume,
        ]

    private static let group = "Negotiations"

    private static let newProduct = BodyShape([
        .required("title", .text), .required("url", .text),
        .optional("price", .money, "List price of one piece."),
        .optional("currency", .currency),
    ])
    private static let newVendor = BodyShape([
        .required("name", .text), .required("contact_email", .text, "Where the emails go."),
    ])
    private static let creation = BodyShape([
        .optional("product_id", .id, "This or product."), .optional("product", .object(newProduct)),
        .optional("vendor_id", .id, "This or vendor."), .optional("vendor", .object(newVendor)),
        .required("quantity", .whole),
        .required("target_price", .money, "Of one piece; what the buyer hopes for."),
        .optional("limit_price", .money, "Of one piece; above it the buyer does not buy."),
        .optional("currency", .currency, "The product's unless told."), .optional("payment_terms", .text),
        .optional("expires_at", .time), .optional("strategy", .strategy),
    ])

    private static let create = Operation(
        method: .post, path: "/v1/negotiations", name: "createNegotiation", group: group,
        summary: "Puts a negotiation on record as a draft; nothing is written to the vendor", body: creation,
        success: .created("Negotiation")
    ) { call in
        let intent = try intent(from: call.body)
        let id = try await call.office.createNegotiation(intent, by: call.caller)
        return .created(Shapes.negotiation.json(try await call.negotiation(id)))
    }

    private static let list = Operation(
        method: .get, path: "/v1/negotiations", name: "listNegotiations", group: group,
        summary: "Negotiations, newest first",
        parameters: [.status(NegotiationStatus.allCases.map(\.rawValue)), .cursor, .limit],
        success: .list(of: "Negotiation")
    ) { call in
        let status = try call.choice("status", of: NegotiationStatus.self)
        let page = try await call.office.books.negotiations.list(call.organization, status, call.page())
        return .ok(page.json(Shapes.negotiation))
    }

    private static let get = Operation(
        method: .get, path: "/v1/negotiations/{id}", name: "getNegotiation", group: group,
        summary: "One negotiation", success: .one("Negotiation")
    ) { call in
        .ok(Shapes.negotiation.json(try await call.negotiation(call.id(of: "negotiation"))))
    }

    private static let messages = Operation(
        method: .get, path: "/v1/negotiations/{id}/messages", name: "listMessages", group: group,
        summary: "The thread, oldest first", parameters: [.cursor, .limit], success: .list(of: "Message")
    ) { call in
        let negotiation = try await call.negotiation(call.id(of: "negotiation"))
        let messages = try await call.office.books.threads.messages(call.organization, negotiation.id)
        return .ok(try messages.page(call.page()).json(Shapes.message))
    }

    private static let attachment = Operation(
        method: .get, path: "/v1/messages/{id}/attachments/{number}", name: "getMessageAttachment",
        group: group, summary: "A file that came with a message, counted from 1",
        success: .init(
            status: 200, schema: .text, note: "The file as it came, under the type that its sender gave it.",
            contentType: "*/*")
    ) { call in
        let books = call.office.books
        guard let message = try await books.threads.message(call.organization, call.id(of: "message")) else {
            throw Problem.notFound("message")
        }
        let number = try call.number(of: "attachment")
        return APIAnswer(file: try await call.office.file(number, of: message, in: call.organization))
    }

    private static let emails = Operation(
        method: .get, path: "/v1/negotiations/{id}/emails", name: "listEmails", group: group,
        summary: "Emails to the vendor and how far they have come, oldest first",
        parameters: [.cursor, .limit],
        success: .list(of: "Email")
    ) { call in
        let negotiation = try await call.negotiation(call.id(of: "negotiation"))
        let emails = try await call.office.books.emails.ofNegotiation(call.organization, negotiation.id)
        return .ok(try emails.page(call.page()).json(Shapes.email))
    }

    private static let offers = Operation(
        method: .get, path: "/v1/negotiations/{id}/offers", name: "listOffers", group: group,
        summary: "Every price that was named, oldest first, and where it stands in the mail",
        parameters: [.cursor, .limit], success: .list(of: "Offer")
    ) { call in
        let negotiation = try await call.negotiation(call.id(of: "negotiation"))
        let offers = try await call.office.books.negotiations.offers(call.organization, negotiation.id)
        return .ok(try offers.page(call.page()).json(Shapes.offer))
    }

    private static let timeline = Operation(
        method: .get, path: "/v1/negotiations/{id}/timeline", name: "getTimeline", group: group,
        summary: "What has happened, oldest first", parameters: [.cursor, .limit],
        success: .list(of: "AuditEntry")
    ) { call in
        let negotiation = try await call.negotiation(call.id(of: "negotiation"))
        let entries = try await call.office.books.journal.timeline(call.organization, negotiation.id)
        return .ok(try entries.page(call.page()).json(Shapes.audit))
    }

    /// `open`, `counter`, `accept`, `reject` and `reply`.
    private static func step(_ composition: Composition) -> Operation {
        Operation(
            method: .post, path: "/v1/negotiations/{id}/\(composition.rawValue)",
            name: "\(composition.rawValue)Negotiation", group: group, summary: composition.summary,
            body: composition.shape, takesFiles: true, success: .emailStep
        ) { call in
            let request = CompositionRequest(
                composition, price: call.body.amount("price"), text: call.body.text("text"),
                files: try Attachments.read(from: call.body) ?? [])
            let id = try await call.office.compose(request, in: call.id(of: "negotiation"), by: call.caller)
            return .ok(try await call.emailStep(id))
        }
    }

    private static let resume = Operation(
        method: .post, path: "/v1/negotiations/{id}/resume-automation", name: "resumeAutomation",
        group: group,
        summary: "Lets what is automatic go on after somebody has checked; administrators and managers only",
        body: .empty, success: .one("Negotiation")
    ) { call in
        let id: NegotiationID = try call.id(of: "negotiation")
        try await call.office.resumeAutomation(in: id, by: call.caller)
        return .ok(Shapes.negotiation.json(try await call.negotiation(id)))
    }

    private static let cancel = Operation(
        method: .post, path: "/v1/negotiations/{id}/cancel", name: "cancelNegotiation", group: group,
        summary: "Calls the negotiation off; what has not been sent is not sent",
        body: BodyShape([.optional("reason", .text)]), success: .emailStep
    ) { call in
        let id: NegotiationID = try call.id(of: "negotiation")
        try await call.office.cancel(id, reason: call.body.text("reason"), by: call.caller)
        return .ok(
            .object(of: [
                ("email", .null), ("approval", .null),
                ("negotiation", Shapes.negotiation.json(try await call.negotiation(id))),
            ]))
    }

    private static func intent(from body: ReadBody) throws(Problem) -> PurchaseIntent {
        PurchaseIntent(
            product: try product(from: body), vendor: try vendor(from: body),
            quantity: try body.needed("quantity", body.whole("quantity")),
            targetPrice: try body.needed("target_price", body.amount("target_price")),
            limitPrice: body.amount("limit_price"), currency: body.currency("currency"),
            paymentTerms: body.text("payment_terms"), expiresAt: body.time("expires_at"),
            strategyJSON: body.strategy("strategy") ?? "{}")
    }

    private static func product(from body: ReadBody) throws(Problem) -> PurchaseIntent.ProductChoice {
        switch (body.id("product_id") as ProductID?, try body.object("product", as: newProduct)) {
        case (let id?, nil): return .known(id)
        case (nil, let new?):
            return .new(
                title: try new.needed("title", new.text("title")),
                url: try new.needed("url", new.text("url")),
                price: new.amount("price"), currency: new.currency("currency"))
        default: throw .invalid("product_id", "give either product_id or product")
        }
    }

    private static func vendor(from body: ReadBody) throws(Problem) -> PurchaseIntent.VendorChoice {
        switch (body.id("vendor_id") as VendorID?, try body.object("vendor", as: newVendor)) {
        case (let id?, nil): return .known(id)
        case (nil, let new?):
            return .new(
                name: try new.needed("name", new.text("name")),
                contactEmail: try new.needed("contact_email", new.text("contact_email")))
        default: throw .invalid("vendor_id", "give either vendor_id or vendor")
        }
    }
}

extension Composition {
    fileprivate var summary: String {
        switch self {
        case .open: "Drafts the opening email and asks for its approval"
        case .counter: "Drafts a counter-offer and asks for its approval"
        case .accept: "Drafts the acceptance of the vendor's offer and asks for its approval"
        case .reject: "Drafts a refusal"
        case .reply: "Drafts a free reply; it needs an approval when its text mentions an amount"
        }
    }

    fileprivate var shape: BodyShape {
        BodyShape(fields + [Attachments.field("Files that go along.")])
    }

    private var fields: [BodyShape.Field] {
        let paragraph = BodyShape.Field.optional("text", .text, "An additional paragraph.")
        return switch self {
        case .open: [.optional("price", .money, "The target unless told."), paragraph]
        case .counter: [.required("price", .money, "Of one piece."), paragraph]
        case .accept: [.optional("price", .money, "The vendor's last offer unless told."), paragraph]
        case .reject: [paragraph]
        case .reply: [.required("text", .text, "The whole text.")]
        }
    }
}

extension Operation.Success {
    /// What a step of a negotiation answers.
    static let emailStep = Operation.Success(
        status: 200,
        schema: .object(
            [
                ("email", Schema.named("Email").orNull), ("approval", Schema.named("Approval").orNull),
                ("negotiation", .named("Negotiation")),
            ], required: ["email", "approval", "negotiation"]),
        note: "The email that was drafted, and the approval that it waits for.")
}

extension APICall {
    func negotiation(_ id: NegotiationID) async throws -> NegotiationRecord {
        guard let record = try await office.books.negotiations.find(organization, id) else {
            throw Problem.notFound("negotiation")
        }
        return record
    }

    /// An email, the approval that it waits for, and its negotiation, as they are now.
    func emailStep(_ id: EmailID) async throws -> StrictJSON {
        guard let email = try await office.books.emails.find(organization, id) else {
            throw Problem.notFound("email")
        }
        let approval = email.isMoneyRelated ? try await office.books.approvals.ofEmail(organization, id) : nil
        return .object(of: [
            ("email", Shapes.email.json(email)), ("approval", approval.map(Shapes.approval.json) ?? .null),
            ("negotiation", Shapes.negotiation.json(try await negotiation(email.negotiationID))),
        ])
    }
}
