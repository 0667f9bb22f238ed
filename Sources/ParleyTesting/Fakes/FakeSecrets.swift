import Desk
import Synchronization

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
            seal: { secrets in "\(secrets.outgoingPassword ?? "-")\n\(secrets.incomingPassword ?? "-")" },
            unseal: { sealed in
                let parts = sealed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                func part(_ number: Int) -> String? { parts[number] == "-" ? nil : parts[number] }
                return MailboxSecrets(outgoingPassword: part(0), incomingPassword: part(1))
            })
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
