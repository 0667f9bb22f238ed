import COpenSSL

/// One Fernet key (https://github.com/fernet/spec): 16 bytes that sign and 16 that encrypt.
///
/// A token is `0x80 ‖ time (8 bytes) ‖ IV (16) ‖ AES-128-CBC ciphertext ‖ HMAC-SHA256 (32)` in padded base64url.
public struct FernetKey: Sendable {
    /// The most bytes one token may carry; what is stored this way are keys and OAuth tokens.
    public static let maximumPlaintext = 1 << 20
    /// How far ahead (seconds) a token's time may be where its age is checked, as the specification says.
    public static let maximumSkew: Int64 = 60

    private static let version: UInt8 = 0x80
    private static let headLength = 1 + 8 + 16

    private let signingKey: [UInt8]
    private let encryptionKey: [UInt8]

    /// Reads a key: 32 bytes in padded base64url. The standard alphabet and loose last bits are taken too, because
    /// Python's `cryptography`, with which the platform shares its keys, takes them. `nil` if it is none.
    public init?(_ text: some StringProtocol) {
        let read =
            Base64.urlPadded.decode(text, canonical: false) ?? Base64.standard.decode(text, canonical: false)
        guard let bytes = read, bytes.count == 32 else { return nil }
        signingKey = Array(bytes[..<16])
        encryptionKey = Array(bytes[16...])
    }

    /// Makes a new key, as text.
    public static func generate() throws(SecretsError) -> String {
        Base64.urlPadded.encode(try randomBytes(32))
    }

    /// A token of the bytes. `unixSeconds` is the time it carries, for all to read.
    public func encrypt(_ plaintext: [UInt8], unixSeconds: Int64) throws(SecretsError) -> String {
        try encrypt(plaintext, unixSeconds: unixSeconds, iv: try randomBytes(16))
    }

    func encrypt(_ plaintext: [UInt8], unixSeconds: Int64, iv: [UInt8]) throws(SecretsError) -> String {
        guard plaintext.count <= Self.maximumPlaintext else {
            throw .plaintextTooLong(bytes: plaintext.count, maximum: Self.maximumPlaintext)
        }
        guard let ciphertext = cipher(plaintext[...], iv: iv[...], encrypts: true) else {
            throw .algorithmMissing
        }
        var token: [UInt8] = [Self.version]
        for shift in stride(from: 56, through: 0, by: -8) {
            token.append(UInt8(truncatingIfNeeded: unixSeconds >> Int64(shift)))
        }
        token += iv
        token += ciphertext
        token += HMACSHA256.code(token, key: signingKey)
        return Base64.urlPadded.encode(token)
    }

    /// What a token carries; `nil` unless this key made it and nobody changed it.
    func open(_ token: [UInt8]) -> (plaintext: [UInt8], unixSeconds: Int64)? {
        let signed = token.count - HMACSHA256.byteCount
        guard signed >= Self.headLength + 16, (signed - Self.headLength).isMultiple(of: 16) else {
            return nil
        }
        guard token[0] == Self.version,
            HMACSHA256.isValid(token[signed...], for: token[..<signed], key: signingKey),
            let plaintext = cipher(token[Self.headLength..<signed], iv: token[9..<25], encrypts: false)
        else { return nil }
        let time = token[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return (plaintext, Int64(bitPattern: time))
    }

    private func cipher(_ input: ArraySlice<UInt8>, iv: ArraySlice<UInt8>, encrypts: Bool) -> [UInt8]? {
        var good = false
        let output = withBytes(input) { input in
            withBytes(iv) { iv in
                [UInt8](unsafeUninitializedCapacity: input.count + 16) { buffer, count in
                    guard let ivStart = iv.baseAddress, let start = buffer.baseAddress else { return }
                    good =
                        parley_aes128_cbc(
                            encrypts ? 1 : 0, encryptionKey, ivStart, input.baseAddress, input.count, start,
                            &count) == 1
                }
            }
        }
        return good ? output : nil
    }
}
