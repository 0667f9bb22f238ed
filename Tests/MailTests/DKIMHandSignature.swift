import Reading
import Secrets
import Testing

@testable import Mail

/// A signature whose every tag a test can set, where ``DKIMSigner`` sets them well.
struct DKIMHandSignature {
    static let domain = "vendor.example"
    static let key = Result { try SigningKey.generate(.ed25519) }

    /// Tags in their order; `bh` and `b` follow. One that is `nil` is left out.
    var tags: [(name: String, value: String?)] = [
        ("v", "1"), ("a", "ed25519-sha256"), ("c", "relaxed/relaxed"), ("d", domain), ("s", "s1"),
        ("h", "From:From:Subject"), ("i", nil), ("l", nil), ("q", nil), ("t", nil), ("x", nil),
    ]
    var forms = (header: Canonicalization.relaxed, body: Canonicalization.relaxed)

    static func with(_ changes: (name: String, value: String?)...) -> Self {
        var signature = Self()
        for change in changes {
            signature.tags = signature.tags.map { $0.name == change.name ? change : $0 }
        }
        return signature
    }

    /// The message with the signature on top, over the fields `names` in this order.
    func signed(_ message: [UInt8], over names: [String] = ["from", "subject"]) throws -> [UInt8] {
        let parts = try #require(SignedMessage(message))
        let limit = tags.first { $0.name == "l" }?.value.flatMap { Int($0) }
        let digest = BodyDigest(parts.body, forms.body, upTo: limit)
        let list = tags.compactMap { tag in tag.value.map { "\(tag.name)=\($0)" } }.joined(
            separator: ";\r\n ")
        let head =
            Array("DKIM-Signature: \(list);\r\n bh=\(Base64.standard.encode(digest.bytes)); b=".utf8)
        var header: [UInt8] = []
        for name in names {
            for field in parts.fields where field.name == name {
                forms.header.append(field, to: &header)
                header += [13, 10]
            }
        }
        forms.header.append(HeaderField(head[...]), to: &header)
        let signature = try Self.key.get().sign(SHA256.digest(header))
        return head + Base64.standard.encode(signature).utf8 + [13, 10] + message
    }

    /// The record of the key that signs.
    static func record(_ tags: String = "") throws -> String {
        "v=DKIM1; k=ed25519; \(tags)p=\(try key.get().publicText)"
    }

    /// Where the record stands.
    static func resolver(_ texts: [String]) -> TXTResolver {
        .fixed(["s1._domainkey.\(domain)": texts])
    }

    /// What is found out about a message, with the right record or with another; one signature.
    static func result(
        _ message: [UInt8], now: Int64 = 1_800_000_000, records: [String]? = nil
    ) async throws -> DKIMResult {
        let texts = try records ?? [record()]
        let results = await DKIMVerifier.verify(message, now: now, resolver: resolver(texts))
        #expect(results.count == 1)
        return try #require(results.first)
    }
}

/// A message as it is sent.
func message(_ lines: String...) -> [UInt8] { Array(lines.map { $0 + "\r\n" }.joined().utf8) }

/// An offer of a vendor.
let offer = message(
    "Received: from a.vendor.example", "From: Vendor <sales@vendor.example>", "To: buyer@acme.example",
    "Subject: Your request", "", "950.00 EUR each.", "", "Regards")

extension [UInt8] {
    /// With the first place of a text changed to another.
    func changing(_ old: String, to new: String) -> [UInt8] {
        Array(String(decoding: self, as: UTF8.self).replacing(old, with: new, maxReplacements: 1).utf8)
    }
}
