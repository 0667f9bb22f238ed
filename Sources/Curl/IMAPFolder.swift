/// A folder as it was when it was selected.
public struct IMAPFolder: Hashable, Sendable {
    /// Changes when the server has given the messages other numbers (RFC 9051, section 2.3.1.1).
    public let uidValidity: UInt32
    /// The number that the next message will have, or a lower one; 0 where the server does not say.
    public let uidNext: UInt32
    /// Messages in it.
    public let count: Int

    public init(uidValidity: UInt32, uidNext: UInt32, count: Int) {
        self.uidValidity = uidValidity
        self.uidNext = uidNext
        self.count = count
    }
}

/// A message as it lies in a folder.
public struct IMAPMessage: Hashable, Sendable {
    public let uid: UInt32
    public let flags: [String]
    public let content: Content

    /// What it says, or that it is too long to be read.
    public enum Content: Hashable, Sendable {
        case bytes([UInt8])
        /// Longer than is read, in bytes; it is left where it lies.
        case oversize(Int)
    }

    public init(uid: UInt32, flags: [String], content: Content) {
        self.uid = uid
        self.flags = flags
        self.content = content
    }
}

/// The name of a folder in the alphabet of IMAP: ASCII as it is, the rest in a Base64 of UTF-16 (RFC 3501, section 5.1.3).
enum FolderName {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,".utf8)
    /// Bytes of a name.
    private static let longest = 1000

    /// Quoted, ready to be sent. Throws ``CurlError/unsendable(_:)`` for what no folder is called.
    static func quoted(_ name: String) throws(CurlError) -> [UInt8] {
        guard !name.isEmpty, name.utf8.count <= longest, name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw .unsendable("“\(name.prefix(80))” is no name of a folder")
        }
        var quoted: [UInt8] = [0x22]
        var pending: [UInt16] = []
        for unit in name.utf16 {
            guard (0x20...0x7E).contains(unit) else {
                pending.append(unit)
                continue
            }
            flush(&pending, into: &quoted)
            switch UInt8(unit) {
            case 0x26: quoted += [0x26, 0x2D]
            case 0x22, 0x5C: quoted += [0x5C, UInt8(unit)]
            default: quoted.append(UInt8(unit))
            }
        }
        flush(&pending, into: &quoted)
        return quoted + [0x22]
    }

    private static func flush(_ units: inout [UInt16], into name: inout [UInt8]) {
        guard !units.isEmpty else { return }
        name.append(0x26)
        var (bits, count): (UInt32, Int) = (0, 0)
        for unit in units {
            bits = bits << 16 | UInt32(unit)
            count += 16
            while count >= 6 {
                count -= 6
                name.append(alphabet[Int(bits >> UInt32(count) & 0x3F)])
            }
        }
        if count > 0 { name.append(alphabet[Int(bits << UInt32(6 - count) & 0x3F)]) }
        name.append(0x2D)
        units.removeAll()
    }
}
