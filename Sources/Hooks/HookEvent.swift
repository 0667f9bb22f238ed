import Secrets

/// One event out of a delivery: what is stored as one row, and what is to be done about it.
public struct HookEvent: Sendable, Equatable {
    /// Names the event within its provider over all retries; at most 255 bytes, no control characters.
    ///
    /// The provider's own id where it has one, else a digest of the content. Never taken from the signature, which
    /// may differ between retries and, with ECDSA, can be rewritten by anybody.
    public let externalID: String
    /// The provider's name for what happened; at most 100 bytes.
    public let type: String
    /// When it happened, as the provider says, in microseconds since 1970.
    public let createdAt: Int64?
    /// What to do about it.
    public let content: Content
    /// The event as JSON that `jsonb` takes, long texts left out (they stand in the raw body).
    public let payload: String

    /// What an event asks for.
    public enum Content: Sendable, Equatable {
        /// A mail came in.
        case mail(InboundMail)
        /// Something became of a mail that was sent.
        case outcome(MailOutcome)
        /// Something changed in a mailbox; look there.
        case mailbox(MailboxChange)
        /// A paid subscription changed.
        case subscription(SubscriptionChange)
        /// The topic wants to hear from us before it sends anything: GET this address, which passed the host rule.
        case confirmTopic(topic: String, address: String)
        /// Nothing to do.
        case notice
        /// Authentic, but not readable: to be stored, acknowledged and shown to a human.
        case quarantine(String)
    }

    /// An event. Id and type are cut or digested to what their columns hold.
    init(
        id: String?, type: String, createdAt: Int64? = nil, content: Content, payload: StrictJSON,
        digestOf source: [UInt8]? = nil
    ) {
        let abridged = payload.abridged()
        let text = abridged.text(replacingNUL: true)
        externalID = Self.identifier(id) ?? Self.digest(source ?? Array(payload.text().utf8))
        self.type = storable(type.isEmpty ? "unknown" : type, maximum: 100)
        self.createdAt = createdAt
        self.content = content
        self.payload = text
    }

    /// An event that stands for a whole body which nobody can read.
    static func quarantined(_ reason: String, body: [UInt8], id: String? = nil, type: String = "unreadable")
        -> HookEvent
    {
        HookEvent(
            id: id, type: type, content: .quarantine(storable(reason, maximum: 500)),
            payload: .object(of: [("unreadable_bytes", .number(String(body.count)))]), digestOf: body)
    }

    /// An id that is stored as it is, if it can be.
    private static func identifier(_ id: String?) -> String? {
        guard let id, !id.isEmpty else { return nil }
        let isStorable =
            id.utf8.count <= 255 && id.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        return isStorable ? id : digest(Array(id.utf8))
    }

    static func digest(_ bytes: [UInt8]) -> String { "sha256:" + SHA256.hex(bytes) }
}

/// A text that a column holds: no NUL, at most that many bytes.
func storable(_ text: String, maximum: Int) -> String {
    var result = text.utf8.contains(0) ? text.replacing("\0", with: "\u{fffd}") : text
    guard result.utf8.count > maximum else { return result }
    result = String(decoding: result.utf8.prefix(maximum), as: UTF8.self)
    while result.utf8.count > maximum { result.unicodeScalars.removeLast() }
    return result
}

extension StrictJSON {
    /// The longest text that stays in a stored payload, in bytes.
    private static let longestText = 16_384

    /// The same value with longer texts replaced by a note.
    func abridged() -> StrictJSON {
        switch self {
        case .string(let text) where text.utf8.count > Self.longestText:
            .string("(\(text.utf8.count) bytes left out)")
        case .array(let elements): .array(elements.map { $0.abridged() })
        case .object(let object):
            .object(of: object.members.map { ($0.name, $0.value.abridged()) })
        default: self
        }
    }
}
