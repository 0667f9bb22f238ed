import Negotiation

/// Until when an approved email waits, and why, in words for people.
struct SendingPause: Hashable, Sendable {
    let until: Instant
    let reason: String?
}

extension Office {
    private static let hour: Int64 = 3_600
    private static let day: Int64 = 86_400

    /// What follows once an email is approved: it leaves when the time is over in which it can be taken back.
    func leaving(_ id: EmailID, of organization: OrganizationID, at now: Instant) async throws -> [Change] {
        let undo = Int64(try await books.people.settings(organization).undoSeconds)
        let due = now.advanced(bySeconds: undo)
        let job = enqueueing(.sendEmail(id), for: organization, at: due)
        return undo == 0 ? [job] : [.scheduleEmail(id, at: due, reason: nil), job]
    }

    /// The limits that an email from a mailbox is counted under.
    func limits(for email: EmailRecord, of organization: OrganizationID, from home: Mailbox?) async throws
        -> [AttemptLimit]
    {
        var limits: [AttemptLimit] = []
        if let home {
            if let most = home.sending.perHour {
                limits.append(AttemptLimit(.mailbox(home.id), most: most, within: Self.hour))
            }
            if let most = home.sending.perDay {
                limits.append(AttemptLimit(.mailbox(home.id), most: most, within: Self.day))
            }
        }
        if let most = try await books.people.settings(organization).vendorDailyLimit,
            let negotiation = try await books.negotiations.find(organization, email.negotiationID)
        {
            limits.append(AttemptLimit(.vendor(negotiation.vendorID), most: most, within: Self.day))
        }
        return limits
    }

    /// How long an email still has to wait: for the end of the time in which it can be taken back, for the hours of its
    /// mailbox, for its turn under each limit. `nil` when it may leave now.
    func pause(
        before email: EmailRecord, of organization: OrganizationID, from home: Mailbox?,
        _ limits: [AttemptLimit]
    ) async throws -> SendingPause? {
        let now = clock.now()
        if let due = email.sendsAt, due > now { return SendingPause(until: due, reason: email.statusReason) }
        var (until, reason): (Instant, String) = (now, "")
        for limit in limits {
            guard let free = try await books.emails.freeAt(organization, limit, now), free > until else {
                continue
            }
            (until, reason) = (free, words(for: limit, from: home))
        }
        if let window = home?.sending.window, let hours = hours(of: window) {
            // None within the horizon of the calendar: looked at again a day later.
            let next = hours.next(after: until) ?? until.advanced(bySeconds: Self.day)
            if next > until { (until, reason) = (next, words(for: window, of: home)) }
        }
        return until > now ? SendingPause(until: until, reason: "Waits until \(until): \(reason)") : nil
    }

    /// Puts a pause on record, with a job for its end.
    func wait(_ pause: SendingPause, _ email: EmailRecord, job: Job) async throws {
        try await commit(
            job.organizationID,
            [
                .scheduleEmail(email.id, at: pause.until, reason: pause.reason),
                .finishJob(job.id, worker: settings.worker, at: clock.now()),
                enqueueing(.sendEmail(email.id), for: job.organizationID, at: pause.until),
            ])
    }

    /// The rules have changed: what waits is looked at again, apart from what can still be taken back.
    func reconsidering(of organization: OrganizationID, at now: Instant) async throws -> [Change] {
        var changes: [Change] = []
        for id in try await books.emails.waiting(organization) {
            guard let email = try await books.emails.find(organization, id), email.statusReason != nil else {
                continue
            }
            changes += [
                .scheduleEmail(id, at: now, reason: nil),
                enqueueing(.sendEmail(id), for: organization, at: now),
            ]
        }
        return changes
    }

    /// The hours of a window; in UTC where its zone is not to be had on this machine.
    private func hours(of window: SendingWindow) -> BusinessHours? {
        BusinessHours(
            weekdays: window.weekdays, opens: window.opens, closes: window.closes,
            zone: clock.zone(window.zone) ?? .utc)
    }

    private func words(for window: SendingWindow, of home: Mailbox?) -> String {
        "\(home?.name ?? "The mailbox") sends \(window.words)."
    }

    private func words(for limit: AttemptLimit, from home: Mailbox?) -> String {
        let span = limit.seconds == Self.hour ? "an hour" : "a day"
        let emails = limit.most == 1 ? "the one email" : "the \(limit.most) emails"
        return switch limit.scope {
        case .mailbox:
            "\(home?.name ?? "The mailbox") has sent \(emails) that it may send within \(span)."
        case .vendor:
            "The vendor has got \(emails) that your organization sends to one vendor within \(span)."
        }
    }
}

extension SendingWindow {
    /// `monday, tuesday, 08:00 to 18:00 (Europe/Berlin)`, for people.
    public var words: String {
        let names = dayNames.map { $0.prefix(1).uppercased() + $0.dropFirst() }
        let days = weekdays == Weekday.mondayToFriday ? "Monday to Friday" : names.joined(separator: ", ")
        return "\(weekdays.count == 7 ? "every day" : days), \(opens) to \(closes) (\(zone))"
    }
}
