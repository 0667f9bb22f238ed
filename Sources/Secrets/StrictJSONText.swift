extension StrictJSON {
    /// The value as compact JSON text, members in their order, numbers as they were written.
    ///
    /// With `replacingNUL` each NUL character becomes U+FFFD, since `jsonb` refuses it.
    public func text(replacingNUL: Bool = false) -> String {
        var output: [UInt8] = []
        write(to: &output, replacingNUL: replacingNUL)
        return String(decoding: output, as: UTF8.self)
    }

    private func write(to output: inout [UInt8], replacingNUL: Bool) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .number(let text): output += text.utf8
        case .string(let text): Self.write(text, to: &output, replacingNUL: replacingNUL)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                element.write(to: &output, replacingNUL: replacingNUL)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &output, replacingNUL: replacingNUL)
                output.append(UInt8(ascii: ":"))
                member.value.write(to: &output, replacingNUL: replacingNUL)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to output: inout [UInt8], replacingNUL: Bool) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for index in bytes.indices {
                let byte = bytes[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                    continue
                }
                output += bytes[start..<index]
                start = index + 1
                switch byte {
                case 0 where replacingNUL: output += UTF8.encodedReplacementCharacter
                case 0..<0x20: output += "\\u00\(Hex.encode([byte]))".utf8
                default: output += [UInt8(ascii: "\\"), byte]
                }
            }
            output += bytes[start...]
        }
        output.append(UInt8(ascii: "\""))
    }
}

extension StrictJSON {
    /// An object of the members that have a value, in their order. Names must differ.
    public static func object(of members: [(String, StrictJSON?)]) -> StrictJSON {
        .object(
            Object(members: members.compactMap { name, value in value.map { .init(name: name, value: $0) } }))
    }
}
