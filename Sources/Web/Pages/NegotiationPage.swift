import Desk
import Hummingbird
import Jinja
import Negotiation

/// Everything on the page of one negotiation.
struct NegotiationDossier: Sendable {
    let record: NegotiationRecord
    let product: Product?
    let owner: User?
    let messages: [ThreadMessage]
    let offers: [Offer]
    let emails: [EmailWithContent]
    let timeline: [AuditEntry]
    let order: PurchaseOrder?
    /// Names of the people in it.
    let names: [UserID: String]
}

extension PageCall {
    /// Entries of the timeline on the page, the newest of them.
    private static var longestTimeline: Int { 200 }

    /// The page of one negotiation; `step` is the form that has just failed.
    func negotiation(_ id: NegotiationID, step: String = "") async throws -> Response {
        let dossier = try await dossier(id)
        let record = dossier.record
        return try await page(
            "negotiation.html", section: "negotiations",
            [
                ("negotiation", header(dossier)), ("letters", ThreadView(dossier).letters),
                ("emails", Value(dossier.emails.map { waitingEmail($0, record) })),
                ("follow_ups", try await followUps(of: record)),
                ("steps", steps(of: record)), ("failed_step", Value(step)),
                ("fields", fields(proposals(for: record))),
                ("order", dossier.order.map { orderValue($0) } ?? .none),
                (
                    "can_order",
                    Value(record.status == .accepted && dossier.order == nil && visitor.user.role.mayWrite)
                ),
                ("timeline", timeline(dossier)),
            ])
    }

    private func dossier(_ id: NegotiationID) async throws -> NegotiationDossier {
        guard let record = try await books.negotiations.find(organization, id) else {
            throw Problem.notFound("negotiation")
        }
        var emails: [EmailWithContent] = []
        let unsent = try await books.emails.ofNegotiation(organization, id).filter { $0.status != .sent }
        // What was called off is shown while nothing has followed it.
        for email in unsent where email.status != .cancelled || email.id == unsent.last?.id {
            guard let content = try await books.emails.content(organization, email.id, email.version) else {
                continue
            }
            emails.append(
                EmailWithContent(
                    email: email, content: content, attachments: office.attachments(of: content),
                    approval: try await books.approvals.ofEmail(organization, email.id), attempts: [],
                    doubt: try await office.doubt(about: email, of: organization)))
        }
        let timeline = try await books.journal.timeline(organization, id).suffix(Self.longestTimeline)
        var names: [UserID: String] = [:]
        for user in Set(timeline.compactMap(\.origin.userID)) {
            names[user] = try await books.people.user(organization, user)?.fullName
        }
        return NegotiationDossier(
            record: record, product: try await books.catalogue.product(organization, record.productID),
            owner: try await books.people.user(organization, record.ownerID),
            messages: try await books.threads.messages(organization, id),
            offers: try await books.negotiations.offers(organization, id), emails: emails,
            timeline: Array(timeline), order: try await books.negotiations.purchaseOrderOf(organization, id),
            names: names)
    }

    private func header(_ dossier: NegotiationDossier) -> Value {
        let record = dossier.record
        let price = record.finalPrice ?? record.lastSentPrice
        func money(_ amount: Amount?) -> Value { Figures.money(amount, record.currency) }
        return Value([
            ("id", Value("\(record.id)")), ("title", Value(dossier.product?.title ?? "Product")),
            ("product_url", Value(webAddress(dossier.product?.url) ?? "")),
            ("vendor", Value(record.vendorContactName)), ("vendor_email", Value(record.vendorContactEmail)),
            ("status", record.status.badge), ("status_reason", Value(orNone: record.statusReason)),
            ("quantity", Value(Figures.grouped(record.quantity))),
            ("list_price", money(record.originalPrice)),
            ("target", money(record.targetPrice)), ("limit", money(record.limitPrice)),
            ("our_price", money(record.lastSentPrice)), ("offer", money(record.currentOfferPrice)),
            ("final", money(record.finalPrice)), ("total", money(price?.multiplied(by: record.quantity))),
            ("offer_total", money(record.currentOfferPrice?.multiplied(by: record.quantity))),
            ("offer_above_limit", Value(isAboveLimit(record.currentOfferPrice, record))),
            ("payment_terms", Value(orNone: record.paymentTerms)),
            ("stopped", Value(orNone: record.automationStop?.reason)),
            (
                "may_resume",
                Value(visitor.user.role.mayAdminister || visitor.user.role == .manager)
            ),
            ("expires", Figures.time(record.expiresAt)),
            ("owner", Value(dossier.owner?.fullName ?? "")), ("created", Figures.time(record.createdAt)),
        ])
    }

    private func isAboveLimit(_ price: Amount?, _ record: NegotiationRecord) -> Bool {
        guard let price, let limit = record.limitPrice else { return false }
        return price > limit
    }

    /// An address that a link may lead to: `javascript:` and the like are none.
    private func webAddress(_ text: String?) -> String? {
        guard let text, text.lowercased().hasPrefix("https://") || text.lowercased().hasPrefix("http://")
        else { return nil }
        return text
    }

    /// Which forms the page offers.
    private func steps(of record: NegotiationRecord) -> Value {
        func isPossible(_ event: NegotiationEvent) -> Bool {
            guard visitor.user.role.mayWrite, case .to = record.status.transition(event) else { return false }
            return true
        }
        let compositions = Composition.allCases.map { ($0.rawValue, Value(isPossible(.compose($0)))) }
        return Value(compositions + [("cancel", Value(isPossible(.cancel)))])
    }

