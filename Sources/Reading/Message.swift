import Negotiation

/// An email message as a value: decoded, ordered, complete enough to understand what its sender wants.
///
/// The `Mime` room makes it from bytes; nothing in here is trusted. Message ids stand without `<` and `>`,
/// addresses are trimmed but keep their case, all text is valid Unicode.
public struct Message: Equatable, Sendable {
    /// Message-ID, the first if there are several.
    public var messageID: String?
    /// In-Reply-To, the first id if there are several.
    public var inReplyTo: String?
    /// References, oldest first.
    public var references: [String] = []
    /// The author, the first if there are several.
    public var from: Address?
    /// Who sent it on the author's behalf (RFC 5322, 3.6.2).
    public var sender: Address?
    public var to: [Address] = []
    public var cc: [Address] = []
    /// Where answers should go.
    public var replyTo: [Address] = []
    /// The envelope sender that the receiving server recorded; an empty string for the null sender `<>`.
    public var returnPath: String?
    /// The decoded subject on one line; empty when there is none.
    public var subject = ""
    /// The Date header; `nil` when it is missing or cannot be read.
    public var date: Instant?
    /// Every header in order, with decoded and unfolded values.
    public var headers: [Header] = []
    /// The inline text/plain parts, decoded, joined by line feeds; without any, the HTML as text.
    public var text = ""
    /// Line numbers of `text` (from 0) that the structure of the HTML shows as quoted history.
    public var quotedLines: [Range<Int>] = []
    /// The HTML part as it came, decoded. It is not safe to show; `Mime` makes the safe form.
    public var html: String?
    public var attachments: [Attachment] = []
    /// The machine-readable parts of a multipart/report (RFC 6522).
    public var report: Report?
    /// Headers of the first enclosed message (message/rfc822), where there is one: a bounce may bring ours
    /// back.
    public var enclosedHeaders: [Header] = []
    /// The conversation id of the provider that delivered it (Gmail's `threadId`), which no header carries.
    public var providerThreadID: String?
    /// What was wrong with the bytes, in the order it was noticed.
    public var notes: [ParseNote] = []

    /// An empty message, to be filled.
    public init() {}

    /// The value of the first header with that name, in any case.
    public func header(_ name: String) -> String? { headers.first { $0.isNamed(name) }?.value }

    /// The values of all headers with that name, in order.
    public func headers(_ name: String) -> [String] { headers.filter { $0.isNamed(name) }.map(\.value) }
}

/// One header field with its decoded value.
public struct Header: Hashable, Sendable {
    /// The name as it was written.
    public let name: String
    /// The unfolded value, encoded words decoded.
    public let value: String

    /// A header field.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether this is the field of that name; header names have no case (RFC 5322, 1.2.2).
    public func isNamed(_ other: String) -> Bool {
        name.utf8.count == other.utf8.count
            && zip(name.utf8, other.utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 | 0x20 }
    }
}

/// Somebody's address with the name that stood beside it.
public struct Address: Hashable, Sendable {
    /// The decoded display name; empty when there is none.
    public let name: String
    /// `local@domain` as it was written.
    public let address: String

    /// An address, with a display name if there is one.
    public init(name: String = "", address: String) {
        self.name = name
        self.address = address
    }

    /// The address as it is compared: lower case. Local parts could differ by case, in practice none do.
    public var comparable: String { address.lowercased() }

    /// What stands after the last `@`, in lower case; empty when there is none.
    public var domain: String {
        guard let at = address.lastIndex(of: "@") else { return "" }
        return address[address.index(after: at)...].lowercased()
    }
}

/// A leaf part that is not shown as text.
public struct Attachment: Equatable, Sendable {
    /// The decoded file name, if one was given.
    public let filename: String?
    /// `type/subtype` in lower case.
    public let contentType: String
    /// Decoded octets.
    public let size: Int
    /// SHA-256 of the decoded octets, 64 lower-case hexadecimal digits.
    public let sha256: String
    /// The decoded octets, where the parser was asked to keep them.
    public let content: [UInt8]?

    /// An attachment.
    public init(filename: String?, contentType: String, size: Int, sha256: String, content: [UInt8]? = nil) {
        self.filename = filename
        self.contentType = contentType
        self.size = size
        self.sha256 = sha256
        self.content = content
    }
}

/// The parts of a multipart/report that programs read.
public struct Report: Equatable, Sendable {
    /// What is reported.
    public enum Subject: String, Sendable {
        /// RFC 3464.
        case delivery
        /// RFC 5965.
        case complaint
        /// RFC 8098: a read receipt.
        case disposition
    }

    public var subject: Subject
    /// The groups of fields: for a delivery report the message's first, then one for each recipient.
    public var groups: [[Header]]
    /// Headers of the message it is about, as far as it was returned.
    public var returnedHeaders: [Header]

    /// A report.
    public init(subject: Subject, groups: [[Header]] = [], returnedHeaders: [Header] = []) {
        self.subject = subject
        self.groups = groups
        self.returnedHeaders = returnedHeaders
    }
}

/// Something the parser noticed about the bytes.
public enum ParseNote: String, Sendable {
    /// The regular parser gave up and the fallback read it, or a part such as `winmail.dat` is damaged.
    case damaged
    /// The message was longer than the limit and was cut.
    case truncated
    case tooManyHeaders = "too_many_headers"
    case headerTooLong = "header_too_long"
    case tooManyParts = "too_many_parts"
    case tooDeep = "too_deep"
    /// A charset nobody knows: the text was read as UTF-8 or Latin-1.
    case unknownCharset = "unknown_charset"
    /// Octets that are not valid in the stated charset were replaced.
    case invalidText = "invalid_text"
    case unreadableDate = "unreadable_date"
}
