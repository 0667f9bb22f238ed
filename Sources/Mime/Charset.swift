import CGMime
import Reading

/// Turns the octets of a text into Unicode.
enum Charset {
    /// The text in the stated charset, or as well as can be guessed, with LF line ends and without NUL.
    static func decode(_ octets: [UInt8], charset: String?, notes: inout [ParseNote]) -> String {
        normalised(text(octets, charset: charset, notes: &notes))
    }

    private static func text(_ octets: [UInt8], charset: String?, notes: inout [ParseNote]) -> String {
        let name = canonical(charset ?? "us-ascii")
        if octets.allSatisfy({ $0 < 0x80 }),
            !["utf-7", "utf-16", "utf-16le", "utf-16be", "utf-32", "hz-gb-2312", "iso-2022"].contains(
                where: name.hasPrefix)
        {
            return String(decoding: octets, as: UTF8.self)
        }
        if octets.starts(with: [0xEF, 0xBB, 0xBF]) {
            return String(decoding: octets.dropFirst(3), as: UTF8.self)
        }
        switch name {
        case "utf-8":
            if let text = String(validating: octets, as: UTF8.self) { return text }
            notes.append(.invalidText)
            return String(decoding: octets, as: UTF8.self)
        case "us-ascii":
            return guessed(octets)
        default:
            if let (text, invalid) = convert(octets, from: name) {
                if invalid > 0 { notes.append(.invalidText) }
                return text
            }
            notes.append(.unknownCharset)
            return guessed(octets)
        }
    }

    /// UTF-8 if it is valid, otherwise Western European, which never fails.
    private static func guessed(_ octets: [UInt8]) -> String {
        if let text = String(validating: octets, as: UTF8.self) { return text }
        return convert(octets, from: "windows-1252")?.0 ?? String(decoding: octets, as: UTF8.self)
    }

    private static func convert(_ octets: [UInt8], from charset: String) -> (String, Int)? {
        guard charset.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }), charset.utf8.count <= 40
        else { return nil }
        var invalid = 0
        guard let result = cgm_utf8(charset, octets, octets.count, &invalid) else { return nil }
        defer { cgm_release_octets(result) }
        let buffer = UnsafeBufferPointer(start: result.pointee.data, count: Int(result.pointee.len))
        return (String(decoding: buffer, as: UTF8.self), invalid)
    }

    /// The charset that is meant by the name: what senders call ISO-8859-1 is Windows-1252, and the Chinese
    /// and Korean ones are their supersets (WHATWG Encoding, 4.2).
    private static func canonical(_ name: String) -> String {
        let lowered = name.lowercased().filter { !"\"' ".contains($0) }
        switch lowered {
        case "utf8", "utf-8", "unicode-1-1-utf-8", "utf-8mb4": return "utf-8"
        case "", "ascii", "us-ascii", "ansi_x3.4-1968", "7bit", "8bit", "default", "unknown-8bit",
            "x-unknown", "unknown":
            return "us-ascii"
        case "iso-8859-1", "latin1", "iso8859-1", "latin-1", "iso_8859-1", "cp1252", "ansi":
            return "windows-1252"
        case "gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "euc-cn": return "gb18030"
        case "ks_c_5601-1987", "euc-kr", "ks_c_5601", "ksc5601", "korean", "cseuckr": return "cp949"
        case "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j": return "cp932"
        case "big5", "x-x-big5": return "big5-hkscs"
        case "unicode-1-1-utf-7", "utf7": return "utf-7"
        case "iso-8859-8-i", "iso-8859-8-e": return "iso-8859-8"
        case "iso-8859-9": return "windows-1254"
        case "windows-874", "iso-8859-11", "tis-620": return "cp874"
        case "x-mac-roman", "macroman": return "macintosh"
        case "iso-2022-jp": return "iso-2022-jp-2"
        default:
            if lowered.hasPrefix("cp-") { return "cp" + lowered.dropFirst(3) }
            return lowered
        }
    }

    /// CR LF and CR become LF; NUL and the byte order mark go.
    private static func normalised(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x0D || $0 == 0 || $0 == 0xEF }) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0D || byte == 0x0A && previous != 0x0D {
                result.append(0x0A)
            } else if byte != 0x0A && byte != 0 {
                result.append(byte)
            }
            previous = byte
        }
        if result.starts(with: [0xEF, 0xBB, 0xBF]) { result.removeFirst(3) }
        return String(decoding: result, as: UTF8.self)
    }
}
