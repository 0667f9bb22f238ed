/// The keys of `ENCRYPTION_KEY`, newest first: encrypts with the first, decrypts with any.
///
/// Reads and writes the tokens of Python's `cryptography.fernet.MultiFernet` under the same keys.
public struct FernetKeyRing: Sendable {
    /// The most keys in a ring; every refused token is tried with each.
    public static let maximumKeys = 32

    private let newest: FernetKey
    private let older: [FernetKey]

    /// Reads one key, or several separated by commas with spaces around them as you like.
    ///
    /// Throws `notAFernetKey` with the position of the first that is none.
    public init(_ text: String) throws(SecretsError) {
        let texts = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
        var keys: [FernetKey] = []
        for (index, text) in texts.enumerated() {
            guard index < Self.maximumKeys, let key = FernetKey(text) else {
                throw .notAFernetKey(position: index + 1, of: texts.count)
            }
            keys.append(key)
        }
        guard let first = keys.first else { throw .notAFernetKey(position: 1, of: 1) }
        newest = first
        older = Array(keys.dropFirst())
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// A token of the bytes under the newest key. `unixSeconds` is the time it carries.
    public func encrypt(_ plaintext: [UInt8], unixSeconds: Int64) throws(SecretsError) -> String {
        try newest.encrypt(plaintext, unixSeconds: unixSeconds)
    }

    /// A token of a text's UTF-8 under the newest key.
    public func encrypt(_ plaintext: String, unixSeconds: Int64) throws(SecretsError) -> String {
        try encrypt(Array(plaintext.utf8), unixSeconds: unixSeconds)
    }

    /// What a token carries. Throws `fernetTokenRefused`.
    public func decrypt(_ token: String) throws(SecretsError) -> [UInt8] { try open(token).plaintext }

    /// What a token carries, if it is at most `maximumAge` seconds old at `unixSeconds`.
    ///
    /// Throws `fernetTokenExpired` when it is older, or more than 60 seconds ahead of the clock.
    public func decrypt(
        _ token: String, maximumAge: Int64, unixSeconds: Int64
    ) throws(SecretsError) -> [UInt8] {
        let opened = try open(token)
        let (age, overflow) = unixSeconds.subtractingReportingOverflow(opened.unixSeconds)
        guard !overflow, age <= maximumAge, age >= -FernetKey.maximumSkew else { throw .fernetTokenExpired }
        return opened.plaintext
    }

    /// The token as the newest key makes it, with its old time; `nil` when the newest key made it already.
    public func rotated(_ token: String) throws(SecretsError) -> String? {
        let bytes = try Self.bytes(of: token)
        if newest.open(bytes) != nil { return nil }
        let opened = try open(token)
        return try newest.encrypt(opened.plaintext, unixSeconds: opened.unixSeconds)
    }

    private func open(_ token: String) throws(SecretsError) -> (plaintext: [UInt8], unixSeconds: Int64) {
        let bytes = try Self.bytes(of: token)
        for key in [newest] + older {
            if let opened = key.open(bytes) { return opened }
        }
        throw .fernetTokenRefused
    }

    private static func bytes(of token: String) throws(SecretsError) -> [UInt8] {
        // Head, HMAC and padding are 73 bytes at most; base64 makes four characters of three bytes.
        let maximum = (FernetKey.maximumPlaintext + 16 + 73) * 4 / 3 + 4
        guard token.utf8.count <= maximum, let bytes = Base64.urlPadded.decode(token) else {
            throw .fernetTokenRefused
        }
        return bytes
    }
}
