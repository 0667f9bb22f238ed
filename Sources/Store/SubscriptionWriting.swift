import Desk
import Negotiation
import Postgres

extension SubscriptionStore {
    /// The statements of one write.
    static func steps(of change: WebhookChange, in organization: OrganizationID) -> [Step] {
        switch change {
        case .add(let subscription, let sealed): [adding(subscription, sealed, in: organization)]
        case .describe(let id, let url, let description, let events, let now):
            [
                update(
                    "SET url = $3, description = $4, events = $5, updated_at = $6", id,
                    [.text(url), .text(description), .textArray(names(of: events)), .instant(now)],
                    in: organization)
            ]
        case .rotate(let id, let sealed, let until, let now):
            [
                update(
                    """
                    SET previous_secret_encrypted = secret_encrypted, previous_secret_until = $4,
                        secret_encrypted = $3, updated_at = $5
                    """, id, [.text(sealed), .instant(until), .instant(now)], in: organization)
            ]
        case .endRotation(let id, let now):
            [
                Step(
                    """
                    UPDATE webhook_subscriptions SET previous_secret_encrypted = NULL, previous_secret_until = NULL
                    WHERE organization_id = $1 AND id = $2 AND previous_secret_until <= $3
                    """, [.id(organization), .id(id), .instant(now)])
            ]
        case .setCondition(let id, let condition, let now):
            [setting(id, condition, at: now, in: organization)]
        case .setFailing(let id, let since):
            [
                update(
                    "SET failing_since = $3", id, [.instant(since)], in: organization,
                    where: since == nil ? "" : "AND failing_since IS NULL")
            ]
        case .remove(let id, let now):
            [
                update(
                    """
                    SET state = 'removed', state_reason = NULL, secret_encrypted = NULL,
                        previous_secret_encrypted = NULL, previous_secret_until = NULL, updated_at = $3
                    """, id, [.instant(now)], in: organization)
            ]
        case .addDelivery(let delivery): [adding(delivery, in: organization)]
        case .settle(let id, let attempt, let fate): settling(id, attempt, fate, in: organization)
        case .redeliver(let id, let now): [redelivering(id, at: now, in: organization)]
        case .promiseRound(let id, let job): promising(job, of: id, in: organization)
        case .forget(let id, let before): [forgetting(id, before: before, in: organization)]
        }
    }

    private static func names(of events: Set<EventType>) -> [String] { events.map(\.rawValue).sorted() }

    /// Changes a subscription that has not been removed.
    private static func update(
        _ assignments: SQL, _ id: WebhookSubscriptionID, _ values: [Parameter],
        in organization: OrganizationID, where condition: SQL = ""
    ) -> Step {
        Step(
            "UPDATE webhook_subscriptions " + assignments
                + " WHERE organization_id = $1 AND id = $2 AND state <> 'removed' " + condition,
            [.id(organization), .id(id)] + values, elseRefuse: .stale)
    }

    private static func adding(
        _ subscription: WebhookSubscription, _ sealed: String, in organization: OrganizationID
    ) -> Step {
        Step(
            """
            INSERT INTO webhook_subscriptions (organization_id, id, url, description, events, secret_encrypted,
                created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            """,
            [
                .id(organization), .id(subscription.id), .text(subscription.url),
                .text(subscription.description), .textArray(names(of: subscription.events)), .text(sealed),
                .instant(subscription.createdAt),
            ])
    }

    private static func setting(
        _ id: WebhookSubscriptionID, _ condition: WebhookSubscription.Condition, at now: Instant,
        in organization: OrganizationID
    ) -> Step {
        let (state, reason): (String, String?) =
            switch condition {
            case .enabled: ("enabled", nil)
            case .disabled(let reason): ("disabled", reason)
            }
        return update(
            "SET state = $3, state_reason = $4, updated_at = $5", id,
            [.text(state), .words(reason, longest: 1000), .instant(now)], in: organization,
            where: condition == .enabled ? "AND state = 'disabled'" : "AND state = 'enabled'")
    }

    // MARK: Deliveries

