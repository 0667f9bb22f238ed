extension Renderer {
    mutating func urlize(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let limit = try arguments.some(0).map { value throws(Fault) in try integer(value) }
        var rel = Set<String>()
        rel.insert("noopener")
        if let given = arguments.some(3)?.text {
            for word in Methods.words(given, limit: -1, fromRight: false) { rel.insert(word.string) }
        }
        if try flag(arguments, 1) { rel.insert("nofollow") }
        var schemes: [Text] = []
        if let extra = arguments.some(4) {
            for scheme in try iterate(extra) {
                let text = try self.text(of: scheme)
                guard Self.isScheme(text) else {
                    throw .runtime("\(pythonQuoted(text.string)) is not a valid URI scheme prefix.")
                }
                schemes.append(text)
            }
        }
        var target = ""
        if let given = arguments.some(2) {
            var escaped: [UInt8] = []
            escaped.append(escaping: try self.text(of: given).bytes)
            target = " target=\"\(String(decoding: escaped, as: UTF8.self))\""
        }
        var relation: [UInt8] = []
        relation.append(escaping: Array(rel.sorted().joined(separator: " ").utf8))
        let linker = Linker(
            limit: limit, rel: " rel=\"\(String(decoding: relation, as: UTF8.self))\"", target: target,
            schemes: schemes)
        let text = try self.text(of: value)
        var bytes: [UInt8] = value.isMarkup ? text.bytes : []
        if !value.isMarkup { bytes.append(escaping: text.bytes) }
        let result = linker.link(Text(valid: bytes))
        try willMake(bytes: result.count)
        return autoescape ? .markup(Text(valid: result)) : .text(result)
    }

    /// At least two letters, digits, `.`, `+` or `-`, a colon, and at most two slashes.
    private static func isScheme(_ text: Text) -> Bool {
        let scalars = text.scalars
        let name = scalars.prefix { $0.isWordPart || ".+-".unicodeScalars.contains($0) }
        let rest = String(String.UnicodeScalarView(scalars.dropFirst(name.count)))
        return name.count >= 2 && [":", ":/", "://"].contains(rest)
    }
}

/// Makes links of what looks like an address, in text that is escaped already.
private struct Linker {
    let limit: Int?
    let rel: String
    let target: String
    let schemes: [Text]

    func link(_ text: Text) -> [UInt8] {
        var result: [UInt8] = []
        var word: [Unicode.Scalar] = []
        var isSpace = false
        func flush() {
            guard !word.isEmpty else { return }
            result += isSpace ? Text(scalars: word).bytes : link(word: word)
            word.removeAll()
        }
        for scalar in text.scalars {
            if scalar.isPythonSpace != isSpace {
                flush()
                isSpace = scalar.isPythonSpace
            }
            word.append(scalar)
        }
        flush()
        return result
    }

    private func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private func link(word: [Unicode.Scalar]) -> [UInt8] {
        var middle = string(word)
        var head = ""
        var tail = ""
        // What opens before and closes after an address is not part of it.
        let openings = ["(", "&lt;", "<"]
        var more = true
        while more {
            more = false
            for opening in openings where middle.hasPrefix(opening) {
                head += opening
                middle.removeFirst(opening.count)
                more = true
            }
        }
        let closings = [")", "&gt;", ">", ".", ",", "\n"]
        if closings.contains(where: { middle.hasSuffix($0) }) {
            more = true
            while more {
                more = false
                for closing in closings where middle.hasSuffix(closing) {
                    tail = closing + tail
                    middle.removeLast(closing.count)
                    more = true
                }
            }
        }
        balance(&middle, &tail)
        return Array((head + (anchor(middle) ?? middle) + tail).utf8)
    }

