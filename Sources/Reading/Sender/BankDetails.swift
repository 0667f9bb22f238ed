/// Something about a bank account in a text.
public struct BankDetailsFinding: Equatable, Sendable {
    /// What was found.
    public enum Kind: Hashable, Sendable {
        /// Details of an account, in a form to compare and to store, without spaces: an IBAN as it is
        /// (`DE89370400440532013000`), else the sort of number and the number: `BIC:COBADEFF`,
        /// `ACCOUNT:12345678`, `ROUTING:021000021`, `SORT:201415`, `BSB:062000`, `BLZ:37040044`,
        /// `IFSC:HDFC0000123`.
        case account(String)
        /// The same, of an account that was not known before.
        case newAccount(String)
        /// Words that announce other bank details.
        case changeAnnounced
    }

    /// What was found.
    public let kind: Kind
    /// Its place in the text, in Unicode scalars.
    public let span: Range<Int>

    /// The same finding after a look at the accounts that are known: an account that is none of them is
    /// new.
    public func compared(with known: Set<String>) -> BankDetailsFinding {
        guard case .account(let account) = kind, !known.contains(account) else { return self }
        return BankDetailsFinding(kind: .newAccount(account), span: span)
    }
}

/// Finds bank details and announcements of new ones; what is found is shown to a person and binds nobody.
///
/// Payment fraud works with a mail that looks like the vendor's and names another account, so an
/// announcement counts even without an account. A number counts only beside words that make it one of a
/// bank: order numbers, telephone numbers and bank holidays are none.
public enum BankDetails {
    /// Most Unicode scalars that are read. A longer text is taken for an announcement behind that point,
    /// because nobody has looked at it.
    public static let mostScalars = 200_000
    /// Most findings of a text; an account counts once.
    public static let mostFindings = 200

    /// The findings in the order of the text. The caller passes what the sender newly wrote: the history
    /// below it has been looked at before.
    public static func findings(in text: String) -> [BankDetailsFinding] {
        let view = text.unicodeScalars
        let isLong = view.count > mostScalars
        let bank = BankText(isLong ? String(String.UnicodeScalarView(view.prefix(mostScalars))) : text)
        var found = AccountReader(bank).accounts.map { (BankDetailsFinding.Kind.account($0.name), $0.range) }
        found += ChangeReader(bank).announcements.map { (BankDetailsFinding.Kind.changeAnnounced, $0) }
        found.sort { $0.1.lowerBound < $1.1.lowerBound }
        var result = found.prefix(mostFindings).map { BankDetailsFinding(kind: $0.0, span: bank.span($0.1)) }
        if isLong {
            result.append(BankDetailsFinding(kind: .changeAnnounced, span: mostScalars..<view.count))
        }
        return result
    }

    /// The findings, where accounts other than the known ones are new. Nothing known makes every account
    /// new.
    public static func findings(in text: String, known: Set<String>) -> [BankDetailsFinding] {
        findings(in: text).map { $0.compared(with: known) }
    }
}

/// A text in the form in which bank details are looked for: plain scalars, and their folded bytes to search
/// in.
struct BankText {
    let plain: PlainText
    let folded: FoldedText
    /// For each byte of `folded` the index of its scalar in `plain`.
    let places: [Int]

    init(_ text: String) {
        plain = PlainText(text)
        folded = FoldedText(String(String.UnicodeScalarView(plain.scalars)))
        var places: [Int] = []
        places.reserveCapacity(folded.count)
        for (index, scalar) in plain.scalars.enumerated() {
            let count = scalar.isASCII ? 1 : FoldedText(String(scalar)).count
            for _ in 0..<count { places.append(index) }
        }
        self.places = places
    }

    /// The places in the original text of some plain scalars, at least one.
    func span(_ range: Range<Int>) -> Range<Int> {
        plain.origins[range.lowerBound]..<(plain.origins[range.upperBound - 1] + 1)
    }

    /// The plain scalar at a byte; behind the last byte, the end.
    func place(ofByte byte: Int) -> Int { byte < places.count ? places[byte] : plain.scalars.count }

    /// Most places of one phrase that are looked at.
    private static let mostWords = 500

    /// Byte ranges where the phrase stands as a word of its own, from left to right.
    func words(_ phrase: StaticPhrase, in bounds: Range<Int>? = nil) -> [Range<Int>] {
        let bounds = bounds ?? 0..<folded.count
        var found: [Range<Int>] = []
        var start = bounds.lowerBound
        while found.count < Self.mostWords, let word = first(phrase.bytes, in: start..<bounds.upperBound) {
            if !phrase.isLatin || isFree(word) { found.append(word) }
            start = word.lowerBound + 1
        }
        return found
    }

    private func first(_ needle: [UInt8], in bounds: Range<Int>) -> Range<Int>? {
        guard let head = needle.first else { return nil }
        return folded.bytes.withUnsafeBufferPointer { bytes in
            var index = bounds.lowerBound
            while index + needle.count <= bounds.upperBound {
                if bytes[index] == head, bytes[index..<(index + needle.count)].elementsEqual(needle) {
                    return index..<(index + needle.count)
                }
                index += 1
            }
            return nil
        }
    }

    /// Whether no letter or digit continues the word at its ends, where these are letters or digits
    /// themselves.
    private func isFree(_ word: Range<Int>) -> Bool {
        func isWord(_ index: Int) -> Bool {
            folded.bytes.indices.contains(index) && FoldedText.isWordByte(folded.bytes[index])
        }
        return !(isWord(word.lowerBound - 1) && isWord(word.lowerBound))
            && !(isWord(word.upperBound) && isWord(word.upperBound - 1))
    }

    /// The folded text of a byte range.
    func slice(_ range: Range<Int>) -> FoldedText {
        FoldedText(String(decoding: folded.bytes[range], as: UTF8.self))
    }
}
