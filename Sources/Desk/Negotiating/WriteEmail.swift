import Jinja
import Negotiation
import Reading

/// An email as it will leave, byte for byte.
struct WrittenEmail {
    let content: EmailContent
    let messageID: String
    var subject: String { content.subject }
}

extension Office {
    /// Renders the template of the kind and fixes the bytes.
    func write(
        _ request: CompositionRequest, terms: Terms?, in negotiation: NegotiationRecord, by caller: Caller,
        at now: Instant
    ) async throws -> WrittenEmail {
        let organization = try await organization(caller.organizationID)
        let thread = try await books.threads.messages(negotiation.organizationID, negotiation.id)
        let kind = request.composition.kind
        let text = try request.text.map { try Field.lines($0, "text", longest: longestBody) }
        let files = try EmailFile.checked(request.files, field: "attachments")
        let (subject, body): (String, String)
        if kind == .reply {
            guard let text else { throw DeskError.invalid(field: "text", "a reply needs a text") }
            (subject, body) = (replySubject(of: negotiation), text)
        } else {
            let template = try await templates.email(organization.id, kind.rawValue)
            let variables = try await variables(
                for: negotiation, organization: organization, terms: terms, text: text, buyer: caller.user)
            let rendered = try templates.render(template, variables, now)
            subject = kind == .opening ? rendered.subject : replySubject(of: negotiation)
            body = rendered.text
        }
        let emailID: EmailID = clock.newID()
        let sender = try await mail.address(organization, nil)
        return try await fix(
            subject: subject, body: body, files: files, terms: terms, emailID: emailID, version: 1,
            kind: kind, messageID: "\(emailID)@\(VendorAddress.domain(of: sender.address))",
            negotiation: negotiation, organization: organization, thread: thread, author: caller.user.id,
            at: now)
    }

    /// Fixes one content: the letter, its MIME bytes, and the envelope that the digest covers besides.
    func fix(
        subject: String, body: String, files: [EmailFile], terms: Terms?, emailID: EmailID, version: Int,
        kind: EmailKind, messageID: String, negotiation: NegotiationRecord, organization: Organization,
        thread: [ThreadMessage], author: UserID?, at now: Instant
    ) async throws -> WrittenEmail {
        guard body.contains(where: { !$0.isWhitespace }) else {
            throw DeskError.unwritable("its text is empty")
        }
        let sender = try await mail.address(organization, nil)
        let recipient = MailAddress(
            name: negotiation.vendorContactName, address: negotiation.vendorContactEmail)
        var letter = Letter(
            messageID: messageID, date: now, from: sender, to: [recipient],
            replyTo: try await mail.address(organization, negotiation.replyToken), subject: subject,
            text: body,
            inReplyTo: thread.last?.mailMessageID, references: references(of: thread),
            isAutomatic: kind == .followUp)
        letter.hasHTML = true
        letter.files = files
        let content = EmailContent(
            emailID: emailID, version: version, kind: kind, sender: sender, recipients: [recipient],
            subject: subject, bodyText: body,
            envelope: Envelope.bytes(sender: sender, recipients: [recipient], terms: terms),
            raw: try mail.compose(letter),
            mentionsAmounts: AmountScanner.mentionsMoney(
                hasLeft(subject, in: thread) ? body : subject + "\n" + body)
                || files.contains(where: \.mayMentionMoney),
            terms: terms, createdBy: author, createdAt: now)
        return WrittenEmail(content: content, messageID: messageID)
    }

    /// The organization of a caller.
    func organization(_ id: OrganizationID) async throws -> Organization {
        guard let organization = try await books.people.organization(id) else {
            throw DeskError.notFound("organization")
        }
        return organization
    }

    /// Whether an email of the thread has left under this very subject, or under the one that it answers: then it has
    /// passed the gate, figures in the product's name included.
    private func hasLeft(_ subject: String, in thread: [ThreadMessage]) -> Bool {
        thread.contains {
            $0.direction == .outbound && (subject == $0.subject || subject == answering($0.subject))
        }
    }

    func replySubject(of negotiation: NegotiationRecord) -> String {
        answering(negotiation.subject ?? "Your offer")
    }

    private func answering(_ subject: String) -> String {
        subject.lowercased().hasPrefix("re:") ? subject : "Re: " + subject
    }

    /// The first and the last messages of a thread; RFC 5322 allows a long list, mail servers do not.
    private func references(of thread: [ThreadMessage]) -> [String] {
        let ids = thread.map(\.mailMessageID)
        return ids.count <= 20 ? ids : [ids[0]] + ids.suffix(19)
    }

    /// What a template may use. The limit and the target are not among it, so that no template can leak them.
    func variables(
        for negotiation: NegotiationRecord, organization: Organization, terms: Terms?, text: String?,
        buyer: User
    ) async throws -> [String: Value] {
        guard let product = try await books.catalogue.product(organization.id, negotiation.productID) else {
            throw DeskError.notFound("product")
        }
        var variables: [String: Value] = [
            "product_name": Value(product.title), "product_sku": Value(product.sku ?? ""),
            "product_url": Value(product.url),
            "vendor_name": Value(negotiation.vendorContactName),
            "quantity": Value(negotiation.quantity), "currency": Value(negotiation.currency.code),
            "list_price": Value("\(negotiation.originalPrice)"),
            "payment_terms": Value(negotiation.paymentTerms ?? ""),
            "buyer_name": Value(buyer.fullName), "organization_name": Value(organization.name),
            "note": Value(text ?? ""),
            "vendor_offer": Value(negotiation.currentOfferPrice.map { "\($0)" } ?? ""),
            "unit_price": Value(""), "total": Value(""),
        ]
        if let terms {
            variables["unit_price"] = Value("\(terms.unitPrice)")
            variables["total"] = Value("\(terms.total)")
        }
        return variables
    }
}

/// What the digest covers besides the MIME bytes, written in one way only.
enum Envelope {
    /// One field a line, names before values; lengths before the values, so that no value can pose as a field.
    static func bytes(sender: MailAddress, recipients: [MailAddress], terms: Terms?) -> [UInt8] {
        var fields = [("from", sender.address)] + recipients.map { ("to", $0.address) }
        if let terms {
            fields += [
                ("unit_price", "\(terms.unitPrice)"), ("quantity", "\(terms.quantity)"),
                ("currency", terms.currency.code), ("total", "\(terms.total)"),
            ]
        }
        return fields.flatMap { name, value in Array("\(name) \(value.utf8.count) \(value)\n".utf8) }
    }
}
