import CLibxml2

/// A parsed HTML page. The nodes live as long as it does.
final class HTMLTree {
    typealias Node = UnsafeMutablePointer<xmlNode>

    /// Elements open at once beyond which a page is not given to libxml2, whose time grows with the square of
    /// it.
    private static let mostOpen = 1_000
    /// Attributes of one tag beyond which a page is not given to libxml2, for the same reason.
    private static let mostAttributes = 500
    /// Elements inside one another that are kept where there are more than libxml2 reads: 256, and rows and cells
    /// are not counted here.
    private static let keptOpen = 80

    private let document: htmlDocPtr

    /// `nil` for what is no page, or is nested beyond reason.
    init?(_ html: String, limit: Int) {
        var bytes = Array(html.utf8.prefix(limit))
        if html.utf8.count > bytes.count {
            // The cut may have torn the last character.
            while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
            if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        }
        bytes.removeAll { $0 == 0 }
        guard !bytes.isEmpty, Self.depth(bytes) <= Self.mostOpen,
            HTMLShape.mostAttributes(bytes) <= Self.mostAttributes,
            let parsed = Self.parsed(bytes)
                ?? Self.parsed(HTMLShape.flattened(bytes, most: Self.keptOpen))
        else { return nil }
        document = parsed
    }

    /// `nil` where libxml2 stopped in the middle, which it tells by nothing but an error: too many open elements.
    private static func parsed(_ bytes: [UInt8]) -> htmlDocPtr? {
        xmlResetLastError()
        let document = bytes.withUnsafeBytes {
            cxml_html($0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
        }
        guard let document, let error = xmlGetLastError(),
            error.pointee.domain == Int32(XML_FROM_PARSER.rawValue), error.pointee.level == XML_ERR_FATAL
        else { return document }
        cxml_release(document)
        return nil
    }

    deinit { cxml_release(document) }

    /// Visits the whole tree in order without recursion: `enter` for every node, telling whether to go
    /// inside, `leave` for every element that was entered.
    func walk(enter: (Node) -> Bool, leave: (Node) -> Void) {
        guard let root = xmlDocGetRootElement(document) else { return }
        var node = root
        while true {
            if enter(node), node.pointee.type == XML_ELEMENT_NODE, let child = node.pointee.children {
                node = child
                continue
            }
            if node.pointee.type == XML_ELEMENT_NODE { leave(node) }
            while node.pointee.next == nil {
                guard node != root, let parent = node.pointee.parent, parent.pointee.type == XML_ELEMENT_NODE
                else { return }
                node = parent
                leave(node)
                if node == root { return }
            }
            guard node != root, let next = node.pointee.next else { return }
            node = next
        }
    }

    /// How many elements are open at once at most, as far as counting tags tells.
    private static func depth(_ bytes: [UInt8]) -> Int {
        var open = 0
        var most = 0
        for index in bytes.indices.dropLast() where bytes[index] == 0x3C {
            let next = bytes[index + 1]
            if next == 0x2F {
                open = max(0, open - 1)
            } else if (0x61...0x7A).contains(next | 0x20), !isVoid(bytes, index + 1) {
                open += 1
            }
            most = max(most, open)
        }
        return most
    }

    /// Elements that never have an end, or often lack one.
    static func isVoid(_ bytes: [UInt8], _ start: Int) -> Bool {
        let name = String(
            decoding: bytes[start...].prefix(8).prefix { (0x61...0x7A).contains($0 | 0x20) }, as: UTF8.self
        ).lowercased()
        return [
            "br", "hr", "img", "meta", "link", "input", "p", "li", "td", "tr", "th", "col", "base", "area",
            "wbr", "o", "dt", "dd", "option",
        ].contains(name)
    }
}

extension UnsafeMutablePointer where Pointee == xmlNode {
    /// The element's name in lower case; empty for what is no element.
    var elementName: String {
        guard pointee.type == XML_ELEMENT_NODE, let name = pointee.name else { return "" }
        return String(cString: name).lowercased()
    }

    /// The characters of a text node.
    var characters: String? {
        guard pointee.type == XML_TEXT_NODE || pointee.type == XML_CDATA_SECTION_NODE,
            let content = pointee.content
        else { return nil }
        return String(cString: content)
    }

    /// The value of an attribute, or `nil`.
    func attribute(_ name: String) -> String? {
        guard pointee.type == XML_ELEMENT_NODE, let value = xmlGetProp(self, name) else { return nil }
        defer { cxml_release_text(value) }
        return String(cString: value)
    }
}
