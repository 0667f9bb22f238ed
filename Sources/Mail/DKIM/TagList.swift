/// The `name=value` pairs of a DKIM-Signature header or of a key record (RFC 6376, 3.2).
struct TagList {
    /// Tags of one list that are read; the RFCs define fewer than twenty for each kind of list.
    private static let mostTags = 64

    /// The name that stands first.
    private(set) var firstName: String?
    private var values: [String: String] = [:]

    /// Reads a list, folded or not.
    ///
    /// Throws a `permerror` for what the grammar does not have: a pair without `=`, an empty one that is not
    /// the last, a name twice, a control character.
    init(_ text: some Collection<UInt8>) throws(DKIMFault) {
        let pairs = text.split(
            separator: UInt8(ascii: ";"), maxSplits: Self.mostTags, omittingEmptySubsequences: false)
        for (place, pair) in pairs.enumerated() {
            if place == pairs.count - 1, pair.allSatisfy(\.isFolding) { break }
            guard place < Self.mostTags else { throw .permanent("it has more than \(Self.mostTags) tags") }
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = Self.name(parts[0]) else {
                throw .permanent("tag \(place + 1) is not of the form name=value")
            }
            guard parts[1].allSatisfy({ $0.isFolding || $0 >= 0x20 && $0 != 0x7f }) else {
                throw .permanent("\(name)= has a control character")
            }
            let value = String(decoding: parts[1].trimmed, as: UTF8.self)
            guard values.updateValue(value, forKey: name) == nil else {
                throw .permanent("\(name)= stands twice")
            }
            if firstName == nil { firstName = name }
        }
    }

    /// The value without the white space around it; `nil` where there is no such tag.
    subscript(name: String) -> String? { values[name] }

    /// The parts between colons, without white space around them; `nil` where there is no such tag.
    func list(_ name: String) -> [String]? {
        values[name]?.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
            String(decoding: $0.trimmed, as: UTF8.self)
        }
    }

    /// The value without any white space: base64 may be folded anywhere.
    func unfolded(_ name: String) -> String? {
        values[name].map { String(decoding: $0.utf8.filter { !$0.isFolding }, as: UTF8.self) }
    }

    private static func name(_ bytes: some Collection<UInt8>) -> String? {
        let name = bytes.trimmed
        guard name.first?.isLetter == true,
            name.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") })
        else { return nil }
        return String(decoding: name, as: UTF8.self)
    }
}

extension Collection<UInt8> {
    /// Without the white space at both ends.
    var trimmed: [UInt8] {
        Array(Array(drop(while: \.isFolding).reversed()).drop(while: \.isFolding).reversed())
    }
}

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")

    /// White space of one line (RFC 5234, `WSP`).
    var isBlank: Bool { self == .space || self == UInt8(ascii: "\t") }
    /// White space, line ends included.
    var isFolding: Bool { isBlank || self == .lineFeed || self == .carriageReturn }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased) }
    /// A to Z in lower case, everything else as it is.
    var lowercased: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}
