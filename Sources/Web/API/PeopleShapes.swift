import Desk
import Negotiation
import Secrets

/// Who asks, for `GET /v1/me`.
struct Me: Sendable {
    let user: User
    let organization: Organization
    let scopes: [String]?
}

/// What a sign-in gives to a program.
struct SignInTokens: Sendable {
    let accessToken: String
    let refreshToken: String
    /// Seconds.
    let expiresIn: Int
}

extension Shapes {
    static let vendor = Representation<Vendor>(
        "Vendor",
        [
            .id("id") { $0.id }, .text("name") { $0.name }, .text("slug") { $0.slug },
            .text("domain") { $0.domain }, .textOrNull("contact_email") { $0.contactEmail },
            .truth("is_active") { $0.isActive },
        ])

    static let product = Representation<Product>(
        "Product",
        [
            .id("id") { $0.id }, .idOrNull("vendor_id") { $0.vendorID }, .text("title") { $0.title },
            .textOrNull("sku") { $0.sku }, .text("url") { $0.url }, .money("price") { $0.price.amount },
            .text("currency") { $0.price.currency.code },
        ])

    static let user = Representation<User>(
        "User",
        [
            .id("id") { $0.id }, .id("organization_id") { $0.organizationID }, .text("email") { $0.email },
            .text("full_name") { $0.fullName },
            .oneOf("role", UserRole.allCases.map(\.rawValue)) { $0.role.rawValue },
            .truth("is_active") { $0.isActive },
        ])

    /// The caller, its organization, and what an API key may do.
    static let me = Representation<Me>(
        "Me",
        user.members.map { member in
            .other(member.name, member.schema) { member.value($0.user) }
        } + [
            .other(
                "organization",
                .object([("id", .id), ("name", .text), ("slug", .text)], required: ["id", "name", "slug"])
            ) { me in
                .object(of: [
                    ("id", .string("\(me.organization.id)")), ("name", .string(me.organization.name)),
                    ("slug", .string(me.organization.slug)),
                ])
            },
            .other("scopes", Schema.list(of: .text).orNull) { me in
                me.scopes.map { .array($0.map { .string($0) }) } ?? .null
            },
        ])

    static let signIn = Representation<SignInTokens>(
        "SignIn",
        [
            .text("access_token") { $0.accessToken }, .text("refresh_token") { $0.refreshToken },
            .text("token_type") { _ in "Bearer" }, .whole("expires_in") { $0.expiresIn },
        ])

    static let notification = Representation<UserNotification>(
        "Notification",
        [
            .id("id") { $0.id }, .id("user_id") { $0.userID }, .text("type") { $0.type },
            .text("title") { $0.title }, .text("message") { $0.message }, .textOrNull("link") { $0.link },
            .idOrNull("negotiation_id") { $0.negotiationID }, .time("created_at") { $0.createdAt },
        ])

    /// A row of the audit log, and of the timeline of a negotiation.
    static let audit = Representation<AuditEntry>(
        "AuditEntry",
        [
            .text("action") { $0.action }, .text("entity_type") { $0.entityType },
            .other("entity_id", Schema.id.orNull) { entry in
                entry.entityID.map { .string($0.uuidString.lowercased()) } ?? .null
            },
            .text("description") { $0.description },
            .other("changes", .anyObject) { entry in
                .object(of: entry.changes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
            },
            .idOrNull("user_id") { $0.origin.userID }, .textOrNull("ip_address") { $0.origin.ipAddress },
            .textOrNull("user_agent") { $0.origin.userAgent },
            .textOrNull("request_id") { $0.origin.requestID },
            .time("timestamp") { $0.at },
        ])
}
