import Desk
import Secrets

/// What machines ask about the gateway itself.
enum HealthOperations {
    static let all: [Operation] = [alive, ready, metrics, description]

    private static let group = "Gateway"

    private static let alive = Operation(
        method: .get, path: "/healthz", name: "getHealth", group: group,
        summary: "Whether the process answers",
        access: .open,
        success: .init(
            status: 200, schema: .object([("status", .oneOf(["ok"]))], required: ["status"]), note: "It does."
        )
    ) { _ in .ok(.object(of: [("status", .string("ok"))])) }

    private static let ready = Operation(
        method: .get, path: "/readyz", name: "getReadiness", group: group,
        summary: "Whether everything works that requests need; 503 if not", access: .open,
        success: .init(status: 200, schema: readiness, note: "Ready.")
    ) { call in
        let checks = await call.reception.readiness()
        let isReady = checks.allSatisfy(\.isReady)
        let json = StrictJSON.object(of: [
            ("status", .string(isReady ? "ready" : "not_ready")),
            (
                "checks",
                .array(
                    checks.map { check in
                        .object(of: [
                            ("name", .string(check.name)), ("ready", .bool(check.isReady)),
                            ("detail", .string(check.detail)),
                        ])
                    })
            ),
        ])
        return APIAnswer(status: isReady ? 200 : 503, json: json)
    }

    private static let readiness = Schema.object(
        [
            ("status", .oneOf(["ready", "not_ready"])),
            (
                "checks",
                .list(
                    of: .object(
                        [("name", .text), ("ready", .truth), ("detail", .text)],
                        required: ["name", "ready", "detail"]))
            ),
        ], required: ["status", "checks"])

    private static let metrics = Operation(
        method: .get, path: "/metrics", name: "getMetrics", group: group,
        summary: "Figures in Prometheus' text format", access: .open,
        success: .init(
            status: 200, schema: .text, note: "The figures.", contentType: Tally.contentType)
    ) { call in
        let jobs = await call.reception.jobCounts()
        let text = call.tally.text(jobs: jobs, version: call.reception.version)
        return APIAnswer(plain: (Tally.contentType, text))
    }

    private static let description: Operation = Operation(
        method: .get, path: "/openapi.json", name: "getDescription", group: group,
        summary: "This description", access: .open,
        success: .init(status: 200, schema: .anyObject, note: "OpenAPI 3.1.")
    ) { call in
        .ok(
            OpenAPI.document(
                API.operations, version: call.reception.version,
                publicURL: call.office.settings.publicURL))
    }
}

/// All operations, in the order in which they are described.
enum API {
    static let operations: [Operation] =
        AuthOperations.all + NegotiationOperations.all + EmailOperations.all + ApprovalOperations.all
        + PolicyOperations.all + FollowUpOperations.all + RecordOperations.all + PeopleOperations.all
        + SettingsOperations.all + MailboxOperations.all + WebhookOperations.all + SubscriptionOperations.all
        + JobOperations.all + HealthOperations.all
}
