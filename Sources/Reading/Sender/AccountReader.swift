/// Finds accounts in a text: IBANs by their check digits, other numbers by the words before them.
struct AccountReader {
    struct Account: Equatable {
        let name: String
        /// Plain scalars.
        let range: Range<Int>
    }

    /// Scalars between the words and their number.
    private static let reach = 30
    /// Bytes around an account number in which a word about banks must stand.
    private static let contextReach = 250
    /// Bytes before an account number in which a word about customers may stand.
    private static let customerReach = 16
    /// Blanks and hyphens in a row inside a number.
    private static let mostBlanks = 3

    /// The accounts in the order in which they were found, each name once.
    private(set) var accounts: [Account] = []
    private let text: BankText
    private let scalars: [Unicode.Scalar]
    private var names: Set<String> = []
    private var taken: [Range<Int>] = []

    init(_ text: BankText) {
        self.text = text
        scalars = text.plain.scalars
        findIBANs()
        for cue in BankPhrases.cues { find(cue) }
    }

    private mutating func add(_ name: String, _ range: Range<Int>) {
        guard accounts.count < BankDetails.mostFindings, names.insert(name).inserted else { return }
        accounts.append(Account(name: name, range: range))
    }

    private mutating func findIBANs() {
        var index = 0
        while index + 4 < scalars.count {
            if let (iban, end) = iban(at: index) {
                add(iban.description, index..<end)
                taken.append(index..<end)
                index = end
            } else {
                index += 1
            }
        }
    }

    /// An IBAN that begins here and ends where its country says, with blanks anywhere.
    private func iban(at start: Int) -> (IBAN, end: Int)? {
        guard isLetter(start), isLetter(start + 1), isDigit(start + 2), isFreeBefore(start) else {
            return nil
        }
        let code = scalars[start...(start + 1)].map { UInt8($0.value) & 0xDF }
        guard let length = IBAN.length(ofCountry: code) else { return nil }
        guard let (characters, end) = characters(from: start, count: length), !isLetter(end), !isDigit(end),
            let iban = IBAN(characters)
        else { return nil }
        return (iban, end)
    }

    /// Nothing that could belong to the number stands before it, except the word IBAN itself.
    private func isFreeBefore(_ start: Int) -> Bool {
        if !isLetter(start - 1), !isDigit(start - 1) { return true }
        return start >= 4 && scalars[(start - 4)..<start].elementsEqual("iban".unicodeScalars)
    }

    /// Finds what a cue announces: after its words, past fillers, the number.
    private mutating func find(_ cue: BankPhrases.Cue) {
        for phrase in cue.words {
            for word in text.words(phrase) {
                if cue.needsContext, !speaksOfBanks(around: word) { continue }
                let start = text.place(ofByte: word.upperBound)
                guard let (number, range) = number(after: start, cue.shape) else { continue }
                if !taken.contains(where: { $0.overlaps(range) }) { add("\(cue.prefix):\(number)", range) }
            }
        }
    }

    /// Whether banks are spoken of near the cue, and nothing directly before it says that it is a
    /// customer's number.
    private func speaksOfBanks(around word: Range<Int>) -> Bool {
        let from = max(0, word.lowerBound - Self.contextReach)
        let to = min(text.folded.count, word.upperBound + Self.contextReach)
        let before = text.slice(max(from, word.lowerBound - Self.customerReach)..<word.lowerBound)
        if before.containsAnyWord(of: BankPhrases.customers) { return false }
        return BankPhrases.context.contains { phrase in
            text.words(phrase, in: from..<to).contains { !BankPhrases.isHoliday(text, after: $0) }
        }
    }

    /// The number behind a cue: only signs and short words such as `is` or `no.` may stand between.
    private func number(after start: Int, _ shape: BankPhrases.Shape) -> (String, Range<Int>)? {
        var index = start
        let end = min(scalars.count, start + Self.reach)
        while index < end {
            if let (number, after) = read(shape, at: index) { return (number, index..<after) }
            if isDigit(index) { return nil }
            let word = scalars[index...].prefix { isLetter($0) || $0.value >= 0x80 }
            if !word.isEmpty, !BankPhrases.fillers.contains(String(String.UnicodeScalarView(word))) {
                return nil
            }
            index += max(word.count, 1)
        }
        return nil
    }

