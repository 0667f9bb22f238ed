import Foundation
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct TenantTests {
    private static let setting = "SELECT coalesce(current_setting('parley.organization_id', true), '')"

    @Test("the tenant and the role of a transaction are gone with it, however it ends")
    func nothingLeaks() async throws {
        let pool = try await testPool(connections: 1)
        let role = Role(stringLiteral: "parley_test \"odd\" role")
        _ = try? await pool.script("CREATE ROLE \(role.quoted) NOLOGIN")
        let tenant = UUID()
        @Sendable func seen(_ transaction: Transaction) async throws -> [String] {
            let row = try await transaction.query(SQL(trusted: Self.setting + ", current_user::text"))
                .single()
            return [try row.text(0), try row.text(1)]
        }
        struct Refusal: Error {}
        for ending in 0..<4 {
            _ = try? await pool.transaction(tenant: tenant, role: role) { transaction in
                #expect(try await seen(transaction) == [tenant.uuidString.lowercased(), role.name])
                switch ending {
                case 0: return
                case 1: throw Refusal()
                case 2: try await transaction.commit(after: [])
                default: try await transaction.execute("SELECT 1 / 0")
                }
            }
            #expect(try await pool.transaction(tenant: nil) { try await seen($0) } == ["", "parley"])
        }
        #expect(pool.usage.connections == 1)
    }

    @Test("transactions of many tenants at once each see their own")
    func manyTenants() async throws {
        let pool = try await testPool(connections: 4)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let tenant = UUID()
                    let seen = try await pool.text(Self.setting, tenant: tenant)
                    return seen == tenant.uuidString.lowercased()
                }
            }
            for try await isOwn in group { #expect(isOwn) }
        }
    }

    @Test("the configured role is taken on at the start of each connection")
    func startupRole() async throws {
        let owner = try await testPool()
        _ = try? await owner.script("CREATE ROLE \"parley test app\" NOLOGIN")
        var configuration = try await TestServer.shared.configuration()
        configuration.role = "parley test app"
        let pool = Pool(configuration)
        #expect(try await pool.text("SELECT current_user::text") == "parley test app")
        await #expect(throws: PostgresError.self) { try await pool.script("CREATE ROLE nobody_else") }
        #expect(try await StartupCheck.run(configuration).escapesRowPolicies == false)
    }

    @Test("a role that does not exist is refused, and the connection stays usable")
    func unknownRole() async throws {
        let pool = try await testPool(connections: 1)
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction(tenant: nil, role: "no such role") { try await $0.execute("SELECT 1") }
        }
        #expect(error?.refusal == .invalidValue)
        #expect(try await pool.number("SELECT 1") == 1)
    }
}
