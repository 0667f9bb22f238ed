import Desk
import Foundation
import Negotiation
import Synchronization
import Testing

@testable import Mail

@Suite("Access tokens of OAuth 2.0")
struct GmailTokenTests {
    @Test("a token is asked for once and used again until a minute before its end")
    func kept() async throws {
        let gmail = try GmailFake()
        let tokens = OAuthTokens(now: gmail.now)
        let first = try await tokens.accessToken(for: gmail.account.grant)
        #expect(try await tokens.accessToken(for: gmail.account.grant) == first)
        gmail.ahead.withLock { $0 = 3400 }
        #expect(try await tokens.accessToken(for: gmail.account.grant) == first)
        gmail.ahead.withLock { $0 = 3545 }
        #expect(try await tokens.accessToken(for: gmail.account.grant) != first)
        #expect(try gmail.calls("/token").count == 2)
    }

    @Test("many who want a token at the same time ask for it once")
    func singleFlight() async throws {
        let gmail = try GmailFake()
        let tokens = OAuthTokens(now: gmail.now)
        let grant = gmail.account.grant
        let found = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await tokens.accessToken(for: grant) } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(found.count == 1)
        #expect(try gmail.calls("/token").count == 1)
    }

    @Test("a token that a server did not accept is not given again")
    func discarded() async throws {
        let gmail = try GmailFake()
        let tokens = OAuthTokens(now: gmail.now)
        let grant = gmail.account.grant
        let first = try await tokens.accessToken(for: grant)
        await tokens.discard("another", of: grant)
        #expect(try await tokens.accessToken(for: grant) == first)
        await tokens.discard(first, of: grant)
        #expect(try await tokens.accessToken(for: grant) != first)
    }

    @Test("a permission that was taken back asks the person to connect again, and does not pass by itself")
    func revoked() async throws {
        let gmail = try GmailFake()
        try gmail.steer("revoke", ["what": "refresh"])
        let error = await #expect(throws: MailServiceError.self) {
            try await OAuthTokens(now: gmail.now).accessToken(for: gmail.account.grant)
        }
        #expect(error == .revoked("invalid_grant: Token has been expired or revoked."))
        #expect(error?.mayPass == false && error?.description.contains("Connect the mailbox again") == true)
    }

    @Test("a wrong client is told in the server's words, and is none of the owner's fault")
    func wrongClient() async throws {
        let gmail = try GmailFake()
        var grant = gmail.account.grant
        grant.clientSecret = "wrong"
        let error = await #expect(throws: MailServiceError.self) {
            try await OAuthTokens(now: gmail.now).accessToken(for: grant)
        }
        let words = error?.description ?? ""
        #expect(error?.mayPass == false && words.contains("invalid_client: The OAuth client was not found."))
        #expect(!"\(words) \(grant)".contains("wrong"))
    }

    @Test("a server that is out of order is asked again later", arguments: [429, 500, 503])
    func outOfOrder(status: Int) async throws {
        let gmail = try GmailFake()
        let tokens = OAuthTokens(now: gmail.now)
        try gmail.answer(status, path: "/token")
        let error = await #expect(throws: MailServiceError.self) {
            try await tokens.accessToken(for: gmail.account.grant)
        }
        #expect(error?.mayPass == true)
        #expect(try await tokens.accessToken(for: gmail.account.grant).isEmpty == false)
    }

    @Test("a server that breaks off is asked again later", arguments: ["before", "half"])
    func breaksOff(when: String) async throws {
        let gmail = try GmailFake()
        try gmail.drop(when, path: "/token")
        let error = await #expect(throws: MailServiceError.self) {
            try await OAuthTokens(now: gmail.now).accessToken(for: gmail.account.grant)
        }
        #expect(error?.mayPass == true)
    }

    @Test("a refresh token that the server has changed is kept before anybody uses the access token")
    func rotation() async throws {
        let gmail = try GmailFake()
        try gmail.steer("rotate")
        let kept = KeptTokens()
        let tokens = OAuthTokens(keeper: kept.keeper, now: gmail.now)
        let grant = gmail.heldGrant
        _ = try await tokens.accessToken(for: grant)
        #expect(kept.pairs.count == 1 && kept.pairs.first?.used == grant.refreshToken)
        gmail.ahead.withLock { $0 = 3600 }
        _ = try await tokens.accessToken(for: grant)
        // Good once: the second was asked for with what the first brought.
        #expect(kept.pairs.count == 2 && kept.pairs.last?.used == kept.pairs.first?.renewed)
        var after = grant
        after.refreshToken = try #require(kept.pairs.last?.renewed)
        let restarted = OAuthTokens(now: gmail.now)
        #expect(try await restarted.accessToken(for: after).isEmpty == false)
    }

    @Test("what could not be kept is kept the next time, and once")
    func keptLater() async throws {
        let gmail = try GmailFake()
        try gmail.steer("rotate")
        let kept = KeptTokens()
        kept.refuses(true)
        let tokens = OAuthTokens(keeper: kept.keeper, now: gmail.now)
        let first = try await tokens.accessToken(for: gmail.heldGrant)
        #expect(kept.pairs.isEmpty)
        kept.refuses(false)
        #expect(try await tokens.accessToken(for: gmail.heldGrant) == first)
        #expect(try await tokens.accessToken(for: gmail.heldGrant) == first)
        #expect(kept.pairs.count == 1)
    }

    @Test("a gateway whose refresh token another one has used up goes on with the one that is kept")
    func otherGateway() async throws {
        let gmail = try GmailFake()
        try gmail.steer("rotate")
        let kept = KeptTokens()
        let (one, other) = (
            OAuthTokens(keeper: kept.keeper, now: gmail.now), OAuthTokens(keeper: kept.keeper, now: gmail.now)
        )
        _ = try await one.accessToken(for: gmail.heldGrant)
        #expect(try await other.accessToken(for: gmail.heldGrant).isEmpty == false)
        #expect(kept.pairs.count == 2 && kept.pairs.last?.used == kept.pairs.first?.renewed)
    }

    @Test("no secret is told by what describes an account or a permission")
    func secrecy() throws {
        let account = GmailAccount(
            address: "a@parley.test", clientID: "id", clientSecret: "S3CRET", refreshToken: "T0KEN")
        #expect(!"\(account) \(account.grant)".contains("S3CRET"))
        #expect(!"\(account) \(account.grant)".contains("T0KEN"))
    }
}

/// Refresh tokens in memory.
private final class KeptTokens: Sendable {
    private let state = Mutex((pairs: [(used: String, renewed: String)](), refuses: false))

    var pairs: [(used: String, renewed: String)] { state.withLock { $0.pairs } }
    func refuses(_ refuses: Bool) { state.withLock { $0.refuses = refuses } }

    var keeper: RefreshTokenKeeper {
        RefreshTokenKeeper(
            keep: { _, used, renewed in
                self.state.withLock { state in
                    guard !state.refuses else { return false }
                    state.pairs.append((used, renewed))
                    return true
                }
            }, current: { _ in self.pairs.last?.renewed })
    }
}

extension GmailFake {
    /// The grant of a mailbox, whose tokens are kept.
    fileprivate var heldGrant: OAuthGrant {
        var grant = account.grant
        grant.holder = OAuthGrant.Holder(
            Mailbox(
                id: Self.mailbox, organizationID: Self.organization, name: "Gmail",
                address: MailAddress(name: "", address: account.address),
                connection: .gmail(GmailSettings(clientID: account.clientID)), condition: .working,
                cursor: nil, createdAt: now()))
        return grant
    }

    private static let mailbox = MailboxID(UUID())
    private static let organization = OrganizationID(UUID())
}
