/// One content line of a calendar (RFC 5545, 3.1), unfolded: `DTSTART;VALUE=DATE:20261225`.
struct CalendarLine: Hashable, Sendable {
    /// The number of its first line in the text, from 1.
    let number: Int
    /// In capitals.
    let name: String
    /// Names in capitals; quotes around values are gone.
    let parameters: [String: String]
    let value: String

    /// The content lines of a text whose lines end with CRLF or LF. Empty lines are passed over.
    static func lines(of bytes: [UInt8]) throws(HolidayCalendarError) -> [CalendarLine] {
        var unfolded: [(number: Int, bytes: [UInt8])] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            var line = line.last == 0x0D ? line.dropLast() : line
            // A mark that many programs put at the very beginning of a text.
            if index == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
            if line.first == 0x20 || line.first == 0x09, !unfolded.isEmpty {
                unfolded[unfolded.count - 1].bytes += line.dropFirst()
            } else if !line.isEmpty {
                unfolded.append((index + 1, Array(line)))
            }
        }
        var lines: [CalendarLine] = []
        for line in unfolded {
            guard let read = CalendarLine(line.bytes, number: line.number) else {
                throw HolidayCalendarError(line: line.number, .unreadable)
            }
            lines.append(read)
        }
        return lines
    }

    /// Name and parameters stand before the first colon outside quotes; the value keeps whatever it contains.
    private init?(_ bytes: [UInt8], number: Int) {
        var parts: [ArraySlice<UInt8>] = []
        var (start, colon, isQuoted) = (0, bytes.count, false)
        for (index, byte) in bytes.enumerated() where colon == bytes.count {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ";") where !isQuoted, UInt8(ascii: ":") where !isQuoted:
                parts.append(bytes[start..<index])
                start = index + 1
                if byte == UInt8(ascii: ":") { colon = index }
            default: break
            }
        }
        guard colon < bytes.count, let name = parts.first, !name.isEmpty else { return nil }
        var parameters: [String: String] = [:]
        for parameter in parts.dropFirst() {
            guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let value = parameter[(equals + 1)...].filter { $0 != UInt8(ascii: "\"") }
            parameters[Self.capitals(parameter[..<equals])] = String(decoding: value, as: UTF8.self)
        }
        self.number = number
        self.name = Self.capitals(name)
        self.parameters = parameters
        value = String(decoding: bytes[(colon + 1)...], as: UTF8.self)
    }

    private static func capitals(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).uppercased()
    }
}
