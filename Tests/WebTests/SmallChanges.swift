import Desk
import Negotiation
import Secrets

extension SmallBooks.State {
    /// Writes one change as the real store would.
    mutating func apply(_ change: Change, _ organization: OrganizationID) {
        switch change {
        case .addVendor(let vendor): vendors.append(vendor)
        case .addProduct(let product, by: _): products.append(product)
        case .addNegotiation(let record): negotiations.append(record)
        case .updateNegotiation(var record):
            record.version += 1
            negotiations.replace(record) { $0.id == record.id }
        case .addPolicy(let policy): policies.append(policy)
        case .changePolicy(let policy, _):
            policies.removeAll { $0.id == policy.id }
            policies.append(policy)
        case .retirePolicy(let id, _): policies.removeAll { $0.id == id }
        case .addDelegation(let delegation): delegations.append(delegation)
        case .endDelegation(let id, _): delegations.removeAll { $0.id == id }
        case .setApprovalMail(let user, let mail): approvalMail[user] = mail
        case .noteAsk(let ask): asks.append(ask)
        case .setOrganizationSettings(let new, at: _): settings[organization] = new
        case .setSendingRules(let id, let rules, at: _):
            if let place = mailboxes.firstIndex(where: { $0.id == id }) { mailboxes[place].sending = rules }
        case .addMailbox(let mailbox, let sealed):
            mailboxes.append(mailbox)
            self.sealed[mailbox.id] = sealed
        case .describeMailbox(let mailbox, let sealed, insteadOf: _, at: _):
            mailboxes.replace(mailbox) { $0.id == mailbox.id }
            self.sealed[mailbox.id] = sealed
        case .setMailboxCondition(let id, let condition, at: _):
            if let old = mailboxes.first(where: { $0.id == id }) {
                let new = Mailbox(
                    id: id, organizationID: old.organizationID, name: old.name, address: old.address,
                    connection: old.connection, condition: condition, cursor: old.cursor,
                    createdAt: old.createdAt)
                mailboxes.replace(new) { $0.id == id }
            }
        case .addMessage(let message): messages.append(message)
        case .addOffer(let offer): offers.append(offer)
        case .notify(let notification): notifications.append(notification)
        case .audit(let entry): audit.append((organization, entry))
        case .enqueue(let job): jobs.append(job)
        case .addOrganization(let new): organizations[new.id] = new
        case .addUser(let user, at: _): users[user.id] = user
        case .addAPIKey(let key): keys.append(key)
        case .addSession(let session): sessions[session.id] = session
        case .revokeSession(let id, at: _): sessions[id] = nil
        case .recordSignIn(let id, let succeeded, ipAddress: _, at: _):
            failedSignIns[id] = succeeded ? 0 : (failedSignIns[id] ?? 0) + 1
        case .addPurchaseOrder(let order, by: _): orders.append(order.numbered(orders.count + 1))
        case .webhook(let change): apply(change)
        case .requeueJob(let id, at: _): reports.removeAll { $0.id == id }
        case .addFollowUp(let followUp): followUps.append(followUp)
        case .endFollowUp(let followUp, let status, let reason):
            let ended = PlannedFollowUp(
                id: followUp.id, negotiationID: followUp.negotiationID, number: followUp.number,
                dueAt: followUp.dueAt, status: status, emailID: followUp.emailID, reason: reason,
                createdAt: followUp.createdAt)
            followUps.replace(ended) { $0.id == ended.id }
        case .chooseFollowUps(let id, let enabled, let most):
            if var record = negotiations.first(where: { $0.id == id }) {
                (record.followUps.isEnabled, record.followUps.most) = (enabled, most)
                negotiations.replace(record) { $0.id == id }
            }
        case .setFollowUpRule(let scope, let rule):
            rules.removeAll { $0.scope == scope }
            if let rule { rules.append(rule) }
        case .setWorkingHours(let vendor, let hours): workingHours[vendor] = hours
        case .setHolidays(let name, let days): holidays[name] = days.isEmpty ? nil : days
        default: applyToMail(change, organization)
        }
    }

    private mutating func apply(_ change: WebhookChange) {
        func revise(
            _ id: WebhookSubscriptionID, _ edit: (WebhookSubscription) -> WebhookSubscription
        ) {
            if let old = subscriptions.first(where: { $0.id == id }) {
                subscriptions.replace(edit(old)) { $0.id == id }
            }
        }
        switch change {
        case .add(let subscription, sealed: _): subscriptions.append(subscription)
        case .describe(let id, let url, let description, let events, at: _):
            revise(id) { $0.copy(url: url, description: description, events: events) }
        case .setCondition(let id, let condition, at: _): revise(id) { $0.copy(condition: condition) }
        case .remove(let id, at: _): subscriptions.removeAll { $0.id == id }
        case .addDelivery(let delivery): deliveries.append(delivery)
        case .rotate, .endRotation, .setFailing, .settle, .redeliver, .promiseRound, .forget: break
        }
    }

