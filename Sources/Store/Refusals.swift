import Desk
import Postgres

/// Unique keys that two writers contend for with numbers of their own counting: whoever comes second has read what is
/// not so any more.
let contendedKeys: Set<String> = [
    "email_contents_pkey", "approval_decisions_organization_id_request_id_approval_numb_key",
    "send_attempts_organization_id_email_id_number_key",
    "webhook_attempts_organization_id_delivery_id_number_key",
]

/// Foreign keys that are rules: what they point to is a permission, or the content that a state has to fit.
let ruleKeys: Set<String> = [
    "emails_grant_exists", "emails_say_what_their_content_says", "attempts_at_money_need_grant",
    "grants_rest_on_enough_people", "grants_are_for_what_was_asked",
]

extension CommitRefusal {
    /// What the desk is told of an error of the database; the error itself where the program is at fault.
    static func from(_ error: PostgresError) -> any Error {
        switch error {
        case .refused(let refusal): from(refusal) ?? error
        case .unreachable, .poolExhausted, .poolShutDown, .connectionLost, .commitOutcomeUnknown:
            CommitRefusal.unavailable(error.description)
        default: error
        }
    }

    private static func from(_ refusal: ServerRefusal) -> CommitRefusal? {
        switch refusal.kind {
        case .uniqueViolation(let constraint):
            contendedKeys.contains(constraint) ? .stale : .duplicate(constraint)
        case .foreignKeyViolation(let constraint):
            ruleKeys.contains(constraint) ? .forbidden(constraint) : .missing(constraint)
        case .checkViolation(let constraint): .forbidden(constraint)
        case .notNullViolation(let column): .forbidden("\(column) must have a value")
        case .insufficientPrivilege, .invalidValue: .forbidden(refusal.message)
        case .serialization, .deadlock, .lockNotAvailable, .stalePlan: .stale
        case .statementTimeout, .idleTimeout, .readOnly, .unavailable: .unavailable(refusal.description)
        case .faultyStatement, .transactionAborted, .other: nil
        }
    }
}

/// Runs something against the database and tells its errors as the desk knows them.
func refusing<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async throws -> Result {
    do { return try await body() } catch let error as PostgresError { throw CommitRefusal.from(error) }
}
