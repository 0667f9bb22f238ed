/// What the server said when it refused a statement, field by field as the protocol delivers it.
///
/// The SQLSTATE codes are those of appendix A of the PostgreSQL documentation.
public struct ServerRefusal: Error, Sendable, Hashable {
    /// Five characters, for example `23505`.
    public let sqlState: String
    /// The primary message, one line.
    public let message: String
    /// More about it. May quote values of the row: never shown to people outside the organization.
    public let detail: String?
    /// The server's own advice.
    public let hint: String?
    /// The table concerned, where the server names one.
    public let table: String?
    /// The column concerned, where the server names one.
    public let column: String?
    /// The constraint that was violated, where there is one.
    public let constraint: String?
    /// Where in the statement the mistake stands, counted in characters from 1.
    public let position: Int?
    /// Which statement of a pipeline it was, counted from 0.
    public let statement: Int

    /// What kind of refusal this is: what callers decide by.
    public enum Kind: Sendable, Hashable {
        /// A row with this key exists (23505, 23P01); the name of the constraint or index.
        case uniqueViolation(constraint: String)
        /// The row referred to does not exist, or is still referred to (23503).
        case foreignKeyViolation(constraint: String)
        /// A CHECK said no (23514), also a row policy's `WITH CHECK` where it names a constraint.
        case checkViolation(constraint: String)
        /// A column that must have a value got none (23502).
        case notNullViolation(column: String)
        /// The role may not do this, or a row policy hides or forbids the row (42501).
        case insufficientPrivilege
        /// Two transactions crossed (40001): repeat the transaction.
        case serialization
        /// Two transactions waited for each other (40P01): repeat the transaction.
        case deadlock
        /// A lock was not to be had at once or in time (55P03).
        case lockNotAvailable
        /// The statement ran longer than allowed (57014).
        case statementTimeout
        /// The transaction or session was idle for longer than allowed (25P03, 57P05).
        case idleTimeout
        /// The server is in recovery or was demoted (25006).
        case readOnly
        /// The server is starting, stopping, or has no room for one more connection (57P0x, 53xxx).
        case unavailable
        /// The table changed while this connection had the statement prepared (0A000, 26000).
        case stalePlan
        /// The value does not fit or cannot be read (class 22).
        case invalidValue
        /// The statement itself is wrong: a mistake of the program (class 42).
        case faultyStatement
        /// An earlier statement of this transaction failed (25P02).
        case transactionAborted
        /// Anything else; the SQLSTATE says what.
        case other
    }

    /// The kind, from the SQLSTATE.
    public var kind: Kind {
        switch sqlState {
        case "23505", "23P01": .uniqueViolation(constraint: constraint ?? "")
        case "23503": .foreignKeyViolation(constraint: constraint ?? "")
        case "23514": .checkViolation(constraint: constraint ?? "")
        case "23502": .notNullViolation(column: column ?? "")
        case "42501": .insufficientPrivilege
        case "40001": .serialization
        case "40P01": .deadlock
        case "55P03": .lockNotAvailable
        case "57014": .statementTimeout
        case "25P03", "57P05": .idleTimeout
        case "25006": .readOnly
        case "25P02": .transactionAborted
        case "26000": .stalePlan
        case "0A000" where message.hasPrefix("cached plan"): .stalePlan
        default: kindOfClass
        }
    }

    private var kindOfClass: Kind {
        switch sqlState.prefix(2) {
        case "57", "53", "08": .unavailable
        case "22": .invalidValue
        case "42": .faultyStatement
        default: .other
        }
    }

    /// Whether the same transaction, begun anew, may well succeed.
    public var isRetryable: Bool {
        switch kind {
        case .serialization, .deadlock, .lockNotAvailable, .unavailable, .stalePlan, .readOnly: true
        default: false
        }
    }

    /// Whether the connection should be replaced: the server behind it is going away or cannot write.
    var spoilsConnection: Bool {
        switch kind {
        case .readOnly, .unavailable, .idleTimeout: true
        default: false
        }
    }
}

extension ServerRefusal: CustomStringConvertible {
    /// One line: message, SQLSTATE, and the constraint or table where there is one. No values of rows.
    public var description: String {
        let place = constraint.map { ", constraint \($0)" } ?? table.map { ", table \($0)" } ?? ""
        let advice = hint.map { ": \($0)" } ?? ""
        return "\(message) (\(sqlState)\(place))\(advice)"
    }
}
