internal import CLibcurl

/// One request on its way, and what comes back.
final class HTTPExchange {
    private let request: HTTPRequest
    private var sent = 0
    /// Whether the first byte of the body was handed over: from here on the server may have heard the
    /// request.
    private var hasBegun = false
    private var head = 0
    private var status = 0
    private var headers: [HTTPHeader] = []
    private var body: [UInt8] = []
    private var isCut = false

    init(_ request: HTTPRequest) { self.request = request }

    func perform(on handle: Handle) throws(CurlError) -> HTTPResponse {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let options = [CURLOPT_READDATA, CURLOPT_HEADERDATA, CURLOPT_WRITEDATA]
        for option in options { handle.set(option, context: context) }
        defer { for option in options { handle.set(option, context: nil) } }
        handle.set(CURLOPT_READFUNCTION) { buffer, size, count, context in
            HTTPExchange.of(context).fill(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            HTTPExchange.of(context).takeHead(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        handle.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            HTTPExchange.of(context).takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        let code = withExtendedLifetime(self) { handle.perform() }
        if let code, !isCut { throw failure(code) }
        guard (200...599).contains(status) else {
            throw .protocolViolation(server: request.server.name, reason: "it answered with status \(status)")
        }
        return HTTPResponse(status: status, headers: headers, body: body, isCut: isCut)
    }

    /// Only ever called from within ``perform(on:)``, which keeps the exchange alive.
    private static func of(_ context: UnsafeMutableRawPointer?) -> HTTPExchange {
        Unmanaged<HTTPExchange>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
    }

    // MARK: What libcurl calls

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, request.body.count - sent)
        hasBegun = hasBegun || count > 0
        request.body.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sent..<(sent + count)]))
        }
        sent += count
        return count
    }

    /// Takes one line; a count that is not the line's ends the exchange.
    private func takeHead(_ bytes: UnsafeRawBufferPointer) -> Int {
        head += bytes.count
        guard head <= HTTPLimits.largestHead else { return 0 }
        let line = String(decoding: bytes, as: UTF8.self).trimmed
        if line.hasPrefix("HTTP/") {
            // What came before was an answer on the way to the answer (1xx).
            status = Int(line.drop { $0 != " " }.dropFirst().prefix(3)) ?? 0
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            headers.append(
                HTTPHeader(
                    received: String(line[..<colon]), String(line[line.index(after: colon)...].trimmed)))
        }
        return bytes.count
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        let room = request.limits.largestBody - body.count
        body.append(contentsOf: bytes.prefix(room))
        isCut = bytes.count > room
        return isCut ? 0 : bytes.count
    }

    // MARK: Errors

    private func failure(_ code: CURLcode) -> CurlError {
        let server = request.server
        let error = CURLcodeError(code)
        guard head <= HTTPLimits.largestHead else {
            return .protocolViolation(
                server: server.name, reason: "its headers have more than \(HTTPLimits.largestHead) bytes")
        }
        let timedOut = code == CURLE_OPERATION_TIMEDOUT
        let reason = timedOut ? "it did not answer in time" : error.reason
        switch error.failure(with: server, Dialogue()) {
        case .unsafe where !hasBegun: return .unsafe(server: server.name, reason: reason)
        case .unreachable where !hasBegun && !timedOut:
            return .unreachable(server: server.name, reason: reason)
        default:
            return hasBegun || request.body.isEmpty
                ? .brokenOff(server: server.name, reason: reason)
                : .unreachable(server: server.name, reason: reason)
        }
    }
}

extension StringProtocol {
    /// Without the blanks and the line break around it.
    fileprivate var trimmed: SubSequence {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? endIndex
        return self[start..<Swift.max(start, end)]
    }
}
