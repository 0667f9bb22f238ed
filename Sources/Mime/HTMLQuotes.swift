import CLibxml2

/// Recognises by the structure of a page what mail programs quote.
struct HTMLQuotes {
    private var open: [HTMLTree.Node] = []
    private var isCut = false

    /// Tells whether what is inside this element is quoted.
    mutating func enter(_ node: HTMLTree.Node) -> Bool {
        if Self.cutsRest(node) { isCut = true }
        if Self.isQuote(node) { open.append(node) }
        return isCut || !open.isEmpty
    }

    /// Tells whether what follows this element is quoted.
    mutating func leave(_ node: HTMLTree.Node) -> Bool {
        if open.last == node { open.removeLast() }
        return isCut || !open.isEmpty
    }

    /// Elements that hold a quoted message, or the line above it.
    private static func isQuote(_ node: HTMLTree.Node) -> Bool {
        let name = node.elementName
        if name == "blockquote" { return !(node.attribute("style")?.contains("margin:0 0 0 40px") ?? false) }
        guard name == "div" || name == "p" || name == "span" || name == "table" else { return false }
        let classes = (node.attribute("class") ?? "").split(separator: " ").map(String.init)
        if classes.contains("gmail_attr") { return !holdsForwardMark(node) }
        if classes.contains(where: { quotingClasses.contains($0) || $0.hasPrefix("yahoo_quoted") }) {
            return true
        }
        if let id = node.attribute("id"), quotingIDs.contains(id) || id.hasPrefix("yahoo_quoted") {
            return true
        }
        return name == "div" && node.attribute("name") == "quote"
    }

    /// Elements after which everything is an older message: Outlook does not enclose it.
    private static func cutsRest(_ node: HTMLTree.Node) -> Bool {
        let name = node.elementName
        guard name == "div" || name == "hr" || name == "span" else { return false }
        if let id = node.attribute("id"), cuttingIDs.contains(where: { id == $0 || id == "x_" + $0 }) {
            return true
        }
        guard name == "div", let style = node.attribute("style") else { return false }
        let squeezed = style.lowercased().filter { $0 != " " && $0 != "\n" && $0 != "\r" }
        guard squeezed.contains("border:none;border-top:solid") else { return false }
        return outlookBorders.contains { squeezed.contains("border-top:solid\($0)") }
    }

    /// `---------- Forwarded message`: what is forwarded is told by its lines.
    private static func holdsForwardMark(_ node: HTMLTree.Node) -> Bool {
        var child = node.pointee.children
        for _ in 0..<5 {
            guard let current = child else { return false }
            if current.characters?.contains("-----") ?? false { return true }
            child = current.pointee.next
        }
        return false
    }

    private static let quotingClasses: Set<String> = [
        "moz-cite-prefix", "protonmail_quote", "tutanota_quote", "zmail_extra", "yahoo_quoted",
        "mailru-blockquote", "OutlookMessageHeader",
        "ms-outlook-mobile-reference-message", "quoted-message", "hmquote",
    ]
    private static let quotingIDs: Set<String> = [
        "OLK_SRC_BODY_SECTION", "mail-editor-reference-message-container", "reply_quote",
    ]
    private static let cuttingIDs: Set<String> = [
        "divRplyFwdMsg", "stopSpelling", "appendonsend", "ms-outlook-mobile-body-separator-line-quote",
    ]
    private static let outlookBorders = [
        "#e1e1e11.0pt", "#b5c4df1.0pt", "#e5e5e51.0pt", "#b5c4df1pt", "#e1e1e11pt", "windowtext1.0pt",
    ]
}
