import Desk
import Negotiation
import ParleyTesting
import Testing

/// Organizations, people, and how they sign in.
@Suite struct JoiningTests {
    private func signIn(_ office: TestOffice, _ password: String, as kind: Session.Kind = .browser)
        async throws -> BegunSession
    {
        try await office.office.signIn(
            email: "Max@Acme.example", password: password, as: kind, ipAddress: "192.0.2.1")
    }

    @Test("a session begins with the password and ends with signing out")
    func session() async throws {
        let office = try await makeTestOffice()
        let begun = try await signIn(office, TestOffice.password)
        #expect(begun.user == office.max)
        let found = try await office.office.user(behind: begun.secret, kind: .browser)
        #expect(found?.1 == office.max)
        #expect(try await office.office.user(behind: begun.secret, kind: .refresh) == nil)
        #expect(try await office.office.user(behind: begun.secret + "x", kind: .browser) == nil)
        #expect(!begun.session.tokenHash.contains(begun.secret))
        try await office.office.signOut(begun.secret, kind: .browser)
        #expect(try await office.office.user(behind: begun.secret, kind: .browser) == nil)
        try await office.office.signOut(begun.secret, kind: .browser)
    }

    @Test("a browser's session ends by itself after its hours")
    func sessionEnds() async throws {
        let office = try await makeTestOffice()
        let begun = try await signIn(office, TestOffice.password)
        office.clock.set(begun.session.expiresAt.advanced(bySeconds: -1))
        #expect(try await office.office.user(behind: begun.secret, kind: .browser) != nil)
        office.clock.set(begun.session.expiresAt)
        #expect(try await office.office.user(behind: begun.secret, kind: .browser) == nil)
    }

    @Test("a refresh token is good for one exchange")
    func refresh() async throws {
        let office = try await makeTestOffice()
        let first = try await signIn(office, TestOffice.password, as: .refresh)
        let second = try await office.office.refresh(first.secret)
        await #expect(throws: DeskError.signInFailed) { try await office.office.refresh(first.secret) }
        #expect(try await office.office.user(behind: second.secret, kind: .refresh)?.1 == office.max)
    }

    @Test("two exchanges of one refresh token at the same moment: one wins")
    func refreshRace() async throws {
        let office = try await makeTestOffice()
        let first = try await signIn(office, TestOffice.password, as: .refresh)
        var slow = office
        let interrupted = InterruptedBooks(office.books) { change in
            if case .revokeSession = change { true } else { false }
        }
        interrupted.meanwhile { _ = try await office.office.refresh(first.secret) }
        slow.office.books = interrupted.books
        let loser = slow.office
        await #expect(throws: DeskError.signInFailed) { try await loser.refresh(first.secret) }
    }

    @Test("unknown, wrong and locked answer alike")
    func alike() async throws {
        let office = try await makeTestOffice()
        for (email, password) in [
            ("nobody@acme.example", TestOffice.password), ("max@acme.example", "wrong"), ("", ""),
            (String(repeating: "a", count: 10_000), "x"),
        ] {
            await #expect(throws: DeskError.signInFailed) {
                try await office.office.signIn(
                    email: email, password: password, as: .browser, ipAddress: nil)
            }
        }
    }

    @Test("too many wrong passwords lock the account for a while, the right one as well")
    func lock() async throws {
        let office = try await makeTestOffice()
        for _ in 0..<Office.mostFailedSignIns {
            await #expect(throws: DeskError.signInFailed) { try await signIn(office, "wrong") }
        }
        await #expect(throws: DeskError.signInFailed) { try await signIn(office, TestOffice.password) }
        office.clock.advance(bySeconds: Office.lockSeconds - 1)
        await #expect(throws: DeskError.signInFailed) { try await signIn(office, TestOffice.password) }
        office.clock.advance(bySeconds: 2)
        _ = try await signIn(office, TestOffice.password)
        // The count begins anew.
        await #expect(throws: DeskError.signInFailed) { try await signIn(office, "wrong") }
        _ = try await signIn(office, TestOffice.password)
    }

    @Test("one wrong password less does not lock")
    func notLocked() async throws {
        let office = try await makeTestOffice()
        for _ in 1..<Office.mostFailedSignIns {
            await #expect(throws: DeskError.signInFailed) { try await signIn(office, "wrong") }
        }
        _ = try await signIn(office, TestOffice.password)
    }

    @Test("founding makes an administrator and a key that works, and nothing twice")
    func founding() async throws {
        let office = try await makeTestOffice()
        let founding = Founding(
            name: "Globex", slug: "globex", adminEmail: "Eva@Globex.example", adminName: "Eva",
            adminPassword: "long enough")
        let founded = try await office.office.found(founding)
        let (key, user) = try #require(try await office.office.user(ofAPIKey: founded.apiKey))
        #expect(user.email == "eva@globex.example" && user.role == .orgAdmin)
        #expect(key.organizationID == founded.organizationID && key.scopes == Office.everyScope)
        #expect(try await office.office.user(ofAPIKey: founded.apiKey + "x") == nil)
        var again = founding
        again.adminEmail = "other@globex.example"
        let slug = again
        #expect(await conflict { _ = try await office.office.found(slug) } == "taken")
        again = founding
        again.slug = "globex-2"
        let address = again
        #expect(await conflict { _ = try await office.office.found(address) } == "taken")
        #expect(try await office.books.people.organizationBySlug("globex-2") == nil)
    }

    @Test(
        "what an organization or a person cannot be called is refused by field",
        arguments: [
            ("slug", "Globex!"), ("slug", ""), ("slug", "-globex"), ("name", "   "), ("name", "a\nb"),
            ("adminEmail", "eva"), ("adminEmail", "eva@localhost"),
            ("adminEmail", "Eva <eva@globex.example>"),
            ("adminEmail", "eva@globex.example,max@globex.example"), ("adminPassword", "short"),
            ("adminPassword", String(repeating: "é", count: 37)),
        ])
    func badFounding(field: String, value: String) async throws {
        let office = try await makeTestOffice()
        var founding = Founding(
            name: "Globex", slug: "globex", adminEmail: "eva@globex.example", adminName: "Eva",
            adminPassword: "long enough")
        switch field {
        case "slug": founding.slug = value
        case "name": founding.name = value
        case "adminEmail": founding.adminEmail = value
        default: founding.adminPassword = value
        }
        let bad = founding
        guard case .invalid = await refusal({ _ = try await office.office.found(bad) }) else {
            Issue.record("\(field) \(value) was taken")
            return
        }
    }

    @Test("somebody can be added once")
    func addUser() async throws {
        let office = try await makeTestOffice()
        let origin = Origin(userID: office.mia.id)
        let id = try await office.office.addUser(
            to: office.organization.id, email: "Ben@Acme.example", name: "Ben", role: .member,
            password: "long enough", origin: origin)
        #expect(try await office.books.people.user(office.organization.id, id)?.email == "ben@acme.example")
        #expect(
            await conflict {
                _ = try await office.office.addUser(
                    to: office.organization.id, email: "ben@acme.example", name: "Ben", role: .member,
                    password: "long enough", origin: origin)
            } == "taken")
    }
}
