import CLibxml2

/// HTML as plain text: one line per block, a table row on one line, nothing that is not shown.
struct HTMLText {
    let text: String
    /// The lines that the structure shows as quoted history.
    let quotedLines: [Range<Int>]

    init(_ html: String, limits: ParseLimits = .standard) {
        guard let tree = HTMLTree(html, limit: limits.html) else {
            text = CrudeHTML.text(html, limit: limits.html)
            quotedLines = []
            return
        }
        var writer = LineWriter()
        var quotes = HTMLQuotes()
        tree.walk(
            enter: { node in
                if let characters = node.characters {
                    writer.append(characters)
                    return false
                }
                guard node.pointee.type == XML_ELEMENT_NODE, !HTMLElements.isHidden(node) else {
                    return false
                }
                writer.isQuoted = quotes.enter(node)
                writer.open(node)
                return true
            },
            leave: { node in
                guard !HTMLElements.isHidden(node) else { return }
                writer.close(node)
                writer.isQuoted = quotes.leave(node)
            })
        (text, quotedLines) = writer.finished()
    }

    /// The charset that an HTML part names in its own head, where the header names none.
    static func charset(of part: MimePart) -> String? {
        guard part.subtype == "html" else { return nil }
        let head = String(
            decoding: part.octets.prefix(2_048).map {
                $0 < 0x80 ? $0 | ((0x41...0x5A).contains($0) ? 0x20 : 0) : 0x20
            }, as: UTF8.self)
        guard let meta = head.firstRange(of: "charset=") else { return nil }
        let value = head[meta.upperBound...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
        let name = String(value.prefix(40).prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
        return name.isEmpty || name.hasPrefix("utf-16") ? nil : name
    }
}

/// What kinds of elements there are.
enum HTMLElements {
    static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div",
        "dl", "dt", "fieldset", "figure",
        "figcaption", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
        "main", "menu", "nav", "ol", "p", "pre",
        "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul", "html",
    ]
    static let unshown: Set<String> = [
        "head", "style", "script", "title", "template", "noscript", "object", "embed", "iframe", "svg",
        "math", "audio", "video", "canvas", "select",
        "textarea", "input", "button", "meta", "link", "base", "map", "applet", "frameset", "noframes",
    ]

    /// Whether a mail program shows nothing of the element.
    static func isHidden(_ node: HTMLTree.Node) -> Bool {
        if unshown.contains(node.elementName) { return true }
        if node.attribute("hidden") != nil { return true }
        guard let style = node.attribute("style") else { return false }
        let squeezed = style.lowercased().filter { $0 != " " }
        return squeezed.contains("display:none") || squeezed.contains("visibility:hidden")
            || squeezed.contains("mso-hide:all")
            || squeezed.contains("font-size:0;") || squeezed.hasSuffix("font-size:0")
            || squeezed.contains("font-size:0px")
    }
}

/// Collects lines while elements open and close.
struct LineWriter {
    /// Whether what is written now is quoted history.
    var isQuoted = false
    private var lines: [(text: String, isQuoted: Bool)] = []
    private var line = ""
    private var lineIsQuoted = false
    private var needsSpace = false
    /// Rows of data that are open: their blocks do not break lines.
    private var rows = 0
    private var preformatted = 0

