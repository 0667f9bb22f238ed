/// RTF as Outlook stores it ([MS-OXRTFCP]): as it is, or as references into the last 4,096 octets.
struct CompressedRTF {
    /// What the window begins with (2.1.3.1): the words that most documents need.
    private static let preset = Array(
        (#"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "#
            + #"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"#
            + "\r\n" + #"\par \pard\plain\f0\fs20\b\i\u\tab\tx"#).utf8)
    /// Octets of the window; positions in it are counted modulo this.
    private static let window = 4_096
    /// "LZFu".
    private static let compressed = 0x7546_5A4C
    /// "MELA".
    private static let uncompressed = 0x414C_454D

    /// The document.
    private(set) var octets: [UInt8] = []
    /// Whether it is longer than the limit.
    private(set) var isCut = false
    /// Whether it ends without its end mark.
    private(set) var isDamaged = false

    /// Unpacks at most `limit` octets. `nil` for what is no such document. The checksum is not compared: what is
    /// wrong in a document shows in it.
    init?(_ source: ArraySlice<UInt8>, limit: Int) {
        var cursor = TNEFCursor(source)
        // The size counts from behind itself, and with it three more fields.
        guard let size = cursor.long(), let rawSize = cursor.long(), let kind = cursor.long(),
            cursor.long() != nil
        else { return nil }
        let content = cursor.rest.prefix(max(0, size - 12))
        switch kind {
        case Self.compressed: unpack(content, limit: limit)
        case Self.uncompressed:
            octets = Array(content.prefix(min(rawSize, limit)))
            isCut = octets.count < min(rawSize, content.count)
            isDamaged = content.count < rawSize
        default: return nil
        }
    }

    /// Runs of eight tokens, each run behind an octet whose bits, the lowest first, tell octets (0) from references
    /// (1). A reference to the place where the next octet goes is the end.
    private mutating func unpack(_ content: ArraySlice<UInt8>, limit: Int) {
        var window = Self.preset + [UInt8](repeating: 0x20, count: Self.window - Self.preset.count)
        var place = Self.preset.count
        var cursor = TNEFCursor(content)
        func note(_ octet: UInt8, _ octets: inout [UInt8]) {
            octets.append(octet)
            window[place] = octet
            place = (place + 1) % Self.window
        }
        while let control = cursor.byte() {
            for bit in 0..<8 {
                guard octets.count < limit else {
                    isCut = true
                    return
                }
                guard control >> bit & 1 == 1 else {
                    guard let octet = cursor.byte() else { break }
                    note(UInt8(octet), &octets)
                    continue
                }
                guard let high = cursor.byte(), let low = cursor.byte() else { break }
                let source = high << 4 | low >> 4
                if source == place { return }
                for step in 0..<((low & 0xF) + 2) where octets.count < limit {
                    note(window[(source + step) % Self.window], &octets)
                }
            }
        }
        isDamaged = true
    }
}
