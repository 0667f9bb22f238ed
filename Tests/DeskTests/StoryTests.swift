import Desk
import Negotiation
import ParleyTesting
import Testing

/// The main job from end to end.
@Suite struct StoryTests {
    @Test(
        "a purchase goes from the draft to the purchase order, by links and pages, and every step is on record"
    )
    func purchase() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        #expect(try await office.negotiation(id).status == .draft)

        let opening = try await office.write(.open, in: id)
        try await office.work()
        #expect(office.post.deliveries.isEmpty)
        #expect(office.post.letters.map(\.recipient.address) == ["max@acme.example", "mia@acme.example"])
        let token = try #require(office.post.approvalToken(to: "max@acme.example"))
        let view = try await office.office.approval(behind: token)
        #expect(view.isOpen && view.approver == office.max && view.requester == office.ada)
        #expect(view.content.terms?.total == price("800.00"))
        let decided = try await office.office.decide(
            behind: token, .approve, comment: nil, ipAddress: "192.0.2.7", userAgent: "Browser")
        #expect(decided.request.status == .approved)
        try await office.work()
        #expect(office.post.deliveries.map(\.emailID) == [opening])
        #expect(try await office.negotiation(id).status == .sent)

        office.clock.advance(byHours: 1)
        try await office.vendorSays("We can offer EUR 9.80 per unit.", number: 1)
        #expect(try await office.negotiation(id).currentOfferPrice == price("9.80"))

        let counter = try await office.write(.counter, "9.00", in: id)
        try await office.approve()
        try await office.work()
        office.clock.advance(byHours: 1)
        try await office.vendorSays("Our last word is EUR 9.20 per unit.", number: 2)

        let yes = try await office.write(.accept, in: id)
        try await office.approve(by: office.mia)
        try await office.work()
        #expect(office.post.deliveries.map(\.emailID) == [opening, counter, yes])
        let agreed = try await office.negotiation(id)
        #expect(agreed.status == .accepted && agreed.finalPrice == price("9.20"))

