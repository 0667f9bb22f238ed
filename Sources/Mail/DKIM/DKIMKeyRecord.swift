import Secrets

/// A domain's public key as it stands in the DNS (RFC 6376, 3.6.1).
struct DKIMKeyRecord: Sendable {
    /// What RSA keys a verifier takes (RFC 8301, 3.2): fewer bits than anybody may sign with.
    static let rsaBits = 1024...PublicKey.rsaBits.upperBound

    let key: PublicKey
    /// `t=y`: the domain tries DKIM out, and its mail counts as if it were not signed.
    let isTesting: Bool
    /// `t=s`: it signs for itself only, not for what is below it.
    let isStrict: Bool

    /// Asks for the key of a signature, and checks that it may be used for it.
    ///
    /// Throws `temperror` where the DNS does not answer and `permerror` where there is no key that suits.
    static func find(for signature: DKIMSignature, _ resolver: TXTResolver) async throws(DKIMFault) -> Self {
        let name = "\(signature.selector)._domainkey.\(signature.domain)"
        guard let name = DomainLabels.text(name, fewest: 2) else {
            throw .permanent("s= and d= are too long")
        }
        let texts: [String]
        do {
            texts = try await resolver.lookUp(name)
        } catch {
            throw .temporary("the key at \(name) cannot be looked up: \(error.reason)")
        }
        // A wildcard in the domain answers with records that mean something else.
        let records = texts.compactMap { text in
            (try? TagList(text.utf8)).flatMap { $0["p"] == nil ? nil : $0 }
        }
        guard let tags = records.first else { throw .permanent("there is no key at \(name)") }
        guard records.count == 1 else { throw .permanent("there is more than one key at \(name)") }
        let record = try DKIMKeyRecord(tags, signature.algorithm)
        guard !record.isStrict || signature.identity.hasSuffix("@\(signature.domain)") else {
            throw .permanent("the key does not sign for what is below \(signature.domain)")
        }
        return record
    }

    private init(_ tags: TagList, _ algorithm: DKIMSignature.Algorithm) throws(DKIMFault) {
        if let version = tags["v"], version != "DKIM1" || tags.firstName != "v" {
            throw .permanent("the key record is of another version")
        }
        guard tags.list("h")?.contains("sha256") ?? true else {
            throw .permanent("the key is not for SHA-256")
        }
        guard tags.list("s")?.contains(where: { $0 == "*" || $0 == "email" }) ?? true else {
            throw .permanent("the key is not for email")
        }
        guard tags["p"] != "" else { throw .permanent("the key has been revoked") }
        key = try Self.key(tags, algorithm)
        let flags = tags.list("t") ?? []
        isTesting = flags.contains("y")
        isStrict = flags.contains("s")
    }

    private static func key(
        _ tags: TagList, _ algorithm: DKIMSignature.Algorithm
    ) throws(DKIMFault) -> PublicKey {
        let kind = algorithm == .rsaSHA256 ? "rsa" : "ed25519"
        guard (tags["k"] ?? "rsa").lowercased() == kind else {
            throw .permanent("the key is not for \(algorithm.rawValue)")
        }
        guard let bytes = tags.unfolded("p").flatMap({ Base64.standard.decode($0) }) else {
            throw .permanent("the key is not base64")
        }
        do {
            return try algorithm == .rsaSHA256
                ? PublicKey(rsaDER: bytes, bits: rsaBits) : PublicKey(ed25519: bytes)
        } catch {
            throw .permanent(error.description)
        }
    }

    /// Whether the signature over the header is good. Ed25519 signs the digest (RFC 8463, 3).
    func verifies(_ signature: [UInt8], of header: [UInt8]) -> Bool {
        key.kind == .rsa
            ? key.verify(signature, of: header, digest: .sha256)
            : key.verify(signature, of: SHA256.digest(header), digest: .none)
    }
}
