/// Why Parley's own database server is not to be had. Every description is one line and says how to mend it.
public enum EmbeddedError: Error, Sendable, Hashable {
    /// `PARLEY_HOME` cannot be made, entered or written.
    case homeUnusable(home: String, reason: String)
    /// Another gateway runs on the same home.
    case homeInUse(home: String, process: Int32?)
    /// The data belong to another user of the machine.
    case homeOwnedByOther(home: String, user: String)
    /// No server programs were found.
    case programsMissing(oldest: Int)
    /// Only older server programs were found.
    case programsTooOld(found: Int, oldest: Int)
    /// The data were made by a major version whose programs are not installed.
    case programsOfOtherVersion(data: String, installed: [Int])
    /// Started as root, and there is no user that the server could run as.
    case noUnprivilegedUser
    /// A new cluster could not be made.
    case initialisationFailed(reason: String, log: String)
    /// The server ended while it was starting.
    case serverDidNotStart(reason: String, log: String)
    /// The server did not get ready in time.
    case serverNotReady(seconds: Int64, log: String)
    /// A server that Parley did not start runs on Parley's data.
    case foreignServer(home: String, process: Int32)
    /// The server of an earlier gateway does not end.
    case earlierServerLives(process: Int32)
    /// The server ended too often; it is not started again.
    case keptEnding(times: Int, reason: String, log: String)
    /// Stopped before it was ready.
    case stopped
}

extension EmbeddedError: CustomStringConvertible {
    /// One line: what is wrong and how to mend it.
    public var description: String {
        switch self {
        case .homeUnusable(let home, let reason):
            "PARLEY_HOME \(home) cannot be used: \(reason); choose another folder or correct its owner and mode"
        case .homeInUse(let home, let process):
            "PARLEY_HOME \(home) is in use by another gateway\(process.map { " (process \($0))" } ?? "")"
                + ": stop it or choose another PARLEY_HOME"
        case .homeOwnedByOther(let home, let user):
            "the database in \(home) belongs to user \(user): start Parley as that user or as root"
        case .programsMissing(let oldest):
            "no Postgres programs found: install PostgreSQL \(oldest) or newer"
                + " (Debian: apt-get install postgresql), or set DATABASE_URL"
        case .programsTooOld(let found, let oldest):
            "PostgreSQL \(found) is too old: install PostgreSQL \(oldest) or newer, or set DATABASE_URL"
        case .programsOfOtherVersion(let data, let installed):
            "the database in PARLEY_HOME was made by PostgreSQL \(data), installed is"
                + " \(installed.map { String($0) }.joined(separator: ", ")): install PostgreSQL \(data) or run pg_upgrade"
        case .noUnprivilegedUser:
            "Postgres refuses to run as root and there is no user postgres, parley or nobody:"
                + " create one (useradd --system postgres) or start Parley as another user"
        case .initialisationFailed(let reason, let log):
            "the database could not be made: \(reason); see \(log)"
        case .serverDidNotStart(let reason, let log): "Postgres did not start: \(reason); see \(log)"
        case .serverNotReady(let seconds, let log): "Postgres was not ready after \(seconds) s; see \(log)"
        case .foreignServer(let home, let process):
            "another Postgres (process \(process)) runs on the data in \(home): stop it first"
        case .earlierServerLives(let process):
            "the Postgres of an earlier gateway (process \(process)) does not end: stop it by hand"
        case .keptEnding(let times, let reason, let log):
            "Postgres ended \(times) times in a row: \(reason); see \(log)"
        case .stopped: "Postgres was stopped before it was ready"
        }
    }
}
