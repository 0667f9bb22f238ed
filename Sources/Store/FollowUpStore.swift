import Desk
import Negotiation
import Postgres

/// Follow-ups, the rules for them, working hours and holidays.
struct FollowUpStore: Sendable {
    let database: Database

    var book: FollowUpBook {
        FollowUpBook(
            find: find, ofNegotiation: ofNegotiation, rules: rules, workingHours: workingHours,
            calendars: calendars, holidays: holidays)
    }

    // MARK: Reading

    private static let selection: SQL = """
        SELECT id, negotiation_id, number, due_at, status, email_id, reason, created_at
        FROM follow_ups WHERE organization_id = $1
        """

    private static func record(_ row: Row) throws -> PlannedFollowUp {
        PlannedFollowUp(
            id: try row.id(0), negotiationID: try row.id(1), number: try row.int(2),
            dueAt: try row.instant(3), status: try row.word(4), emailID: try row.optionalID(5),
            reason: try row.optionalText(6), createdAt: try row.instant(7))
    }

    @Sendable private func find(_ organization: OrganizationID, _ id: FollowUpID) async throws
        -> PlannedFollowUp?
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.record)
    }

    @Sendable private func ofNegotiation(_ organization: OrganizationID, _ id: NegotiationID) async throws
        -> [PlannedFollowUp]
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND negotiation_id = $2 ORDER BY created_at, id",
            [.id(organization), .id(id)])
        return try rows.map(Self.record)
    }

    @Sendable private func rules(_ organization: OrganizationID, _ id: NegotiationID?) async throws
        -> [FollowUpRule]
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT negotiation_id, email_kind, is_enabled, array_to_string(after_working_days, ','), most_reminders,
                last_announces_deadline
            FROM follow_up_rules
            WHERE organization_id = $1 AND (negotiation_id IS NULL OR negotiation_id = $2)
            ORDER BY negotiation_id, email_kind
            """, [.id(organization), .id(id)])
        return try rows.map(Self.rule)
    }

    private static func rule(_ row: Row) throws -> FollowUpRule {
        let days = try row.text(3).split(separator: ",").compactMap { Int($0) }
        guard
            let sequence = FollowUpSequence(
                afterWorkingDays: days, mostReminders: try row.int(4),
                lastAnnouncesDeadline: try row.bool(5))
        else { throw StoreError.unreadable(column: 3, "\(days) are no working days") }
        let scope: FollowUpRule.Scope
        if let negotiation: NegotiationID = try row.optionalID(0) {
            scope = .negotiation(negotiation)
        } else {
            scope = try row.optionalWord(1).map { .email($0) } ?? .organization
        }
        return FollowUpRule(scope: scope, isEnabled: try row.bool(2), sequence: sequence)
    }

    @Sendable private func workingHours(_ organization: OrganizationID, _ vendor: VendorID?) async throws
        -> WorkingHours?
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT weekdays, opens, closes, time_zone, calendar FROM working_hours
            WHERE organization_id = $1 AND vendor_id IS NOT DISTINCT FROM $2
            """, [.id(organization), .id(vendor)])
        return try rows.atMostOne().map { row in
            let weekdays = try row.text(0).compactMap { $0.wholeNumberValue.flatMap(Weekday.init(rawValue:)) }
            guard let opens = TimeOfDay(seconds: try row.int(1)),
                let closes = TimeOfDay(seconds: try row.int(2)),
                let hours = WorkingHours(
                    weekdays: Set(weekdays), opens: opens, closes: closes, zone: try row.text(3),
                    calendar: try row.optionalText(4))
            else { throw StoreError.unreadable(column: 0, "these are no working hours") }
            return hours
        }
    }

    @Sendable private func calendars(_ organization: OrganizationID) async throws -> [HolidaySummary] {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT calendar, count(*), min(day), max(day) FROM holidays WHERE organization_id = $1
            GROUP BY calendar ORDER BY calendar
            """, [.id(organization)])
        return try rows.map { row in
            HolidaySummary(
                name: try row.text(0), count: try row.int(1), first: try Self.day(row, 2),
                last: try Self.day(row, 3))
        }
    }

    @Sendable private func holidays(
        _ organization: OrganizationID, _ calendar: String, _ range: ClosedRange<CalendarDay>
    ) async throws -> Set<CalendarDay> {
        let rows = try await database.rows(
            of: organization,
            "SELECT day FROM holidays WHERE organization_id = $1 AND calendar = $2 AND day BETWEEN $3 AND $4",
            [.id(organization), .words(calendar), .day(range.lowerBound), .day(range.upperBound)])
        return Set(try rows.map { try Self.day($0, 0) })
    }

    private static func day(_ row: Row, _ column: Int) throws -> CalendarDay {
        CalendarDay(daysSinceEpoch: Int64(try row.date(column)))
    }

    /// What a negotiation's row says of its follow-ups, from a column on.
    static func choice(_ row: Row, from column: Int) throws -> FollowUpChoice {
        var choice = FollowUpChoice()
        choice.isEnabled = try row.bool(column)
        choice.most = try row.int(column + 1)
        choice.nextAt = try row.optionalInstant(column + 2)
        choice.parkedUntil = try row.optionalDate(column + 3).map { CalendarDay(daysSinceEpoch: Int64($0)) }
        return choice
    }
}

extension Parameter {
    fileprivate static func day(_ day: CalendarDay?) -> Parameter {
        .date(day.map { Int($0.daysSinceEpoch) })
    }
}

// MARK: - Writing

extension FollowUpStore {
    static func adding(_ followUp: PlannedFollowUp, in organization: OrganizationID) -> [Step] {
        [
            Step(
                """
                INSERT INTO follow_ups (organization_id, id, negotiation_id, number, due_at, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                [
                    .id(organization), .id(followUp.id), .id(followUp.negotiationID), .int(followUp.number),
                    .instant(followUp.dueAt), .instant(followUp.createdAt),
                ]), announcing(followUp.dueAt, of: followUp, in: organization),
        ]
    }

    static func moving(_ followUp: PlannedFollowUp, to due: Instant, in organization: OrganizationID)
        -> [Step]
    {
        [
            Step(
                """
                UPDATE follow_ups SET due_at = $3
                WHERE organization_id = $1 AND id = $2 AND status = 'waiting' AND email_id IS NULL
                """, [.id(organization), .id(followUp.id), .instant(due)], elseRefuse: .stale),
            announcing(due, of: followUp, in: organization),
        ]
    }

    /// Tells the platform's other services when the next one is due.
    private static func announcing(
        _ due: Instant?, of followUp: PlannedFollowUp, in organization: OrganizationID
    ) -> Step {
        Step(
            "UPDATE negotiations SET next_follow_up_at = $3 WHERE organization_id = $1 AND id = $2",
            [.id(organization), .id(followUp.negotiationID), .instant(due)])
    }

    static func writing(_ id: FollowUpID, as email: EmailID, in organization: OrganizationID) -> [Step] {
        [
            Step(
                """
                UPDATE follow_ups SET email_id = $3
                WHERE organization_id = $1 AND id = $2 AND status = 'waiting' AND email_id IS NULL
                """, [.id(organization), .id(id), .id(email)], elseRefuse: .stale),
            Step(
                """
                UPDATE negotiations SET next_follow_up_at = NULL WHERE organization_id = $1
                    AND id = (SELECT negotiation_id FROM follow_ups WHERE organization_id = $1 AND id = $2)
                """, [.id(organization), .id(id)]),
        ]
    }

    static func unwriting(_ email: EmailID, in organization: OrganizationID) -> Step {
        Step(
            """
            UPDATE follow_ups SET email_id = NULL
            WHERE organization_id = $1 AND email_id = $2 AND status = 'waiting'
            """, [.id(organization), .id(email)])
    }

    static func settling(_ email: EmailID, in organization: OrganizationID) -> Step {
        Step(
            """
            UPDATE follow_ups SET status = 'sent'
            WHERE organization_id = $1 AND email_id = $2 AND status = 'waiting'
            """, [.id(organization), .id(email)])
    }

    static func ending(
        _ followUp: PlannedFollowUp, _ status: PlannedFollowUp.Status, reason: String,
        in organization: OrganizationID
    ) -> [Step] {
        [
            Step(
                """
                UPDATE follow_ups SET status = $3, reason = $4
                WHERE organization_id = $1 AND id = $2 AND status = 'waiting'
                """,
                [.id(organization), .id(followUp.id), .word(status), .words(reason, longest: 1_000)],
                elseRefuse: .stale),
            announcing(nil, of: followUp, in: organization),
        ]
    }

    static func parking(_ id: NegotiationID, until day: CalendarDay?, in organization: OrganizationID) -> Step
    {
        Step(
            "UPDATE negotiations SET follow_up_parked_until = $3 WHERE organization_id = $1 AND id = $2",
            [.id(organization), .id(id), .day(day)])
    }

    static func choosing(_ id: NegotiationID, enabled: Bool, most: Int, in organization: OrganizationID)
        -> Step
    {
        Step(
            """
            UPDATE negotiations SET auto_follow_up_enabled = $3, max_follow_ups = $4
            WHERE organization_id = $1 AND id = $2
            """, [.id(organization), .id(id), .bool(enabled), .int(most)])
    }

    /// A rule takes the place of the one before it.
    static func setting(
        _ scope: FollowUpRule.Scope, _ rule: FollowUpRule?, in organization: OrganizationID
    ) -> [Step] {
        let (negotiation, kind): (NegotiationID?, EmailKind?) =
            switch scope {
            case .organization: (nil, nil)
            case .email(let kind): (nil, kind)
            case .negotiation(let id): (id, nil)
            }
        let place: [Parameter] = [.id(organization), .id(negotiation), .word(kind)]
        guard let rule else {
            return [
                Step(
                    """
                    DELETE FROM follow_up_rules WHERE organization_id = $1
                        AND negotiation_id IS NOT DISTINCT FROM $2 AND email_kind IS NOT DISTINCT FROM $3
                    """, place)
            ]
        }
        return [
            Step(
                """
                INSERT INTO follow_up_rules (organization_id, negotiation_id, email_kind, is_enabled,
                    after_working_days, most_reminders, last_announces_deadline)
                VALUES ($1, $2, $3, $4, $5::bigint[]::integer[], $6, $7)
                ON CONFLICT (organization_id, negotiation_id, email_kind) DO UPDATE SET
                    is_enabled = excluded.is_enabled, after_working_days = excluded.after_working_days,
                    most_reminders = excluded.most_reminders,
                    last_announces_deadline = excluded.last_announces_deadline
                """,
                place + [
                    .bool(rule.isEnabled), .int64Array(rule.sequence.afterWorkingDays.map { Int64($0) }),
                    .int(rule.sequence.mostReminders), .bool(rule.sequence.lastAnnouncesDeadline),
                ])
        ]
    }

    static func setting(
        _ hours: WorkingHours?, of vendor: VendorID?, in organization: OrganizationID
    ) -> Step {
        guard let hours else {
            return Step(
                "DELETE FROM working_hours WHERE organization_id = $1 AND vendor_id IS NOT DISTINCT FROM $2",
                [.id(organization), .id(vendor)])
        }
        let weekdays = hours.weekdays.map(\.rawValue).sorted().map(String.init).joined()
        return Step(
            """
            INSERT INTO working_hours (organization_id, vendor_id, weekdays, opens, closes, time_zone, calendar)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (organization_id, vendor_id) DO UPDATE SET
                weekdays = excluded.weekdays, opens = excluded.opens, closes = excluded.closes,
                time_zone = excluded.time_zone, calendar = excluded.calendar
            """,
            [
                .id(organization), .id(vendor), .text(weekdays), .int(hours.opens.seconds),
                .int(hours.closes.seconds), .text(hours.zone), .words(hours.calendar),
            ])
    }

    static func setting(_ days: Set<CalendarDay>, as calendar: String, in organization: OrganizationID)
        -> [Step]
    {
        let clearing = Step(
            "DELETE FROM holidays WHERE organization_id = $1 AND calendar = $2",
            [.id(organization), .words(calendar)])
        guard !days.isEmpty else { return [clearing] }
        let numbers = days.map(\.daysSinceEpoch).sorted()
        return [
            clearing,
            Step(
                """
                INSERT INTO holidays (organization_id, calendar, day)
                SELECT $1, $2, date '1970-01-01' + number::integer FROM unnest($3::bigint[]) AS number
                """, [.id(organization), .words(calendar), .int64Array(numbers)]),
        ]
    }
}
