import Desk
import Negotiation

extension InMemoryBooks {
    var followUps: FollowUpBook {
        FollowUpBook(
            find: { organization, id in self.read(organization) { $0.followUps.first { $0.id == id } } },
            ofNegotiation: { organization, id in
                self.read(organization) { rows in
                    rows.followUps.filter { $0.negotiationID == id }.inOrder(of: \.createdAt, \.id.uuid)
                }
            },
            rules: { organization, id in
                self.read(organization) { rows in
                    rows.rules.filter { rule in
                        guard case .negotiation(let owner) = rule.scope else { return true }
                        return owner == id
                    }
                }
            },
            workingHours: { organization, vendor in self.read(organization) { $0.workingHours[vendor] } },
            calendars: { organization in
                self.read(organization) { rows in
                    rows.holidays.sorted { $0.key < $1.key }.compactMap { name, days in
                        guard let first = days.min(), let last = days.max() else { return nil }
                        return HolidaySummary(name: name, count: days.count, first: first, last: last)
                    }
                }
            },
            holidays: { organization, calendar, range in
                self.read(organization) { ($0.holidays[calendar] ?? []).filter(range.contains) }
            })
    }
}

extension InMemoryBooks {
    /// Sets the next follow-up of a negotiation as another service may: in the shared column and nowhere else.
    public func putOffFollowUp(
        of id: NegotiationID, in organization: OrganizationID, until time: Instant
    ) {
        change { ledger in
            guard let place = ledger.tenants[organization]?.negotiations.firstIndex(where: { $0.id == id })
            else {
                return
            }
            ledger.tenants[organization]?.negotiations[place].followUps.nextAt = time
        }
    }
}

extension Writing {
    mutating func makeFollowUp(_ change: Change) throws {
        switch change {
        case .addFollowUp(let followUp): try add(followUp)
        case .moveFollowUp(let followUp, let due):
            touched(editFollowUp { $0.id == followUp.id && $0.isUnwritten ? $0.changed(dueAt: due) : nil })
            announce(due, of: followUp.negotiationID)
        case .writeFollowUp(let id, let email):
            try exists(
                rows.emails.contains { $0.id == email }, "follow_ups_organization_id_email_id_fkey")
            try unique(
                !rows.followUps.contains { $0.emailID == email && $0.id != id }, "follow_ups_one_per_email")
            touched(editFollowUp { $0.id == id && $0.isUnwritten ? $0.changed(email: email) : nil })
            if let row = rows.followUps.first(where: { $0.id == id }) { announce(nil, of: row.negotiationID) }
        case .unwriteFollowUp(let email):
            _ = editFollowUp { $0.isWaiting(as: email) ? $0.changed(email: nil) : nil }
        case .settleFollowUp(let email):
            _ = editFollowUp { $0.isWaiting(as: email) ? $0.changed(.sent) : nil }
        case .endFollowUp(let followUp, let status, let reason):
            try rule(status != .sent || followUp.emailID != nil, "follow_ups_sent_is_written")
            touched(
                editFollowUp {
                    $0.id == followUp.id && $0.status == .waiting ? $0.changed(status, reason: reason) : nil
                })
            announce(nil, of: followUp.negotiationID)
        case .cancelFollowUps(let id, let reason):
            _ = editFollowUp {
                $0.negotiationID == id && $0.status == .waiting
                    ? $0.changed(.cancelled, reason: reason) : nil
            }
            announce(nil, of: id)
        default: try makeFollowUpSetting(change)
        }
    }

    private mutating func makeFollowUpSetting(_ change: Change) throws {
        switch change {
        case .parkFollowUps(let id, let day): choose(id) { $0.parkedUntil = day }
        case .chooseFollowUps(let id, let enabled, let most):
            try rule(most >= 0, "negotiations_max_follow_ups_check")
            choose(id) { ($0.isEnabled, $0.most) = (enabled, most) }
        case .setFollowUpRule(let scope, let new):
            rows.rules.removeAll { $0.scope == scope }
            if let new { rows.rules.append(new) }
        case .setWorkingHours(let vendor, let hours):
            if let vendor {
                try exists(
                    rows.vendors.contains { $0.id == vendor }, "working_hours_organization_id_vendor_id_fkey")
            }
            rows.workingHours[vendor] = hours
        case .setHolidays(let calendar, let days): rows.holidays[calendar] = days.isEmpty ? nil : days
        default: break
        }
    }

    private mutating func add(_ followUp: PlannedFollowUp) throws {
        try exists(
            rows.negotiations.contains { $0.id == followUp.negotiationID },
            "follow_ups_organization_id_negotiation_id_fkey")
        try unique(!rows.followUps.contains { $0.id == followUp.id }, "follow_ups_pkey")
        try unique(
            !rows.followUps.contains {
                $0.negotiationID == followUp.negotiationID && $0.status == .waiting
            }, "follow_ups_one_waiting")
        try rule(followUp.number > 0, "follow_ups_number_check")
        rows.followUps.append(followUp)
        announce(followUp.dueAt, of: followUp.negotiationID)
    }

    /// Changes the first for which there is a change; whether there was one.
    private mutating func editFollowUp(_ change: (PlannedFollowUp) -> PlannedFollowUp?) -> Bool {
        for place in rows.followUps.indices {
            guard let changed = change(rows.followUps[place]) else { continue }
            rows.followUps[place] = changed
            return true
        }
        return false
    }

    private mutating func announce(_ due: Instant?, of id: NegotiationID) { choose(id) { $0.nextAt = due } }

    private mutating func choose(_ id: NegotiationID, _ change: (inout FollowUpChoice) -> Void) {
        guard let place = rows.negotiations.firstIndex(where: { $0.id == id }) else { return }
        change(&rows.negotiations[place].followUps)
    }
}

extension PlannedFollowUp {
    fileprivate var isUnwritten: Bool { status == .waiting && emailID == nil }
    fileprivate func isWaiting(as email: EmailID) -> Bool { status == .waiting && emailID == email }

    fileprivate func changed(dueAt due: Instant) -> PlannedFollowUp {
        PlannedFollowUp(
            id: id, negotiationID: negotiationID, number: number, dueAt: due, status: status,
            emailID: emailID, reason: reason, createdAt: createdAt)
    }

    fileprivate func changed(email: EmailID?) -> PlannedFollowUp {
        PlannedFollowUp(
            id: id, negotiationID: negotiationID, number: number, dueAt: dueAt, status: status,
            emailID: email, reason: reason, createdAt: createdAt)
    }

    fileprivate func changed(_ status: Status, reason: String? = nil) -> PlannedFollowUp {
        PlannedFollowUp(
            id: id, negotiationID: negotiationID, number: number, dueAt: dueAt, status: status,
            emailID: emailID, reason: reason, createdAt: createdAt)
    }
}
