import Desk
import Postgres

/// One statement of a commit, and what has to come of it.
struct Step: Sendable {
    let statement: Statement
    /// Why the whole commit is refused when the statement touches no row; `nil` where it need not touch any.
    let unlessTouched: CommitRefusal?

    /// A statement that may touch any number of rows.
    init(_ sql: SQL, _ parameters: [Parameter]) {
        statement = Statement(sql, parameters)
        unlessTouched = nil
    }

    /// A statement that must touch a row, or with `nil` need not.
    init(_ sql: SQL, _ parameters: [Parameter], elseRefuse refusal: CommitRefusal?) {
        statement = Statement(sql, parameters)
        unlessTouched = refusal
    }
}