        let order = try await office.office.createPurchaseOrder(for: id, by: office.caller(office.ada))
        #expect(order.number == "PO-2027-001")
        #expect(order.total == price("920.00") && order.unitPrice.currency == .eur)
        let asked = "approval.requested"
        let actions = try await office.actions(id)
        #expect(actions.count { $0 == asked } == 3)
        #expect(
            actions.filter { $0 != asked } == [
                "negotiation.created", "email.drafted", "approval.approved", "email.sent", "message.received",
                "email.drafted", "approval.approved", "email.sent", "message.received", "email.drafted",
                "approval.approved", "email.sent", "purchase_order.created",
            ])
        #expect(
            try await office.messages(id).map(\.direction) == [
                .outbound, .inbound, .outbound, .inbound, .outbound,
            ])
        #expect(try await office.books.negotiations.offers(office.organization.id, id).count == 5)
        #expect(office.openWork.isEmpty)
    }

    @Test("an answer goes to the address with the negotiation's token, and refers to what came before")
    func headers() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("We can offer EUR 9.80 per unit.")
        _ = try await office.write(.counter, "9.00", in: id)
        try await office.approve()
        try await office.work()
        let token = try await office.negotiation(id).replyToken
        let (first, second) = (office.post.deliveries[0], office.post.deliveries[1])
        #expect(second.text.contains("Reply-To: Acme <purchasing+r-\(token)@acme.example>\n"))
        #expect(second.text.contains("In-Reply-To: <answer-1@bolts.example>\n"))
        #expect(second.text.contains("References: <\(first.messageID)> <answer-1@bolts.example>\n"))
        #expect(second.text.contains("Subject: Re: Request: Hexagon bolt\n"))
        #expect(second.recipients.map(\.address) == ["sales@bolts.example"])
    }

    @Test("neither limit nor target stands in anything that a vendor gets")
    func leaks() async throws {
        let office = try await makeTestOffice()
        for (kind, name) in [("opening", "limit_price"), ("counter", "target_price")] {
            office.templates.set(kind, subject: "Hello", body: "{{ \(name) }}")
        }
        let id = try await office.newNegotiation()
        await #expect(throws: DeskError.self) { try await office.write(.open, in: id) }
        #expect(try await office.negotiation(id).status == .draft)
    }

    @Test("a template with an undefined variable is an error that names it, and nothing changes")
    func undefinedVariable() async throws {
        let office = try await makeTestOffice()
        office.templates.set("opening", subject: "Hello", body: "Dear {{ vendor_nmae }},")
        let id = try await office.newNegotiation()
        let before = try await office.negotiation(id)
        let error = await refusal { _ = try await office.write(.open, in: id) }
        guard case .template(let name, let what) = error else {
            Issue.record("no template error: \(String(describing: error))")
            return
        }
        #expect(name == "opening.j2" && what.contains("vendor_nmae"))
        #expect(try await office.negotiation(id) == before)
        #expect(try await office.books.emails.ofNegotiation(office.organization.id, id).isEmpty)
        #expect(try await office.actions(id) == ["negotiation.created"])
        #expect(office.openWork.isEmpty)
    }

    @Test("a missing template is an error as well")
    func missingTemplate() async throws {
        let office = try await makeTestOffice()
        office.templates.remove("opening")
        let id = try await office.newNegotiation()
        #expect(await refusal { _ = try await office.write(.open, in: id) } != nil)
        #expect(try await office.negotiation(id).status == .draft)
    }

    @Test("what makes no sense in a state is refused by name, and nothing changes")
    func senseless() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        #expect(await conflict { _ = try await office.write(.counter, "9.00", in: id) } == "not_opened")
        _ = try await office.write(.open, in: id)
        #expect(
            await conflict { _ = try await office.write(.reply, text: "Hello?", in: id) } == "email_waiting")
        try await office.approve()
        try await office.work()
        #expect(await conflict { _ = try await office.write(.open, in: id) } == "already_opened")
        #expect(await conflict { _ = try await office.write(.accept, in: id) } == "no_offer")
        let noOrder = await conflict {
            _ = try await office.office.createPurchaseOrder(for: id, by: office.caller(office.ada))
        }
        #expect(noOrder == "not_accepted")
        try await office.office.cancel(id, reason: nil, by: office.caller(office.ada))
        #expect(await conflict { _ = try await office.write(.reply, text: "Hello?", in: id) } == "closed")
        #expect(
            await conflict { try await office.office.cancel(id, reason: nil, by: office.caller(office.ada)) }
                == "closed")
        #expect(office.post.deliveries.count == 1)
    }

    @Test("a viewer may look and change nothing")
    func viewer() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let vic = office.caller(office.vic)
        var refusals: [DeskError?] = []
        refusals.append(await refusal { _ = try await office.newNegotiation(by: office.vic) })
        refusals.append(
            await refusal { _ = try await office.write(.counter, "9.00", in: id, by: office.vic) })
        refusals.append(await refusal { try await office.office.cancel(id, reason: nil, by: vic) })
        refusals.append(
            await refusal { _ = try await office.office.createPurchaseOrder(for: id, by: vic) })
        refusals.append(
            await refusal {
                _ = try await office.office.addVendor(name: "X", contactEmail: "x@x.example", by: vic)
            })
        for refusal in refusals {
            if case .forbidden = refusal { continue }
            Issue.record("not forbidden: \(String(describing: refusal))")
        }
    }

    @Test("a negotiation is for one purchase order")
    func oneOrder() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("EUR 9.20 per unit.")
        _ = try await office.write(.accept, in: id)
        try await office.approve()
        try await office.work()
        let ada = office.caller(office.ada)
        _ = try await office.office.createPurchaseOrder(for: id, by: ada)
        #expect(
            await conflict { _ = try await office.office.createPurchaseOrder(for: id, by: ada) }
                == "already_ordered")
    }

    @Test("what one organization has, another can neither see nor change")
    func tenants() async throws {
        let memory = InMemoryBooks()
        let clock = TestClock()
        let acme = try await makeTestOffice(memory: memory, clock: clock)
        let rival = try await makeTestOffice(memory: memory, clock: clock, slug: "rival", worker: "worker-2")
        let id = try await acme.newNegotiation()
        let email = try await acme.write(.open, in: id)
        let request = try await acme.pendingRequest()
        var attempts: [DeskError?] = []
        attempts.append(await refusal { _ = try await rival.write(.open, in: id) })
        attempts.append(await refusal { try await rival.decide(.approve, on: request) })
        attempts.append(
            await refusal { _ = try await rival.office.approval(request.id, of: rival.organization.id) })
        attempts.append(
            await refusal {
                _ = try await rival.office.edit(
                    email, subject: "Hi", bodyText: nil, by: rival.caller(rival.ada))
            })
        attempts.append(
            await refusal { try await rival.office.cancel(id, reason: nil, by: rival.caller(rival.ada)) })
        for attempt in attempts {
            if case .notFound = attempt { continue }
            Issue.record("found: \(String(describing: attempt))")
        }
        #expect(try await acme.email(email).status == .pendingApproval)
    }
}
