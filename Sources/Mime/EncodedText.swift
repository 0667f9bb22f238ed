import CGMime
import Reading

/// Decodes encoded words (RFC 2047), also those that break its rules in the usual ways.
///
/// GMime 3.2.13 loses what follows a padded base64 word that another one follows, so this is done here.
struct EncodedText {
    private enum Piece {
        case plain(ArraySlice<UInt8>)
        case word(charset: String, octets: [UInt8])
    }

    private let raw: [UInt8]

    init(_ raw: [UInt8]) { self.raw = raw }

    /// The whole text decoded. Raw octets that are not ASCII are UTF-8 or, if they cannot be, Western
    /// European.
    var decoded: String {
        pieces().map { piece in
            var notes: [ParseNote] = []
            switch piece {
            case .plain(let octets): return Charset.decode(Array(octets), charset: nil, notes: &notes)
            case .word(let charset, let octets):
                return Charset.decode(octets, charset: charset, notes: &notes)
            }
        }.joined()
    }

    /// The same header with each run of encoded words as one word, for parsers of addresses.
    var joined: [UInt8] {
        guard raw.contains(0x3D) else { return raw }
        return pieces().flatMap { piece -> [UInt8] in
            var notes: [ParseNote] = []
            switch piece {
            case .plain(let octets): return Array(octets)
            case .word(let charset, let octets):
                let text = Charset.decode(octets, charset: charset, notes: &notes)
                return Array("=?utf-8?B?\(Base64.text(Array(text.utf8)))?=".utf8)
            }
        }
    }

    /// Words that only white space separates are one; with one charset their octets are joined before they
    /// are decoded, since some senders tear characters apart.
    private func pieces() -> [Piece] {
        var pieces: [Piece] = []
        var plainStart = 0
        var index = 0
        while index + 1 < raw.count {
            guard raw[index] == 0x3D, raw[index + 1] == 0x3F, let (charset, octets, end) = word(at: index)
            else {
                index += 1
                continue
            }
            let between = raw[plainStart..<index]
            let isRun = between.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            if isRun, case .word(let previous, let head)? = pieces.last {
                if previous == charset {
                    pieces[pieces.count - 1] = .word(charset: charset, octets: head + octets)
                } else {
                    pieces.append(.word(charset: charset, octets: octets))
                }
            } else {
                if !between.isEmpty { pieces.append(.plain(between)) }
                pieces.append(.word(charset: charset, octets: octets))
            }
            index = end
            plainStart = end
        }
        if plainStart < raw.count { pieces.append(.plain(raw[plainStart...])) }
        return pieces
    }

    /// `=?charset*language?B?text?=`, and where it ends.
    private func word(at start: Int) -> (charset: String, octets: [UInt8], end: Int)? {
        guard let charsetEnd = raw[(start + 2)...].prefix(60).firstIndex(of: 0x3F),
            charsetEnd + 2 < raw.count,
            raw[charsetEnd + 2] == 0x3F
        else { return nil }
        let encoding = raw[charsetEnd + 1] | 0x20
        guard encoding == 0x62 || encoding == 0x71 else { return nil }
        var end = charsetEnd + 3
        while end + 1 < raw.count, !(raw[end] == 0x3F && raw[end + 1] == 0x3D) {
            // An encoded word holds no white space, but some senders leave it in; another word's start ends
            // it.
            if raw[end] == 0x3D, raw[end + 1] == 0x3F, end + 2 < raw.count, raw[end + 2] != 0x3D {
                return nil
            }
            end += 1
        }
        guard end + 1 < raw.count else { return nil }
        let text = Array(raw[(charsetEnd + 3)..<end])
        let charset = String(decoding: raw[(start + 2)..<charsetEnd].prefix { $0 != 0x2A }, as: UTF8.self)
            .lowercased()
        return (charset, encoding == 0x62 ? Self.base64(text) : Self.quoted(text), end + 2)
    }

    private static func base64(_ text: [UInt8]) -> [UInt8] {
        Array(unsafeUninitializedCapacity: cgm_decoded_bound(text.count)) { output, count in
            count = output.baseAddress.map { cgm_decode("base64", text, text.count, $0) } ?? 0
        }
    }

    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == 0x3D, index + 2 < text.count, let high = digit(text[index + 1]),
                let low = digit(text[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(text[index] == 0x5F ? 0x20 : text[index])
                index += 1
            }
        }
        return result
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
