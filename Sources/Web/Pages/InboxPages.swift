import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addInbox(to router: Router<WebContext>, _ book: inout RouteBook) {
        get("/inbox", knowing: ["cursor"], on: router, &book) { try await $0.inbox() }
        post("/inbox/:id/assign", on: router, &book, again: FormPage { try await $0.inbox() }) { call in
            guard let negotiation = call.form.filled("negotiation_id").flatMap(NegotiationID.init) else {
                throw Problem.invalid("negotiation_id", "choose the negotiation that it belongs to")
            }
            _ = try await call.office.assignMessage(
                call.id(of: "message"), to: negotiation, by: call.visitor.caller)
            return .redirect(to: "/negotiations/\(negotiation)?done=assigned")
        }
        get("/messages/:id", on: router, &book) { try await $0.message() }
    }
}

extension PageCall {
    /// Negotiations that a message can be put into from the page, the newest.
    private static var mostChoices: Int { 200 }

    fileprivate func inbox() async throws -> Response {
        let page = try await desk.reception.inbox(
            of: organization, PageRequest(cursor: query["cursor"], limit: PageDesk.rowsOfPage))
        let next = page.nextCursor.map { "/inbox?cursor=\(PageDesk.encoded($0))" }
        let negotiations = try await books.negotiations.list(
            organization, nil, PageRequest(limit: Self.mostChoices)
        ).items.filter { $0.status != .draft }
        return try await self.page(
            "inbox.html", section: "inbox",
            [
                ("items", Value(page.items.map { item($0, among: negotiations) })),
                ("next", Value(orNone: next)),
                ("may_assign", Value(visitor.user.role.mayWrite && !negotiations.isEmpty)),
            ])
    }

    private func item(_ item: InboxItem, among negotiations: [NegotiationRecord]) -> Value {
        let message = item.message
        let badge =
            switch item.state {
            case "quarantined": Figures.badge("Could not be read", .bad)
            case "ambiguous": Figures.badge("Fits more than one", .attention)
            default: Figures.badge("Matched nothing", .attention)
            }
        return Value([
            ("id", Value(item.id)),
            ("state", badge), ("when", Figures.time(item.receivedAt)), ("reason", Value(orNone: item.reason)),
            ("from", Value(message.map { $0.from.name.isEmpty ? $0.from.address : $0.from.name } ?? "")),
            ("address", Value(message?.from.address ?? "")),
            ("subject", Value(message?.subject ?? "A message that could not be read")),
            ("text", Value(message.map { $0.replyText.isEmpty ? $0.text : $0.replyText } ?? "")),
            ("source", Value(orNone: item.source)),
            (
                "html_link",
                Value(orNone: message.flatMap { $0.hasHTML ? "/messages/\($0.id)" : nil })
            ),
            ("size", Value(orNone: item.size.map(Octets.words))),
            ("choices", Value(message.map { choices(for: $0, among: negotiations) } ?? [])),
        ])
    }

    /// Negotiations with the sender first.
    private func choices(for message: ThreadMessage, among negotiations: [NegotiationRecord]) -> [Value] {
        let sender = message.from.address.lowercased()
        func isWithSender(_ record: NegotiationRecord) -> Bool {
            record.vendorContactEmail.lowercased() == sender
        }
        let sorted = negotiations.filter(isWithSender) + negotiations.filter { !isWithSender($0) }
        return sorted.map { record in
            Value([
                ("id", Value("\(record.id)")),
                (
                    "label",
                    Value("\(record.vendorContactName): \(record.subject ?? "") (\(record.status.label))")
                ),
            ])
        }
    }

    /// A message as its sender's mail program laid it out, without anything that acts, hides or reaches out.
    fileprivate func message() async throws -> Response {
        guard let message = try await books.threads.message(organization, id(of: "message")),
            let arrivalID = message.arrivalID,
            let (arrival, _) = try await books.threads.arrival(organization, arrivalID),
            let html = try office.mail.read(arrival.raw).html
        else { throw Problem.notFound("message") }
        return try await page(
            "message.html", section: message.negotiationID == nil ? "inbox" : "negotiations",
            [
                ("subject", Value(message.subject)), ("from", Value(message.from.name)),
                ("address", Value(message.from.address)),
                ("when_sent", Figures.time(message.date ?? message.receivedAt)),
                ("body", .safe(office.mail.safeHTML(html))),
                (
                    "back",
                    Value(message.negotiationID.map { "/negotiations/\($0)" } ?? "/inbox")
                ),
            ])
    }
}
