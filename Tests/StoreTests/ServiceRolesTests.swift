import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

@Suite(.serialized) struct ServiceRolesTests {
    private static let database = Task { try await StoreDatabase.make("service_roles") }

    private func connect(_ access: ServiceAccess) async throws -> Pool {
        let configuration = try await Self.database.value.owner.configuration
        return Pool(try Configuration(access.connectionURL(configuration)))
    }

    @Test("a service sees and writes its own organization and nothing else, whatever it sets")
    func pinned() async throws {
        let store = try await Self.database.value
        let ours = try await Company.found(in: store.books)
        let theirs = try await Company.found(in: store.books)
        let access = try await ServiceRoles(owner: store.owner).connect("scraper", to: ours.organization.slug)
        let service = try await connect(access)
        for tenant in [nil, theirs.id.uuid] {
            let names = try await service.read(tenant: tenant) { transaction in
                try await transaction.query("SELECT slug FROM organizations").map { try $0.text(0) }
            }
            #expect(names == [ours.organization.slug])
        }
        try await service.transaction(tenant: nil) { transaction in
            _ = try await transaction.execute(
                "INSERT INTO vendors (id, name, slug, domain) VALUES ($1, 'Nuts', 'nuts', 'nuts.example')",
                [.uuid(UUID())])
        }
        #expect(try await store.books.catalogue.vendorSlugIsTaken(ours.id, "nuts"))
        #expect(try await !store.books.catalogue.vendorSlugIsTaken(theirs.id, "nuts"))
        await #expect {
            try await service.transaction(tenant: nil) { transaction in
                _ = try await transaction.query("SELECT * FROM emails")
            }
        } throws: { ($0 as? PostgresError)?.refusal == .insufficientPrivilege }
    }

    @Test("connecting again gives a new password to the same role")
    func rotation() async throws {
        let store = try await Self.database.value
        let company = try await Company.found(in: store.books)
        let roles = ServiceRoles(owner: store.owner)
        let first = try await roles.connect("scraper", to: company.organization.slug)
        let second = try await roles.connect("scraper", to: company.organization.slug)
        #expect(first.role == second.role)
        #expect(first.password != second.password)
        #expect(second.password.count == 64)
        let other = try await roles.connect("analytics", to: company.organization.slug)
        #expect(other.role != first.role)
    }

    @Test("names of roles are told apart where they are cut or could be read in two ways")
    func names() async throws {
        let store = try await Self.database.value
        let roles = ServiceRoles(owner: store.owner)
        var seen: Set<String> = []
        let long = String(repeating: "a", count: 60)
        let tail = UUID().uuidString.lowercased().prefix(8)
        for (slug, name) in [
            ("x\(tail)", "b_c"), ("x\(tail)_b", "c"), ("\(long)\(tail)", "c"), ("\(long)\(tail)", "d"),
        ] {
            let organization = Organization(
                id: Identifier(UUID()), name: "N", slug: slug, createdAt: Company.start)
            if try await store.books.people.organizationBySlug(slug) == nil {
                try await store.books.commit(organization.id, [.addOrganization(organization)])
            }
            let role = try await roles.connect(name, to: slug).role
            #expect(role.utf8.count <= 63)
            seen.insert(role)
        }
        #expect(seen.count == 4)
    }

    @Test("an unknown organization and a name that is none are refused")
    func refused() async throws {
        let store = try await Self.database.value
        let roles = ServiceRoles(owner: store.owner)
        await #expect(throws: StoreError.unknownOrganization(slug: "nobody")) {
            try await roles.connect("scraper", to: "nobody")
        }
        for name in ["", "A", "a b", "a\"; DROP ROLE x", String(repeating: "a", count: 64)] {
            await #expect(throws: StoreError.invalidServiceName(name)) {
                try await roles.connect(name, to: "nobody")
            }
        }
        let powerless = ServiceRoles(owner: store.app)
        let company = try await Company.found(in: store.books)
        await #expect(throws: StoreError.notAllowedToMakeRoles(user: "parley_app")) {
            try await powerless.connect("scraper", to: company.organization.slug)
        }
    }

    @Test("a connection URL holds any host, folder and name")
    func url() throws {
        let access = ServiceAccess(role: "parley_svc_a_b", password: "00")
        func url(_ text: String) throws -> String { access.connectionURL(try Configuration(text)) }
        #expect(
            try url("host=/run/my?socket port=5433 dbname='a/b' user=x password=secret")
                == "postgresql://parley_svc_a_b:00@/a%2Fb?host=%2Frun%2Fmy%3Fsocket&port=5433")
        #expect(
            try url("postgres://x:secret@db.example:6432/parley?sslmode=require")
                == "postgresql://parley_svc_a_b:00@db.example:6432/parley?sslmode=require")
        #expect(
            try url("postgres://x@a,b:1/parley?target_session_attrs=read-write").contains(
                "@/parley?host=a%2Cb"))
        #expect(try url("host=::1 dbname=p").contains("@[::1]/p"))
    }
}
