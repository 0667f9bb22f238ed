import Hummingbird
import Secrets

/// The description of the API (OpenAPI 3.1), made from the operations themselves.
enum OpenAPI {
    static func document(_ operations: [Operation], version: String, publicURL: String) -> StrictJSON {
        .object(of: [
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object(of: [
                    ("title", .string("Parley")), ("version", .string(version)),
                    ("summary", .string("Negotiates purchases by ordinary email.")),
                    ("description", .string(conventions)),
                    (
                        "license",
                        .object(of: [("name", .string("Apache-2.0")), ("identifier", .string("Apache-2.0"))])
                    ),
                ])
            ),
            ("servers", .array([.object(of: [("url", .string(publicURL))])])),
            ("paths", paths(operations)),
            (
                "components",
                .object(of: [
                    ("schemas", .object(of: Shapes.schemas.map { ($0.0, $0.1.json) })),
                    ("securitySchemes", .object(of: [("bearer", bearer)])),
                ])
            ),
        ])
    }

    private static let conventions = """
        Money is a decimal string; numbers are accepted on input and taken exactly as written. Times are RFC 3339 in \
        UTC, ids are UUIDs. Lists take cursor and limit. Errors are problem details (RFC 9457). Unknown fields are \
        refused. POST takes an Idempotency-Key: the same key with the same request answers again what it answered \
        first.
        """

    private static let bearer = StrictJSON.object(of: [
        ("type", .string("http")), ("scheme", .string("bearer")),
        ("description", .string("An access token of POST /v1/auth/login, or an API key.")),
    ])

    private static func paths(_ operations: [Operation]) -> StrictJSON {
        var order: [String] = []
        var methods: [String: [(String, StrictJSON?)]] = [:]
        for operation in operations {
            if methods[operation.path] == nil { order.append(operation.path) }
            methods[operation.path, default: []].append(
                (operation.method.rawValue.lowercased(), describe(operation)))
        }
        return .object(of: order.map { ($0, .object(of: methods[$0] ?? [])) })
    }

    private static func describe(_ operation: Operation) -> StrictJSON {
        let parameters = self.parameters(of: operation)
        return .object(of: [
            ("operationId", .string(operation.name)), ("summary", .string(operation.summary)),
            ("tags", .array([.string(operation.group)])),
            (
                "security",
                operation.access == .bearer ? .array([.object(of: [("bearer", .array([]))])]) : .array([])
            ),
            ("parameters", parameters.isEmpty ? nil : .array(parameters)),
            (
                "requestBody",
                operation.body.map { shape in
                    .object(of: [
                        ("required", .bool(shape.fields.contains(where: \.isRequired))),
                        ("content", content("application/json", shape.schema)),
                    ])
                }
            ),
            ("responses", responses(of: operation)),
        ])
    }

    private static func parameters(of operation: Operation) -> [StrictJSON] {
        var parameters = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { name in
            parameter(
                String(name.dropFirst().dropLast()), in: "path", name == "{number}" ? .whole : .id, "",
                isRequired: true)
        }
        parameters += operation.parameters.map {
            parameter($0.name, in: "query", $0.schema, $0.note, isRequired: false)
        }
        if operation.isIdempotent {
            parameters.append(
                parameter(
                    "Idempotency-Key", in: "header", .text,
                    "1 to 255 characters; kept for at least 24 hours.",
                    isRequired: false))
        }
        return parameters
    }

    private static func parameter(
        _ name: String, in place: String, _ schema: Schema, _ note: String, isRequired: Bool
    ) -> StrictJSON {
        .object(of: [
            ("name", .string(name)), ("in", .string(place)), ("required", .bool(isRequired)),
            ("description", note.isEmpty ? nil : .string(note)), ("schema", schema.json),
        ])
    }

    private static func responses(of operation: Operation) -> StrictJSON {
        let success = operation.success
        return .object(of: [
            (
                "\(success.status)",
                .object(of: [
                    ("description", .string(success.note)),
                    ("content", success.schema.map { content(success.contentType, $0) }),
                ])
            ),
            (
                "default",
                .object(of: [
                    ("description", .string("A problem.")),
                    ("content", content("application/problem+json", .named("Problem"))),
                ])
            ),
        ])
    }

    private static func content(_ type: String, _ schema: Schema) -> StrictJSON {
        .object(of: [(type, .object(of: [("schema", schema.json)]))])
    }
}
