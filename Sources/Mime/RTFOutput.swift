import Reading

/// Collects the text of an RTF document, whose octets come in changing code pages.
struct RTFOutput {
    /// Runs of octets beyond ASCII that are decoded: each costs the search for a decoder.
    private static let mostRuns = 50_000

    private let limit: Int
    private var text: [UInt8] = []
    /// Octets that are not decoded yet; ASCII among them is the same in every code page.
    private var run: [UInt8] = []
    private var runPage = CodePage.western
    private var runIsASCII = true
    private var runs = 0
    private var highSurrogate: UInt16?

    /// Of about `limit` octets.
    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { text.isEmpty && run.isEmpty && highSurrogate == nil }

    /// Whether no more is taken.
    var isFull: Bool { text.count + run.count >= limit || runs >= Self.mostRuns }

    /// An octet in a code page. The second one of a character may be ASCII.
    mutating func append(_ octet: UInt8, page: Int) {
        if octet >= 0x80 {
            if !runIsASCII && runPage != page { flush() }
            runPage = page
            runIsASCII = false
        }
        run.append(octet)
        highSurrogate = nil
    }

    /// A character.
    mutating func append(_ scalar: Unicode.Scalar) {
        highSurrogate = nil
        if scalar.isASCII { return run.append(UInt8(ascii: scalar)) }
        flush()
        text.append(contentsOf: String(scalar).utf8)
    }

    /// A character of UTF-16 or one half of it; a half without the other is lost.
    mutating func append(unit: UInt16) {
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
        } else if UTF16.isTrailSurrogate(unit) {
            guard let high = highSurrogate else { return }
            append(UTF16.decode(UTF16.EncodedScalar([high, unit])))
        } else if let scalar = Unicode.Scalar(unit), unit > 0 {
            append(scalar)
        }
    }

    /// The text, with LF line ends.
    mutating func finished() -> String {
        flush()
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func flush() {
        if runIsASCII {
            text += run
        } else {
            var notes: [ParseNote] = []
            text += Charset.decode(run, charset: CodePage.charset(runPage), notes: &notes).utf8
            runs += 1
        }
        run.removeAll(keepingCapacity: true)
        runIsASCII = true
    }
}
