import CGMime
import Reading

/// Reads the parts of a message by GMime.
struct GMimeReader {
    /// Initialises GMime once.
    private static let started: Void = cgm_start()

    private let bytes: [UInt8]
    private let limits: ParseLimits
    private(set) var notes: [ParseNote] = []
    private var parts = 0

    /// GMime's own initialisation, which decoding of headers needs too.
    static func start() { _ = started }

    init(_ bytes: [UInt8], limits: ParseLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The root part; `nil` where GMime gives up.
    mutating func root() -> MimePart? {
        Self.start()
        guard let message = cgm_parse(bytes, bytes.count) else { return nil }
        defer { cgm_release(message) }
        guard let root = cgm_root(message) else { return nil }
        return part(root, depth: 0, boundaries: [])
    }

    private mutating func part(_ object: UnsafeMutablePointer<GMimeObject>, depth: Int, boundaries: [String])
        -> MimePart?
    {
        let part = described(object)
        switch Int(cgm_kind(object)) {
        case CGM_MULTIPART:
            guard depth < limits.depth else {
                note(.tooDeep)
                return nil
            }
            let inner = boundaries + [cgm_boundary(object).map { String(cString: $0) }].compactMap { $0 }
            var children: [MimePart] = []
            for index in 0..<cgm_child_count(object) {
                guard let child = cgm_child(object, index) else { continue }
                if let child = self.part(child, depth: depth + 1, boundaries: inner) {
                    children.append(child)
                }
            }
            part.content = .multipart(children)
        case CGM_MESSAGE:
            guard isWithinParts() else { return nil }
            part.content = .leaf(innerMessage(object, boundaries))
        case CGM_PART:
            guard isWithinParts() else { return nil }
            part.content = .leaf(octets(of: object))
        default: return nil
        }
        return part
    }

    private mutating func isWithinParts() -> Bool {
        parts += 1
        if parts > limits.parts { note(.tooManyParts) }
        return parts <= limits.parts
    }

    private mutating func note(_ note: ParseNote) {
        if !notes.contains(note) { notes.append(note) }
    }

    private func described(_ object: UnsafeMutablePointer<GMimeObject>) -> MimePart {
        let part = MimePart()
        part.type = text(cgm_type(object))?.lowercased() ?? "text"
        part.subtype = text(cgm_subtype(object))?.lowercased() ?? "plain"
        part.charset = text(cgm_type_parameter(object, "charset"))
        part.disposition = text(cgm_disposition(object))?.lowercased()
        part.filename =
            filename(text(cgm_disposition_parameter(object, "filename")))
            ?? filename(text(cgm_type_parameter(object, "name")))
        return part
    }

    /// Encoded words in a parameter are forbidden (RFC 2047, 5) and common.
    private func filename(_ raw: String?) -> String? {
        guard let raw, !raw.isEmpty else { return nil }
        return raw.contains("=?") ? HeaderDecoding.text(Array(raw.utf8)) : raw
    }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }

    private func octets(of object: UnsafeMutablePointer<GMimeObject>) -> [UInt8] {
        guard let octets = cgm_octets(object) else { return [] }
        defer { cgm_release_octets(octets) }
        return Array(UnsafeBufferPointer(start: octets.pointee.data, count: Int(octets.pointee.len)))
    }

    /// The octets of an enclosed message, cut from the source: GMime could only write it anew.
    private func innerMessage(_ object: UnsafeMutablePointer<GMimeObject>, _ boundaries: [String]) -> [UInt8]
    {
        let start = Int(cgm_inner_offset(object))
        guard start >= 0, start < bytes.count else { return [] }
        var end = bytes.count
        for boundary in boundaries {
            if let found = PlainReader.boundary(Array("--\(boundary)".utf8), in: bytes, start..<end) {
                end = found.bodyEnd
            }
        }
        return start < end ? Array(bytes[start..<end]) : []
    }
}
