#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How far a transaction is kept apart from others (section 13.2 of the PostgreSQL documentation).
public enum Isolation: String, Sendable {
    /// Each statement sees what was committed before it.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first; may fail with ``ServerRefusal/Kind/serialization``.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after the other; may fail with ``ServerRefusal/Kind/serialization``.
    case serializable = "SERIALIZABLE"
}

/// How a transaction begins. Sent as literal text by the simple protocol: a *prepared* `SET LOCAL` leaked other
/// tenants' rows behind a pooler, and so did a session-wide `SET`.
struct Opening: Sendable {
    var tenant: UUID?
    var role: Role?
    var isolation: Isolation = .readCommitted
    var isReadOnly = false
    var statementTimeout: Duration?

    /// All of it in one text, for one round trip. Only a parsed UUID, a quoted identifier and numbers get in.
    var text: String {
        var text = "BEGIN ISOLATION LEVEL \(isolation.rawValue)"
        // "READ WRITE" is the default, and a standby would refuse to hear it.
        if isReadOnly { text += " READ ONLY" }
        if let tenant { text += "; SET LOCAL parley.organization_id = '\(tenant.uuidString.lowercased())'" }
        if let statementTimeout { text += "; SET LOCAL statement_timeout = \(statementTimeout.milliseconds)" }
        if let role { text += "; SET LOCAL ROLE \(role.quoted)" }
        return text
    }
}
