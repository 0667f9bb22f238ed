/// A message cut into its header fields and its body.
struct SignedMessage {
    /// Bytes of all header fields together that are looked at.
    static let largestHeader = 1_048_576
    /// Header fields that are looked at.
    static let mostFields = 10_000

    /// From the top down.
    let fields: [HeaderField]
    /// What follows the empty line.
    let body: ArraySlice<UInt8>

    /// Lines may end in CRLF or, as Maildirs have it, in LF alone. `nil` when the header has more than
    /// ``largestHeader`` or ``mostFields``.
    init?(_ raw: [UInt8]) {
        var fields: [HeaderField] = []
        var (start, line) = (0, 0)
        while line < raw.count {
            let next = raw[line...].firstIndex(of: .lineFeed).map { $0 + 1 } ?? raw.count
            guard next <= Self.largestHeader, fields.count < Self.mostFields else { return nil }
            let isEmpty = [[.lineFeed], [.carriageReturn, .lineFeed]].contains(raw[line..<next])
            if isEmpty || !raw[line].isBlank {
                if start < line { fields.append(HeaderField(raw[start..<line])) }
                start = line
            }
            line = next
            if isEmpty { break }
            if line == raw.count { fields.append(HeaderField(raw[start..<line])) }
        }
        self.fields = fields
        body = raw[line...]
    }

    /// Where the fields of each name stand, from the top down.
    var places: [String: [Int]] { Dictionary(grouping: fields.indices) { fields[$0].name } }
}

/// One header field as it was sent, folded.
struct HeaderField {
    /// In lower case; empty where the line has no colon.
    let name: String
    /// What stands before the colon.
    let label: ArraySlice<UInt8>
    /// What follows the colon, the last line end included.
    let value: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        label = bytes[..<(colon ?? bytes.startIndex)]
        value = bytes[(colon.map { $0 + 1 } ?? bytes.startIndex)...]
        name = String(decoding: label.trimmed.map(\.lowercased), as: UTF8.self)
    }

    private init(_ field: HeaderField, value: [UInt8]) {
        (name, label, self.value) = (field.name, field.label, value[...])
    }

    /// The same signature with an empty `b=`, as it was when it was computed (RFC 6376, 3.7).
    var withoutSignature: HeaderField {
        var kept: [UInt8] = []
        let tags = value.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        for (place, tag) in tags.enumerated() {
            if place > 0 { kept.append(UInt8(ascii: ";")) }
            if let equals = tag.firstIndex(of: UInt8(ascii: "=")), tag[..<equals].trimmed == Array("b".utf8) {
                kept += tag[...equals]
            } else {
                kept += tag
            }
        }
        return HeaderField(self, value: kept)
    }
}
