import Negotiation

extension Office {
    /// Events that one round brings at most.
    private static let mostOfRound = 12
    /// Events that one receiver is told at the same time.
    private static let mostAtOnce = 3
    /// How long what is over stays on record, in hours.
    private static let hoursOnRecord = 30 * 24

    /// One round of one receiver: brings what is due, a few at a time, and promises the next round where more is. There
    /// is one such job for each receiver at most, so a slow one makes nobody wait but itself.
    ///
    /// Killed after a receiver has answered and before that is on record, the event is brought once more, under the same
    /// `webhook-id`.
    func deliverWebhooks(_ id: WebhookSubscriptionID, job: Job) async throws {
        let organization = job.organizationID
        guard deliveryPlaces.take(organization) else { throw NoDeliveryPlace() }
        defer { deliveryPlaces.leave(organization) }
        let receiver = try await books.subscriptions.find(organization, id)
        if let receiver, receiver.isEnabled {
            let due = try await books.subscriptions.due(organization, id, clock.now(), Self.mostOfRound)
            try await bring(due, to: receiver)
        }
        // Whether or not it was switched on in this round, it may be now.
        let now = clock.now()
        let next = Job(
            id: clock.newID(), organizationID: organization, work: .deliverWebhooks(id), runAt: now)
        let isRotated = receiver?.previousSecretUntil.map { $0 <= now } ?? false
        try await commit(
            organization,
            (isRotated ? [.webhook(.endRotation(id, at: now))] : []) + [
                .webhook(.forget(id, before: now.advanced(byHours: -Self.hoursOnRecord))),
                .finishJob(job.id, worker: settings.worker, at: now), .webhook(.promiseRound(id, next)),
            ])
    }

