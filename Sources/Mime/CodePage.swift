import Reading

/// The code pages of Windows by number, and the names that charsets have in mail.
enum CodePage {
    static let utf16 = 1200
    static let western = 1252

    /// The charset of a code page; `nil` for 0, which stands for the system's own.
    static func charset(_ number: Int) -> String? {
        switch number {
        case 0: nil
        case 1200: "utf-16le"
        case 1201: "utf-16be"
        case 10_000: "macintosh"
        case 20_127: "us-ascii"
        case 20_866: "koi8-r"
        case 21_866: "koi8-u"
        case 20_932, 51_932: "euc-jp"
        case 28_591...28_606: "iso-8859-\(number - 28_590)"
        case 38_598: "iso-8859-8"
        case 50_220...50_222: "iso-2022-jp"
        case 50_225: "iso-2022-kr"
        case 51_936: "gb2312"
        case 51_949: "euc-kr"
        case 52_936: "hz-gb-2312"
        case 54_936: "gb18030"
        case 65_000: "utf-7"
        case 65_001: "utf-8"
        default: "cp\(number)"
        }
    }

    /// The code page of an RTF font's `\fcharset` (RTF 1.9.1, "Font Table"); `nil` for the document's own.
    static func page(ofFontCharset number: Int) -> Int? {
        let pages = [
            0: 1252, 2: 1252, 77: 10_000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253,
            162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 255: 437,
        ]
        return pages[number]
    }

    /// The octets up to the first NUL as text, decoded.
    static func text(_ octets: ArraySlice<UInt8>, page: Int?, notes: inout [ParseNote]) -> String {
        let text: ArraySlice<UInt8>
        if page == utf16 {
            let end = stride(from: octets.startIndex, to: octets.endIndex - 1, by: 2).first {
                octets[$0] == 0 && octets[$0 + 1] == 0
            }
            text = octets[..<(end ?? octets.endIndex)]
        } else {
            text = octets.prefix { $0 != 0 }
        }
        return Charset.decode(Array(text), charset: page.flatMap(charset), notes: &notes)
    }
}
