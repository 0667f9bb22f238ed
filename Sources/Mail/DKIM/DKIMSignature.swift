import Secrets

/// A DKIM-Signature header field (RFC 6376, 3.5).
struct DKIMSignature: Sendable {
    /// How is signed (RFC 6376, 3.3; RFC 8463, 3). `rsa-sha1` is not among them: RFC 8301, 3.1 forbids it.
    enum Algorithm: String, Sendable {
        case rsaSHA256 = "rsa-sha256"
        case ed25519SHA256 = "ed25519-sha256"
    }

    /// Names in `h=` that are read.
    static let mostNames = 500

    let algorithm: Algorithm
    /// `b=`.
    let bytes: [UInt8]
    /// `bh=`, 32 bytes.
    let bodyDigest: [UInt8]
    /// `c=`, of header and body.
    let forms: (header: Canonicalization, body: Canonicalization)
    /// `d=`, in lower case.
    let domain: String
    /// `s=`, in lower case.
    let selector: String
    /// `h=`, in lower case; `from` is among them.
    let names: [String]
    /// `i=`, or what stands for it.
    let identity: String
    /// `l=`, octets of the body that are signed; `nil` for all.
    let bodyLength: Int?
    /// `t=`, seconds since 1970.
    let signedAt: Int64?
    /// `x=`, seconds since 1970.
    let expiresAt: Int64?

    /// Reads the value of the header field. Throws a `permerror`, or `policy` for what was secure once.
    init(_ value: some Collection<UInt8>) throws(DKIMFault) {
        let tags = try TagList(value)
        guard tags["v"] == "1" else { throw .permanent("v= is not 1") }
        algorithm = try Self.algorithm(tags)
        bytes = try Self.base64(tags, "b")
        bodyDigest = try Self.base64(tags, "bh")
        guard bodyDigest.count == SHA256.byteCount else { throw .permanent("bh= is no SHA-256 digest") }
        forms = try Self.forms(tags)
        domain = try Self.domain(tags, "d", fewestLabels: 2)
        selector = try Self.domain(tags, "s", fewestLabels: 1)
        names = try Self.names(tags)
        identity = try Self.identity(tags, domain)
        bodyLength = try Self.number(tags, "l", mostDigits: 76).map { Int(clamping: $0) }
        signedAt = try Self.number(tags, "t", mostDigits: 12)
        expiresAt = try Self.number(tags, "x", mostDigits: 12)
        if let signedAt, let expiresAt, expiresAt <= signedAt { throw .permanent("x= is not later than t=") }
        guard tags.list("q")?.contains("dns/txt") ?? true else { throw .permanent("q= is not dns/txt") }
    }

    private static func required(_ tags: TagList, _ name: String) throws(DKIMFault) -> String {
        guard let value = tags[name], !value.isEmpty else { throw .permanent("\(name)= is missing") }
        return value
    }

    private static func algorithm(_ tags: TagList) throws(DKIMFault) -> Algorithm {
        let name = try required(tags, "a").lowercased()
        if name == "rsa-sha1" { throw .policy("rsa-sha1 does not count any more (RFC 8301)") }
        guard let algorithm = Algorithm(rawValue: name) else { throw .permanent("a= is not known") }
        return algorithm
    }

    private static func base64(_ tags: TagList, _ name: String) throws(DKIMFault) -> [UInt8] {
        guard let bytes = tags.unfolded(name).flatMap({ Base64.standard.decode($0) }), !bytes.isEmpty else {
            throw .permanent("\(name)= is missing or not base64")
        }
        return bytes
    }

    /// One word is the header's, and the body's is simple then.
    private static func forms(
        _ tags: TagList
    ) throws(DKIMFault) -> (header: Canonicalization, body: Canonicalization) {
        let words = (tags["c"] ?? "simple/simple").split(separator: "/", omittingEmptySubsequences: false)
        let forms = words.map { Canonicalization(rawValue: $0.lowercased()) }
        guard (1...2).contains(forms.count), let header = forms[0],
            let body = forms.count == 2 ? forms[1] : .simple
        else { throw .permanent("c= is not known") }
        return (header, body)
    }

    private static func domain(
        _ tags: TagList, _ name: String, fewestLabels: Int
    ) throws(DKIMFault) -> String {
        guard let domain = DomainLabels.text(try required(tags, name), fewest: fewestLabels) else {
            throw .permanent("\(name)= is no domain name")
        }
        return domain
    }

    private static func names(_ tags: TagList) throws(DKIMFault) -> [String] {
        let names = (tags.list("h") ?? []).map { $0.lowercased() }
        guard names.count <= mostNames else { throw .permanent("h= has more than \(mostNames) names") }
        guard !names.contains("") else { throw .permanent("h= has an empty name") }
        guard names.contains("from") else { throw .permanent("h= does not name From") }
        return names
    }

    /// The domain of `i=` is that of `d=`, or below it.
    private static func identity(_ tags: TagList, _ domain: String) throws(DKIMFault) -> String {
        guard let identity = tags.unfolded("i") else { return "@\(domain)" }
        guard let at = identity.lastIndex(of: "@"),
            let part = DomainLabels.text(identity[identity.index(after: at)...], fewest: 2),
            part == domain || part.hasSuffix(".\(domain)")
        else { throw .permanent("i= is not of the domain in d=") }
        return "\(identity[..<at])@\(part)"
    }

    /// A number that is larger than any that could mean something is the largest there is.
    private static func number(
        _ tags: TagList, _ name: String, mostDigits: Int
    ) throws(DKIMFault) -> Int64? {
        guard let text = tags[name] else { return nil }
        guard (1...mostDigits).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit) else {
            throw .permanent("\(name)= is no number")
        }
        return Int64(text) ?? .max
    }
}

/// Names in the DNS (RFC 1035, 2.3.4), with the underscores that people use.
enum DomainLabels {
    private static let longestLabel = 63
    private static let longestName = 253

    /// The name in lower case; `nil` where it is none.
    static func text(_ text: some StringProtocol, fewest: Int) -> String? {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...longestLabel).contains(label.count)
                && label.allSatisfy {
                    $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                }
        }
        guard isName, labels.count >= fewest, text.utf8.count <= longestName else { return nil }
        return text.lowercased()
    }
}
