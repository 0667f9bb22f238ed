import Desk
import Negotiation
import ParleyTesting
import Testing

/// The gate: nothing about money leaves without a yes to exactly that.
@Suite struct ApprovalTests {
    private func policy(
        approvals: Int = 1, roles: Set<UserRole> = [.manager, .orgAdmin], selfApproval: Bool = false,
        link: Bool = true, hours: Int = 48, from minimum: String? = nil
    ) throws -> ApprovalPolicy {
        try #require(
            ApprovalPolicy(
                approvalsRequired: approvals, approverRoles: roles, allowSelfApproval: selfApproval,
                linkAllowed: link, expiresAfterHours: hours,
                minimumTotal: minimum.map { Money(price($0), .eur) }))
    }

    private func office(_ policies: ApprovalPolicy...) async throws -> TestOffice {
        let office = try await makeTestOffice()
        for (number, policy) in policies.enumerated() {
            _ = try await office.office.addPolicy("Policy \(number)", policy, by: office.caller(office.mia))
        }
        return office
    }

    @Test("nothing about money is sent without a yes", arguments: [Composition.open, .counter, .accept])
    func gate(composition: Composition) async throws {
        let office = try await makeTestOffice()
        let id: NegotiationID
        if composition == .open {
            id = try await office.newNegotiation()
        } else {
            id = try await office.openedNegotiation()
            try await office.vendorSays("EUR 9.20 per unit.")
        }
        let before = office.post.attempts
        let email = try await office.write(composition, composition == .counter ? "9.00" : nil, in: id)
        for _ in 0..<48 {
            try await office.work()
            office.clock.advance(byHours: 1)
        }
        #expect(office.post.attempts == before)
        #expect(try await office.email(email).status == .pendingApproval)
    }

    @Test("a reply without figures needs no approval, one that names an amount does")
    func amounts() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let plain = try await office.write(.reply, text: "Thank you, we will come back to you.", in: id)
        try await office.work()
        #expect(try await office.email(plain).status == .sent)
        let figures = try await office.write(.reply, text: "Could you do EUR 8.50?", in: id)
        try await office.work()
        #expect(try await office.email(figures).status == .pendingApproval)
        #expect(try await office.email(figures).isMoneyRelated)
    }

    @Test("figures in the product's own name do not make a harmless reply concern money")
    func figuresInTheName() async throws {
        let office = try await makeTestOffice()
        let id = try await office.office.createNegotiation(
            PurchaseIntent(
                product: .new(
                    title: "Bolt M8", url: "https://bolts.example/m8", price: price("10.00"), currency: .eur),
                vendor: .known(office.vendor.id), quantity: 100, targetPrice: price("8.00"), limitPrice: nil,
                currency: nil, paymentTerms: nil, expiresAt: nil), by: office.caller(office.ada))
        _ = try await office.write(.open, in: id)
        try await office.approve()
        try await office.work()
        let reply = try await office.write(.reply, text: "Thank you, we will come back to you.", in: id)
        try await office.work()
        #expect(try await office.email(reply).status == .sent)
    }

    @Test("a figure in a subject that no approved email carried needs an approval")
    func figuresInAnotherSubject() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        var negotiation = try await office.negotiation(id)
        negotiation.subject = "Bolts, EUR 5 each"
        try await office.books.commit(office.organization.id, [.updateNegotiation(negotiation)])
        let reply = try await office.write(.reply, text: "Thank you, we will come back to you.", in: id)
        try await office.work()
        #expect(try await office.email(reply).status == .pendingApproval)
    }

    @Test("what was edited out of the opening's subject does not come back in a reply")
    func editedSubject() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let opening = try await office.write(.open, in: id)
        _ = try await office.office.edit(
            opening, subject: "Hexagon bolts", bodyText: nil, by: office.caller(office.ada))
        try await office.work()
        try await office.approve()
        try await office.work()
        let reply = try await office.write(.reply, text: "Thank you, we will come back to you.", in: id)
        try await office.work()
        #expect(try await office.email(reply).status == .sent)
        let content = try await office.books.emails.content(office.organization.id, reply, 1)
        #expect(content?.subject == "Re: Hexagon bolts")
    }

    @Test("an edit voids the request and its links, and asks anew")
    func edit() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.work()
        let old = try await office.pendingRequest()
        let link = try #require(office.post.approvalToken(to: "max@acme.example"))
        let digest = try await office.email(email).digest
        _ = try await office.office.edit(
            email, subject: nil, bodyText: "We offer EUR 7.00.", by: office.caller(office.ada))
        try await office.work()
        #expect(try await office.email(email).digest != digest)
        #expect(
            await conflict {
                _ = try await office.office.decide(
                    behind: link, .approve, comment: nil, ipAddress: nil, userAgent: nil)
            } == "not_pending")
        #expect(await conflict { try await office.decide(.approve, on: old) } == "not_pending")
        let view = try await office.office.approval(behind: link)
        #expect(!view.isOpen && view.request.explanation.contains("edited"))
        try await office.work()
        #expect(office.post.deliveries.isEmpty)

        let new = try await office.pendingRequest()
        #expect(new.id != old.id && new.emailVersion == 2)
        try await office.decide(.approve, on: new)
        try await office.work()
        #expect(office.post.deliveries.count == 1)
        #expect(office.post.deliveries[0].text.hasSuffix("We offer EUR 7.00."))
    }

    @Test("an edit cannot take an email out of the gate by taking the amounts out")
    func stickyMoney() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let email = try await office.write(.reply, text: "Could you do EUR 8.50?", in: id)
        _ = try await office.office.edit(
            email, subject: nil, bodyText: "Could you do better?", by: office.caller(office.ada))
        try await office.work()
        #expect(try await office.email(email).status == .pendingApproval)
        #expect(office.post.deliveries.count == 1)
    }

    @Test("a stale approval is refused: what was seen is not what is there")
    func stale() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        let request = try await office.pendingRequest()
        let before = try await office.email(email)
        _ = try await office.office.edit(
            email, subject: "Another", bodyText: nil, by: office.caller(office.ada))
        // Even written past the use case, the old digest approves nothing.
        await #expect(throws: CommitRefusal.stale) {
            try await office.books.commit(
                office.organization.id,
                [
                    .approveEmail(
                        email, from: .pendingApproval, digest: before.digest, at: office.clock.now)
                ])
        }
        #expect(await conflict { try await office.decide(.approve, on: request) } == "not_pending")
        #expect(try await office.email(email).status == .pendingApproval)
    }

    @Test("whoever asked cannot approve, by page or by link, unless the policy says so")
    func ownRequest() async throws {
        let strict = try await office()
        let id = try await strict.newNegotiation(by: strict.max)
        _ = try await strict.write(.open, in: id, by: strict.max)
        try await strict.work()
        #expect(strict.post.letters.map(\.recipient.address) == ["mia@acme.example"])
        let request = try await strict.pendingRequest()
        let own = await refusal { try await strict.decide(.approve, on: request, by: strict.max) }
        #expect(own == .decisionRefused(.ownRequest))
        try await strict.decide(.approve, on: request, by: strict.mia)

        let lenient = try await office(try policy(selfApproval: true))
        let other = try await lenient.newNegotiation(by: lenient.max)
        _ = try await lenient.write(.open, in: other, by: lenient.max)
        try await lenient.approve(by: lenient.max)
        try await lenient.work()
        #expect(lenient.post.deliveries.count == 1)
    }

    @Test("only the roles of the policy decide")
    func roles() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation(by: office.mia)
        _ = try await office.write(.open, in: id, by: office.mia)
        let request = try await office.pendingRequest()
        for user in [office.ada, office.vic] {
            let refused = await refusal { try await office.decide(.approve, on: request, by: user) }
            #expect(refused == .decisionRefused(.roleMayNot))
        }
        #expect(try await office.books.approvals.decisions(office.organization.id, request.id).isEmpty)
    }

    @Test("where two people are needed, one is not enough and nobody counts twice")
    func twoPeople() async throws {
        let office = try await office(try policy(approvals: 2))
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        let request = try await office.pendingRequest()
        try await office.decide(.approve, on: request, by: office.max)
        let again = await refusal { try await office.decide(.approve, on: request, by: office.max) }
        #expect(again == .decisionRefused(.alreadyDecided))
        try await office.work()
        #expect(try await office.email(email).status == .pendingApproval)
        #expect(office.memory.grants(of: office.organization.id).isEmpty)
        try await office.decide(.approve, on: request, by: office.mia)
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(office.memory.grants(of: office.organization.id).count == 1)
    }

    @Test("one no among two ends it")
    func oneNo() async throws {
        let office = try await office(try policy(approvals: 2))
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        let request = try await office.pendingRequest()
        try await office.decide(.approve, on: request, by: office.max)
        try await office.decide(.reject, on: request, by: office.mia, comment: "Too dear.")
        try await office.work()
        #expect(try await office.email(email).status == .cancelled)
        #expect(try await office.email(email).statusReason == "Too dear.")
        #expect(try await office.negotiation(id).status == .draft)
        #expect(try await office.notices() == ["An email was not approved"])
        #expect(office.post.deliveries.isEmpty)
    }

    @Test("a rejected counter-offer leaves the negotiation with the vendor's last word")
    func rejectedCounter() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.20 per unit.")
        _ = try await office.write(.counter, "9.00", in: id)
        try await office.decide(.reject, on: try await office.pendingRequest())
        #expect(try await office.negotiation(id).status == .vendorReplied)
        _ = try await office.write(.counter, "9.10", in: id)
        #expect(try await office.negotiation(id).status == .pendingApproval)
    }

    @Test("the strictest policy that a total reaches is the one that counts")
    func strictest() async throws {
        let office = try await office(
            try policy(), try policy(approvals: 2, from: "500.00"), try policy(approvals: 3, from: "5000.00"))
        let small = try await office.newNegotiation(quantity: 10)
        _ = try await office.write(.open, in: small)
        #expect(try await office.pendingRequest().requirement.fewestPeople == 1)
        try await office.approve()
        let large = try await office.newNegotiation(quantity: 100)
        _ = try await office.write(.open, in: large)
        #expect(try await office.pendingRequest().requirement.fewestPeople == 2)
    }

    @Test("where the policy wants a sign-in, letters carry no secret and a link decides nothing")
    func noLinks() async throws {
        let office = try await office(try policy(link: false))
        let id = try await office.newNegotiation()
        _ = try await office.write(.open, in: id)
        try await office.work()
        let request = try await office.pendingRequest()
        #expect(office.post.letters.count == 2)
        #expect(office.post.approvalToken(to: "max@acme.example") == nil)
        let text = String(decoding: try #require(office.post.letters.first).raw, as: UTF8.self)
        #expect(text.contains("/approvals/\(request.id)"))
        let refused = await refusal { try await office.decide(.approve, on: request, via: .link) }
        #expect(refused == .decisionRefused(.linkNotEnough))
    }

    @Test("time running out never approves: the request expires, the email is cancelled, nothing is sent")
    func expiry() async throws {
        let office = try await office(try policy(hours: 24))
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.work()
        let request = try await office.pendingRequest()
        let link = try #require(office.post.approvalToken(to: "max@acme.example"))
        office.clock.set(request.expiresAt)
        // Nobody has noticed yet, and still it is too late.
        #expect(await conflict { try await office.decide(.approve, on: request) } == "expired")
        #expect(try await office.office.approval(behind: link).isOverdue)
        try await office.work()
        #expect(try await office.email(email).status == .cancelled)
        #expect(try await office.negotiation(id).status == .draft)
        let closed = try await office.books.approvals.find(office.organization.id, request.id)
        #expect(closed?.status == .expired)
        #expect(await conflict { try await office.decide(.approve, on: request) } == "not_pending")
        #expect(office.post.deliveries.isEmpty && office.openWork.isEmpty)
    }

    @Test("looking at a link changes nothing, and a wrong one is not found")
    func looking() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await office.write(.open, in: id)
        try await office.work()
        let link = try #require(office.post.approvalToken(to: "mia@acme.example"))
        let before = try await office.actions(id)
        for _ in 0..<3 { _ = try await office.office.approval(behind: link) }
        #expect(try await office.actions(id) == before)
        #expect(try await office.email(email).status == .pendingApproval)
        for wrong in ["", "x", String(link.dropLast()), link + "a", String(repeating: "a", count: 100_000)] {
            #expect(
                await refusal { _ = try await office.office.approval(behind: wrong) }
                    == .notFound("approval link"))
        }
    }

    @Test("the secret of a link is nowhere on record")
    func secrecy() async throws {
        let office = try await makeTestOffice()
        _ = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        let token = try #require(office.post.approvalToken(to: "max@acme.example"))
        let stored = try await office.books.approvals.link(
            office.secrets.port.sha256(Array(token.utf8)))
        #expect(stored?.approverID == office.max.id)
        #expect(!String(describing: stored).contains(token))
        let audit = try await office.books.journal.audit(office.organization.id, PageRequest(limit: 200))
        #expect(!audit.items.contains { String(describing: $0).contains(token) })
    }

    @Test("approvers that cannot be written to yet are written to later, each once it works")
    func staffMailDown() async throws {
        let office = try await makeTestOffice()
        office.post.takesStaffLetters(false)
        let id = try await office.newNegotiation()
        _ = try await office.write(.open, in: id)
        try await office.work()
        #expect(office.post.letters.isEmpty && office.openWork.count == 1)
        office.post.takesStaffLetters(true)
        office.clock.advance(byHours: 1)
        try await office.work()
        #expect(office.post.letters.count == 2 && office.openWork.isEmpty)
    }

    @Test("whoever asks is told when too few people may decide")
    func tooFew() async throws {
        let office = try await office(try policy(approvals: 3))
        _ = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        #expect(try await office.notices() == ["Too few people may approve an email"])
    }

    @Test("only an administrator changes policies")
    func policies() async throws {
        let office = try await makeTestOffice()
        let standard = ApprovalPolicy.standard
        for user in [office.ada, office.max, office.vic] {
            await #expect(throws: DeskError.self) {
                try await office.office.addPolicy("Mine", standard, by: office.caller(user))
            }
        }
        #expect(try await office.books.approvals.policies(office.organization.id).isEmpty)
    }
}
