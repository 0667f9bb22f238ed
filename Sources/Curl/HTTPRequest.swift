/// One request of HTTP (RFC 9110). Nothing in it can end the part that it stands in.
public struct HTTPRequest: Hashable, Sendable {
    /// What is to be done with what the URL names.
    public enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public let method: Method
    public let url: String
    public let headers: [HTTPHeader]
    /// Empty where there is none.
    public let body: [UInt8]
    public var limits = HTTPLimits()
    /// Whether a connection of its own is made. A server may close one that has waited for as long as it
    /// likes, also in the moment in which the next request leaves, and then nobody can tell whether that was
    /// heard.
    public var opensConnection = false
    /// Whom it goes to.
    public let server: ServerAddress

    /// Bytes of a URL; RFC 9110, section 4.1, asks for 8,000 at least.
    static let longestURL = 8192

    /// - Parameters:
    ///   - url: absolute, `http` or `https`, percent-encoded, without user, password and fragment.
    ///   - body: none with `GET`.
    ///
    /// Throws ``CurlError/unsendable(_:)``.
    public init(
        _ method: Method, _ url: String, headers: [HTTPHeader] = [], body: [UInt8] = []
    ) throws(CurlError) {
        guard let server = Self.server(of: url) else {
            throw .unsendable("“\(url.prefix { $0 != "?" }.prefix(80))” is no address of http or https")
        }
        guard method != .get || body.isEmpty else { throw .unsendable("A GET has no body") }
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.server = server
    }

    /// Whom an absolute URL names; nil for what is none (RFC 3986).
    private static func server(of url: String) -> ServerAddress? {
        let isPlain = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"#<>\\^`{|}".utf8.contains($0) }
        guard isPlain, url.utf8.count <= longestURL, let mark = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let authority = url[mark.upperBound...].prefix { $0 != "/" && $0 != "?" }
        let isBracketed = authority.hasPrefix("[")
        let end = isBracketed ? authority.firstIndex(of: "]") : authority.firstIndex(of: ":")
        let host = authority[..<(end ?? authority.endIndex)].drop { $0 == "[" }
        let rest = authority[(end ?? authority.endIndex)...].drop { $0 == "]" }
        guard rest.isEmpty || rest.hasPrefix(":"), isBracketed == host.contains(":"),
            !isBracketed || end != nil
        else { return nil }
        let port = rest.isEmpty ? (scheme == "https" ? 443 : 80) : Int(rest.dropFirst()) ?? 0
        let server = ServerAddress(
            host: String(host), port: port, security: scheme == "https" ? .tls : .none)
        return server.isPlain ? server : nil
    }
}

/// A header of a request or a response (RFC 9110, section 5).
public struct HTTPHeader: Hashable, Sendable {
    public let name: String
    public let value: String

    /// Bytes of a value.
    static let longestValue = 16_384

    /// What says where a message begins and ends, which is nobody's business but libcurl's.
    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "transfer-encoding", "upgrade",
    ]

    /// A header to send. Throws ``CurlError/unsendable(_:)`` for what could end the line, or change where the
    /// body ends.
    public init(_ name: String, _ value: String) throws(CurlError) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenByte), !Self.reserved.contains(name.lowercased())
        else { throw .unsendable("“\(name.prefix(80))” is no header that may be set") }
        guard !value.isEmpty, value.utf8.count <= Self.longestValue,
            value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 })
        else { throw .unsendable("The header \(name) has no value that can be sent") }
        self.name = name
        self.value = value
    }

    /// A header as it was received.
    init(received name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// How long an exchange may take, and how much of the answer is kept.
public struct HTTPLimits: Hashable, Sendable {
    /// Seconds until a connection has to be there.
    public var connectSeconds: Int
    /// Seconds that nothing may move.
    public var silentSeconds: Int
    /// Seconds of the whole exchange.
    public var totalSeconds: Int
    /// Bytes of the body of the answer.
    public var largestBody: Int

    /// Bytes of the status line and the headers of an answer, all in all.
    static let largestHead = 65_536

    public init(
        connectSeconds: Int = 15, silentSeconds: Int = 30, totalSeconds: Int = 60, largestBody: Int = 1 << 20
    ) {
        self.connectSeconds = connectSeconds
        self.silentSeconds = silentSeconds
        self.totalSeconds = totalSeconds
        self.largestBody = largestBody
    }
}

extension UInt8 {
    /// What the name of a header is made of (RFC 9110, section 5.6.2).
    fileprivate var isTokenByte: Bool {
        (0x30...0x39).contains(self) || (0x61...0x7A).contains(self | 0x20)
            || "!#$%&'*+-.^_`|~".utf8.contains(self)
    }
}
