/// A domain as it is compared: lower case, A-labels (RFC 5890), without a final dot.
///
/// At least two labels of at most 63 letters, digits, hyphens and underscores, at most 253 characters; no
/// IP address.
public struct DomainName: Hashable, Sendable, CustomStringConvertible {
    /// Most characters of one label (RFC 1035, 2.3.4).
    static let longestLabel = 63

    /// The name itself, for example `xn--bcher-kva.example`.
    public let description: String

    /// Reads a name in either form, in any case; `nil` for what is no domain.
    public init?(_ text: String) {
        guard text.utf8.count <= 1_000 else { return nil }
        var labels = text.lowercased().split(omittingEmptySubsequences: false) { ".。．｡".contains($0) }
        if labels.last == "" { labels.removeLast() }
        let ascii = labels.compactMap(Self.aLabel)
        guard labels.count >= 2, ascii.count == labels.count, let last = ascii.last,
            !last.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        description = ascii.joined(separator: ".")
        guard description.utf8.count <= 253 else { return nil }
    }

    private init(labels: ArraySlice<Substring>) { description = labels.joined(separator: ".") }

    private static func aLabel(_ label: Substring) -> String? {
        let isASCII = label.utf8.allSatisfy { $0 < 0x80 }
        guard isASCII || !label.hasPrefix("xn--"),
            let text = isASCII ? String(label) : Punycode.encode(label).map({ "xn--" + $0 })
        else { return nil }
        let isValid = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
        }
        return isValid && (1...longestLabel).contains(text.utf8.count) ? text : nil
    }

    /// The labels from left to right.
    var labels: [Substring] { description.split(separator: ".") }

    /// The name that its owner registered (RFC 7489, 3.2): the public suffix and one label. What is itself
    /// a suffix stands for itself.
    public var organizational: DomainName {
        DomainName(labels: labels.suffix(PublicSuffixes.count(labels) + 1))
    }

    /// Whether both are of one organisation: relaxed alignment (RFC 7489, 3.1).
    public func isAligned(with other: DomainName) -> Bool { organizational == other.organizational }

    /// The label that the owner chose, in Unicode: `acme` of `mail.acme.co.uk`.
    var ownLabel: String { labels.dropLast(PublicSuffixes.count(labels)).last.map(Self.unicode) ?? "" }

    /// The public suffix: `co.uk` of `mail.acme.co.uk`.
    var suffix: String { labels.suffix(PublicSuffixes.count(labels)).joined(separator: ".") }

    /// The name as people see it; a label that cannot be decoded stays as it is.
    public var unicode: String { labels.map(Self.unicode).joined(separator: ".") }

    private static func unicode(_ label: Substring) -> String {
        guard label.hasPrefix("xn--") else { return String(label) }
        return Punycode.decode(label.dropFirst(4)) ?? String(label)
    }
}

/// Suffixes below which anybody can register a name: a compact stand-in for the Public Suffix List, which
/// changes weekly and would have to be shipped.
///
/// It knows suffixes of one and two labels. In doubt it holds a name for a suffix: then two names count as
/// two owners, which proves too little rather than too much.
enum PublicSuffixes {
    /// How many labels of a name are its suffix; less than there are labels, except for a suffix itself.
    static func count(_ labels: [Substring]) -> Int {
        let last = labels.suffix(2)
        guard labels.count >= 2, let first = last.first, let country = last.last else { return 1 }
        if country.utf8.count == 2, generic.contains(first) { return 2 }
        return listed.contains(last.joined(separator: ".")) ? 2 : 1
    }

    /// Second labels that registries of countries use for whole branches: `co.uk`, `com.au`, `or.jp`.
    private static let generic: Set<Substring> = [
        "ac", "co", "com", "edu", "gob", "gouv", "gov", "go", "gv", "mil", "ne", "net", "nom", "or", "org",
    ]

    private static let listed: Set<String> = {
        var names: Set<String> = []
        for (suffix, first) in byCountry + ofHosts {
            for label in first.split(separator: " ") { names.insert("\(label).\(suffix)") }
        }
        return names
    }()

    private static let byCountry: [(String, String)] = [
        ("uk", "ltd me nhs plc police sch"), ("au", "asn id"), ("nz", "geek gen govt iwi kiwi maori school"),
        ("jp", "ad ed gr lg"), ("kr", "pe re"), ("tw", "club ebiz game idv"), ("in", "firm gen ind nic res"),
        ("br", "adv agr art blog eco emp eng flog ind inf log med pro srv tur tv wiki"),
        ("fr", "asso prd tm"),
        ("at", "priv"), ("hu", "info priv shop"), ("pl", "biz info shop sklep waw"), ("ru", "msk spb"),
        ("ua", "dp in kh kharkov kiev kyiv lviv od"), ("tr", "bel biz gen info name web"), ("ro", "firm"),
        ("za", "law school web"), ("il", "idf k12 muni"), ("id", "biz my sch web"), ("th", "in mi"),
        ("vn", "biz info name pro"), ("es", "nom"), ("mx", "gob"), ("ar", "int tur"), ("co", "nom"),
        ("ca", "on qc bc ab mb sk ns nb pe nl yk nt nu"), ("us", "k12 dni fed isa kids nsn"),
        ("hk", "idv"), ("sg", "per"), ("my", "name"), ("ph", "ngo"), ("pk", "biz fam web"), ("ae", "sch"),
        ("sa", "med pub sch"), ("eg", "eun name sci"), ("ng", "i mobi name sch"), ("ke", "info mobi sc"),
    ]

    /// Private suffixes: hosts that give every customer a name of his own.
    private static let ofHosts: [(String, String)] = [
        (
            "com",
            """
            amazonaws appspot azurewebsites blogspot br br cloudfront cn co de eu gb herokuapp jpn mydns \
            myshopify onmicrosoft repl ru sa shopify squarespace uk us webflow weebly wixsite wordpress za
            """
        ),
        ("net", "azurewebsites cloudapp cloudfront gb hu in jp ngrok se uk"), ("org", "ae dyndns eu us"),
        ("io", "github gitlab ngrok"), ("app", "firebaseapp netlify render vercel web"),
        ("dev", "pages workers"),
        ("de", "bplaced com"), ("site", "notion"), ("info", "dnsalias"),
    ]
}
