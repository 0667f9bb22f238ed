/// The HTML form of a text: the same characters in the same lines and nothing else, so that neither says more than the
/// other. The same text always gives the same HTML.
///
/// Blocks that are indented, such as the figures of an offer, keep their columns; everything else is set as paragraphs.
/// Addresses of the web become links that show where they lead.
public func html(of text: String) -> String {
    var page = """
        <!DOCTYPE html>
        <html><head><meta charset="utf-8"></head>
        <body style="font-family: sans-serif; font-size: 15px; line-height: 1.45">

        """
    for block in TextBlock.blocks(of: text) { page += block.html + "\n" }
    return page + "</body></html>\n"
}

/// Lines of a text that belong together.
private struct TextBlock {
    private var lines: [Substring]
    private let isIndented: Bool

    /// Blanks at the start of a line from which on its columns matter.
    private static let indentation = 2

    static func blocks(of text: String) -> [TextBlock] {
        let lines = text.replacing("\r\n", with: "\n").split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r" })
        var blocks: [TextBlock] = []
        var isOpen = false
        for line in lines {
            let isIndented = line.prefix { $0 == " " }.count >= indentation || line.contains("\t")
            if line.allSatisfy(\.isWhitespace) {
                isOpen = false
            } else if isOpen, blocks[blocks.count - 1].isIndented == isIndented {
                blocks[blocks.count - 1].lines.append(line)
            } else {
                blocks.append(TextBlock(lines: [line], isIndented: isIndented))
                isOpen = true
            }
        }
        return blocks
    }

    var html: String {
        if isIndented {
            let body = lines.map { Self.linked($0) }.joined(separator: "\n")
            return "<pre style=\"font-size: 14px; margin: 0 0 1em\">\(body)</pre>"
        }
        let body = lines.map { Self.linked($0) }.joined(separator: "<br>\n")
        return "<p style=\"margin: 0 0 1em\">\(body)</p>"
    }

    /// A line with its links.
    private static func linked(_ line: Substring) -> String {
        var result = ""
        for (index, word) in line.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { result += " " }
            guard let address = address(in: word) else {
                result += escaped(word)
                continue
            }
            let shown = escaped(address)
            result += "<a href=\"\(shown)\">\(shown)</a>" + escaped(word.dropFirst(address.count))
        }
        return result
    }

    /// The address of the web that a word begins with, without the punctuation behind it.
    private static func address(in word: Substring) -> Substring? {
        guard word.hasPrefix("https://") || word.hasPrefix("http://"), !word.contains("\t") else {
            return nil
        }
        var address = word.prefix { $0 != "<" && $0 != ">" && $0 != "\"" }
        while let last = address.last, ".,;:!?)]}'’”".contains(last) { address.removeLast() }
        return address.hasSuffix("//") || address.hasSuffix("/") && address.count <= 8 ? nil : address
    }

    private static func escaped(_ text: Substring) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
