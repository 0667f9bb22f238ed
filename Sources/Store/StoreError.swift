/// Why the store cannot do what an operator asked, or read what the database holds.
///
/// None of them goes away by trying again: somebody has to mend what the description names.
public enum StoreError: Error, Hashable, Sendable {
    /// A column holds a word or figure that this version does not know.
    case unreadable(column: Int, String)
    /// The folder of migrations cannot be read, or holds none.
    case noMigrations(folder: String, String)
    /// Two files have the same number, or a name is not of the form `0001_name.sql`.
    case misnamedMigration(String)
    /// Tables of the shared schema are there, but no record of migrations.
    case foreignDatabase(tables: [String])
    /// Migrations that this version does not know have been applied.
    case newerDatabase(version: Int, name: String)
    /// A file is not what it was when it was applied.
    case changedMigration(version: Int, name: String)
    /// A file whose number is below the newest that was applied, and that has not been applied itself.
    case lateMigration(version: Int, name: String)
    /// The server refused a migration: its file and what the server said.
    case migrationRefused(name: String, String)
    /// There is no organization with that slug.
    case unknownOrganization(slug: String)
    /// A service's name is not made of lower-case letters, digits, `-` and `_`, 1 to 63 of them.
    case invalidServiceName(String)
    /// A role of that name exists and belongs to something else.
    case roleTaken(String)
    /// The connection that was given may not make roles.
    case notAllowedToMakeRoles(user: String)
}

extension StoreError: CustomStringConvertible {
    /// One line that says what is wrong and how to mend it.
    public var description: String {
        switch self {
        case .unreadable(let column, let what): "column \(column) of a row cannot be understood: \(what)"
        case .noMigrations(let folder, let why):
            "no migrations in \(folder): \(why); install Parley's files again or name their folder"
        case .misnamedMigration(let file):
            "the migration \(file) cannot be ordered: name it like 0042_what_it_does.sql, with a number of its own"
        case .foreignDatabase(let tables):
            "the database has tables that Parley did not make (\(tables.joined(separator: ", "))): give Parley an "
                + "empty database, or copy the data into one that it has made"
        case .newerDatabase(let version, let name):
            "the database is at migration \(version) (\(name)), which this version of Parley does not know: "
                + "install the newer version"
        case .changedMigration(let version, let name):
            "migration \(version) (\(name)) was changed after it had been applied: restore the file, and put the "
                + "change into a new one"
        case .lateMigration(let version, let name):
            "migration \(version) (\(name)) was never applied although later ones were: give it a higher number"
        case .migrationRefused(let name, let why):
            "migration \(name) was refused, nothing of it was kept: \(why)"
        case .unknownOrganization(let slug):
            "there is no organization with the slug \(slug): parley org create makes one"
        case .invalidServiceName(let name):
            "\(name) cannot name a service: use 1 to 63 lower-case letters, digits, - and _"
        case .roleTaken(let role):
            "the database role \(role) belongs to something else: choose another name for the service"
        case .notAllowedToMakeRoles(let user):
            "the database user \(user) may not make roles: ALTER ROLE \(user) CREATEROLE, or connect as another"
        }
    }
}