    private func read(_ shape: BankPhrases.Shape, at index: Int) -> (String, end: Int)? {
        switch shape {
        case .digits(let lengths):
            guard let (digits, end) = digits(from: index), lengths.contains(digits.utf8.count) else {
                return nil
            }
            return (digits, end)
        case .routing:
            guard let (digits, end) = digits(from: index), Self.isRoutingNumber(digits) else { return nil }
            return (digits, end)
        case .bic:
            guard let (word, end) = word(from: index), text.plain.isCapital[index], Self.isBIC(word) else {
                return nil
            }
            // The branch of the head office is three X, or left out (ISO 9362).
            return (word.dropFirst(8).allSatisfy { $0 == "X" } ? String(word.prefix(8)) : word, end)
        case .ifsc:
            guard let (word, end) = word(from: index), word.count == 11, word.dropFirst(4).first == "0",
                word.prefix(4).allSatisfy(\.isLetter)
            else { return nil }
            return (word, end)
        }
    }

    /// Bank, country and place, perhaps a branch (ISO 9362).
    private static func isBIC(_ word: String) -> Bool {
        guard word.count == 8 || word.count == 11, word.prefix(6).allSatisfy(\.isLetter) else { return false }
        return BankPhrases.countries.contains(String(word.dropFirst(4).prefix(2)))
    }

    /// Nine digits with the check sum of the American Bankers Association.
    private static func isRoutingNumber(_ digits: String) -> Bool {
        let values = digits.utf8.map { Int($0) - 0x30 }
        guard values.count == 9 else { return false }
        return zip(values, [3, 7, 1, 3, 7, 1, 3, 7, 1]).reduce(0) { $0 + $1.0 * $1.1 }.isMultiple(of: 10)
    }

    /// Digits with single blanks, hyphens, points or slashes between; no letter follows directly.
    private func digits(from start: Int) -> (String, end: Int)? {
        var digits: [UInt8] = []
        var index = start
        while digits.count <= IBAN.longest, isDigit(index) {
            digits.append(UInt8(scalars[index].value))
            index += 1
            if isDigit(index + 1), " -./".unicodeScalars.contains(scalars[index]) { index += 1 }
        }
        return digits.isEmpty || isLetter(index) ? nil : (String(decoding: digits, as: UTF8.self), index)
    }

    /// One word of letters and digits, in upper case.
    private func word(from start: Int) -> (String, end: Int)? {
        let word = scalars[min(start, scalars.count)...].prefix(IBAN.longest).prefix {
            isLetter($0) || isDigit($0)
        }
        let text = String(String.UnicodeScalarView(word)).uppercased()
        return word.isEmpty ? nil : (text, start + word.count)
    }

    /// Exactly `count` letters and digits with few blanks between, and where they end.
    private func characters(from start: Int, count: Int) -> (String, end: Int)? {
        var characters: [Unicode.Scalar] = []
        var (index, blanks) = (start, 0)
        while index < scalars.count, characters.count < count, blanks <= Self.mostBlanks {
            if isLetter(index) || isDigit(index) {
                characters.append(scalars[index])
                blanks = 0
            } else if " -\n./".unicodeScalars.contains(scalars[index]) {
                blanks += 1
            } else {
                return nil
            }
            index += 1
        }
        return characters.count == count ? (String(String.UnicodeScalarView(characters)), index) : nil
    }

    private func isLetter(_ index: Int) -> Bool {
        scalars.indices.contains(index) && isLetter(scalars[index])
    }
    private func isLetter(_ scalar: Unicode.Scalar) -> Bool { (0x61...0x7A).contains(scalar.value) }
    private func isDigit(_ index: Int) -> Bool { scalars.indices.contains(index) && isDigit(scalars[index]) }
    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }
}
