#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Bytes as Gmail's interface has them in JSON (RFC 4648, section 5).
enum Base64URL {
    /// Without padding.
    static func encode(_ bytes: [UInt8]) -> String {
        let encoded = Data(bytes).base64EncodedData().prefix { $0 != 0x3D }
        return String(decoding: encoded.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }, as: UTF8.self)
    }

    /// With or without padding; nil for what is not of the alphabet.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 3)
        for byte in text.utf8 {
            switch byte {
            case 0x2D: bytes.append(0x2B)
            case 0x5F: bytes.append(0x2F)
            case 0x2B, 0x2F: return nil
            default: bytes.append(byte)
            }
        }
        if !bytes.contains(0x3D) { bytes += Array(repeating: 0x3D, count: (4 - bytes.count % 4) % 4) }
        return Data(base64Encoded: Data(bytes)).map(Array.init)
    }
}
