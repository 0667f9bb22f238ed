/// Swift with comments and string literals blanked, line by line and column by column as before.
///
/// Knows line comments, nested block comments, and string literals with any number of `#` and of one or three quotes.
/// What stands inside an interpolation is blanked like the literal around it.
struct CodeText {
    private let bytes: [UInt8]
    private var at = 0
    private var output: [UInt8] = []

    static func blanked(_ text: String) -> String {
        var scanner = CodeText(bytes: Array(text.utf8))
        return scanner.run()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() -> String {
        while at < bytes.count {
            if stands("//") {
                blank { !$0.stands("\n") }
            } else if stands("/*") {
                blankBlockComment()
            } else if let opening = openingOfString() {
                blankString(opening)
            } else {
                output.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private func stands(_ text: StaticString, at place: Int? = nil) -> Bool {
        let place = place ?? at
        guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[place + $0] == text.utf8Start[$0] }
    }

    private mutating func blankOne() {
        output.append(bytes[at] == UInt8(ascii: "\n") ? bytes[at] : UInt8(ascii: " "))
        at += 1
    }

    private mutating func blank(while holds: (Self) -> Bool) {
        while at < bytes.count, holds(self) { blankOne() }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if stands("/*") {
                depth += 1
                blankOne()
            } else if stands("*/") {
                depth -= 1
                blankOne()
            }
            if at < bytes.count { blankOne() }
        } while depth > 0 && at < bytes.count
    }

    /// The number of `#` and of quotes of the literal that begins here.
    private func openingOfString() -> (hashes: Int, quotes: Int)? {
        var place = at
        while place < bytes.count, bytes[place] == UInt8(ascii: "#") { place += 1 }
        guard stands("\"", at: place) else { return nil }
        let three = stands("\"\"\"", at: place)
        return (place - at, three ? 3 : 1)
    }

    private mutating func blankString(_ opening: (hashes: Int, quotes: Int)) {
        let quotes = [UInt8](repeating: UInt8(ascii: "\""), count: opening.quotes)
        let hashes = [UInt8](repeating: UInt8(ascii: "#"), count: opening.hashes)
        let end = quotes + hashes
        let escape = [UInt8(ascii: "\\")] + hashes
        for _ in 0..<end.count { blankOne() }
        while at < bytes.count {
            if bytes[at...].starts(with: end) {
                for _ in 0..<end.count { blankOne() }
                return
            }
            let escapes = bytes[at...].starts(with: escape)
            for _ in 0..<(escapes ? min(escape.count + 1, bytes.count - at) : 1) { blankOne() }
        }
    }
}
