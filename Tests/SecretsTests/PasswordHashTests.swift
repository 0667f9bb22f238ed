import Testing

@testable import Secrets

@Suite("Password and API key hashes")
struct PasswordHashTests {
    @Test("a made hash is $2b$ of the cost, salted, and verifies its password alone")
    func made() throws {
        let hash = try PasswordHash.make("correct horse", cost: 4)
        #expect(hash.hasPrefix("$2b$04$"))
        #expect(hash != (try PasswordHash.make("correct horse", cost: 4)))
        #expect(PasswordHash.verify("correct horse", against: hash))
        #expect(!PasswordHash.verify("correct hors", against: hash))
        #expect(!PasswordHash.verify("", against: hash))
        #expect(PasswordHash.isWeaker(hash))
        #expect(!PasswordHash.isWeaker(hash, than: 4))
    }

    @Test(
        "known hashes verify",
        arguments: [
            ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
            ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ])
    func known(password: String, hash: String) {
        for kind in ["2a", "2b", "2y"] {
            let other = hash.replacing("$2a$", with: "$\(kind)$")
            #expect(PasswordHash.verify(password, against: other))
            #expect(!PasswordHash.verify(password + "!", against: other))
        }
    }

    @Test("72 bytes are hashed, 73 are refused, and old hashes of longer ones still verify")
    func length() throws {
        let longest = String(repeating: "é", count: 36)
        let hash = try PasswordHash.make(longest, cost: 4)
        #expect(PasswordHash.verify(longest, against: hash))
        #expect(PasswordHash.verify(longest + "tail", against: hash), "as those who cut there did")
        #expect(throws: SecretsError.passwordTooLong(bytes: 73, maximum: 72)) {
            try PasswordHash.make(longest + "x", cost: 4)
        }
        #expect(!PasswordHash.verify(String(repeating: "x", count: 100_000), against: hash))
    }

    @Test("an empty password, a NUL and a wild cost are refused")
    func unusable() throws {
        #expect(throws: SecretsError.passwordUnusable) { try PasswordHash.make("", cost: 4) }
        #expect(throws: SecretsError.passwordUnusable) { try PasswordHash.make("a\0b", cost: 4) }
        #expect(throws: SecretsError.passwordCostUnusable(3)) { try PasswordHash.make("a", cost: 3) }
        #expect(throws: SecretsError.passwordCostUnusable(17)) { try PasswordHash.make("a", cost: 17) }
        let hash = try PasswordHash.make("a", cost: 4)
        #expect(!PasswordHash.verify("a\0b", against: hash))
    }

    @Test(
        "what is no bcrypt hash of a bearable cost verifies nothing, and costs no more than the decoy",
        arguments: [
            "", "$2b$", "$1$salt$abc", "*0", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
            "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe\n",
            "$2b$+5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        ])
    func notAHash(hash: String) { #expect(!PasswordHash.verify("U*U", against: hash, cost: 4)) }

    @Test("an unknown user costs as much time as a known one")
    func unknownUser() throws {
        let hash = try PasswordHash.make("a", cost: 8)
        let clock = ContinuousClock()
        // The quickest of several, so that a busy machine does not decide the test.
        func quickest(against hash: String?) -> Duration? {
            (0..<5).map { _ in clock.measure { _ = PasswordHash.verify("b", against: hash, cost: 8) } }.min()
        }
        let known = try #require(quickest(against: hash))
        let unknown = try #require(quickest(against: nil))
        #expect(unknown > known / 4 && unknown < known * 4)
        #expect(!PasswordHash.verify("", against: nil, cost: 4))
    }

    @Test("Python's bcrypt and passlib read our hashes and we read theirs")
    func peer() throws {
        let password = "pässword 密码"
        let ours = try PasswordHash.make(password, cost: 4)
        let answers = try Peer.ask(
            ["op": "bcrypt_check", "password": .string(password), "hash": .string(ours)],
            ["op": "bcrypt_check", "password": "wrong", "hash": .string(ours)],
            ["op": "passlib_identify", "hash": .string(ours)],
            ["op": "bcrypt_make", "password": .string(password), "cost": 4],
            ["op": "bcrypt_make", "password": .string(password), "cost": 5, "prefix": "2a"])
        #expect(answers[0].bool == true)
        #expect(answers[1].bool == false)
        #expect(answers[2]["ident"]?.string == "$2b$")
        #expect(answers[2]["canonical"]?.bool == true)
        for theirs in answers[3...] {
            let hash = try #require(theirs.string)
            #expect(PasswordHash.verify(password, against: hash))
            #expect(!PasswordHash.verify("wrong", against: hash))
        }
    }

    @Test("an API key verifies against SHA-256 and against bcrypt, and against nothing else")
    func apiKeys() throws {
        let key = "pk_live_abc123"
        let stored = APIKeyHash.make(key)
        #expect(APIKeyHash.verify(key, against: stored))
        #expect(APIKeyHash.verify(key, against: stored.uppercased()))
        #expect(!APIKeyHash.verify(key + "4", against: stored))
        let slow = try PasswordHash.make(key, cost: 4)
        #expect(APIKeyHash.isSlow(slow) && !APIKeyHash.isSlow(stored))
        #expect(APIKeyHash.verify(key, against: slow))
        #expect(!APIKeyHash.verify("other", against: slow))
        for hash in ["", key, String(stored.dropLast(2)), stored + "00", String(repeating: "g", count: 64)] {
            #expect(!APIKeyHash.verify(key, against: hash))
        }
    }
}
