import CGMime
import Negotiation
import Reading

/// A header as it stands in the bytes, unfolded.
struct RawHeader {
    let name: String
    let value: [UInt8]
}

/// Splits a block of headers from the body, as tolerantly as mail programs do.
struct HeaderReader {
    let bytes: [UInt8]
    let range: Range<Int>
    let limits: ParseLimits
    private(set) var headers: [RawHeader] = []
    private(set) var notes: [ParseNote] = []
    /// Where the body begins.
    private(set) var bodyStart = 0

    init(_ bytes: [UInt8], in range: Range<Int>, limits: ParseLimits) {
        self.bytes = bytes
        self.range = range
        self.limits = limits
        read()
    }

    private mutating func read() {
        var index = range.lowerBound
        if bytes[range].starts(with: [0xEF, 0xBB, 0xBF]) { index += 3 }
        if bytes[index..<range.upperBound].starts(with: Array("From ".utf8)) { index = lineEnd(index).next }
        let last = min(range.upperBound, index + limits.headerBlock)
        var current: (name: String, value: [UInt8])?
        while index < last {
            let (end, next) = lineEnd(index)
            if end == index {
                index = next
                break
            }
            if bytes[index] == 0x20 || bytes[index] == 0x09 {
                append(bytes[index..<end], to: &current)
            } else if let colon = nameEnd(index, end) {
                finish(&current)
                let name = bytes[index..<colon].filter { $0 != 0x20 && $0 != 0x09 }
                current = (
                    String(decoding: name, as: UTF8.self),
                    Array(bytes[(colon + 1)..<end].prefix(limits.header))
                )
            } else if headers.isEmpty && current == nil {
                break
            } else if isBodyWithoutBlankLine(index, end) {
                break
            }
            index = next
        }
        finish(&current)
        bodyStart = min(index, range.upperBound)
    }

    private mutating func append(_ line: ArraySlice<UInt8>, to current: inout (name: String, value: [UInt8])?)
    {
        guard let value = current?.value else { return }
        if value.count + line.count > limits.header {
            if !notes.contains(.headerTooLong) { notes.append(.headerTooLong) }
            return
        }
        current?.value += line
    }

    private mutating func finish(_ current: inout (name: String, value: [UInt8])?) {
        guard let header = current else { return }
        current = nil
        guard headers.count < limits.headers else {
            if !notes.contains(.tooManyHeaders) { notes.append(.tooManyHeaders) }
            return
        }
        headers.append(
            RawHeader(name: header.name, value: header.value.filter { $0 != 0 && $0 != 0x0D && $0 != 0x0A }))
    }

    /// Where the name ends, if the line begins with one: printable ASCII before a colon.
    private func nameEnd(_ start: Int, _ end: Int) -> Int? {
        var index = start
        while index < end, bytes[index] != 0x3A {
            let isName = bytes[index] > 0x20 && bytes[index] < 0x7F
            let isTrailingSpace = (bytes[index] == 0x20 || bytes[index] == 0x09) && index > start
            guard
                isName
                    || isTrailingSpace
                        && bytes[index..<end].first(where: { $0 != 0x20 && $0 != 0x09 }) == 0x3A
            else { return nil }
            index += 1
        }
        return index < end && index > start ? index : nil
    }

    /// A line that is no header ends the headers, unless another header follows on the next line: then the
    /// line is a torn continuation.
    private func isBodyWithoutBlankLine(_ start: Int, _ end: Int) -> Bool {
        let next = lineEnd(start).next
        guard next < range.upperBound else { return true }
        return nameEnd(next, lineEnd(next).end) == nil
    }

    /// The end of the line without its break, and the start of the next line.
    private func lineEnd(_ start: Int) -> (end: Int, next: Int) {
        var index = start
        while index < range.upperBound, bytes[index] != 0x0A {
            if bytes[index] == 0x0D, index + 1 == range.upperBound || bytes[index + 1] != 0x0A {
                // A lone CR breaks lines only where no LF does.
                if !usesLineFeeds { return (index, index + 1) }
            }
            index += 1
        }
        let next = min(index + 1, range.upperBound)
        return (index > start && bytes[index - 1] == 0x0D ? index - 1 : index, next)
    }

    private var usesLineFeeds: Bool { bytes[range].prefix(4_096).contains(0x0A) }
}