    /// A bracket that was opened within the address may also be closed within it.
    private func balance(_ middle: inout String, _ tail: inout String) {
        for (start, end) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
            let opened = occurrences(of: start, in: middle)
            if opened <= occurrences(of: end, in: middle) { continue }
            for _ in 0..<min(opened, occurrences(of: end, in: tail)) {
                guard let found = Array(tail.utf8).find(Array(end.utf8), from: 0) else { break }
                let length = found + end.utf8.count
                middle += String(decoding: tail.utf8.prefix(length), as: UTF8.self)
                tail = String(decoding: tail.utf8.dropFirst(length), as: UTF8.self)
            }
        }
    }

    private func occurrences(of part: String, in text: String) -> Int {
        Methods.split(Text(text), Text(part), limit: -1, fromRight: false).count - 1
    }

    private func shortened(_ text: String) -> String {
        guard let limit, text.unicodeScalars.count > limit else { return text }
        return string(Array(text.unicodeScalars).prefix(max(0, limit))) + "..."
    }

    private func anchor(_ middle: String) -> String? {
        if isWebAddress(middle) {
            let hasScheme = middle.hasPrefix("https://") || middle.hasPrefix("http://")
            let href = hasScheme ? middle : "https://" + middle
            return "<a href=\"\(href)\"\(rel)\(target)>\(shortened(middle))</a>"
        }
        if middle.hasPrefix("mailto:"), isMailAddress(String(middle.dropFirst(7))) {
            return "<a href=\"\(middle)\">\(middle.dropFirst(7))</a>"
        }
        if middle.contains("@"), !middle.hasPrefix("www."), !middle.hasPrefix("@"), !middle.contains(":"),
            isMailAddress(middle)
        {
            return "<a href=\"mailto:\(middle)\">\(middle)</a>"
        }
        for scheme in schemes where middle.hasPrefix(scheme.string) && middle != scheme.string {
            return "<a href=\"\(middle)\"\(rel)\(target)>\(middle)</a>"
        }
        return nil
    }

    /// `local@domain.tld`, without white space.
    private func isMailAddress(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard let at = scalars.firstIndex(of: "@"), at > 0 else { return false }
        let domain = scalars[(at + 1)...]
        guard !domain.contains("@"), domain.first?.isWordPart ?? false else { return false }
        guard let dot = domain.lastIndex(of: "."), dot >= at + 2 else { return false }
        let last = domain[(dot + 1)...]
        return domain.allSatisfy { $0.isWordPart || $0 == "." || $0 == "-" } && !last.isEmpty
            && last.allSatisfy { $0.isWordPart }
    }

    private static let domains: Set<String> = ["com", "net", "int", "edu", "gov", "org", "info", "mil"]

    private func isWebAddress(_ text: String) -> Bool {
        let lower = Array(text.lowercased().unicodeScalars)
        for scheme in ["https://", "http://", "www."] where string(lower.prefix(scheme.count)) == scheme {
            let rest = lower.dropFirst(scheme.count)
            return isHost(rest, isNamed: false) || (scheme != "www." && isNumericHost(rest))
        }
        return isHost(lower[...], isNamed: true)
    }

    /// Labels and a top-level domain, then perhaps a port and a path. Without a scheme only the old
    /// generic domains count.
    private func isHost(_ text: ArraySlice<Unicode.Scalar>, isNamed: Bool) -> Bool {
        let host = text.prefix { $0.isWordPart || $0 == "%" || $0 == "-" || $0 == "." }
        guard isTail(text.dropFirst(host.count)) else { return false }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard let top = labels.last, labels.allSatisfy({ !$0.isEmpty }) else { return false }
        if isNamed {
            return labels.count > 1 && Self.domains.contains(string(top))
                && labels.dropLast().allSatisfy { (2...63).contains($0.count) }
        }
        let isPlain = (2...63).contains(top.count) && top.allSatisfy { ("a"..."z").contains($0) }
        let isEncoded =
            (6...63).contains(top.count) && string(top.prefix(4)) == "xn--"
            && top.dropFirst(4).allSatisfy { $0.isWordPart || $0 == "%" }
        return isPlain || isEncoded
    }

    private func isNumericHost(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return false }
            let groups = text[text.startIndex + 1..<end]
            let isHex = groups.allSatisfy {
                $0 == ":" || ($0.value < 0x80 && UInt8($0.value).digitValue < 16)
            }
            return isHex && groups.filter { $0 == ":" }.count >= 2 && isTail(text[(end + 1)...])
        }
        let host = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { (1...3).contains($0.count) }
            && isTail(text.dropFirst(host.count))
    }

    /// Nothing, or a port, or a path, a query or a fragment.
    private func isTail(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        var rest = text
        if rest.first == ":" {
            let port = rest.dropFirst().prefix { ("0"..."9").contains($0) }
            guard (1...5).contains(port.count) else { return false }
            rest = rest.dropFirst(1 + port.count)
        }
        guard let next = rest.first else { return true }
        return next == "/" || next == "?" || next == "#"
    }
}
