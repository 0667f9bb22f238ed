import Negotiation

/// A word, a number or a sign, as dates are made of. Ideographs, kana and syllables of Hangul stand alone, since their
/// scripts do not separate words.
struct DateToken: Equatable, Sendable {
    /// Folded.
    let text: String
    /// The value of a run of at most four digits.
    let number: Int?
    /// Place in the text, in Unicode scalars.
    let span: Range<Int>

    /// The longest text that is looked at, in Unicode scalars.
    static let longestText = 4_000

    /// The tokens of a text, without spaces and invisible characters.
    static func tokens(of text: some StringProtocol) -> [DateToken] {
        let scalars = Array(text.unicodeScalars.prefix(longestText))
        var tokens: [DateToken] = []
        var index = 0
        while index < scalars.count {
            let kind = Kind(scalars[index])
            var end = index + 1
            while kind.runs, end < scalars.count, Kind(scalars[end]) == kind { end += 1 }
            let folded = FoldedText(String(String.UnicodeScalarView(scalars[index..<end]))).trimmed.string
            if !folded.isEmpty {
                let number = kind == .digit && folded.utf8.count <= 4 ? Int(folded) : nil
                tokens.append(DateToken(text: folded, number: number, span: index..<end))
            }
            index = end
        }
        return tokens
    }

    private enum Kind: Equatable {
        case digit, letter, sign

        var runs: Bool { self != .sign }

        init(_ scalar: Unicode.Scalar) {
            switch scalar.value {
            case 0x30...0x39, 0xFF10...0xFF19: self = .digit
            case 0x2E80...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF: self = .sign
            // An accent that stands alone belongs to its letter.
            case 0x300...0x36F: self = .letter
            default: self = scalar.properties.isAlphabetic ? .letter : .sign
            }
        }
    }
}

/// A phrase as tokens, to be looked for among others.
struct DatePhrase: Hashable, Sendable {
    let words: [String]

    init(_ text: String) { words = DateToken.tokens(of: text).map(\.text) }

    func matches(_ tokens: [DateToken], at index: Int) -> Bool {
        index + words.count <= tokens.count
            && words.indices.allSatisfy { tokens[index + $0].text == words[$0] }
    }
}