/// Decodes header values by GMime.
enum HeaderDecoding {
    /// The text with its encoded words decoded (RFC 2047), on one line.
    static func text(_ raw: [UInt8]) -> String {
        if raw.allSatisfy({ $0 < 0x7F && $0 >= 0x20 && $0 != 0x3D }) {
            let start = raw.firstIndex { $0 != 0x20 } ?? raw.endIndex
            let end = raw.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? raw.startIndex
            return String(decoding: raw[min(start, end)..<end], as: UTF8.self)
        }
        return oneLine(EncodedText(raw).decoded)
    }

    /// What servers write about a message on its way. There are no encoded words in it (RFC 8601, 2.2), so decoding one
    /// would let the sender break out of the quotes that the server has put around his words.
    private static let traces: Set<String> = [
        "authentication-results", "received", "received-spf", "return-path", "dkim-signature",
        "arc-authentication-results", "arc-message-signature", "arc-seal",
    ]

    /// The value of a header on one line, its encoded words decoded where there may be any.
    static func value(of name: String, _ raw: [UInt8]) -> String {
        traces.contains(name.lowercased()) ? oneLine(String(decoding: raw, as: UTF8.self)) : text(raw)
    }

    private static func oneLine(_ text: String) -> String {
        let cleaned = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
        let start = cleaned.firstIndex { $0 != " " } ?? cleaned.endIndex
        let end = cleaned.lastIndex { $0 != " " }.map { $0 + 1 } ?? cleaned.startIndex
        return String(String.UnicodeScalarView(cleaned[min(start, end)..<end]))
    }

    /// The mailboxes of an address header, those of groups among them.
    static func addresses(_ raw: [UInt8], most: Int) -> [Address] {
        let parsed = withTerminated(flattened(EncodedText(raw).joined)) { pointer -> [Address] in
            guard let list = cgm_addresses(pointer) else { return [] }
            defer { cgm_release_addresses(list) }
            var result: [Address] = []
            collect(list, into: &result, most: most, depth: 0)
            return result
        }
        return parsed.contains { $0.address.contains("@") } ? parsed : bareAddresses(raw, most: most) + parsed
    }

    /// Words with an `@` in a header that GMime makes nothing of, such as addresses with two dots in a row.
    private static func bareAddresses(_ raw: [UInt8], most: Int) -> [Address] {
        let text = String(decoding: raw, as: UTF8.self)
        let words = text.split(whereSeparator: { " \t,;<>()\"".contains($0) })
        let found = words.filter { $0.dropFirst().dropLast().contains("@") }
        return found.prefix(most).map { Address(address: String($0)) }
    }

    /// Groups beyond these are nested by somebody who wants GMime to run out of stack.
    private static let mostColons = 50

    private static func flattened(_ raw: [UInt8]) -> [UInt8] {
        var colons = 0
        return raw.map { byte in
            guard byte == 0x3A || byte == 0x28 else { return byte }
            colons += 1
            return colons > mostColons ? 0x20 : byte
        }
    }

    private static func collect(
        _ list: UnsafeMutableRawPointer, into result: inout [Address], most: Int, depth: Int
    ) {
        for index in 0..<cgm_address_count(list) where result.count < most {
            var name: UnsafePointer<CChar>?
            var members: UnsafeMutableRawPointer?
            if let address = cgm_address(list, index, &name, &members) {
                let text = name.map { String(cString: $0) } ?? ""
                result.append(Address(name: clean(text), address: clean(String(cString: address))))
            } else if let members, depth < 3 {
                collect(members, into: &result, most: most, depth: depth + 1)
            }
        }
    }

    private static func clean(_ text: String) -> String {
        let parts = text.unicodeScalars.split { $0.value <= 0x20 || $0.value == 0x7F }
        return parts.map { String($0) }.joined(separator: " ")
    }

    static func date(_ raw: [UInt8]) -> Instant? {
        var valid: Int32 = 0
        let seconds = withTerminated(raw) { cgm_date($0, &valid) }
        return valid == 0 ? nil : Instant(seconds: seconds)
    }

    private static func withTerminated<Result>(_ raw: [UInt8], _ body: (UnsafePointer<CChar>) -> Result)
        -> Result
    {
        body(raw.map { CChar(bitPattern: $0) } + [0])
    }
}
