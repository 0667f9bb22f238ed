import Desk
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Secrets that are no secrets: the same in every run, and fast.
public final class FakeSecrets: Sendable {
    private let count = Mutex(0)

    /// Secrets that begin anew.
    public init() {}

    /// The port of the use cases. Digests are real.
    public var port: SecretsPort {
        SecretsPort(
            newToken: {
                self.word(of: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", 43)
            },
            newReplyToken: { self.word(of: "abcdefghijklmnopqrstuvwxyz234567", 26) },
            sha256: { SHA256.digest($0) },
            verifyPassword: { password, hash in hash == Self.hash(of: password) },
            hashPassword: { Self.hash(of: $0) },
            signingKey: { pem in (pem ?? "new key", "v=DKIM1; p=public") },
            seal: { secrets in
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                return String(decoding: try encoder.encode(secrets), as: UTF8.self)
            },
            unseal: { try JSONDecoder().decode(MailboxSecrets.self, from: Data($0.utf8)) })
    }

    /// What a user's row holds for a password.
    public static func hash(of password: String) -> String { "hash of \(password)" }

    private func word(of alphabet: String, _ length: Int) -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let letters = Array(alphabet)
        let octets = (0..<2).flatMap { SHA256.digest(Array("\(number).\($0)".utf8)) }
        return String(octets.prefix(length).map { letters[Int($0) % letters.count] })
    }
}