    private static func adding(_ delivery: WebhookDelivery, in organization: OrganizationID) -> Step {
        Step(
            """
            INSERT INTO webhook_deliveries (organization_id, id, subscription_id, event_id, event_type, payload,
                next_attempt_at, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .id(organization), .id(delivery.id), .id(delivery.subscriptionID), .id(delivery.eventID),
                .text(delivery.type), .text(delivery.payload), .instant(delivery.nextAttemptAt),
                .instant(delivery.createdAt),
            ])
    }

    private static func settling(
        _ id: WebhookDeliveryID, _ attempt: WebhookAttempt, _ fate: DeliveryFate,
        in organization: OrganizationID
    ) -> [Step] {
        let (state, next): (WebhookDelivery.State, Instant?) =
            switch fate {
            case .delivered: (.delivered, nil)
            case .again(let instant): (.due, instant)
            case .dead: (.dead, nil)
            }
        let settled = Step(
            """
            UPDATE webhook_deliveries SET state = $3, attempts = $4, tries = tries + 1,
                next_attempt_at = coalesce($5, next_attempt_at), last_status = $6, last_error = $7
            WHERE organization_id = $1 AND id = $2 AND attempts = $4 - 1
            """,
            [
                .id(organization), .id(id), .text(state.rawValue), .int(attempt.number), .instant(next),
                .int(attempt.status), .words(attempt.error, longest: 1000),
            ], elseRefuse: .stale)
        let told = Step(
            """
            INSERT INTO webhook_attempts (organization_id, delivery_id, number, started_at, milliseconds, status, answer,
                error)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .id(organization), .id(id), .int(attempt.number), .instant(attempt.startedAt),
                .int(attempt.milliseconds), .int(attempt.status),
                .words(attempt.answer, longest: WebhookAttempt.longestAnswer),
                .words(attempt.error, longest: 1000),
            ])
        return [settled, told]
    }

    private static func redelivering(
        _ id: WebhookDeliveryID, at now: Instant, in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE webhook_deliveries SET state = 'due', tries = 0, next_attempt_at = $3
            WHERE organization_id = $1 AND id = $2
            """, [.id(organization), .id(id), .instant(now)], elseRefuse: .stale)
    }

    /// Deliveries that are deleted at a time.
    private static let mostForgotten = 200

    private static func forgetting(
        _ receiver: WebhookSubscriptionID, before: Instant, in organization: OrganizationID
    ) -> Step {
        Step(
            """
            WITH old AS (
                SELECT id FROM webhook_deliveries
                WHERE organization_id = $1 AND subscription_id = $2 AND created_at < $3 AND state <> 'due'
                ORDER BY created_at, id LIMIT $4
            ), attempts AS (
                DELETE FROM webhook_attempts WHERE organization_id = $1 AND delivery_id IN (SELECT id FROM old)
            )
            DELETE FROM webhook_deliveries WHERE organization_id = $1 AND id IN (SELECT id FROM old)
            """, [.id(organization), .id(receiver), .instant(before), .int(mostForgotten)])
    }

    // MARK: The next round

    /// The job of the next round and its place in the schedule, if something is due for a receiver that is enabled.
    ///
    /// Each statement sees what is committed when it begins. Whoever adds a delivery while a round runs asks for a job
    /// that is there already, and locks its row by that; the end of the round waits for that lock, and this statement,
    /// which comes after, sees the delivery.
    static func promising(
        _ job: Job, of receiver: WebhookSubscriptionID, in organization: OrganizationID
    ) -> [Step] {
        let row = JobRow(job.work)
        let added = Step(
            """
            INSERT INTO jobs AS job (organization_id, id, kind, unique_key, payload, run_at, max_attempts)
            SELECT $1, $2, $3, $4, $5, greatest(min(delivery.next_attempt_at), $6), $7
            FROM webhook_deliveries AS delivery
            JOIN webhook_subscriptions AS receiver
                ON receiver.organization_id = $1 AND receiver.id = delivery.subscription_id
                AND receiver.state = 'enabled'
            WHERE delivery.organization_id = $1 AND delivery.subscription_id = $8 AND delivery.state = 'due'
            HAVING count(*) > 0
            ON CONFLICT (organization_id, kind, unique_key) WHERE state IN ('due', 'running')
                DO UPDATE SET run_at = excluded.run_at WHERE job.state = 'due' AND job.run_at > excluded.run_at
            """,
            [
                .id(organization), .id(job.id), .text(row.kind), .text(row.uniqueKey), .json(row.payload),
                .instant(job.runAt), .int(Job.mostAttempts), .id(receiver),
            ])
        let scheduled = Step(
            """
            INSERT INTO job_schedule AS schedule (organization_id, due_at)
            SELECT $1, min(run_at) FROM jobs
            WHERE organization_id = $1 AND kind = $2 AND unique_key = $3 AND state = 'due' HAVING count(*) > 0
            ON CONFLICT (organization_id) DO UPDATE SET due_at = least(schedule.due_at, excluded.due_at)
            """, [.id(organization), .text(row.kind), .text(row.uniqueKey)])
        return [added, scheduled]
    }
}
