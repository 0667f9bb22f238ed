extension Linter {
    private static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    ]
    /// Elements whose end HTML lets one leave out.
    private static let optional: Set<String> = [
        "html", "head", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
        "optgroup", "colgroup",
    ]

    /// Elements opened and closed within each run of statements: a branch or a loop should leave the
    /// balance as it found it.
    mutating func checkHTML() {
        for function in code.functions where function.kind != .loop { checkHTML(function.body) }
        for body in code.bodies { checkHTML(body) }
    }

    private mutating func checkHTML(_ body: Body) {
        var open: [(name: String, at: Int)] = []
        var markup: [(byte: UInt8, at: Int)] = []
        for position in 0..<body.count {
            let node = code.nodes[Int(code.lists[Int(body.first + position)])]
            if node.operation == .text {
                for index in Int(node.a)..<Int(node.b) { markup.append((code.source[index], index)) }
            } else {
                // Whatever stands here is not a tag of its own.
                markup.append((0x20, Int(node.at)))
            }
        }
        var index = 0
        while index < markup.count {
            guard markup[index].byte == 0x3C else {
                index += 1
                continue
            }
            let start = index
            index += 1
            let isEnd = index < markup.count && markup[index].byte == 0x2F
            if isEnd { index += 1 }
            var name: [UInt8] = []
            while index < markup.count, markup[index].byte.isLetter || markup[index].byte.isDigit {
                name.append(markup[index].byte | 0x20)
                index += 1
            }
            guard let first = name.first, first.isLetter else { continue }
            var last: UInt8 = 0
            while index < markup.count, markup[index].byte != 0x3E {
                last = markup[index].byte
                index += 1
            }
            let tag = String(decoding: name, as: UTF8.self)
            if Self.void.contains(tag) || Self.optional.contains(tag) || last == 0x2F { continue }
            if !isEnd {
                open.append((tag, markup[start].at))
            } else if let match = open.lastIndex(where: { $0.name == tag }) {
                for unclosed in open[(match + 1)...] { reportUnclosed(unclosed.name, unclosed.at) }
                open.removeSubrange(match...)
            } else {
                report(
                    .unbalancedHTML, at: UInt32(markup[start].at),
                    "</\(tag)> closes nothing that is opened here")
            }
        }
        for unclosed in open { reportUnclosed(unclosed.name, unclosed.at) }
    }

    private mutating func reportUnclosed(_ name: String, _ at: Int) {
        report(.unbalancedHTML, at: UInt32(at), "<\(name)> is not closed here")
    }
}
