import Desk
import Negotiation
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension BooksContract {
    static let followUps: [ContractCase] = [
        ContractCase("a follow-up is read back as it was planned, and the negotiation says when it is due") {
            books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation(.sent)
            let row = followUp(of: negotiation)
            try await company.commit(.addFollowUp(row))
            #expect(try await books.followUps.find(company.id, row.id) == row)
            #expect(try await books.followUps.ofNegotiation(company.id, negotiation.id) == [row])
            #expect(try await company.find(negotiation.id).followUps.nextAt == row.dueAt)
            let later = row.dueAt.advanced(byHours: 2)
            try await company.commit(.moveFollowUp(row, to: later))
            #expect(try await books.followUps.find(company.id, row.id)?.dueAt == later)
            #expect(try await company.find(negotiation.id).followUps.nextAt == later)
            let rival = try await ContractCompany.found(in: books)
            #expect(try await books.followUps.find(rival.id, row.id) == nil)
            await expectRefusal("another's", \.isStale) {
                try await rival.commit(.moveFollowUp(row, to: later))
            }
        },
        ContractCase("one follow-up of a negotiation waits at most, and an answer ends it") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation(.sent)
            try await company.commit(.addFollowUp(followUp(of: negotiation)))
            await expectRefusal("a second one", \.isDuplicate) {
                try await company.commit(.addFollowUp(followUp(of: negotiation, 2)))
            }
            try await company.commit(.cancelFollowUps(negotiation.id, reason: "The vendor has answered."))
            let row = try #require(
                try await books.followUps.ofNegotiation(company.id, negotiation.id).first)
            #expect(row.status == .cancelled && row.reason == "The vendor has answered.")
            #expect(try await company.find(negotiation.id).followUps.nextAt == nil)
            await expectRefusal("what is over", \.isStale) {
                try await company.commit(.endFollowUp(row, .skipped, reason: "again"))
            }
            try await company.commit(.addFollowUp(followUp(of: negotiation)))
        },
        ContractCase("a follow-up becomes one email, and is sent when that is") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation(.sent)
            let row = followUp(of: negotiation)
            try await company.commit(.addFollowUp(row))
            let email = try await company.email(.followUp, in: negotiation)
            try await company.commit(.writeFollowUp(row.id, as: email.id))
            await expectRefusal("a second email", \.isStale) {
                try await company.commit(.writeFollowUp(row.id, as: email.id))
            }
            await expectRefusal("another time", \.isStale) {
                try await company.commit(.moveFollowUp(row, to: row.dueAt))
            }
            try await company.commit(.unwriteFollowUp(email.id))
            #expect(try await books.followUps.find(company.id, row.id)?.emailID == nil)
            try await company.commit(.writeFollowUp(row.id, as: email.id))
            #expect(try await books.followUps.find(company.id, row.id)?.emailID == email.id)
            try await company.commit(.settleFollowUp(email.id))
            #expect(try await books.followUps.find(company.id, row.id)?.status == .sent)
            // What crosses with an answer is left as the answer has left it.
            try await company.commit(.settleFollowUp(email.id), .unwriteFollowUp(email.id))
            #expect(try await books.followUps.find(company.id, row.id)?.emailID == email.id)
        },
        ContractCase("what is chosen for a negotiation is read with it, and no other change writes it") {
            books in
            let company = try await ContractCompany.found(in: books)
            let record = try await company.negotiation(.sent)
            let day = try #require(CalendarDay(year: 2027, month: 2, day: 1))
            try await company.commit(
                .chooseFollowUps(record.id, enabled: false, most: 7),
                .parkFollowUps(record.id, until: day), .updateNegotiation(record))
            let choice = try await company.find(record.id).followUps
            #expect(!choice.isEnabled && choice.most == 7 && choice.parkedUntil == day)
            try await company.commit(.parkFollowUps(record.id, until: nil))
            #expect(try await company.find(record.id).followUps.parkedUntil == nil)
        },
        ContractCase("there is one rule for each scope, and each takes the place of the one before it") {
            books in
            let company = try await ContractCompany.found(in: books)
            let record = try await company.negotiation(.sent)
            let scopes: [FollowUpRule.Scope] = [
                .organization, .email(.opening), .email(.counter), .negotiation(record.id),
            ]
            func rule(_ scope: FollowUpRule.Scope, _ days: [Int], _ isEnabled: Bool) throws -> FollowUpRule {
                let sequence = try #require(
                    FollowUpSequence(
                        afterWorkingDays: days, mostReminders: 4, lastAnnouncesDeadline: isEnabled))
                return FollowUpRule(scope: scope, isEnabled: isEnabled, sequence: sequence)
            }
            for scope in scopes {
                try await company.commit(.setFollowUpRule(scope, try rule(scope, [9], true)))
            }
            var rules: [FollowUpRule] = []
            for scope in scopes {
                rules.append(try rule(scope, [3, 7, 60], false))
                try await company.commit(.setFollowUpRule(scope, rules.last))
            }
            #expect(Set(try await books.followUps.rules(company.id, record.id)) == Set(rules))
            #expect(Set(try await books.followUps.rules(company.id, nil)) == Set(rules.prefix(3)))
            let rival = try await ContractCompany.found(in: books)
            #expect(try await books.followUps.rules(rival.id, record.id).isEmpty)
            try await company.commit(.setFollowUpRule(.organization, nil))
            #expect(try await books.followUps.rules(company.id, nil).count == 2)
        },
        ContractCase("working hours are a vendor's or everybody's, and holidays are those of a calendar") {
            books in
            let company = try await ContractCompany.found(in: books)
            let (opens, closes) = (try #require(TimeOfDay("07:30")), try #require(TimeOfDay("24:00")))
            let hours = WorkingHours(
                weekdays: Weekday.sundayToThursday, opens: opens, closes: closes, zone: "Asia/Riyadh",
                calendar: "SA")
            #expect(try await books.followUps.workingHours(company.id, nil) == nil)
            try await company.commit(
                .setWorkingHours(nil, .standard), .setWorkingHours(company.vendor.id, .standard),
                .setWorkingHours(company.vendor.id, hours))
            #expect(try await books.followUps.workingHours(company.id, company.vendor.id) == hours)
            #expect(try await books.followUps.workingHours(company.id, nil) == .standard)
            try await company.commit(.setWorkingHours(company.vendor.id, nil))
            #expect(try await books.followUps.workingHours(company.id, company.vendor.id) == nil)
            await expectRefusal("no such vendor", \.isMissing) {
                try await company.commit(.setWorkingHours(Identifier(UUID()), hours))
            }
            let start = try #require(CalendarDay(year: 1900, month: 1, day: 1))
            let days = Set((0..<3_000).map { start.adding(days: $0 * 36) })
            try await company.commit(.setHolidays("SA", [start]), .setHolidays("SA", days))
            let summary = try #require(try await books.followUps.calendars(company.id).first)
            #expect(summary.name == "SA" && summary.count == 3_000 && summary.first == start)
            let range = start.adding(days: 36)...start.adding(days: 108)
            #expect(
                try await books.followUps.holidays(company.id, "SA", range)
                    == [range.lowerBound, start.adding(days: 72), range.upperBound])
            #expect(try await books.followUps.holidays(company.id, "DE", range).isEmpty)
            try await company.commit(.setHolidays("SA", []))
            #expect(try await books.followUps.calendars(company.id).isEmpty)
        },
    ]

    private static func followUp(of negotiation: NegotiationRecord, _ number: Int = 1) -> PlannedFollowUp {
        PlannedFollowUp(
            id: Identifier(UUID()), negotiationID: negotiation.id, number: number,
            dueAt: ContractCompany.start.advanced(byHours: 72), createdAt: ContractCompany.start)
    }
}
