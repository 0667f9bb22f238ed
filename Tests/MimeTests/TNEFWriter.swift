#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes TNEF streams for tests, rightly or wrongly as asked.
struct TNEFWriter {
    private(set) var bytes: [UInt8] = [0x78, 0x9F, 0x3E, 0x22, 0x01, 0x00]

    static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// An attribute with a right checksum, unless another one is given.
    mutating func attribute(_ identifier: Int, _ octets: [UInt8], level: UInt8 = 1, checksum: Int? = nil) {
        let sum = octets.reduce(0) { ($0 + Int($1)) & 0xFFFF }
        bytes += [level] + Self.little(identifier, 4) + Self.little(octets.count, 4) + octets
        bytes += Self.little(checksum ?? sum, 2)
    }

    mutating func codePage(_ number: Int) {
        attribute(0x0006_9007, Self.little(number, 4) + Self.little(0, 4))
    }

    mutating func message(_ properties: [[UInt8]]) {
        attribute(0x0006_9003, Self.little(properties.count, 4) + properties.joined())
    }

    mutating func attachment(title: [UInt8] = [], data: [UInt8]? = nil, _ properties: [[UInt8]] = []) {
        attribute(0x0006_9002, [UInt8](repeating: 0, count: 14), level: 2)
        if !title.isEmpty { attribute(0x0001_8010, title + [0], level: 2) }
        if let data { attribute(0x0006_800F, data, level: 2) }
        guard !properties.isEmpty else { return }
        attribute(0x0006_9005, Self.little(properties.count, 4) + properties.joined(), level: 2)
    }

    /// A property whose values have lengths of their own.
    static func property(_ kind: Int, _ number: Int, _ values: [[UInt8]]) -> [UInt8] {
        tag(kind, number) + little(values.count, 4)
            + values.flatMap {
                little($0.count, 4) + $0 + [UInt8](repeating: 0, count: (4 - $0.count % 4) % 4)
            }
    }

    static func unicode(_ number: Int, _ text: String) -> [UInt8] {
        property(0x1F, number, [wide(text)])
    }

    /// A text in UTF-16 with its NUL.
    static func wide(_ text: String) -> [UInt8] {
        text.utf16.reduce(into: []) { $0 += little(Int($1), 2) } + [0, 0]
    }

    /// What a property begins with.
    static func tag(_ kind: Int, _ number: Int) -> [UInt8] { little(kind, 2) + little(number, 2) }

    static func string(_ number: Int, _ octets: [UInt8]) -> [UInt8] {
        property(0x1E, number, [octets + [0]])
    }

    static func binary(_ number: Int, _ octets: [UInt8]) -> [UInt8] { property(0x102, number, [octets]) }

    static func long(_ number: Int, _ value: Int) -> [UInt8] {
        tag(3, number) + little(value, 4)
    }

    /// RTF that is packed without being compressed.
    static func rtf(_ text: String) -> [UInt8] {
        let octets = Array(text.utf8)
        return little(octets.count + 12, 4) + little(octets.count, 4) + Array("MELA".utf8) + little(0, 4)
            + octets
    }

    /// A mail that consists of the text, if any, and the stream.
    func mail(
        text: String? = nil, subtype: String = "plain", type: String = "application/ms-tnef",
        name: String = "winmail.dat"
    ) -> [UInt8] {
        Self.mail(bytes, text: text, subtype: subtype, type: type, name: name)
    }

    static func mail(
        _ stream: [UInt8], text: String? = nil, subtype: String = "plain",
        type: String = "application/ms-tnef", name: String = "winmail.dat"
    ) -> [UInt8] {
        let encoded = stream.withUnsafeBytes {
            Data($0).base64EncodedString(options: .lineLength76Characters)
        }
        let part =
            "Content-Type: \(type); name=\"\(name)\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\(encoded)\r\n"
        guard let text else { return Array("Subject: RFQ\r\n\(part)".utf8) }
        return Array(
            """
            Subject: RFQ\r
            Content-Type: multipart/mixed; boundary=x\r
            \r
            --x\r
            Content-Type: text/\(subtype); charset=utf-8\r
            \r
            \(text)\r
            --x\r
            \(part)--x--\r

            """.utf8)
    }
}
