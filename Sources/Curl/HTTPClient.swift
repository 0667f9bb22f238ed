internal import CLibcurl

/// Talks HTTP/1.1 to servers, one exchange after the other, and keeps connections for the next one. Whoever
/// wants several exchanges at once has several clients.
///
/// No redirect is followed, no proxy asked, no cookie kept, and TLS is 1.2 at least.
public actor HTTPClient {
    private let queue = BlockingQueue("parley.http")
    private let trust: ServerAddress.Trust
    private let gate: ConnectionGate?
    private var handle: Handle?

    /// Connections that wait for the next exchange.
    private static let mostConnections = 2

    public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - trust: whose certificates are believed.
    ///   - mayConnect: asked about every address before a connection is made to it, after the name was resolved,
    ///     so that no name can lead elsewhere in between; `nil` where any will do.
    public init(
        trust: ServerAddress.Trust = .system, mayConnect: (@Sendable (PeerAddress) -> Bool)? = nil
    ) {
        self.trust = trust
        gate = mayConnect.map(ConnectionGate.init)
    }

    /// Sends a request and waits for the whole answer, whatever its status.
    ///
    /// Nothing is ever sent twice once its body has begun to leave. Of the errors,
    /// ``CurlError/unreachable(server:reason:)``, ``CurlError/forbidden(server:address:)``,
    /// ``CurlError/unsafe(server:reason:)`` and ``CurlError/unsendable(_:)`` say that the server surely has not heard the request; after
    /// ``CurlError/brokenOff(server:reason:)`` and ``CurlError/protocolViolation(server:reason:)`` it may
    /// have.
    public func exchange(_ request: HTTPRequest) throws(CurlError) -> HTTPResponse {
        let handle = try opened()
        prepare(handle, for: request)
        gate?.forget()
        do throws(CurlError) {
            return try HTTPExchange(request).perform(on: handle)
        } catch {
            if case .unreachable = error, let address = gate?.refused {
                throw .forbidden(server: request.server.name, address: "\(address)")
            }
            throw error
        }
    }

    private func opened() throws(CurlError) -> Handle {
        if let handle { return handle }
        let new = try Handle()
        new.set(CURLOPT_PROTOCOLS_STR, "http,https")
        new.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        new.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        new.set(CURLOPT_FOLLOWLOCATION, 0)
        new.set(CURLOPT_MAXCONNECTS, Self.mostConnections)
        new.set(CURLOPT_USERAGENT, "Parley")
        // A server that sends a byte a second is silent for whoever waits.
        new.set(CURLOPT_LOW_SPEED_LIMIT, 2)
        if case .authorities(let file) = trust {
            new.set(CURLOPT_CAINFO, file)
            new.set(CURLOPT_CAPATH, nil)
        }
        gate?.watch(new)
        handle = new
        return new
    }

    private func prepare(_ handle: Handle, for request: HTTPRequest) {
        handle.set(CURLOPT_URL, request.url)
        if request.method == .get || request.method == .delete && request.body.isEmpty {
            handle.set(CURLOPT_HTTPGET, 1)
        } else {
            handle.set(CURLOPT_POST, 1)
            handle.set(CURLOPT_POSTFIELDSIZE_LARGE, size: request.body.count)
        }
        handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        // A waiting connection that turns out to be closed makes libcurl repeat what has no body yet sent,
        // which is right for questions only.
        let isRepeatable = request.method == .get || !request.body.isEmpty
        handle.set(CURLOPT_FRESH_CONNECT, request.opensConnection || !isRepeatable ? 1 : 0)
        // Without a value, libcurl leaves out what it would put in by itself.
        let own = request.headers.map { "\($0.name): \($0.value)" }
        handle.set(CURLOPT_HTTPHEADER, list: ["Content-Type:", "Expect:"] + own)
        handle.set(CURLOPT_CONNECTTIMEOUT, request.limits.connectSeconds)
        handle.set(CURLOPT_LOW_SPEED_TIME, request.limits.silentSeconds)
        handle.set(CURLOPT_TIMEOUT, request.limits.totalSeconds)
    }
}
