import CCrypt

/// bcrypt (`$2b$`), as the platform's other services write and read it (passlib, Python's `bcrypt`).
///
/// **Making and verifying block the thread**: about 250 ms at cost 12, doubling with each step. Call them from a
/// thread that may block, never from Swift's cooperative pool.
public enum PasswordHash {
    /// Work factor of new hashes: 2¹² rounds.
    public static let defaultCost = 12
    /// bcrypt reads no further than this, in bytes of UTF-8.
    public static let maximumPassword = 72
    /// Costs that are made and verified. A stored hash of cost 31 would block for two days.
    public static let costs = 4...16

    /// The longest password that is looked at when verifying, in bytes.
    private static let maximumPresented = 511
    private static let hashLength = 60
    private static let digestStart = 29
    private static let bcryptAlphabet = Set(
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// Makes a hash with a new salt. Blocks.
    ///
    /// Throws `passwordTooLong` beyond 72 bytes (bcrypt would silently ignore the rest, and two passwords that
    /// differ there would both be accepted), `passwordUnusable` for an empty one or one with a NUL,
    /// `passwordCostUnusable`, `noRandomness`.
    public static func make(_ password: String, cost: Int = defaultCost) throws(SecretsError) -> String {
        guard password.utf8.count <= maximumPassword else {
            throw .passwordTooLong(bytes: password.utf8.count, maximum: maximumPassword)
        }
        guard !password.isEmpty, !password.utf8.contains(0) else { throw .passwordUnusable }
        guard costs.contains(cost) else { throw .passwordCostUnusable(cost) }
        let setting = prefix(cost: cost) + salt(from: try randomBytes(16))
        guard let hash = crypt(password, setting), hash.utf8.count == hashLength else {
            throw .algorithmMissing
        }
        return hash
    }

    /// Whether the password belongs to a stored hash (`$2a$`, `$2b$`, `$2y$`). Blocks.
    ///
    /// Anything that is not such a hash is `false`. Passwords longer than 72 bytes are cut there, as those who made
    /// such hashes did. Without a hash (an unknown user) the same work is done in vain, so that the time does not
    /// tell who exists; give `cost` as that of the stored hashes.
    public static func verify(_ password: String, against hash: String?, cost: Int = defaultCost) -> Bool {
        let stored = hash.flatMap(parts) ?? decoy(cost: cost)
        let usable = !password.utf8.contains(0) && password.utf8.count <= maximumPresented
        guard let computed = crypt(usable ? password : "", stored.setting) else { return false }
        // The salt's last character carries bits that do not count, and libcrypt clears them: only the digests
        // are compared.
        let same = constantTimeEqual(Array(computed.utf8.dropFirst(digestStart)), stored.digest)
        return same && usable && !stored.isDecoy
    }

    /// Whether a stored hash is weaker than `cost`, so that it should be made anew at the next sign-in.
    public static func isWeaker(_ hash: String, than cost: Int = defaultCost) -> Bool {
        guard let stored = parts(hash) else { return true }
        return stored.cost < cost
    }

    private struct Stored {
        var setting: String
        var digest: [UInt8]
        var cost: Int
        var isDecoy = false
    }

    private static func parts(_ hash: String) -> Stored? {
        let bytes = Array(hash.utf8)
        guard bytes.count == hashLength, bytes.starts(with: "$2".utf8), "aby".utf8.contains(bytes[2]),
            bytes[3] == UInt8(ascii: "$"), bytes[6] == UInt8(ascii: "$"),
            let cost = Int(String(decoding: bytes[4..<6], as: UTF8.self)), costs.contains(cost),
            bytes[7...].allSatisfy(bcryptAlphabet.contains)
        else { return nil }
        let setting = String(decoding: bytes[..<digestStart], as: UTF8.self)
        return Stored(setting: setting, digest: Array(bytes[digestStart...]), cost: cost)
    }

    private static func decoy(cost: Int) -> Stored {
        let usable = min(max(cost, costs.lowerBound), costs.upperBound)
        let setting = prefix(cost: usable) + "abcdefghijklmnopqrstuu"
        return Stored(setting: setting, digest: [], cost: usable, isDecoy: true)
    }

    private static func prefix(cost: Int) -> String { cost < 10 ? "$2b$0\(cost)$" : "$2b$\(cost)$" }

    /// 16 bytes in bcrypt's own base64: its alphabet begins `./A`, most significant bits first, no padding.
    private static func salt(from bytes: [UInt8]) -> String {
        let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let bcrypt = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let translation = Dictionary(uniqueKeysWithValues: zip(standard, bcrypt))
        return String(decoding: Base64.url.encode(bytes).utf8.compactMap { translation[$0] }, as: UTF8.self)
    }

    private static func crypt(_ password: String, _ setting: String) -> String? {
        var good = false
        let output = [CChar](unsafeUninitializedCapacity: 384) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            good = parley_crypt(password, setting, start, buffer.count) == 1
            while good, count < buffer.count, buffer[count] != 0 { count += 1 }
        }
        return good ? String(decoding: output.map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}
