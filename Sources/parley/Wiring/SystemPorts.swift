import Desk
import Dispatch
import Glibc
import Mail
import Mime
import Negotiation
import Reading
import Secrets

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Clock {
    /// The machine's clock, and UUIDv7 made from it.
    static func system() -> Clock {
        let maker = UUIDv7Maker()
        let now: @Sendable () -> Instant = {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
        }
        return Clock(
            now: now,
            newUUID: {
                // Without randomness a random UUID of the standard library still is one; only the order is lost.
                (try? maker.make(milliseconds: now().microseconds / 1000)) ?? UUID()
            }, zone: zone)
    }

    /// Where the time zone database lies.
    private static let zoneFolder = "/usr/share/zoneinfo"
    /// The longest name of a zone, in bytes.
    private static let longestZoneName = 64

    /// A zone of the time zone database (the Debian package tzdata). UTC needs none.
    private static func zone(_ name: String) -> TimeZoneRules? {
        if name == "UTC" { return .utc }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard name.utf8.count <= longestZoneName,
            parts.allSatisfy({ $0.first?.isLetter ?? false && $0.utf8.allSatisfy(isZoneText) }),
            let bytes = FileManager.default.contents(atPath: "\(zoneFolder)/\(name)")
        else { return nil }
        return TimeZoneRules(tzif: [UInt8](bytes))
    }

    private static func isZoneText(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension SecretsPort {
    /// Passwords are hashed on threads of their own, a few at a time, because each takes a quarter of a second.
    private static let passwordQueue = DispatchQueue(label: "passwords", qos: .userInitiated)

    /// libcrypto and libcrypt, and the keys of this gateway.
    static func system(_ keys: Keys) -> SecretsPort {
        SecretsPort(
            newToken: { try Token.make().text },
            newReplyToken: {
                guard let token = ReplyToken(random: try randomBytes(ReplyToken.randomOctets)) else {
                    throw DeskError.unwritable("no reply token could be made")
                }
                return token.description
            },
            sha256: { SHA256.digest($0) },
            verifyPassword: { password, hash in
                await onPasswordQueue { PasswordHash.verify(password, against: hash) }
            },
            hashPassword: { password in
                try await onPasswordQueue { Result { try PasswordHash.make(password) } }.get()
            },
            signingKey: { pem in
                let key = try pem.map { try SigningKey(pem: $0) } ?? SigningKey.generate(.rsa2048)
                return (try key.pem(), DKIMSigner.record(of: key))
            },
            seal: { secrets in
                let seconds = Clock.system().now().microseconds / 1_000_000
                return try keys.ring.encrypt(Array(try JSONEncoder().encode(secrets)), unixSeconds: seconds)
            },
            unseal: { sealed in
                try JSONDecoder().decode(MailboxSecrets.self, from: Data(try keys.ring.decrypt(sealed)))
            })
    }

    private static func onPasswordQueue<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async
        -> Answer
    {
        await withCheckedContinuation { continuation in
            passwordQueue.async { continuation.resume(returning: work()) }
        }
    }
}