    /// Brings events until all were tried, the receiver has been switched off, or the process is to stop. One that cannot be put on record does
    /// not keep the others from being so.
    private func bring(_ due: [WebhookDelivery], to receiver: WebhookSubscription) async throws {
        guard !due.isEmpty else { return }
        let signer = await signer(for: receiver)
        var waiting = due[...]
        var failure: (any Error)?
        await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            func begin() {
                guard !deliveryPlaces.isClosed, let delivery = waiting.popFirst() else { return }
                group.addTask { await bring(delivery, to: receiver, signer) }
            }
            for _ in 0..<Self.mostAtOnce { begin() }
            while let result = await group.next() {
                switch result {
                case .success(true): begin()
                case .success(false): waiting = []
                case .failure(let error):
                    failure = error
                    waiting = []
                }
            }
        }
        if let failure { throw failure }
    }

    private typealias Signer = @Sendable (String, Instant, [UInt8]) throws -> [WebhookPost.Header]

    /// What signs for a receiver now; where its secret is not to be had, an attempt fails with the reason.
    private func signer(for receiver: WebhookSubscription) async -> Signer {
        let secrets: Result<[String], any Error>
        do {
            let sealed = try await books.subscriptions.sealedSecrets(receiver.organizationID, receiver.id)
            let isRotating = receiver.previousSecretUntil.map { $0 > clock.now() } ?? false
            let previous = isRotating ? sealed?.previous : nil
            secrets = .success(try [sealed?.current, previous].compactMap(\.self).map(courier.unseal))
        } catch {
            secrets = .failure(error)
        }
        return { [courier] id, at, body in try courier.sign(try secrets.get(), id, at, body) }
    }

    /// One attempt, and what follows from it; `false` when the receiver wants nothing any more.
    private func bring(_ delivery: WebhookDelivery, to receiver: WebhookSubscription, _ sign: Signer) async
        -> Result<Bool, any Error>
    {
        let began = clock.now()
        let outcome = await post(delivery, to: receiver, at: began, sign)
        let attempt = WebhookAttempt(
            number: delivery.attempts + 1, startedAt: began,
            milliseconds: Self.milliseconds(from: began, to: clock.now()), outcome)
        do {
            try await settling(receiver.organizationID) {
                ((), try await consequences(of: attempt, outcome, for: delivery.id, receiver))
            }
            return .success(!outcome.isGone)
        } catch {
            return .failure(error)
        }
    }

    /// Between two looks at a clock that may have been set meanwhile; an hour at most.
    private static func milliseconds(from start: Instant, to end: Instant) -> Int {
        Int(min(max(0, end.microseconds - start.microseconds) / 1000, 3_600_000))
    }

    private func post(
        _ delivery: WebhookDelivery, to receiver: WebhookSubscription, at now: Instant, _ sign: Signer
    ) async -> WebhookOutcome {
        let body = Array(delivery.payload.utf8)
        let headers: [WebhookPost.Header]
        do {
            headers = try sign("\(delivery.eventID)", now, body)
        } catch {
            return .failed("It could not be signed: \(error)")
        }
        return await courier.post(WebhookPost(url: receiver.url, headers: headers, body: body, at: now))
    }

    private func consequences(
        of attempt: WebhookAttempt, _ outcome: WebhookOutcome, for id: WebhookDeliveryID,
        _ posted: WebhookSubscription
    ) async throws -> [Change] {
        let organization = posted.organizationID
        // Whoever was faster has put the same attempt on record.
        guard let delivery = try await books.subscriptions.delivery(organization, id),
            delivery.attempts < attempt.number
        else { return [] }
        let receiver = try await books.subscriptions.find(organization, posted.id)
        let now = clock.now()
        let fate = fate(of: delivery, after: attempt, outcome, at: now)
        var changes: [Change] = [.webhook(.settle(id, attempt, fate))]
        guard let receiver else { return changes }
        if outcome.isGone {
            // Of several that hear it at the same moment, or of an address that was changed meanwhile, one is enough.
            guard receiver.isEnabled, receiver.url == posted.url else { return changes }
            let reason = "The receiver answered 410 Gone: it wants no more."
            changes.append(.webhook(.setCondition(receiver.id, .disabled(reason), at: now)))
            changes += try await telling(of: receiver, "disabled", "switched off", reason, at: now)
        } else if fate == .dead, receiver.failingSince == nil {
            let reason = "\(delivery.type) was given up on. \(attempt.error ?? "")"
            changes.append(.webhook(.setFailing(receiver.id, since: now)))
            changes += try await telling(of: receiver, "failing", "do not arrive", reason, at: now)
        } else if fate == .delivered, receiver.failingSince != nil {
            changes.append(.webhook(.setFailing(receiver.id, since: nil)))
        }
        return changes
    }

    private func fate(
        of delivery: WebhookDelivery, after attempt: WebhookAttempt, _ outcome: WebhookOutcome,
        at now: Instant
    ) -> DeliveryFate {
        if attempt.error == nil { return .delivered }
        if outcome.isGone { return .dead }
        let chance = secrets.sha256(Array("\(delivery.id) \(attempt.number)".utf8)).prefix(4)
            .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let pause = DeliverySchedule.pause(
            afterTries: delivery.tries + 1, chance: chance, wish: outcome.wish)
        return pause.map { .again(at: now.advanced(bySeconds: $0)) } ?? .dead
    }

    /// The record, and a note to everybody who administers the organization.
    private func telling(
        of receiver: WebhookSubscription, _ what: String, _ words: String, _ reason: String, at now: Instant
    ) async throws -> [Change] {
        let people = try await books.people.usersWithRole(receiver.organizationID, [.orgAdmin])
        let record = subscriptionRecord(receiver, what, "\(words): \(reason)", .parley, now)
        return [record]
            + people.map { person in
                .notify(
                    UserNotification(
                        id: clock.newID(), userID: person.id, type: "system_alert",
                        title: "Webhooks to \(receiver.title) \(words)", message: reason,
                        link: "/subscriptions/\(receiver.id)", negotiationID: nil, createdAt: now))
            }
    }
}

extension WebhookOutcome {
    /// Whether the receiver wants to be told nothing any more.
    fileprivate var isGone: Bool { if case .answered(410, _, _) = self { true } else { false } }

    /// What it wants to be left alone for, in seconds.
    fileprivate var wish: Int64? {
        if case .answered(_, _, let seconds) = self { seconds } else { nil }
    }
}

extension WebhookAttempt {
    fileprivate init(number: Int, startedAt: Instant, milliseconds: Int, _ outcome: WebhookOutcome) {
        switch outcome {
        case .answered(let status, let body, _):
            let error: String? =
                switch status {
                case 200..<300: nil
                case 300..<400: "It answered \(status); redirects are not followed."
                default: "It answered \(status)."
                }
            self.init(
                number: number, startedAt: startedAt, milliseconds: milliseconds, status: status,
                answer: body, error: error)
        case .failed(let reason):
            self.init(
                number: number, startedAt: startedAt, milliseconds: milliseconds, status: nil, answer: "",
                error: reason)
        }
    }
}
