/// The name that stands beside an address and that mail programs show instead of it: the sender chooses it.
enum DisplayName {
    /// Characters of a name that are looked at.
    static let longest = 500

    /// Addresses that stand inside a name, in lower case; at most ten.
    static func addresses(in name: String) -> [Address] {
        let plain = FoldedText(name.prefix(longest)).string
        let words = plain.split { " <>()[]\"',;:|".contains($0) }
        let found = words.map { Address(address: String($0.last == "." ? $0.dropLast() : $0)) }
        return Array(found.filter { $0.address.first != "@" && DomainName($0.domain) != nil }.prefix(10))
    }

    /// Whether two names are the same to a reader: case, accents, look-alike letters, invisible characters,
    /// punctuation and the order of the words do not matter, so `Doe, Jané` is `Jane Doe`. An empty name is
    /// like no other.
    static func isSame(_ one: String, _ other: String) -> Bool {
        let words = words(one)
        return !words.isEmpty && words == Self.words(other)
    }

    private static func words(_ name: String) -> [String] {
        let plain = Confusables.skeleton(name.prefix(longest))
        return plain.split { $0.isASCII && !$0.isLetter && !$0.isNumber }.map(String.init).sorted()
    }
}
