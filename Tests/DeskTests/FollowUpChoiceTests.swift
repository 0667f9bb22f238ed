import Desk
import Negotiation
import ParleyTesting
import Testing

/// What people may choose about reminders.
@Suite struct FollowUpChoiceTests {
    private func sequence(_ days: Int..., most: Int? = nil) throws -> FollowUpSequence {
        try #require(FollowUpSequence(afterWorkingDays: days, mostReminders: most))
    }

    @Test(
        "a negotiation's own sequence wins over that for the kind of email, and that over the organization's")
    func scopes() async throws {
        let office = try await makeTestOffice()
        let mia = office.caller(office.mia)
        func rule(_ scope: FollowUpRule.Scope, _ days: Int) async throws {
            try await office.office.setFollowUpRule(
                FollowUpRule(scope: scope, isEnabled: true, sequence: try sequence(days)), for: scope, by: mia
            )
        }
        try await rule(.organization, 1)
        let first = try await office.openedNegotiation()
        #expect(try await office.waiting(first)?.dueAt == time("2027-01-18T09:00:00Z"))
        office.clock.set(TestClock.start)
        try await rule(.email(.opening), 2)
        let second = try await office.openedNegotiation()
        #expect(try await office.waiting(second)?.dueAt == time("2027-01-19T09:00:00Z"))
        let wish = FollowUpWish(isEnabled: true, most: 3, sequence: try sequence(4))
        try await office.office.chooseFollowUps(wish, in: second, by: office.caller(office.ada))
        try await office.work()
        #expect(try await office.waiting(second)?.dueAt == time("2027-01-21T09:00:00Z"))
        #expect(try await office.followUps(second).count == 1)
    }

    @Test("follow-ups can be switched off and on again for a negotiation, and limited in number")
    func switchedOff() async throws {
        let office = try await makeTestOffice()
        let ada = office.caller(office.ada)
        let id = try await office.openedNegotiation()
        try await office.office.chooseFollowUps(
            FollowUpWish(isEnabled: false, most: 3, sequence: nil), in: id, by: ada)
        try await office.work()
        #expect(try await office.followUps(id).map(\.status) == [.cancelled])
        try await office.office.chooseFollowUps(
            FollowUpWish(isEnabled: true, most: 1, sequence: nil), in: id, by: ada)
        try await office.workUntil("2027-04-01T09:00:00Z")
        #expect(office.post.deliveries.count == 2)
        let wrong = FollowUpWish(isEnabled: true, most: 11, sequence: nil)
        #expect(await refusal { try await office.office.chooseFollowUps(wrong, in: id, by: ada) } != nil)
    }

