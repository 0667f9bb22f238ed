internal import CLibpq

/// Where the database is and how connections to it behave.
public struct Configuration: Sendable {
    /// libpq's keywords and values as they were given (section 34.1.2 of the PostgreSQL documentation).
    private var settings: [String: String]

    /// What `pg_stat_activity` shows, at most 63 bytes.
    public var applicationName = "parley"

    /// The role each connection takes on at its start (`-c role=…`), when the login user is not the application's own
    /// role. The login user must be a member of it.
    public var role: Role?

    /// How long one server of the list may take to answer a connection attempt.
    public var connectTimeout: Duration = .seconds(5)

    /// How long one statement may run on the server; `nil` for no limit. The client itself gives the connection up
    /// ``graceOverStatement`` later.
    public var statementTimeout: Duration? = .seconds(30)

    /// How long a transaction may sit idle before the server ends it, so that a stuck caller holds no locks.
    public var idleInTransactionTimeout: Duration? = .seconds(60)

    /// Whether connections lead through a pooler in transaction mode, such as PgBouncer. Then no statement is prepared
    /// by name and nothing is sent at connection start that a pooler refuses; `role` cannot be used.
    public var isBehindPooler = false

    /// How long, beyond the statement timeout, a silent server is waited for before the connection counts as lost.
    public static let graceOverStatement: Duration = .seconds(10)

    /// Reads a connection URL or a `keyword=value` string, several hosts and `target_session_attrs` included.
    ///
    /// - Throws: ``PostgresError/configuration(reason:)`` in one line that quotes no part of the string.
    public init(_ connectionString: String) throws(PostgresError) {
        guard !connectionString.utf8.contains(0) else {
            throw .configuration(reason: "it contains a NUL byte")
        }
        guard connectionString.contains("=") || connectionString.contains("://") else {
            throw .configuration(reason: "it is neither a postgres:// URL nor keyword=value pairs")
        }
        var complaint: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(connectionString, &complaint) else {
            defer { PQfreemem(complaint) }
            throw .configuration(
                reason: Self.reason(complaint.map { String(cString: $0) } ?? "", connectionString))
        }
        defer { PQconninfoFree(options) }
        settings = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { settings[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        for port in (settings["port"] ?? "").split(separator: ",") {
            guard let number = Int(port), (1...65_535).contains(number) else {
                throw .configuration(reason: "a port is not a number between 1 and 65535")
            }
        }
    }

    /// libpq's complaint up to where it begins to quote the string, which may hold a password.
    private static func reason(_ complaint: String, _ connectionString: String) -> String {
        let unquoted =
            complaint.split(separator: "\"", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        let words = unquoted.split(separator: " ").joined(separator: " ")
        return words.isEmpty ? "libpq cannot read it" : oneLine(words)
    }

    /// The same settings with another login user, and without the password of the former.
    public func signedIn(as user: Role) -> Configuration {
        var other = self
        other.settings["user"] = user.name
        other.settings["password"] = nil
        return other
    }

    /// The same settings on another database of the server.
    public func database(named name: String) -> Configuration {
        var other = self
        other.settings["dbname"] = name
        return other
    }

    /// One libpq setting as given, `nil` when absent. Never ask for `password` to print it.
    public subscript(setting: String) -> String? { settings[setting] }

    /// Hosts and database, without user or password: fit for messages and logs.
    public var server: String {
        let hosts = settings["host"] ?? settings["hostaddr"] ?? "the default socket"
        return settings["dbname"].map { "\(hosts), database \($0)" } ?? hosts
    }

    /// All keywords and values as libpq gets them.
    var keywords: [(keyword: String, value: String)] {
        var all = settings
        let defaults = [
            // Dead networks are noticed within a minute rather than the kernel's two hours.
            "keepalives_idle": "20", "keepalives_interval": "10", "keepalives_count": "3",
            "tcp_user_timeout": "60000",
            // Kerberos would be tried first and costs memory and time in every process.
            "gssencmode": "disable",
            "connect_timeout": String(max(2, connectTimeout.components.seconds)),
            "application_name": applicationName,
        ]
        all.merge(defaults) { given, _ in given }
        all["client_encoding"] = "UTF8"
        if !isBehindPooler {
            all["options"] = [all["options"], startupOptions].compactMap { $0 }.joined(separator: " ")
        }
        return all.map { (keyword: $0.key, value: $0.value) }
    }

    /// Settings that hold for the whole session, as command-line switches of the server process.
    private var startupOptions: String {
        var switches = ["timezone=UTC"]
        if let statementTimeout { switches.append("statement_timeout=\(statementTimeout.milliseconds)") }
        if let idleInTransactionTimeout {
            switches.append("idle_in_transaction_session_timeout=\(idleInTransactionTimeout.milliseconds)")
        }
        if let role { switches.append("role=\(escapedOption(role.name))") }
        return switches.map { "-c \($0)" }.joined(separator: " ")
    }

    /// How long the client itself waits for a sign of life.
    var silenceLimit: Duration? { statementTimeout.map { $0 + Self.graceOverStatement } }
}

/// Prints where it leads, never how to sign in.
extension Configuration: CustomStringConvertible, CustomReflectable {
    public var description: String { "Configuration(\(server))" }
    public var customMirror: Mirror { Mirror(self, children: ["server": server]) }
}

/// Blanks and backslashes need a backslash within `options` (section 34.1.2).
private func escapedOption(_ value: String) -> String {
    String(value.flatMap { $0 == " " || $0 == "\\" ? ["\\", $0] : [$0] })
}

extension Duration {
    /// Whole milliseconds, at least 1 for anything above zero.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        return self > .zero ? max(1, whole) : 0
    }
}
