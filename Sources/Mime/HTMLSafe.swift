import CLibxml2

/// HTML that may be shown: a short list of elements, no script, style, form, remote content or hidden text.
///
/// Links keep `http`, `https` and `mailto` targets and open without telling whence; images become their
/// description.
public func sanitisedHTML(_ html: String, limits: ParseLimits = .standard) -> String {
    guard let tree = HTMLTree(html, limit: limits.html) else {
        return "<pre>" + escaped(CrudeHTML.text(html, limit: limits.html)) + "</pre>"
    }
    var output = ""
    var open: [(HTMLTree.Node, String)] = []
    tree.walk(
        enter: { node in
            if let characters = node.characters {
                output += escaped(characters)
                return false
            }
            guard node.pointee.type == XML_ELEMENT_NODE, !HTMLElements.isHidden(node) else { return false }
            let name = node.elementName
            if name == "img" {
                output += escaped(node.attribute("alt").map { $0.isEmpty ? "" : "[\($0)]" } ?? "")
            }
            guard SafeElements.kept.contains(name), open.count < SafeElements.deepest else { return true }
            output += "<\(name)\(SafeElements.attributes(of: node, name))>"
            if !SafeElements.void.contains(name) { open.append((node, name)) }
            return true
        },
        leave: { node in
            guard let last = open.last, last.0 == node else { return }
            open.removeLast()
            output += "</\(last.1)>"
        })
    return output
}

/// HTML as plain text: one line per block, a table row on one line.
public func text(ofHTML html: String, limits: ParseLimits = .standard) -> String {
    HTMLText(html, limits: limits).text
}

/// What of a page is kept.
private enum SafeElements {
    /// Elements inside one another beyond which tags are dropped and their text kept.
    static let deepest = 100
    static let void: Set<String> = ["br", "hr"]
    static let kept: Set<String> = [
        "a", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3",
        "h4", "h5", "h6", "hr", "i", "li", "ol",
        "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
        "u", "ul",
    ]

    static func attributes(of node: HTMLTree.Node, _ name: String) -> String {
        var result = ""
        if name == "td" || name == "th" {
            for span in ["colspan", "rowspan"] {
                if let value = node.attribute(span).flatMap({ Int($0) }), (2...100).contains(value) {
                    result += " \(span)=\"\(value)\""
                }
            }
        }
        if let direction = node.attribute("dir")?.lowercased(), ["ltr", "rtl", "auto"].contains(direction) {
            result += " dir=\"\(direction)\""
        }
        if name == "a", let target = node.attribute("href"), isSafe(target) {
            result += " href=\"\(escaped(target))\" rel=\"nofollow noopener noreferrer\" target=\"_blank\""
        }
        return result
    }

    /// A target that neither runs anything nor hides its scheme behind control characters.
    private static func isSafe(_ target: String) -> Bool {
        guard target.utf8.count <= 4_000,
            target.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else { return false }
        let lowered = target.lowercased()
        return ["http://", "https://", "mailto:"].contains { lowered.hasPrefix($0) }
    }
}

private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\n", "\t": result.unicodeScalars.append(scalar)
        default: if scalar.value >= 0x20 && scalar.value != 0x7F { result.unicodeScalars.append(scalar) }
        }
    }
    return result
}
