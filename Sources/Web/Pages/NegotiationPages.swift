import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    /// Rows of a list page.
    static let rowsOfPage = 25

    func addNegotiations(to router: Router<WebContext>, _ book: inout RouteBook) {
        get("/", on: router, &book) { _ in .redirect(to: "/negotiations") }
        get("/negotiations", knowing: ["status", "cursor"], on: router, &book) { try await $0.negotiations() }
        get("/negotiations/new", on: router, &book) { try await $0.newNegotiation() }
        post("/negotiations", on: router, &book, again: FormPage { try await $0.newNegotiation() }) { call in
            let id = try await call.office.createNegotiation(call.intent(), by: call.visitor.caller)
            return .redirect(to: "/negotiations/\(id)?done=created")
        }
        get("/negotiations/:id", on: router, &book) { call in
            try await call.negotiation(call.id(of: "negotiation"))
        }
        for composition in Composition.allCases {
            postStep(composition.rawValue, files: true, on: router, &book) { call, id in
                let request = CompositionRequest(
                    composition, price: try call.amount("price"), text: call.form.filled("text"),
                    files: call.form.chosenFiles("attachments"))
                _ = try await call.office.compose(request, in: id, by: call.visitor.caller)
                return "written"
            }
        }
        postStep("resume", on: router, &book) { call, id in
            try await call.office.resumeAutomation(in: id, by: call.visitor.caller)
            return "resumed"
        }
        postStep("cancel", on: router, &book) { call, id in
            try await call.office.cancel(id, reason: call.form.filled("reason"), by: call.visitor.caller)
            return "cancelled"
        }
        addEmailForms(to: router, &book)
    }

    /// A form on the page of a negotiation, which leads back to it.
    func postStep(
        _ step: String, files: Bool = false, on router: Router<WebContext>, _ book: inout RouteBook,
        _ act: @escaping @Sendable (PageCall, NegotiationID) async throws -> String
    ) {
        post(
            "/negotiations/:id/\(step)", files: files, on: router, &book,
            again: FormPage { try await $0.negotiation($0.id(of: "negotiation"), step: step) }
        ) { call in
            let id: NegotiationID = try call.id(of: "negotiation")
            return .redirect(to: "/negotiations/\(id)?done=\(try await act(call, id))")
        }
    }

    private func addEmailForms(to router: Router<WebContext>, _ book: inout RouteBook) {
        postEmail("edit", done: "edited", files: true, on: router, &book) { call, id in
            _ = try await call.office.edit(
                id, subject: call.form.filled("subject"), bodyText: call.form["body_text"],
                files: call.changedFiles(of: id), by: call.visitor.caller)
        }
        postEmail("submit", done: "submitted", on: router, &book) { call, id in
            try await call.office.submit(id, by: call.visitor.caller)
        }
        postEmail("withdraw", done: "withdrawn", on: router, &book) { call, id in
            try await call.office.withdraw(id, reason: call.form.filled("reason"), by: call.visitor.caller)
        }
        postEmail("resolve", done: "resolved", on: router, &book) { call, id in
            guard let resolution = call.form["resolution"].flatMap(Resolution.init(rawValue:)) else {
                throw Problem.invalid("resolution", "choose what became of the email")
            }
            try await call.office.resolve(id, as: resolution, by: call.visitor.caller)
        }
    }

    /// A form about one email, on the page of its negotiation.
    private func postEmail(
        _ step: String, done: String, files: Bool = false, on router: Router<WebContext>,
        _ book: inout RouteBook,
        _ act: @escaping @Sendable (PageCall, EmailID) async throws -> Void
    ) {
        post(
            "/emails/:id/\(step)", files: files, on: router, &book,
            again: FormPage { call in
                let email = try await call.email(call.id(of: "email"))
                return try await call.negotiation(email.negotiationID, step: "\(step)-\(email.id)")
            }
        ) { call in
            let email = try await call.email(call.id(of: "email"))
            try await act(call, email.id)
            return .redirect(to: "/negotiations/\(email.negotiationID)?done=\(done)")
        }
    }
}

extension PageCall {
    func email(_ id: EmailID) async throws -> EmailRecord {
        guard let email = try await books.emails.find(organization, id) else {
            throw Problem.notFound("email")
        }
        return email
    }

    // MARK: The list

    fileprivate func negotiations() async throws -> Response {
        let status = query["status"].flatMap { $0.isEmpty ? nil : NegotiationStatus(rawValue: $0) }
        let page = try await books.negotiations.list(
            organization, status,
            PageRequest(cursor: query["cursor"], limit: PageDesk.rowsOfPage))
        var titles: [ProductID: String] = [:]
        var rows: [Value] = []
        for record in page.items {
            if titles[record.productID] == nil {
                titles[record.productID] =
                    try await books.catalogue.product(organization, record.productID)?.title ?? ""
            }
            rows.append(row(record, title: titles[record.productID] ?? ""))
        }
        let filter = status.map { "status=\($0.rawValue)&" } ?? ""
        return try await self.page(
            "negotiations.html", section: "negotiations",
            [
                ("rows", Value(rows)), ("statuses", filters(chosen: status)),
                (
                    "next",
                    Value(
                        orNone: page.nextCursor.map {
                            "/negotiations?\(filter)cursor=\(PageDesk.encoded($0))"
                        })
                ),
                ("is_first", Value(query["cursor"] == nil)), ("may_write", Value(visitor.user.role.mayWrite)),
            ])
    }

