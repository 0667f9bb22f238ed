import Desk
import Negotiation
import ParleyTesting
import Testing

/// Refresh tokens that their server has changed.
@Suite struct RefreshTokenTests {
    private func draft(_ token: String?) -> MailboxDraft {
        MailboxDraft(
            name: "Gmail", address: "buying@acme.example", displayName: "",
            connection: .gmail(GmailSettings(clientID: "client")),
            secrets: MailboxSecrets(clientSecret: "secret", refreshToken: token))
    }

    private func tokens(_ office: TestOffice) -> RefreshTokens {
        RefreshTokens(books: office.books, secrets: office.office.secrets, clock: office.office.clock)
    }

    @Test("the new one is kept beside the one that was given, and counts from then on")
    func kept() async throws {
        let office = try await makeTestOffice()
        let mailbox = try await office.office.addMailbox(draft("given"), by: office.caller(office.mia))
        let (tokens, organization) = (tokens(office), office.organization.id)
        #expect(try await tokens.current(of: mailbox.id, in: organization) == "given")
        try await tokens.keep("second", insteadOf: "given", of: mailbox.id, in: organization)
        try await tokens.keep("third", insteadOf: "second", of: mailbox.id, in: organization)
        let secrets = try await office.office.mailboxSecrets(mailbox)
        #expect(secrets.currentRefreshToken == "third" && secrets.refreshToken == "given")
        #expect(secrets.clientSecret == "secret")
    }

    @Test("one that another gateway has replaced already is not put back")
    func late() async throws {
        let office = try await makeTestOffice()
        let mailbox = try await office.office.addMailbox(draft("given"), by: office.caller(office.mia))
        let (tokens, organization) = (tokens(office), office.organization.id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await tokens.keep("\(number)", insteadOf: "given", of: mailbox.id, in: organization)
                }
            }
            try await group.waitForAll()
        }
        let current = try await tokens.current(of: mailbox.id, in: organization)
        try await tokens.keep("late", insteadOf: "given", of: mailbox.id, in: organization)
        #expect(try await tokens.current(of: mailbox.id, in: organization) == current)
    }

    @Test(
        "describing the mailbox with the same token again keeps the renewed one; another token takes its place"
    )
    func described() async throws {
        let office = try await makeTestOffice()
        let organization = office.organization.id
        #expect(try await office.office.provideMailbox(draft("given"), for: organization))
        let mailbox = try #require(try await office.books.mailboxes.list(organization).first)
        try await tokens(office).keep("renewed", insteadOf: "given", of: mailbox.id, in: organization)
        #expect(try await !office.office.provideMailbox(draft("given"), for: organization))
        func current() async throws -> String? {
            try await tokens(office).current(of: mailbox.id, in: organization)
        }
        #expect(try await current() == "renewed")
        _ = try await office.office.describeMailbox(
            mailbox.id, as: draft(nil), by: office.caller(office.mia))
        #expect(try await current() == "renewed")
        #expect(try await office.office.provideMailbox(draft("other"), for: organization))
        #expect(try await current() == "other")
    }
}
