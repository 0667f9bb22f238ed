import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How another service of the platform signs in to the database.
public struct ServiceAccess: Hashable, Sendable {
    /// Its role, which is pinned to one organization.
    public let role: String
    /// 64 hexadecimal digits, shown once.
    public let password: String

    /// How a role signs in.
    public init(role: String, password: String) {
        self.role = role
        self.password = password
    }

    /// A libpq URL with role and password, to where a configuration leads.
    public func connectionURL(_ configuration: Configuration) -> String {
        let host = configuration["host"] ?? configuration["hostaddr"]
        var query: [(String, String)] = []
        var authority = ""
        if let host, !host.hasPrefix("/"), !host.contains(",") {
            authority = host.contains(":") ? "[\(host)]" : Self.escaped(host)
            if let port = configuration["port"] { authority += ":" + Self.escaped(port) }
        } else {
            // A folder of sockets, or several hosts.
            query += [("host", host), ("port", configuration["port"])].compactMap { name, value in
                value.map { (name, $0) }
            }
        }
        for name in ["sslmode", "sslrootcert", "target_session_attrs"] {
            if let value = configuration[name] { query.append((name, value)) }
        }
        let database = Self.escaped(configuration["dbname"] ?? configuration["user"] ?? "")
        let text = query.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
        return "postgresql://\(Self.escaped(role)):\(password)@\(authority)/\(database)"
            + (text.isEmpty ? "" : "?" + text)
    }

    /// Everything but the unreserved characters of RFC 3986 in percent-encoding.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(scalar)
            default: escaped += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return escaped
    }
}

/// Roles of the database for other services of the platform, each pinned to one organization: whatever such a role sets
/// in its session, it sees and writes nothing else.
public struct ServiceRoles: Sendable {
    private let pool: Pool

    /// - Parameter owner: connections as the owner of the database, who may make roles.
    public init(owner: Pool) { pool = owner }

    /// Makes the role of a service, or gives it a new password when it is there already.
    ///
    /// - Parameters:
    ///   - name: 1 to 63 lower-case letters, digits, `-` and `_`.
    ///   - slug: of the organization.
    /// - Throws: ``StoreError``, ``PostgresError``
    public func connect(_ name: String, to slug: String) async throws -> ServiceAccess {
        guard Self.isValid(name) else { throw StoreError.invalidServiceName(name) }
        let access = ServiceAccess(role: Self.roleName(slug: slug, name: name), password: Self.newPassword())
        do {
            try await pool.transaction(tenant: nil) { transaction in
                let places = try await transaction.query(
                    "SELECT organization_id FROM organization_slugs WHERE slug = $1", [.text(slug)])
                guard let organization: OrganizationID = try places.atMostOne()?.id(0) else {
                    throw StoreError.unknownOrganization(slug: slug)
                }
                try await Self.makeRole(access, transaction)
                try await Self.pin(access.role, named: name, to: organization, transaction)
            }
        } catch let error as PostgresError where error.refusal == .insufficientPrivilege {
            throw StoreError.notAllowedToMakeRoles(user: pool.configuration["user"] ?? "of this connection")
        }
        return access
    }

    private static func isValid(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            }
    }

    /// The longest name of a role, in bytes.
    private static let longestRole = 63

    /// `parley_svc_<slug>_<name>`. Where that would be too long, or could be read in two ways, it ends in a digest of
    /// both.
    static func roleName(slug: String, name: String) -> String {
        let plain = "parley_svc_\(slug)_\(name)"
        guard plain.utf8.count > longestRole || slug.contains("_") else { return plain }
        let digest = String(fnv1a("\(slug)\n\(name)".utf8), radix: 36)
        return "\(plain.prefix(longestRole - 1 - digest.utf8.count))_\(digest)"
    }

    private static func newPassword() -> String {
        // The system's generator reads getrandom(2).
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// The server writes the statements, so that it also quotes the names in them.
    private static func makeRole(_ access: ServiceAccess, _ transaction: Transaction) async throws {
        let rows = try await transaction.query(
            """
            SELECT CASE
                WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1::text) THEN
                    format('CREATE ROLE %I WITH LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION '
                        'NOBYPASSRLS PASSWORD %L; GRANT parley_service TO %I', $1::text, $2::text, $1::text)
                WHEN pg_has_role($1::text, 'parley_service', 'MEMBER')
                    THEN format('ALTER ROLE %I WITH LOGIN PASSWORD %L', $1::text, $2::text)
            END
            """, [.text(access.role), .text(access.password)])
        guard let text = try rows.single().optionalText(0) else { throw StoreError.roleTaken(access.role) }
        try await transaction.script(SQL(trusted: text))
    }

    private static func pin(
        _ role: String, named name: String, to organization: OrganizationID, _ transaction: Transaction
    ) async throws {
        let pinned = try await transaction.execute(
            """
            INSERT INTO service_roles AS pinned (role_name, organization_id, name) VALUES ($1, $2, $3)
            ON CONFLICT (role_name) DO UPDATE SET name = excluded.name
                WHERE pinned.organization_id = excluded.organization_id
            """, [.text(role), .id(organization), .text(name)])
        guard pinned == 1 else { throw StoreError.roleTaken(role) }
        // A default that spares such a service's inserts a look-up. Only a superuser may attach it, and nothing rests
        // on it.
        do {
            try await transaction.savepoint { inner in
                let rows = try await inner.query(
                    "SELECT format('ALTER ROLE %I SET parley.organization_id TO %L', $1::text, $2::text)",
                    [.text(role), .text(organization.description)])
                try await inner.script(SQL(trusted: try rows.single().text(0)))
            }
        } catch let error as PostgresError where error.refusal == .insufficientPrivilege {}
    }
}
