/// JSON (RFC 8259) of which there is only one reading: what is signed must not mean two things to two readers.
///
/// Duplicate names, invalid UTF-8, trailing bytes and anything beyond the limits are refused. Numbers keep their
/// text, members their order. A `\u0000` is allowed, as the RFC has it: mind that Postgres text cannot hold it.
public enum StrictJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    /// As it was written, for instance `1.50` or `1e3`.
    case number(String)
    case string(String)
    case array([StrictJSON])
    case object(Object)

    /// The members of an object in their order.
    public struct Object: Sendable, Equatable {
        /// One name and its value.
        public struct Member: Sendable, Equatable {
            /// The name, unescaped.
            public let name: String
            /// The value.
            public let value: StrictJSON
        }

        /// All members. No two have the same name.
        public let members: [Member]

        /// The value of a name. Names are compared as bytes, not by Unicode equivalence.
        public subscript(name: String) -> StrictJSON? {
            members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
        }
    }

    /// How much is read before the text is refused.
    public struct Limits: Sendable {
        /// Length of the text in bytes.
        public var bytes: Int
        /// Arrays and objects inside each other.
        public var depth: Int
        /// Values in all, which bounds the memory.
        public var values: Int
        /// Members of one object.
        public var members: Int
        /// Whether half a surrogate pair becomes U+FFFD instead of a refusal: senders that cut UTF-16 text at some
        /// length produce such halves, and a mail should not be lost for one.
        public var replacesLoneSurrogates: Bool

        /// Limits, by default those for a small request.
        public init(
            bytes: Int = 1 << 20, depth: Int = 32, values: Int = 20_000, members: Int = 1_000,
            replacesLoneSurrogates: Bool = false
        ) {
            self.bytes = bytes
            self.depth = depth
            self.values = values
            self.members = members
            self.replacesLoneSurrogates = replacesLoneSurrogates
        }
    }

    /// Reads one JSON text. Throws `jsonRefused` with the place and the reason.
    public init(_ bytes: [UInt8], limits: Limits = Limits()) throws(SecretsError) {
        guard bytes.count <= limits.bytes else { throw .jsonRefused(offset: limits.bytes, .tooLong) }
        var reader = StrictJSONReader(bytes: bytes, limits: limits)
        self = try reader.readText()
    }
}

/// Why a JSON text was refused.
public enum JSONFault: Sendable, Equatable {
    case syntax, tooLong, tooDeep, tooManyValues, invalidUTF8, loneSurrogate
    /// The same name twice in one object.
    case duplicateName(String)
}

extension StrictJSON {
    /// The value of a name, if this is an object that has it.
    public subscript(name: String) -> StrictJSON? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    /// The text, if this is a string.
    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The elements, if this is an array.
    public var array: [StrictJSON]? { if case .array(let elements) = self { elements } else { nil } }

    /// The members, if this is an object.
    public var object: Object? { if case .object(let object) = self { object } else { nil } }

    /// The truth value, if this is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The whole number, if this is a number written as one (neither `1.0` nor `1e3`) that fits.
    public var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }

    /// The number as a binary fraction, if this is one: for times and scores, never for money.
    public var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }

    /// The text of a string, or of a number as it was written: for ids that senders write either way.
    public var idText: String? {
        switch self {
        case .string(let text): text
        case .number(let text): text
        default: nil
        }
    }
}