    mutating func append(_ text: String) {
        if preformatted > 0 && rows == 0 {
            let pieces = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, piece) in pieces.enumerated() {
                if index > 0 { breakLine(evenIfEmpty: true) }
                add(String(piece).filter { $0 != "\r" })
            }
            return
        }
        var word = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r" || scalar == "\u{C}" {
                add(String(word))
                word = String.UnicodeScalarView()
                needsSpace = needsSpace || !line.isEmpty
            } else if scalar != "\u{200B}" && scalar != "\u{FEFF}" && scalar != "\u{AD}"
                && scalar != "\u{200C}" && scalar != "\u{34F}"
            {
                word.append(scalar == "\u{A0}" ? " " : scalar)
            }
        }
        add(String(word))
    }

    private mutating func add(_ word: String) {
        guard !word.isEmpty else { return }
        if line.isEmpty { lineIsQuoted = isQuoted }
        if needsSpace && !line.isEmpty && !line.hasSuffix(" ") { line += " " }
        needsSpace = false
        line += word
    }

    mutating func open(_ node: HTMLTree.Node) {
        let name = node.elementName
        switch name {
        case "br":
            if rows > 0 { needsSpace = true } else { breakLine(evenIfEmpty: true) }
        case "td", "th":
            if rows > 0 { needsSpace = true } else { breakLine() }
        case "tr":
            breakUnlessInRow()
            if isDataRow(node) { rows += 1 }
        case "pre":
            breakUnlessInRow()
            preformatted += 1
        case "img":
            if let text = node.attribute("alt"), !text.isEmpty, text.utf8.count <= 200,
                rows > 0 || !line.isEmpty
            {
                append(" " + text + " ")
            }
        case "li":
            breakUnlessInRow()
            add("- ")
        default:
            if HTMLElements.blocks.contains(name) { breakUnlessInRow() }
        }
    }

    mutating func close(_ node: HTMLTree.Node) {
        let name = node.elementName
        switch name {
        case "tr":
            if rows > 0, isDataRow(node) { rows -= 1 }
            breakUnlessInRow()
        case "pre":
            breakUnlessInRow()
            preformatted -= 1
        case "p":
            if rows > 0 { needsSpace = true } else { endParagraph() }
        case "td", "th": if rows > 0 { needsSpace = true } else { breakLine() }
        default:
            if HTMLElements.blocks.contains(name) { breakUnlessInRow() }
        }
    }

    private mutating func breakUnlessInRow() {
        if rows > 0 { needsSpace = true } else { breakLine() }
    }

    /// An empty paragraph is a line that the writer left blank on purpose.
    private mutating func endParagraph() {
        breakLine(evenIfEmpty: line.allSatisfy { $0 == " " } && !line.isEmpty)
    }

    private mutating func breakLine(evenIfEmpty: Bool = false) {
        needsSpace = false
        var text = line[...]
        while text.last == " " { text.removeLast() }
        if preformatted == 0 { text = text.drop { $0 == " " } }
        if !text.isEmpty {
            lines.append((String(text), lineIsQuoted))
        } else if evenIfEmpty, let last = lines.last, !last.text.isEmpty {
            lines.append(("", isQuoted))
        }
        line = ""
    }

    /// Two cells or more, none of which holds a table or much text: anything else is layout.
    private func isDataRow(_ row: HTMLTree.Node) -> Bool {
        var cells = 0
        var length = 0
        var budget = 400
        var pending: [HTMLTree.Node] = row.pointee.children.map { [$0] } ?? []
        while let node = pending.popLast() {
            budget -= 1
            guard budget > 0 else { return false }
            if let next = node.pointee.next { pending.append(next) }
            let name = node.elementName
            if name == "table" || name == "blockquote" || name == "li" { return false }
            if name == "td" || name == "th" { cells += 1 }
            length += node.characters?.utf8.count ?? 0
            guard length <= 1_000 else { return false }
            if node.pointee.type == XML_ELEMENT_NODE, let child = node.pointee.children {
                pending.append(child)
            }
        }
        return cells >= 2
    }

    mutating func finished() -> (String, [Range<Int>]) {
        breakLine()
        while lines.last?.text.isEmpty == true { lines.removeLast() }
        var ranges: [Range<Int>] = []
        for (index, line) in lines.enumerated() where line.isQuoted {
            if let last = ranges.last, last.upperBound == index {
                ranges[ranges.count - 1] = last.lowerBound..<(index + 1)
            } else {
                ranges.append(index..<(index + 1))
            }
        }
        return (lines.map(\.text).joined(separator: "\n"), ranges)
    }
}

/// Takes tags out without understanding them, for pages that libxml2 is not asked to read.
enum CrudeHTML {
    static func text(_ html: String, limit: Int) -> String {
        var result: [UInt8] = []
        var isTag = false
        for byte in html.utf8.prefix(limit) where byte != 0 {
            if byte == 0x3C {
                isTag = true
                if result.last != 0x0A { result.append(0x0A) }
            } else if byte == 0x3E && isTag {
                isTag = false
            } else if !isTag, !(byte == 0x0A && result.last == 0x0A) {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
