import Embedded
import Postgres
import Testing

/// Who may bring the schema into a database.
@Suite struct SchemaOwnerTests {
    @Test("an owner who is no superuser migrates a database beside another one")
    func plainOwner() async throws {
        _ = try await SchemaServer.database("beside")
        try await SchemaServer.script(
            "CREATE ROLE keeper LOGIN CREATEROLE", "CREATE DATABASE kept OWNER keeper")
        let pool = try await SchemaServer.pool("kept", as: "keeper")
        try await SchemaServer.migrate(pool)

        // The owner founds an organization as the application, and by itself sees nothing of it.
        try await pool.transaction(tenant: nil, role: "parley_app") { transaction in
            try await transaction.script(
                """
                SET LOCAL parley.organization_id = '01890000-0000-7000-8000-000000000001';
                INSERT INTO organizations (name, slug) VALUES ('Acme', 'acme');
                INSERT INTO organization_slugs (slug) VALUES ('acme');
                """)
        }
        let seen = try await pool.transaction(tenant: nil) { transaction in
            (
                try await transaction.query("SELECT count(*) FROM organizations").single().int(0),
                try await transaction.query("SELECT count(*) FROM organization_slugs").single().int(0)
            )
        }
        #expect(seen == (0, 1))
    }

    @Test("a role that would defeat the row policies stops the migration")
    func dangerousRole() async throws {
        try await SchemaServer.script("CREATE DATABASE refused")
        let pool = try await SchemaServer.pool("refused")
        let roles = try #require(SchemaServer.migrations().first)
        await #expect(throws: PostgresError.self) {
            try await pool.transaction(tenant: nil) { transaction in
                try await transaction.script("ALTER ROLE parley_app BYPASSRLS")
                try await transaction.script(SQL(trusted: roles.sql))
            }
        }
    }
}
