import Mime
import Reading

/// The entry of libFuzzer: any bytes are a message, which is read, understood and shown. Nothing may crash, and what
/// comes out keeps what its documentation says.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let message = Mime.parse(
        Array(UnsafeBufferPointer(start: start, count: count)), limits: count & 3 == 3 ? tight : .standard)
    check(message, octets: count)
    let understanding = Understanding(of: message)
    let scalars = understanding.replyText.text.unicodeScalars.count
    for offer in understanding.offers where offer.span.isEmpty || offer.span.upperBound > scalars {
        fatalError("an offer stands at \(offer.span) in a reply of \(scalars) scalars")
    }
    guard let html = message.html else { return 0 }
    let shown = sanitisedHTML(html)
    if let tag = Shown.firstForeign(in: shown) { fatalError("sanitised HTML holds <\(tag)>") }
    if shown.utf8.count > 16 * html.utf8.count + 64 {
        fatalError("sanitised HTML grew to \(shown.utf8.count)")
    }
    return 0
}

/// Limits that even small inputs reach.
private let tight: ParseLimits = {
    var limits = ParseLimits()
    limits.message = 3_000
    limits.headerBlock = 600
    limits.header = 100
    limits.headers = 8
    limits.parts = 4
    limits.depth = 2
    limits.text = 400
    limits.html = 300
    limits.addresses = 3
    return limits
}()

/// A message is no larger than what it was made of, within reason.
private func check(_ message: Message, octets: Int) {
    // A damaged TNEF stream stays beside what was found in it.
    let attached = message.attachments.reduce(0) { $0 + $1.size }
    if attached > 2 * octets { fatalError("\(attached) octets attached to a message of \(octets)") }
    // Compressed RTF grows to eight times its size, and an octet of some charsets to three.
    let text = message.text.utf8.count
    if text > 24 * octets + 64 { fatalError("\(text) octets of text in a message of \(octets)") }
    let lines = message.text.split(separator: "\n", omittingEmptySubsequences: false).count
    if let last = message.quotedLines.last, last.upperBound > lines {
        fatalError("lines \(last) of \(lines) are quoted")
    }
}

/// What sanitised HTML is made of, stated a second time.
private enum Shown {
    static let elements: Set<String> = [
        "a", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3",
        "h4", "h5",
        "h6", "hr", "i", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td",
        "tfoot",
        "th", "thead", "tr", "u", "ul",
    ]
    static let attributes: Set<String> = ["colspan", "dir", "href", "rel", "rowspan", "target"]
    static let schemes = ["http://", "https://", "mailto:"]

    /// The first tag that does not belong there, without its `<` and `>`. What was escaped holds neither.
    static func firstForeign(in html: String) -> String? {
        html.split(separator: "<", omittingEmptySubsequences: false).dropFirst().lazy
            .map { String($0.prefix { $0 != ">" }) }.first { !isKnown($0) }
    }

    private static func isKnown(_ tag: String) -> Bool {
        if tag.hasPrefix("/") { return elements.contains(String(tag.dropFirst())) }
        // Values hold no space: a target with one is left out.
        let words = tag.replacing("nofollow noopener noreferrer", with: "").split(separator: " ")
        guard let name = words.first, elements.contains(String(name)) else { return false }
        return words.dropFirst().allSatisfy { word in
            let pair = word.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, attributes.contains(String(pair[0])), pair[1].hasPrefix("\""),
                pair[1].dropFirst().firstIndex(of: "\"") == pair[1].indices.last
            else { return false }
            return pair[0] != "href" || schemes.contains { pair[1].dropFirst().lowercased().hasPrefix($0) }
        }
    }
}
