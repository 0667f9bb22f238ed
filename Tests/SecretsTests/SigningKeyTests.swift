import Foundation
import Testing

@testable import Secrets

@Suite("Keys to sign with")
struct SigningKeyTests {
    /// The seed of RFC 8032, 7.1, test 2, as PKCS #8.
    private static let pkcs8 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7
        -----END PRIVATE KEY-----

        """

    private func openssl(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self)
    }

    @Test("Ed25519 signs as RFC 8032 does")
    func vector() throws {
        let key = try SigningKey(pem: Self.pkcs8)
        #expect(key.publicKey.kind == .ed25519)
        #expect(
            Base64.standard.decode(key.publicText)
                == Hex.decode("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
        #expect(
            Hex.encode(try key.sign([0x72]))
                == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
        #expect(try key.pem() == Self.pkcs8)
    }

    @Test(
        "a new key signs what its public half verifies, and is the same after it was written",
        arguments: SigningKey.NewKind.allCases)
    func generated(_ kind: SigningKey.NewKind) throws {
        let key = try SigningKey.generate(kind)
        let read = try SigningKey(pem: try key.pem())
        #expect(read.publicText == key.publicText)
        let digest: PublicKey.Digest = kind == .rsa2048 ? .sha256 : .none
        for message in [[], [1], [UInt8](repeating: 7, count: 100_000)] {
            let signature = try read.sign(message)
            #expect(signature.count == (kind == .rsa2048 ? 256 : 64))
            #expect(key.publicKey.verify(signature, of: message, digest: digest))
            #expect(!key.publicKey.verify(signature, of: message + [0], digest: digest))
        }
        #expect(try SigningKey.generate(kind).publicText != key.publicText)
    }

    @Test("the public half of an RSA key is what its record is read as")
    func publicText() throws {
        let key = try SigningKey.generate(.rsa2048)
        let der = try #require(Base64.standard.decode(key.publicText))
        let read = try PublicKey(rsaDER: der, bits: 1024...4096)
        #expect(read.verify(try key.sign([1]), of: [1], digest: .sha256))
        #expect(try PublicKey(spki: der).verify(try key.sign([1]), of: [1], digest: .sha256))
        // Without the algorithm and the head of a bit string it is RSAPublicKey.
        #expect(try PublicKey(rsaDER: Array(der.dropFirst(24)), bits: 1024...4096).kind == .rsa)
    }

    @Test("keys of OpenSSL are read in PKCS #8 and PKCS #1")
    func forms() throws {
        let pkcs1 = try openssl("genrsa", "-traditional", "2048")
        #expect(pkcs1.contains("BEGIN RSA PRIVATE KEY"))
        #expect(try SigningKey(pem: pkcs1).publicKey.kind == .rsa)
        #expect(try SigningKey(pem: try openssl("genrsa", "3072")).publicKey.kind == .rsa)
        #expect(
            try SigningKey(pem: try openssl("genpkey", "-algorithm", "ed25519")).publicKey.kind == .ed25519)
    }

    @Test("keys that are short, of another kind, behind a passphrase, or none are refused")
    func refused() throws {
        let texts = [
            try openssl("genrsa", "1024"), try openssl("ecparam", "-genkey", "-noout", "-name", "prime256v1"),
            try openssl("genpkey", "-algorithm", "x25519"),
            try openssl("genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:secret"),
            try openssl("genrsa", "-traditional", "-aes128", "-passout", "pass:secret", "2048"),
            "", "PRIVATE KEY", Self.pkcs8.replacing("MC4C", with: "MC5C"),
            String(repeating: "-", count: 100_000),
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n",
        ]
        for text in texts {
            #expect(throws: SecretsError.self, "\(text.prefix(60))") { try SigningKey(pem: text) }
        }
    }

    @Test("RSA keys are taken between the bits that are asked for")
    func bits() throws {
        let der = try #require(Base64.standard.decode(try SigningKey.generate(.rsa2048).publicText))
        #expect(throws: SecretsError.publicKeyRefused("RSA of 2048 bits")) {
            try PublicKey(rsaDER: der, bits: 3072...4096)
        }
        #expect(throws: SecretsError.self) { try PublicKey(rsaDER: der + [0], bits: 1024...4096) }
        #expect(throws: SecretsError.self) { try PublicKey(rsaDER: [], bits: 1024...4096) }
    }
}
