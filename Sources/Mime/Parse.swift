import CGMime
import Reading

/// Reads a message from its bytes. Any bytes give a message: what is damaged is read as far as it goes, and
/// `Message.notes` says what was wrong. Time and memory grow linearly with the bytes, up to the limits.
///
/// `keepingContent` keeps the decoded octets of the attachments; otherwise only size and digest.
public func parse(_ bytes: [UInt8], limits: ParseLimits = .standard, keepingContent: Bool = false) -> Message
{
    GMimeReader.start()
    var notes: [ParseNote] = []
    var source = bytes
    if source.count > limits.message {
        source = Array(source.prefix(limits.message))
        notes.append(.truncated)
    }
    let headers = HeaderReader(source, in: 0..<source.count, limits: limits)
    notes += headers.notes
    let root = rootPart(of: source, limits, &notes)
    var builder = MessageBuilder(limits: limits, keepingContent: keepingContent, notes: notes)
    return builder.message(headers: headers.headers, root: root)
}

/// Multiparts and enclosed messages beyond which GMime, whose time grows with nesting, is not asked.
private let mostContainers: Int32 = 200

private func rootPart(of source: [UInt8], _ limits: ParseLimits, _ notes: inout [ParseNote]) -> MimePart {
    if !hasMany(source, limits) {
        var reader = GMimeReader(source, limits: limits)
        if let root = reader.root(), !isEmpty(root) || source.count < 3 {
            notes += reader.notes
            return root
        }
    }
    var fallback = PlainReader(source, limits: limits)
    let root = fallback.root()
    notes += [.damaged] + fallback.notes
    return root
}

/// A multipart in which no part was found, or a leaf without content although there is a body.
private func isEmpty(_ part: MimePart) -> Bool {
    part.type == "multipart" && part.children.isEmpty
}

private func hasMany(_ source: [UInt8], _ limits: ParseLimits) -> Bool {
    cgm_nests_addresses(source, source.count, mostContainers) != 0
        || cgm_count(source, source.count, "boundary", mostContainers + 1) > mostContainers
        || cgm_count(source, source.count, "message/", mostContainers + 1) > mostContainers
}
