import Reading

/// What an RTF document says: the HTML that Outlook hid in it ([MS-OXRTFEX]), or its text.
struct RTFText {
    /// What happens to what stands in a group.
    private enum Destination {
        case text
        /// A piece of the hidden HTML.
        case htmlTag
        case fontTable
        case skipped
    }

    /// What a group inherits, and what is restored when it ends.
    private struct Group {
        var destination = Destination.text
        /// Between `\htmlrtf` and `\htmlrtf0`: only for those who read the RTF.
        var isSuppressed = false
        var isHidden = false
        /// `nil` for the document's own.
        var font: Int?
        /// How many characters after `\u` stand for it where Unicode is not understood.
        var fallbackLength = 1
    }

    /// Groups inside one another whose ends are remembered; Word writes about ten.
    private static let deepest = 1_000
    private static let mostFonts = 5_000
    /// Characters that stand for one of Unicode.
    private static let longestFallback = 100

    /// Whether the text is HTML.
    private(set) var isHTML = false
    private(set) var text = ""
    /// Whether more was in it than the limit.
    var isCut: Bool { output.isFull }

    private var output: RTFOutput
    private var group = Group()
    private var groups: [Group] = []
    /// Open groups that are not remembered.
    private var unremembered = 0
    /// Whether a `\*` came: what follows may be skipped by those who do not know it.
    private var isOptional = false
    private var codePage = CodePage.western
    private var defaultFont: Int?
    private var fonts: [Int: Int] = [:]
    /// Characters to pass over.
    private var fallback = 0

    /// Reads until the text has about `limit` octets.
    init(_ octets: [UInt8], limit: Int) {
        output = RTFOutput(limit: limit)
        var tokens = RTFTokens(octets)
        while !output.isFull, let token = tokens.next() { read(token) }
        text = output.finished()
    }

    private mutating func read(_ token: RTFTokens.Token) {
        switch token {
        case .open:
            fallback = 0
            open()
        case .close:
            fallback = 0
            close()
        case _ where fallback > 0: fallback -= 1
        case .word(let name, let number): read(name, number)
        case .symbol(let symbol): read(symbol)
        case .text(let octet):
            isOptional = false
            if isShown { output.append(octet, page: page) }
        }
    }

    private mutating func open() {
        isOptional = false
        if groups.count < Self.deepest { groups.append(group) } else { unremembered += 1 }
    }

    private mutating func close() {
        isOptional = false
        if unremembered > 0 {
            unremembered -= 1
        } else if let outer = groups.popLast() {
            group = outer
        }
    }

    /// Whether the text of this place is part of the result. Hidden text of a plain document is shown to nobody; in
    /// HTML, only the suppressed is.
    private var isShown: Bool {
        switch group.destination {
        case .text: !group.isSuppressed && (isHTML || !group.isHidden)
        case .htmlTag: isHTML && !group.isSuppressed
        case .fontTable, .skipped: false
        }
    }

    /// Pieces of HTML are in the document's own code page, text in that of its font.
    private var page: Int {
        guard group.destination == .text, let font = group.font ?? defaultFont else { return codePage }
        return fonts[font] ?? codePage
    }

    private mutating func show(_ scalar: Unicode.Scalar) {
        if isShown { output.append(scalar) }
    }

    private mutating func read(_ symbol: UInt8) {
        isOptional = symbol == UInt8(ascii: "*")
        switch symbol {
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\\"): show(Unicode.Scalar(symbol))
        case UInt8(ascii: "~"): show("\u{A0}")
        case UInt8(ascii: "_"): show("\u{2011}")
        case 0x0A, 0x0D: show("\n")
        default: break
        }
    }

    private mutating func read(_ name: String, _ number: Int?) {
        let wasOptional = isOptional
        isOptional = false
        if let scalar = RTFWords.characters[name] { return show(scalar) }
        if RTFWords.skipped.contains(name) {
            group.destination = .skipped
            return
        }
        switch name {
        case "u": readUnicode(number)
        case "uc": group.fallbackLength = min(max(0, number ?? 1), Self.longestFallback)
        case "fromhtml": isHTML = isHTML || number != 0 && output.isEmpty
        case "htmltag": if group.destination != .skipped { group.destination = .htmlTag }
        case "htmlrtf": group.isSuppressed = number != 0
        // A bullet or number for those who do not know lists: HTML has its own.
        case "listtext", "pntext": if isHTML { group.destination = .skipped }
        case "v": group.isHidden = number != 0
        case "plain": (group.isHidden, group.font) = (false, nil)
        case "ansicpg": if let number, number > 0 { codePage = number }
        case "mac": codePage = 10_000
        case "pc": codePage = 437
        case "pca": codePage = 850
        case "deff": defaultFont = number
        case "fonttbl": if group.destination == .text { group.destination = .fontTable }
        case "f": group.font = number
        case "fcharset": if let number { define(CodePage.page(ofFontCharset: number)) }
        case "cpg": define(number)
        default: if wasOptional { group.destination = .skipped }
        }
    }

    /// The code page of the font that is described.
    private mutating func define(_ page: Int?) {
        guard group.destination == .fontTable, let font = group.font, let page, fonts.count < Self.mostFonts
        else { return }
        fonts[font] = page
    }

    /// `\u`: half a surrogate pair or a whole character, as a signed number of 16 bits.
    private mutating func readUnicode(_ number: Int?) {
        fallback = group.fallbackLength
        guard let number, isShown else { return }
        output.append(unit: UInt16(truncatingIfNeeded: number))
    }
}
