import Desk
import Negotiation

extension Writing {
    mutating func makeEvent(_ change: Change) throws {
        switch change {
        case .addArrival(let arrival, let job): try add(arrival, unlessKnown: job)
        case .settleArrival(let id, let state, let reason, let message, let now):
            try settle(id, state, reason: reason, message: message)
            follow(id, at: now)
        case .addMessage(let message): try add(message)
        case .assignMessage(let message): try assign(message)
        case .notify(let notification):
            try unique(!rows.notifications.contains { $0.id == notification.id }, "notifications_pkey")
            try exists(
                rows.users.contains { $0.user.id == notification.userID },
                "notifications_organization_id_user_id_fkey")
            rows.notifications.append(notification)
        case .audit(let entry):
            try exists(rows.organization != nil, "audit_logs_organization_id_fkey")
            if let user = entry.origin.userID {
                try exists(
                    rows.users.contains { $0.user.id == user }, "audit_logs_organization_id_user_id_fkey")
            }
            rows.audit.append(entry)
        default: break
        }
    }

    private mutating func add(_ arrival: Arrival, unlessKnown job: Job) throws {
        try exists(rows.organization != nil, "arrivals_organization_id_fkey")
        try rule(!arrival.source.isEmpty && !arrival.externalID.isEmpty, "arrivals_check")
        try rule(arrival.raw.count <= Arrival.largestRaw, "arrivals_raw_check")
        ledger.schedule(organization, at: job.runAt)
        let isKnown = rows.arrivals.contains {
            $0.arrival.source == arrival.source && $0.arrival.externalID == arrival.externalID
        }
        guard !isKnown else { return }
        try unique(!rows.arrivals.contains { $0.arrival.id == arrival.id }, "arrivals_pkey")
        rows.arrivals.append(ArrivalRow(arrival: arrival))
        try insert(job)
    }

    private mutating func settle(
        _ id: ArrivalID, _ state: Arrival.State, reason: String?, message: MessageID?
    ) throws {
        guard let place = rows.arrivals.firstIndex(where: { $0.arrival.id == id && $0.state == .stored })
        else { return touched(false) }
        if let message {
            try exists(
                rows.messages.contains { $0.id == message }, "arrivals_organization_id_message_id_fkey")
        }
        rows.arrivals[place].state = state
        rows.arrivals[place].reason = reason
        rows.arrivals[place].message = message
    }

    private mutating func add(_ message: ThreadMessage) throws {
        try unique(!rows.messages.contains { $0.id == message.id }, "messages_pkey")
        let isThere = rows.messages.contains {
            $0.direction == message.direction && $0.mailMessageID == message.mailMessageID
        }
        try unique(!isThere, "messages_\(message.direction.rawValue)_once")
        if let negotiation = message.negotiationID {
            try exists(
                rows.negotiations.contains { $0.id == negotiation },
                "messages_organization_id_negotiation_id_fkey")
        }
        if let arrival = message.arrivalID {
            try exists(
                rows.arrivals.contains { $0.arrival.id == arrival },
                "messages_organization_id_arrival_id_fkey")
        }
        if let email = message.emailID {
            try exists(rows.emails.contains { $0.id == email }, "messages_organization_id_email_id_fkey")
        }
        let isOutbound = message.direction == .outbound
        try rule(isOutbound == (message.kind == "outbound"), "messages_check")
        try rule(isOutbound ? message.emailID != nil : message.arrivalID != nil, "messages_check1")
        let hasPlace = message.matchState == .matched || message.matchState == .assigned
        try rule(!hasPlace || message.negotiationID != nil || isOutbound, "messages_check2")
        rows.messages.append(message)
    }

    private mutating func assign(_ message: ThreadMessage) throws {
        let place = rows.messages.firstIndex {
            $0.id == message.id && ($0.matchState == .unmatched || $0.matchState == .ambiguous)
        }
        guard let place else { return touched(false) }
        try exists(
            rows.negotiations.contains { $0.id == message.negotiationID },
            "messages_organization_id_negotiation_id_fkey")
        rows.messages[place] = message
    }

    // MARK: Jobs

    mutating func makeJob(_ change: Change) throws {
        switch change {
        case .enqueue(let job): try enqueue(job)
        case .finishJob(let id, let worker, _, let ifHeld):
            let place = rows.jobs.firstIndex { $0.id == id && $0.worker == worker && $0.state == .running }
            guard let place else { return touched(ifHeld) }
            rows.jobs[place].state = .done
            rows.jobs[place].leaseUntil = nil
        case .requeueJob(let id, let now):
            let place = rows.jobs.firstIndex { $0.id == id && $0.state == .dead }
            guard let place else { return touched(false) }
            let work = rows.jobs[place].work
            try unique(!rows.jobs.contains { $0.isOpen && $0.work.isOnce && $0.work == work }, "jobs_once")
            rows.jobs[place].state = .due
            rows.jobs[place].runAt = now
            rows.jobs[place].attempts = 0
            ledger.schedule(organization, at: now)
        default: break
        }
    }

    private mutating func insert(_ job: Job) throws {
        try own(job.organizationID)
        try unique(!rows.jobs.contains { $0.id == job.id }, "jobs_pkey")
        rows.jobs.append(QueuedJob(job))
    }

    /// A job that is there already, due or running, is brought forward instead of being doubled.
    mutating func enqueue(_ job: Job) throws {
        ledger.schedule(organization, at: job.runAt)
        guard let place = rows.jobs.firstIndex(where: { $0.isOpen && $0.work.isOnce && $0.work == job.work })
        else { return try insert(job) }
        if rows.jobs[place].state == .due {
            rows.jobs[place].runAt = min(rows.jobs[place].runAt, job.runAt)
        }
    }
}

extension Ledger {
    /// Has an organization's work looked at by then.
    mutating func schedule(_ organization: OrganizationID, at due: Instant) {
        var turn = turns[organization] ?? Turn(dueAt: due)
        turn.dueAt = min(turn.dueAt, due)
        turns[organization] = turn
    }
}
