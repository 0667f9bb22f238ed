import CGMime
import Negotiation
import Reading

/// The bytes of a message as RFC 5322 wants them: CR LF, lines of at most 998 octets and headers folded at 78
/// where they can be, everything in ASCII. Nothing in the values can add a header: control characters are
/// refused.
public func compose(_ message: OutgoingMessage) throws(MimeError) -> [UInt8] {
    guard !(message.to + message.cc).isEmpty else { throw .noRecipient }
    guard message.text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
        throw .emptyText
    }
    guard !message.text.utf8.contains(0), !(message.html?.utf8.contains(0) ?? false) else {
        throw .controlCharacter(field: "text")
    }
    var writer = HeaderWriter()
    try writer.writeAll(of: message)
    try writer.write("MIME-Version", words: ["1.0"])
    var body = BodyWriter(seed: message.boundarySeed)
    let part = try body.part(for: message)
    return writer.bytes + part.headers + [0x0D, 0x0A] + part.body
}

/// The digits of a message's boundaries and ids, from a seed: the first 16 hexadecimal digits of its SHA-256.
func seededDigits(_ seed: String) -> String {
    let bytes = Array(seed.utf8)
    guard let digest = cgm_sha256(bytes, bytes.count) else { return "0" }
    defer { cgm_release_text(digest) }
    return String(String(cString: digest).prefix(16))
}