    private func row(_ record: NegotiationRecord, title: String) -> Value {
        Value([
            ("link", Value("/negotiations/\(record.id)")), ("title", Value(title)),
            ("vendor", Value(record.vendorContactName)), ("status", record.status.badge),
            ("quantity", Value(Figures.grouped(record.quantity))),
            ("target", Figures.money(record.targetPrice, record.currency)),
            ("offer", Figures.money(record.finalPrice ?? record.currentOfferPrice, record.currency)),
            ("updated", Figures.time(record.updatedAt)),
        ])
    }

    private func filters(chosen: NegotiationStatus?) -> Value {
        let all: [(String, String, Bool)] =
            [("All", "/negotiations", chosen == nil)]
            + [.vendorReplied, .pendingApproval, .sent, .draft, .accepted].map {
                (status: NegotiationStatus) in
                (status.label, "/negotiations?status=\(status.rawValue)", chosen == status)
            }
        return Value(
            all.map { label, link, isChosen in
                Value([("label", Value(label)), ("link", Value(link)), ("is_chosen", Value(isChosen))])
            })
    }

    // MARK: A new one

    fileprivate func newNegotiation() async throws -> Response {
        let vendors = try await books.catalogue.vendors(organization, PageRequest(limit: 200)).items
        let products = try await books.catalogue.products(organization, PageRequest(limit: 200)).items
        return try await page(
            "negotiation_new.html", section: "negotiations",
            [
                (
                    "vendors",
                    Value(
                        vendors.filter { $0.isActive && $0.contactEmail != nil }.map {
                            Value([
                                ("id", Value("\($0.id)")), ("name", Value($0.name)),
                                ("address", Value($0.contactEmail ?? "")),
                            ])
                        })
                ),
                (
                    "products",
                    Value(
                        products.map {
                            Value([
                                ("id", Value("\($0.id)")), ("title", Value($0.title)),
                                ("price", Value("\($0.price.currency) \(Figures.grouped($0.price.amount))")),
                            ])
                        })
                ),
                (
                    "fields",
                    fields([
                        ("product_id", ""), ("product_title", ""), ("product_url", ""), ("product_price", ""),
                        ("vendor_id", ""), ("vendor_name", ""), ("vendor_email", ""), ("quantity", ""),
                        ("currency", ""), ("target_price", ""), ("limit_price", ""), ("payment_terms", ""),
                        ("expires_on", ""),
                    ])
                ),
            ])
    }

    /// What was typed into the form for a new negotiation.
    fileprivate func intent() throws(Problem) -> PurchaseIntent {
        let currency = try currency("currency")
        guard let quantity = form.filled("quantity").flatMap({ Int($0) }) else {
            throw .invalid("quantity", "must be a whole number such as 50")
        }
        guard let target = try amount("target_price") else { throw .invalid("target_price", "is needed") }
        return PurchaseIntent(
            product: try product(currency: currency), vendor: try vendor(), quantity: quantity,
            targetPrice: target, limitPrice: try amount("limit_price"), currency: currency,
            paymentTerms: form.filled("payment_terms"), expiresAt: try endOfDay("expires_on"))
    }

    private func product(currency: Currency?) throws(Problem) -> PurchaseIntent.ProductChoice {
        if let id = form.filled("product_id") {
            guard let id = ProductID(id) else { throw .invalid("product_id", "is no product") }
            return .known(id)
        }
        guard let title = form.filled("product_title") else {
            throw .invalid("product_id", "choose a product, or name a new one")
        }
        guard let url = form.filled("product_url") else {
            throw .invalid("product_url", "is needed for a new product: where it is described")
        }
        return .new(title: title, url: url, price: try amount("product_price"), currency: currency)
    }

    private func vendor() throws(Problem) -> PurchaseIntent.VendorChoice {
        if let id = form.filled("vendor_id") {
            guard let id = VendorID(id) else { throw .invalid("vendor_id", "is no vendor") }
            return .known(id)
        }
        guard let name = form.filled("vendor_name"), let email = form.filled("vendor_email") else {
            throw .invalid("vendor_id", "choose a vendor, or give the name and address of a new one")
        }
        return .new(name: name, contactEmail: email)
    }

    private func currency(_ field: String) throws(Problem) -> Currency? {
        guard let text = form.filled(field) else { return nil }
        guard let currency = Currency(text) else {
            throw .invalid(field, "must be three letters such as USD")
        }
        return currency
    }

    /// The end of a day as browsers send it, `2026-01-31`, in UTC.
    private func endOfDay(_ field: String) throws(Problem) -> Instant? {
        guard let text = form.filled(field) else { return nil }
        guard let instant = Instant("\(text)T23:59:59Z") else {
            throw .invalid(field, "must be a day such as 2026-01-31")
        }
        return instant
    }

    /// A price as people type it: blanks and commas that group the digits are allowed.
    func amount(_ field: String) throws(Problem) -> Amount? {
        guard let text = form.filled(field) else { return nil }
        guard let amount = TypedAmount.read(text) else {
            throw .invalid(field, "must be an amount such as 950.00")
        }
        return amount
    }
}

/// Amounts as people type them.
enum TypedAmount {
    /// `1,040.50` and `1 040.50` besides plain decimals. A comma that does not part groups of three digits before the
    /// point is refused rather than guessed at: `1,5` might be 1.5 or 15.
    static func read(_ text: String) -> Amount? {
        let plain = text.filter { $0 != " " && $0 != "\u{00A0}" && $0 != "\u{202F}" }
        guard plain.contains(",") else { return Amount(plain) }
        let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
        let groups = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, (1...3).contains(groups[0].count),
            groups.dropFirst().allSatisfy({ $0.count == 3 }),
            parts.count == 1 || !parts[1].contains(",")
        else { return nil }
        return Amount(groups.joined() + (parts.count == 2 ? "." + parts[1] : ""))
    }
}