    /// What the forms propose.
    private func proposals(for record: NegotiationRecord) -> [(String, String)] {
        let price: Amount? = record.status == .draft ? record.targetPrice : nil
        return [
            ("price", price.map { "\($0)" } ?? ""), ("text", ""), ("reason", ""), ("subject", ""),
            ("body_text", ""), ("max_follow_ups", ""), ("after_working_days", ""),
            ("accept_price", record.currentOfferPrice.map { "\($0)" } ?? ""),
        ]
    }

    // MARK: Emails on their way

    private func waitingEmail(_ item: EmailWithContent, _ record: NegotiationRecord) -> Value {
        let (email, content) = (item.email, item.content)
        let mayWrite = visitor.user.role.mayWrite && !record.status.isClosed
        return Value([
            ("id", Value("\(email.id)")), ("kind", Value(email.kind.title)), ("status", email.status.badge),
            ("reason", Value(orNone: email.reasonBesideTime)), ("leaves", leaving(email)),
            ("subject", Value(content.subject)),
            ("body", Value(content.bodyText)),
            ("to", Value(content.recipients.map(\.address).joined(separator: ", "))),
            ("created", Figures.time(email.createdAt)), ("is_money", Value(email.isMoneyRelated)),
            ("terms", termsValue(content.terms)),
            ("attachments", item.attachments.rows(under: "/emails/\(email.id)")),
            ("approval", item.approval.map { approvalSummary($0, for: email) } ?? .none),
            ("can_edit", Value(mayWrite && email.status.isEditable)),
            ("can_submit", Value(mayWrite && email.status == .draft && record.status != .pendingApproval)),
            ("can_resolve", Value(visitor.user.role.mayWrite && item.doubt != nil)),
            ("can_withdraw", Value(visitor.user.role.mayWrite && email.status.isRevocable)),
            ("doubt", item.doubt.map(doubtValue) ?? .none),
        ])
    }

    /// When an approved email leaves that waits for its time; none where it is on its way.
    private func leaving(_ email: EmailRecord) -> Value {
        guard email.status == .approved, let due = email.sendsAt, due > office.clock.now() else {
            return .none
        }
        return Figures.time(due)
    }

    /// What somebody has to know who says what became of an email.
    private func doubtValue(_ doubt: SendingDoubt) -> Value {
        let attempt = doubt.attempt
        return Value([
            ("number", Value(attempt.number)), ("began", Figures.time(attempt.startedAt)),
            ("server", Value(orNone: attempt.serverReply)),
            (
                "findings",
                Value(
                    attempt.evidence.map {
                        Value([("words", Value($0.words)), ("at", Figures.time($0.at))])
                    })
            ),
            ("quiet_until", Figures.time(doubt.quietUntil)),
            ("sender_is_done", Value(doubt.senderIsDone)), ("is_quiet", Value(doubt.isQuiet)),
        ])
    }

    private func approvalSummary(_ request: ApprovalRequest, for email: EmailRecord) -> Value {
        let isOverdue = request.status == .pending && request.expiresAt <= office.clock.now()
        return Value([
            ("link", Value("/approvals/\(request.id)")), ("status", request.badge(isOverdue: isOverdue)),
            ("is_pending", Value(request.status == .pending && !isOverdue)),
            ("outcome", Value(request.outcome)), ("expires", Figures.time(request.expiresAt)),
            ("may_decide", Value(isApprover(of: request))),
        ])
    }

    /// Whether the visitor looks like somebody who may decide; the desk decides when it comes to it.
    private func isApprover(of request: ApprovalRequest) -> Bool {
        let vote = ApprovalVote(.approve, by: visitor.user.asApprover, via: .page, at: office.clock.now())
        if case .refused = request.state(after: []).decide(vote) { return false }
        return true
    }

    func termsValue(_ terms: Terms?) -> Value {
        guard let terms else { return .none }
        return Value([
            ("unit_price", Figures.money(terms.unitPrice, terms.currency)),
            ("quantity", Value(Figures.grouped(terms.quantity))),
            ("total", Figures.money(terms.total, terms.currency)), ("above_limit", Value(terms.isAboveLimit)),
        ])
    }

    // MARK: Timeline

    private func timeline(_ dossier: NegotiationDossier) -> Value {
        Value(
            dossier.timeline.reversed().map { entry in
                Value([
                    ("at", Figures.time(entry.at)), ("text", Value(entry.description)),
                    ("who", Value(entry.origin.userID.map { dossier.names[$0] ?? "Somebody" } ?? "Parley")),
                    ("action", Value(entry.action)),
                    (
                        "changes",
                        Value(
                            entry.changes.sorted { $0.key < $1.key }.map { name, value in
                                Value("\(name.split(separator: "_").joined(separator: " ")): \(value)")
                            })
                    ),
                ])
            })
    }
}

extension EmailRecord {
    /// Why it is where it is, without the time that stands beside it on the page.
    fileprivate var reasonBesideTime: String? {
        guard let statusReason, statusReason.hasPrefix("Waits until "),
            let end = statusReason.range(of: "Z: ")
        else { return statusReason }
        return String(statusReason[end.upperBound...])
    }
}