    @Test("the organization can do without follow-ups")
    func organizationOff() async throws {
        let office = try await makeTestOffice()
        let rule = FollowUpRule(scope: .organization, isEnabled: false, sequence: try sequence(3))
        #expect(
            await refusal {
                try await office.office.setFollowUpRule(
                    rule, for: .organization, by: office.caller(office.ada))
            } != nil)
        try await office.office.setFollowUpRule(rule, for: .organization, by: office.caller(office.mia))
        let id = try await office.openedNegotiation()
        #expect(try await office.followUps(id).isEmpty)
        try await office.workUntil("2027-02-01T09:00:00Z")
        #expect(office.post.deliveries.count == 1)
    }

    @Test("one that is left out is skipped, and the next one comes when it would have come")
    func skipping() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let first = try #require(try await office.waiting(id))
        let row = try await office.office.skipFollowUp(first.id, by: office.caller(office.ada))
        #expect(row.status == .skipped && row.reason == "Ada left it out.")
        try await office.work()
        let next = try #require(try await office.waiting(id))
        #expect(try next.number == 2 && next.dueAt == time("2027-01-27T09:00:00Z"))
        #expect(
            await conflict {
                _ = try await office.office.skipFollowUp(first.id, by: office.caller(office.ada))
            } == "follow_up_not_waiting")
    }

    @Test("one is sent at once, outside of business hours too, and counts")
    func now() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        office.clock.set(try time("2027-01-16T22:00:00Z"))
        let email = try await office.office.followUpNow(in: id, by: office.caller(office.ada))
        try await office.work()
        #expect(office.post.deliveries.last?.emailID == email)
        let next = try #require(try await office.waiting(id))
        #expect(try next.number == 2 && next.dueAt == time("2027-01-22T16:59:00Z"))
        #expect(try await office.followUps(id).map(\.status) == [.sent, .waiting])
    }

    @Test("nobody is reminded who has answered, and nothing while another email waits")
    func nowRefused() async throws {
        let office = try await makeTestOffice()
        let ada = office.caller(office.ada)
        let draft = try await office.newNegotiation()
        #expect(
            await conflict { _ = try await office.office.followUpNow(in: draft, by: ada) } == "not_opened")
        let id = try await office.openedNegotiation()
        _ = try await office.write(.counter, "8.50", in: id)
        #expect(
            await conflict { _ = try await office.office.followUpNow(in: id, by: ada) } == "email_waiting")
        try await office.approve()
        try await office.work()
        try await office.vendorSays("EUR 9.80 per unit.")
        #expect(
            await conflict { _ = try await office.office.followUpNow(in: id, by: ada) }
                == "vendor_has_answered"
        )
        let vic = office.caller(office.vic)
        #expect(await refusal { _ = try await office.office.followUpNow(in: id, by: vic) } != nil)
    }

    @Test("a reminder waits while another email of the negotiation is on its way")
    func another() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.workUntil("2027-01-19T12:00:00Z")
        _ = try await office.write(.counter, "8.50", in: id)
        try await office.workUntil("2027-01-20T12:00:00Z")
        #expect(office.post.deliveries.count == 1)
        try await office.approve()
        try await office.work()
        #expect(office.post.deliveries.count == 2)
        #expect(try await office.waiting(id)?.dueAt.day == time("2027-01-25T00:00:00Z").day)
        #expect(try await office.waiting(id)?.number == 1)
    }

    @Test("another service may put the next reminder off")
    func putOff() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let row = try #require(try await office.waiting(id))
        // As a service does: only the shared column, which moves no job.
        office.memory.putOffFollowUp(
            of: id, in: office.organization.id, until: try time("2027-01-25T10:00:00Z"))
        try await office.workUntil("2027-01-25T09:59:59Z")
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.waiting(id)?.id == row.id)
        try await office.workUntil("2027-01-25T10:00:10Z")
        #expect(office.post.deliveries.count == 2)
    }

    @Test("settings that make no sense are refused with a word on how to mend them")
    func nonsense() async throws {
        let office = try await makeTestOffice()
        let mia = office.caller(office.mia)
        let standard = WorkingHours.standard
        func hours(_ zone: String, _ calendar: String? = nil) throws -> WorkingHours {
            try #require(
                WorkingHours(
                    weekdays: standard.weekdays, opens: standard.opens, closes: standard.closes, zone: zone,
                    calendar: calendar))
        }
        for wrong in [try hours("Europe/Atlantis"), try hours("UTC", "DE")] {
            guard
                case .invalid = await refusal({
                    try await office.office.setWorkingHours(wrong, of: nil, by: mia)
                })
            else {
                Issue.record("\(wrong) was taken")
                continue
            }
        }
        for file in ["", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:x\n"] {
            guard
                case .invalid("icalendar", _) = await refusal({
                    _ = try await office.office.setHolidays("DE", iCalendar: file, by: mia)
                })
            else {
                Issue.record("\(file) was taken")
                continue
            }
        }
        #expect(
            await refusal {
                try await office.office.setWorkingHours(standard, of: Identifier(office.ada.id.uuid), by: mia)
            } == .notFound("vendor"))
    }
}
