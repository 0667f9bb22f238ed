/// Why a template could not be compiled or rendered, and where. None of these goes away by trying again.
public struct TemplateError: Error, Sendable, CustomStringConvertible {
    /// What kind of mistake it is.
    public enum Kind: String, Sendable {
        /// The source is not a template: unknown tag, missing end, unknown filter.
        case syntax
        /// Something that does not exist was used.
        case undefined
        /// An operation that its values do not allow.
        case runtime
        /// The loader has no such template.
        case notFound = "not_found"
        /// One of `Limits` was reached.
        case limit
    }

    public let kind: Kind
    /// The name of the template in which it happened.
    public let template: String
    /// Counted from 1.
    public let line: Int
    /// Counted from 1, in code points.
    public let column: Int
    /// What is wrong, in Jinja2's words where it has some.
    public let message: String
    /// The line of source it happened in, without its line break.
    public let sourceLine: String
    /// The nearest name that does exist, if one is near.
    public let suggestion: String?

    /// Kind, place and message, the source line with a caret, and the suggestion.
    public var description: String {
        var text = "\(template):\(line):\(column): \(kind.rawValue) error: \(message)"
        if !sourceLine.isEmpty {
            let blank = sourceLine.unicodeScalars.prefix(max(0, column - 1)).map { $0 == "\t" ? "\t" : " " }
            text += "\n  | \(sourceLine)\n  | \(blank.joined())^"
        }
        if let suggestion { text += "\n  did you mean '\(suggestion)'?" }
        return text
    }
}

/// An error before its place is known: the renderer and the parser add it.
struct Fault: Error {
    var kind: TemplateError.Kind
    var message: String
    var wanted: String?
    var known: [String] = []

    static func runtime(_ message: String) -> Fault { Fault(kind: .runtime, message: message) }
    static func limit(_ message: String) -> Fault { Fault(kind: .limit, message: message) }
    static func syntax(_ message: String) -> Fault { Fault(kind: .syntax, message: message) }

    static func undefined(_ missing: Missing) -> Fault {
        Fault(kind: .undefined, message: missing.message, wanted: missing.wanted, known: missing.known)
    }
}

extension TemplateError {
    init(_ fault: Fault, template: String, source: [UInt8], at offset: Int) {
        kind = fault.kind
        self.template = template
        message = fault.message
        let offset = min(offset, source.count)
        var line = 1
        var start = 0
        for index in 0..<offset where source[index] == 0x0A {
            line += 1
            start = index + 1
        }
        let end = source[start...].firstIndex(of: 0x0A) ?? source.count
        self.line = line
        column = 1 + Text(valid: Array(source[start..<max(start, offset)])).count
        // Long lines would drown the message.
        let shown = String(decoding: source[start..<min(end, start + 400)], as: UTF8.self)
        sourceLine = shown
        suggestion = fault.wanted.flatMap { nearest(to: $0, among: fault.known) }
    }
}

/// The known name that is fewest edits away, if that is few enough to be a slip.
func nearest(to name: String, among known: [String]) -> String? {
    let allowed = max(1, min(3, name.unicodeScalars.count / 3))
    var best: (name: String, distance: Int)?
    for candidate in known where candidate != name {
        let distance = editDistance(name, candidate, limit: allowed)
        if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

private func editDistance(_ left: String, _ right: String, limit: Int) -> Int {
    let left = Array(left.unicodeScalars.prefix(64))
    let right = Array(right.unicodeScalars.prefix(64))
    if abs(left.count - right.count) > limit { return limit + 1 }
    var row = Array(0...right.count)
    var above = row
    for (i, letter) in left.enumerated() {
        let before = row
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            var cost = min(diagonal + (letter == other ? 0 : 1), row[j] + 1, row[j + 1] + 1)
            // Two letters that have changed places are one slip.
            if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
                cost = min(cost, above[j - 1] + 1)
            }
            diagonal = row[j + 1]
            row[j + 1] = cost
        }
        above = before
    }
    return row[right.count]
}