    private mutating func applyToMail(_ change: Change, _ organization: OrganizationID) {
        switch change {
        case .addEmail(let content, let negotiation, let status, let messageID):
            contents.append(content)
            emails.append(
                EmailRecord(
                    id: content.emailID, negotiationID: negotiation, kind: content.kind, status: status,
                    statusReason: nil, version: 1, digest: content.testDigest,
                    isMoneyRelated: content.isMoneyRelated, messageID: messageID,
                    createdBy: content.createdBy,
                    createdAt: content.createdAt, sentAt: nil))
        case .reviseEmail(let content, from: _, to: let status):
            contents.append(content)
            revise(content.emailID) { $0.moved(to: status, content: content) }
        case .moveEmail(let id, from: _, to: let status, let reason, let instant):
            revise(id) { $0.moved(to: status, reason: reason, at: instant) }
        case .scheduleEmail(let id, at: let due, let reason):
            revise(id) { email in
                var waiting = email.moved(to: .approved, reason: reason)
                waiting.sendsAt = due
                return waiting
            }
        case .revokeApproval(let id, let reason, at: let instant):
            if let request = requests.first(where: { $0.id == id }) {
                requests.replace(request.copy(status: .voided, reason: reason, at: instant)) { $0.id == id }
            }
        case .approveEmail(let id, from: _, digest: _, at: let instant):
            revise(id) { $0.moved(to: .approved, at: instant) }
        case .addApprovalRequest(let request):
            let content = contents.last {
                $0.emailID == request.emailID && $0.version == request.emailVersion
            }
            requests.append(request.copy(digest: content?.testDigest ?? []))
        case .closeApprovalRequest(let id, let status, let reason, let instant):
            if let request = requests.first(where: { $0.id == id }) {
                requests.replace(request.copy(status: status, reason: reason, at: instant)) { $0.id == id }
            }
        case .addApprovalLink(let link): links.append(link)
        case .addDecision(let decision): decisions.append(decision)
        case .addGrant(let grant): grants.append(grant)
        default: break
        }
    }

    private mutating func revise(_ id: EmailID, _ copy: (EmailRecord) -> EmailRecord) {
        if let email = emails.first(where: { $0.id == id }) { emails.replace(copy(email)) { $0.id == id } }
    }
}

extension Array {
    fileprivate mutating func replace(_ element: Element, where isOld: (Element) -> Bool) {
        if let index = firstIndex(where: isOld) { self[index] = element }
    }
}

extension EmailContent {
    fileprivate var testDigest: [UInt8] { SHA256.digest(envelope + raw) }
}

extension EmailRecord {
    fileprivate func moved(
        to status: EmailStatus, reason: String? = nil, content: EmailContent? = nil,
        at instant: Instant? = nil
    ) -> EmailRecord {
        EmailRecord(
            id: id, negotiationID: negotiationID, kind: kind, status: status, statusReason: reason,
            version: content?.version ?? version, digest: content?.testDigest ?? digest,
            isMoneyRelated: isMoneyRelated, messageID: messageID, createdBy: createdBy, createdAt: createdAt,
            sentAt: status == .sent ? instant : sentAt)
    }
}

extension WebhookSubscription {
    fileprivate func copy(
        url: String? = nil, description: String? = nil, events: Set<EventType>? = nil,
        condition: Condition? = nil
    ) -> WebhookSubscription {
        WebhookSubscription(
            id: id, organizationID: organizationID, url: url ?? self.url,
            description: description ?? self.description, events: events ?? self.events,
            condition: condition ?? self.condition, failingSince: failingSince,
            previousSecretUntil: previousSecretUntil, createdAt: createdAt)
    }
}

extension ApprovalRequest {
    func copy(
        digest: [UInt8]? = nil, status: Status? = nil, reason: String? = nil, at instant: Instant? = nil
    ) -> ApprovalRequest {
        ApprovalRequest(
            id: id, organizationID: organizationID, emailID: emailID, emailVersion: emailVersion,
            digest: digest ?? self.digest, negotiationID: negotiationID, requestedBy: requestedBy,
            requirement: requirement, status: status ?? self.status, decisionReason: reason ?? decisionReason,
            createdAt: createdAt, expiresAt: expiresAt, decidedAt: instant ?? decidedAt)
    }
}

extension PurchaseOrder {
    fileprivate func numbered(_ number: Int) -> PurchaseOrder {
        PurchaseOrder(
            id: id, negotiationID: negotiationID, vendorID: vendorID,
            number: PurchaseOrderNumber(year: createdAt.day.year, position: number)?.description,
            quantity: quantity, unitPrice: unitPrice, subtotal: subtotal, tax: tax, shipping: shipping,
            total: total, paymentTerms: paymentTerms, createdAt: createdAt)
    }
}
