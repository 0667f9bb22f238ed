import Desk
import HTTPTypes
import Negotiation
import Testing

@testable import Web

@Suite("Follow-ups through the API and on pages")
struct FollowUpTests {
    private static let calendar =
        #"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20271225\nEND:VEVENT\nEND:VCALENDAR\n"#

    /// A room with a negotiation that waits for its vendor, and one planned follow-up.
    private func waiting() async throws -> (Showroom, Team, NegotiationID, FollowUpID) {
        let room = try Showroom()
        let team = try await room.found()
        let id = try await room.draft(by: team.admin)
        let row = PlannedFollowUp(
            id: room.office.clock.newID(), negotiationID: id, number: 1,
            dueAt: room.clock.now.advanced(byHours: 72), createdAt: room.clock.now)
        room.store.change { state in
            state.negotiations[0].status = .sent
            state.negotiations[0].lastSentAt = row.createdAt
            state.followUps.append(row)
        }
        return (room, team, id, row.id)
    }

    @Test("a plan says which rule counts and when the next reminder leaves, and can be changed")
    func plan() async throws {
        let (room, team, id, row) = try await waiting()
        try await room.visiting { visit in
            let plan = try await visit.get("/v1/negotiations/\(id)/follow-up-plan", key: team.key)
            #expect(plan.status == 200)
            #expect(try plan.string("rule") == "organization")
            #expect(try plan.member("after_working_days.0")?.integer == 3)
            #expect(try plan.string("working_hours.time_zone") == "UTC")
            #expect(try plan.string("next_due_at") != nil)
            let list = try await visit.get("/v1/negotiations/\(id)/follow-ups", key: team.key)
            #expect(try list.string("items.0.id") == "\(row)")
            #expect(try list.string("items.0.status") == "waiting")
            let changed = try await visit.call(
                .put, "/v1/negotiations/\(id)/follow-up-plan", key: team.key,
                json: #"{"auto_follow_up_enabled":true,"max_follow_ups":2,"after_working_days":[3,7]}"#)
            #expect(changed.status == 200)
            #expect(try changed.string("rule") == "negotiation")
            #expect(try changed.member("max_follow_ups")?.integer == 2)
            let negotiation = try await visit.get("/v1/negotiations/\(id)", key: team.key)
            #expect(try negotiation.member("max_follow_ups")?.integer == 2)
            for wrong in [
                #"{"auto_follow_up_enabled":true,"max_follow_ups":11}"#,
                #"{"auto_follow_up_enabled":true,"max_follow_ups":2,"after_working_days":[0]}"#,
                #"{"auto_follow_up_enabled":true,"max_follow_ups":2,"after_working_days":["3"]}"#,
                #"{"max_follow_ups":2}"#,
            ] {
                let refused = try await visit.call(
                    .put, "/v1/negotiations/\(id)/follow-up-plan", key: team.key, json: wrong)
                #expect(refused.status == 422, "\(wrong)")
            }
        }
    }

    @Test("a reminder is left out or sent at once, and then goes the way of every email")
    func steps() async throws {
        let (room, team, id, row) = try await waiting()
        try await room.visiting { visit in
            let skipped = try await visit.post("/v1/follow-ups/\(row)/cancel", key: team.key)
            #expect(skipped.status == 200)
            #expect(try skipped.string("status") == "skipped")
            #expect(try await visit.post("/v1/follow-ups/\(row)/cancel", key: team.key).status == 409)
            #expect(try await visit.post("/v1/follow-ups/nothing/cancel", key: team.key).status == 404)
            let sent = try await visit.post("/v1/negotiations/\(id)/follow-up", key: team.key)
            #expect(sent.status == 200)
            #expect(try sent.string("email.kind") == "follow_up")
            // The room's template names a quantity, so in doubt it is money.
            #expect(try sent.string("email.status") == "pending_approval")
            #expect(try sent.string("approval.status") == "pending")
            #expect(try await visit.post("/v1/negotiations/\(id)/follow-up", key: team.key).status == 409)
        }
    }

    @Test("rules, working hours and holidays of the organization are set and read, and nonsense is refused")
    func settings() async throws {
        let room = try Showroom()
        let team = try await room.found()
        try await room.visiting { visit in
            let base = "/v1/organization/settings"
            let standard = try await visit.get("\(base)/follow-ups", key: team.key)
            #expect(try standard.string("items.0.scope") == "organization")
            let rule = #"{"scope":"counter","after_working_days":[2,4],"most_reminders":4}"#
            let set = try await visit.call(.put, "\(base)/follow-ups", key: team.key, json: rule)
            #expect(set.status == 200)
            #expect(try set.member("most_reminders")?.integer == 4)
            let gone = try await visit.call(.delete, "\(base)/follow-ups?scope=counter", key: team.key)
            #expect(gone.status == 204)
            #expect(try await visit.call(.delete, "\(base)/follow-ups", key: team.key).status == 400)
            let added = try await visit.call(
                .put, "/v1/holiday-calendars", key: team.key,
                json: #"{"name":"DE","icalendar":"\#(Self.calendar)"}"#)
            #expect(added.status == 200)
            #expect(try added.string("first_day") == "2027-12-25")
            let hours =
                #"{"weekdays":["sunday","monday"],"opens":"08:00","closes":"16:30","time_zone":"UTC","holidays":"DE"}"#
            let answer = try await visit.call(.put, "\(base)/working-hours", key: team.key, json: hours)
            #expect(answer.status == 200)
            #expect(try answer.string("weekdays.0") == "monday")
            #expect(try await visit.get("\(base)/working-hours", key: team.key).string("closes") == "16:30")
            for (path, wrong) in [
                ("\(base)/working-hours", hours.replacing("UTC", with: "Nowhere/Town")),
                ("\(base)/working-hours", hours.replacing("08:00", with: "17:00")),
                ("\(base)/working-hours", hours.replacing("\"DE\"", with: "\"FR\"")),
                ("/v1/holiday-calendars", #"{"name":"FR","icalendar":"nothing"}"#),
            ] {
                let refused = try await visit.call(.put, path, key: team.key, json: wrong)
                #expect(refused.status == 422, "\(wrong)")
            }
            let removed = try await visit.call(.delete, "/v1/holiday-calendars?name=DE", key: team.key)
            #expect(removed.status == 204)
            #expect(
                try await visit.call(.delete, "/v1/holiday-calendars?name=DE", key: team.key).status == 404)
        }
    }

    @Test("an administrator sets everything on a page, and a mistake is shown there with what was typed")
    func pages() async throws {
        let (room, team, id, _) = try await waiting()
        try await room.visiting { visit in
            let cookies = [try await visit.signIn(team.admin.email)]
            let page = try await visit.page("/settings/follow-ups", cookies: cookies)
            #expect(page.status == 200 && page.text.contains("After 3, then 5 working days"))
            func send(_ path: String, _ fields: [(String, String)]) async throws -> Answer {
                try await visit.form(
                    path, fields + [("csrf_token", try page.csrfToken)], cookies: cookies)
            }
            let rule = [("scope", "organization"), ("after_working_days", "4 8"), ("enabled", "yes")]
            #expect(try await send("/settings/follow-ups/rule", rule).status == 303)
            #expect(
                try await visit.page("/settings/follow-ups", cookies: cookies).text.contains(
                    "After 4, then 8 working days, 2 reminders at most."))
            let wrong = [("monday", "yes"), ("opens", "8"), ("closes", "16:00"), ("time_zone", "UTC")]
            let refused = try await send("/settings/follow-ups/hours", wrong)
            #expect(refused.status == 422 && refused.text.contains("opens: must be a time such as 09:00"))
            #expect(refused.text.contains("value=\"8\""))
            let calendar = [("name", "DE"), ("icalendar", Self.calendar.replacing("\\n", with: "\r\n"))]
            #expect(try await send("/settings/follow-ups/calendar", calendar).status == 303)
            #expect(room.store.read { $0.holidays["DE"]?.count } == 1)
            let deal = try await visit.page("/negotiations/\(id)", cookies: cookies)
            #expect(deal.text.contains("The next reminder leaves on"))
            #expect(deal.text.contains("After 4, 8 working days, as the organization has it"))
            let change = [("enabled", "yes"), ("max_follow_ups", "x")]
            let failed = try await send("/negotiations/\(id)/follow-up-plan", change)
            #expect(failed.status == 422 && failed.text.contains("follow-up-plan-max_follow_ups"))
            #expect(
                try await send("/negotiations/\(id)/follow-up-plan", [("max_follow_ups", "2")]).status == 303)
            #expect(room.store.read { $0.negotiations[0].followUps.isEnabled } == false)
        }
    }
}
