/// Why the database did not do what was asked.
///
/// A cancelled task throws `CancellationError` instead.
public enum PostgresError: Error, Sendable, Hashable {
    /// The connection string cannot be used; no part of it is quoted, since it may hold a password.
    case configuration(reason: String)
    /// No server could be reached, or none that fits `target_session_attrs`.
    case unreachable(server: String, reason: String)
    /// The server is older than Parley needs; major versions.
    case serverTooOld(found: Int, required: Int)
    /// The database does not store UTF-8.
    case wrongEncoding(found: String)
    /// All connections stayed in use for the whole time that one may wait, or too many wait already.
    case poolExhausted(size: Int, waiting: Int)
    /// The pool has been shut down.
    case poolShutDown
    /// The server refused a statement; the transaction has been rolled back.
    case refused(ServerRefusal)
    /// The connection broke before COMMIT was sent: nothing of the transaction remains.
    case connectionLost(reason: String)
    /// The connection broke while COMMIT was under way: it may have happened or not. Look before repeating.
    case commitOutcomeUnknown(reason: String)
    /// A statement failed, its error was swallowed, and COMMIT therefore rolled back.
    case rolledBack
    /// A transaction was used after its end.
    case transactionOver
    /// A parameter cannot be sent; counted from 1 as in `$1`.
    case invalidParameter(number: Int, reason: String)
    /// A statement cannot be sent at all.
    case invalidStatement(reason: String)
    /// A column does not hold what was asked for; counted from 0.
    case decoding(column: Int, reason: String)
    /// One row was expected.
    case rowCount(expected: Int, found: Int)

    /// Whether the same transaction, begun anew, may well succeed, and cannot do anything twice.
    public var isRetryable: Bool {
        switch self {
        case .unreachable, .poolExhausted, .connectionLost: true
        case .refused(let refusal): refusal.isRetryable
        default: false
        }
    }

    /// What kind of refusal by the server this is, if it is one.
    public var refusal: ServerRefusal.Kind? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal.kind
    }

    /// Whether this is the violation of the unique constraint or index of that name.
    public func isUniqueViolation(of constraint: String) -> Bool {
        refusal == .uniqueViolation(constraint: constraint)
    }
}

extension PostgresError: CustomStringConvertible {
    /// One line that says what is wrong and, where an operator can, how to mend it.
    public var description: String {
        switch self {
        case .configuration(let reason):
            "DATABASE_URL cannot be used: \(reason); write it as postgres://user:password@host:5432/database"
        case .unreachable(let server, let reason):
            "no usable Postgres at \(server): \(reason); start it or correct DATABASE_URL"
        case .serverTooOld(let found, let required):
            "Postgres \(found) is too old: Parley needs \(required) or newer; upgrade the server"
        case .wrongEncoding(let found):
            "the database stores \(found): create one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        case .poolExhausted(let size, let waiting):
            "all \(size) database connections are busy and \(waiting) more callers wait; try again or enlarge the pool"
        case .poolShutDown: "the database pool has been shut down"
        case .refused(let refusal): refusal.description
        case .connectionLost(let reason):
            "the connection to Postgres was lost, nothing was written: \(reason)"
        case .commitOutcomeUnknown(let reason):
            "the connection to Postgres was lost during COMMIT, which may have happened or not: \(reason)"
        case .rolledBack: "the transaction was rolled back because one of its statements had failed"
        case .transactionOver: "a transaction was used after its end"
        case .invalidParameter(let number, let reason): "parameter $\(number) cannot be sent: \(reason)"
        case .invalidStatement(let reason): "the statement cannot be sent: \(reason)"
        case .decoding(let column, let reason): "column \(column): \(reason)"
        case .rowCount(let expected, let found): "expected \(expected) row, found \(found)"
        }
    }
}
