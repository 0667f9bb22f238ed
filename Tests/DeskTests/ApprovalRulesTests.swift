import Desk
import Negotiation
import ParleyTesting
import Testing

/// Who has to say yes, and what happens until they have.
@Suite struct ApprovalRulesTests {
    private func office(_ policies: ApprovalPolicy?...) async throws -> TestOffice {
        let office = try await makeTestOffice()
        for (number, policy) in policies.enumerated() {
            _ = try await office.office.addPolicy(
                "Policy \(number)", try #require(policy), by: office.caller(office.mia))
        }
        return office
    }

    private func policy(
        _ approvals: Int = 1, _ roles: Set<UserRole> = [.manager], people: Set<PersonID> = [],
        from minimum: String? = nil, conditions: ApprovalConditions? = .always,
        then groups: [ApproverGroup?] = [], order: ApprovalOrder = .together, upTo: String? = nil,
        remind: Int? = nil, escalation: ApprovalEscalation? = nil
    ) -> ApprovalPolicy? {
        ApprovalPolicy(
            approvalsRequired: approvals, approverRoles: roles, allowSelfApproval: false, linkAllowed: true,
            expiresAfterHours: 72, minimumTotal: minimum.map { Money(price($0), .eur) },
            namedApprovers: people, conditions: conditions ?? .always,
            furtherGroups: groups.compactMap { $0 }, order: order,
            linkUpTo: upTo.map { Money(price($0), .eur) }, remindAfterHours: remind, escalation: escalation)
    }

    /// The addresses to which letters about approvals have gone, in order.
    private func asked(_ office: TestOffice) -> [String] {
        office.post.letters.map(\.recipient.address).map { String($0.prefix { $0 != "@" }) }
    }

    private func text(_ letter: StaffLetter?) -> String {
        letter.map { String(decoding: $0.raw, as: UTF8.self) } ?? ""
    }

    private func user(_ name: String, _ role: UserRole, in office: TestOffice) async throws -> User {
        let user = User(
            id: office.clock.clock.newID(), organizationID: office.organization.id,
            email: "\(name)@acme.example", fullName: name, role: role, isActive: true, passwordHash: "x")
        try await office.books.commit(office.organization.id, [.addUser(user, at: office.clock.now)])
        return user
    }

    // MARK: Groups

    @Test("groups that decide in turn are asked one after another, and the email waits for the last")
    func inTurn() async throws {
        let office = try await office(
            policy(then: [ApproverGroup(approvals: 1, roles: [.orgAdmin])], order: .inTurn))
        let email = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        #expect(asked(office) == ["max"])
        let request = try await office.pendingRequest()
        let early = await refusal { try await office.decide(.approve, on: request, by: office.mia) }
        #expect(early == .decisionRefused(.notYourTurn))
        try await office.decide(.approve, on: request)
        try await office.work()
        #expect(asked(office) == ["max", "mia"])
        #expect(try await office.email(email).status == .pendingApproval)
        try await office.decide(.approve, on: request, by: office.mia)
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(asked(office) == ["max", "mia"])
    }

    @Test("people who are named decide whatever their role, and nobody else does")
    func named() async throws {
        let office = try await makeTestOffice()
        let olga = try await user("olga", .member, in: office)
        _ = try await office.office.addPolicy(
            "Olga", try #require(policy(1, [], people: [olga.id.person])), by: office.caller(office.mia))
        let email = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        #expect(asked(office) == ["olga"])
        let request = try await office.pendingRequest()
        let other = await refusal { try await office.decide(.approve, on: request) }
        #expect(other == .decisionRefused(.roleMayNot))
        try await office.decide(.approve, on: request, by: olga)
        try await office.work()
        #expect(try await office.email(email).status == .sent)
    }

    @Test("a policy cannot name somebody who is not there")
    func unknownPerson() async throws {
        let office = try await makeTestOffice()
        let nobody = policy(1, [], people: [office.clock.clock.newID()])
        let refused = await refusal {
            _ = try await office.office.addPolicy(
                "x", try #require(nobody), by: office.caller(office.mia))
        }
        guard case .invalid("people", _) = refused else { return #expect(Bool(false), "\(refused as Any)") }
    }

    @Test("where too few people may ever decide, whoever asked is told so at once")
    func tooFew() async throws {
        let office = try await office(policy(2))
        _ = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        #expect(try await office.notices().contains("Too few people may approve an email"))
    }

    @Test("above an amount the link is not enough, and the letter leads to the page that asks for a sign-in")
    func linkUpTo() async throws {
        let office = try await office(policy(upTo: "799.99"))
        _ = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        #expect(office.post.approvalToken(to: "max@acme.example") == nil)
        #expect(text(office.post.letters.last).contains("https://parley.example/approvals/"))
        let request = try await office.pendingRequest()
        let byLink = await refusal { try await office.decide(.approve, on: request, via: .link) }
        #expect(byLink == .decisionRefused(.linkNotEnough))
    }

    // MARK: What is looked at

    @Test("many small purchases from one vendor add up, so that splitting does not slip under a limit")
    func splitting() async throws {
        let office = try await office(
            policy(),
            policy(
                2, [.manager, .orgAdmin], from: "1500", conditions: ApprovalConditions(addsUpOverDays: 30)))
        let first = try await office.newNegotiation()
        _ = try await office.write(.open, in: first)
        #expect(try await office.pendingRequest().requirement.fewestPeople == 1)
        try await office.approve()
        try await office.work()
        let second = try await office.write(.open, in: try await office.newNegotiation())
        #expect(try await office.pendingRequest().requirement.fewestPeople == 2)
        try await office.approve()
        try await office.work()
        #expect(try await office.email(second).status == .pendingApproval)
    }

    @Test("two emails that were approved each by itself are not both sent when together they pass a limit")
    func together() async throws {
        let office = try await office(policy())
        let first = try await office.write(.open, in: try await office.newNegotiation())
        try await office.approve()
        let second = try await office.write(.open, in: try await office.newNegotiation())
        try await office.approve()
        let strict = policy(
            2, [.manager, .orgAdmin], from: "1500", conditions: ApprovalConditions(addsUpOverDays: 30))
        _ = try await office.office.addPolicy(
            "Sum", try #require(strict), by: office.caller(office.mia))
        try await office.work(WorkerSettings(concurrency: 1))
        #expect(office.post.deliveries.count == 1)
        let statuses = [try await office.email(first).status, try await office.email(second).status]
        #expect(Set(statuses) == [.sent, .pendingApproval])
        #expect(try await office.pendingRequest().requirement.fewestPeople == 2)
    }

    @Test("a vendor whose address has changed since the last deal falls under the policy for it")
    func changedAddress() async throws {
        let office = try await office(
            policy(), policy(1, [.orgAdmin], conditions: ApprovalConditions(vendors: [.changedAddress])))
        let first = try await office.openedNegotiation()
        try await office.vendorSays("EUR 8.00 per unit.")
        _ = try await office.write(.accept, in: first)
        #expect(try await office.pendingRequest().requirement.chains.count == 1)
        try await office.approve()
        try await office.work()
        #expect(try await office.negotiation(first).status == .accepted)

        let id = try await office.newNegotiation()
        let old = try await office.negotiation(id)
        let moved = NegotiationRecord(
            id: office.clock.clock.newID(), organizationID: old.organizationID, productID: old.productID,
            vendorID: old.vendorID, ownerID: old.ownerID, status: .draft, quantity: 1, currency: .eur,
            originalPrice: old.originalPrice, targetPrice: old.targetPrice, limitPrice: nil,
            paymentTerms: nil, vendorContactEmail: "sales@bo1ts.example", vendorContactName: "Bolts",
            replyToken: "abcdefghijklmnopqrstuvwxyz", expiresAt: nil, createdAt: old.createdAt,
            updatedAt: old.updatedAt)
        try await office.books.commit(office.organization.id, [.addNegotiation(moved)])
        _ = try await office.write(.open, in: moved.id)
        let request = try await office.pendingRequest()
        #expect(request.requirement.chains.count == 2)
        let view = try await office.office.approval(request.id, of: office.organization.id)
        #expect(
            view.warnings.contains { $0.contains("sales@bolts.example, this goes to sales@bo1ts.example") })
        #expect(view.warnings.contains { $0.contains("resembles bolts.example") })
    }

    @Test("the approver sees how the offer differs from what was sent last, in figures and word by word")
    func comparison() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.20 per unit.")
        _ = try await office.write(.counter, "8.50", in: id)
        let view = try await office.office.approval(
            try await office.pendingRequest().id, of: office.organization.id)
        let comparison = try #require(view.comparison)
        #expect(comparison.title == "what was sent last")
        #expect(comparison.earlier.terms?.unitPrice == price("8.00"))
        let changed = try #require(comparison.lines).filter { $0.change != .same }
        #expect(changed.contains { $0.change == .removed && $0.text.contains("We offer 8.00 EUR") })
        #expect(changed.contains { $0.change == .added && $0.text.contains("agree to 8.50 EUR") })
    }

    // MARK: Asking for changes

    @Test("an approver who asks for changes gives the email back, and has to say what should change")
    func changes() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        let request = try await office.pendingRequest()
        let silent = await refusal { try await office.decide(.changes, on: request, comment: "  ") }
        #expect(silent == .invalid(field: "comment", "say what has to change"))
        try await office.decide(.changes, on: request, comment: "Name the delivery date.")
        #expect(try await office.email(email).status == .draft)
        #expect(
            try await office.email(email).statusReason == "Max asks for changes: Name the delivery date.")
        #expect(try await office.negotiation(id).status == .draft)
        #expect(try await office.notices().contains("Changes are asked for"))

        _ = try await office.office.edit(
            email, subject: nil, bodyText: "EUR 8.00 in May?", by: office.caller(office.ada))
        let view = try await office.office.approval(
            try await office.pendingRequest().id, of: office.organization.id)
        #expect(view.comparison?.title == "the version before")
        try await office.approve()
        try await office.work()
        #expect(try await office.email(email).status == .sent)
    }

    // MARK: Standing in

    @Test("whoever stands in for an absent approver is asked and decides on their behalf, on record")
    func delegation() async throws {
        let office = try await office(policy())
        let olga = try await user("olga", .member, in: office)
        _ = try await office.office.delegate(
            to: olga.id, begins: nil, ends: office.clock.now.advanced(byHours: 48),
            by: office.caller(office.max))
        let email = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        #expect(asked(office) == ["max", "olga"])
        #expect(text(office.post.letters.last).contains("asks you for Max."))
        let link = try #require(office.post.approvalToken(to: "olga@acme.example"))
        let view = try await office.office.decide(
            behind: link, .approve, comment: nil, ipAddress: nil, userAgent: nil)
        let made = try #require(view.decisions.first)
        #expect(made.approver?.id == olga.id && made.absent?.id == office.max.id)
        let id = view.negotiation.id
        let said = try await office.books.journal.timeline(office.organization.id, id).map(\.description)
        #expect(said.contains("olga (on behalf of Max) has approved the email."))
        let twice = await conflict { try await office.decide(.approve, on: view.request) }
        #expect(twice == "not_pending")
        try await office.work()
        #expect(try await office.email(email).status == .sent)
    }

    @Test("an absent approver and whoever stands in for them count as one")
    func oneVoice() async throws {
        let office = try await office(policy(2, [.manager, .orgAdmin]))
        let olga = try await user("olga", .member, in: office)
        _ = try await office.office.delegate(
            to: olga.id, begins: nil, ends: office.clock.now.advanced(byHours: 48),
            by: office.caller(office.max))
        _ = try await office.write(.open, in: try await office.newNegotiation())
        let request = try await office.pendingRequest()
        try await office.decide(.approve, on: request, by: olga)
        let again = await refusal { try await office.decide(.approve, on: request) }
        #expect(again == .decisionRefused(.alreadyDecided))
    }

    @Test("a delegation ends by itself and can be ended before, and nobody delegates for others")
    func delegationEnds() async throws {
        let office = try await office(policy())
        let olga = try await user("olga", .member, in: office)
        let until = office.clock.now.advanced(byHours: 48)
        let byOther = await refusal {
            _ = try await office.office.delegate(
                from: office.max.id, to: olga.id, begins: nil, ends: until, by: office.caller(olga))
        }
        guard case .forbidden = byOther else { return #expect(Bool(false), "\(byOther as Any)") }
        let delegation = try await office.office.delegate(
            to: olga.id, begins: nil, ends: until, by: office.caller(office.max))
        _ = try await office.write(.open, in: try await office.newNegotiation())
        let request = try await office.pendingRequest()
        try await office.office.endDelegation(delegation.id, by: office.caller(office.max))
        let late = await refusal { try await office.decide(.approve, on: request, by: olga) }
        #expect(late == .decisionRefused(.roleMayNot))
    }

    // MARK: Time

    @Test("who has not decided is reminded, and after a while others are asked as well")
    func timeIsPassing() async throws {
        let office = try await office(
            policy(remind: 24, escalation: ApprovalEscalation(afterHours: 48, roles: [.orgAdmin])))
        let email = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        office.clock.advance(byHours: 25)
        try await office.work()
        #expect(asked(office) == ["max", "max"])
        #expect(text(office.post.letters.last).contains("Again: "))
        office.clock.advance(byHours: 24)
        try await office.work()
        #expect(asked(office) == ["max", "max", "mia"])
        try await office.approve(by: office.mia)
        try await office.work()
        #expect(try await office.email(email).status == .sent)
    }

    @Test("time alone approves nothing: what nobody decided is not sent")
    func expiry() async throws {
        let office = try await office(
            policy(remind: 1, escalation: ApprovalEscalation(afterHours: 2, roles: [.orgAdmin])))
        let email = try await office.write(.open, in: try await office.newNegotiation())
        for _ in 0..<80 {
            try await office.work()
            office.clock.advance(byHours: 1)
        }
        #expect(try await office.email(email).status == .cancelled)
        #expect(office.post.attempts == 0)
    }

    @Test("whoever wants a digest gets one letter a day with everything that waits, each with a link")
    func digest() async throws {
        let office = try await office(policy())
        let hour = Int(office.clock.now.seconds % 86_400 / 3_600)
        try await office.office.setApprovalMail(
            .digest(hour: (hour + 2) % 24), by: office.caller(office.max))
        for _ in 0..<3 { _ = try await office.write(.open, in: try await office.newNegotiation()) }
        try await office.work()
        #expect(asked(office).isEmpty)
        office.clock.advance(byHours: 3)
        try await office.work()
        #expect(asked(office) == ["max"])
        let letter = text(office.post.letters.last)
        #expect(letter.contains("3 wait"))
        #expect(letter.split(separator: "/approve/").count == 4)
        let link = try #require(office.post.approvalToken(to: "max@acme.example"))
        _ = try await office.office.decide(
            behind: link, .approve, comment: nil, ipAddress: nil, userAgent: nil)
        office.clock.advance(byHours: 24)
        try await office.work()
        #expect(asked(office) == ["max", "max"])
        #expect(text(office.post.letters.last).contains("2 wait"))
    }

    @Test("whoever gives the digest up gets what had waited for it, and then single letters")
    func lastDigest() async throws {
        let office = try await office(policy())
        let hour = Int(office.clock.now.seconds % 86_400 / 3_600)
        let max = office.caller(office.max)
        try await office.office.setApprovalMail(.digest(hour: (hour + 2) % 24), by: max)
        _ = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        try await office.office.setApprovalMail(.each, by: max)
        office.clock.advance(byHours: 3)
        try await office.work()
        #expect(asked(office) == ["max"])
        #expect(text(office.post.letters.last).contains("1 wait"))
        office.clock.advance(byHours: 24)
        try await office.work()
        #expect(asked(office) == ["max"])
    }

    @Test("what would be too late with the next digest is asked at once")
    func urgent() async throws {
        let office = try await office(
            ApprovalPolicy(
                approvalsRequired: 1, approverRoles: [.manager], allowSelfApproval: false, linkAllowed: true,
                expiresAfterHours: 1))
        let hour = Int(office.clock.now.seconds % 86_400 / 3_600)
        try await office.office.setApprovalMail(
            .digest(hour: (hour + 5) % 24), by: office.caller(office.max))
        _ = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        #expect(asked(office) == ["max"])
    }
}
