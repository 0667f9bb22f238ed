internal import CLibcurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The bytes of a conversation with an IMAP server, in lines and in literals whose length was announced.
///
/// libcurl makes the connection, its encryption and the signing in; what is said afterwards goes through here, because
/// libcurl takes the lines of a message for answers of the server.
final class IMAPStream {
    private let handle: Handle
    private let socket: Int32
    private let server: ServerAddress
    private var buffer: [UInt8] = []
    /// Where what has not been read yet begins.
    private var start = 0
    private var chunk = [UInt8](repeating: 0, count: IMAPStream.chunkBytes)

    private static let chunkBytes = 1 << 16
    /// Seconds that a server still has to answer once nobody waits for it any more.
    private static let graceSeconds = 2
    /// Bytes of one line; the answer to a search of a large folder is one.
    static let longestLine = 16 << 20

    init(_ handle: Handle, _ server: ServerAddress) throws(CurlError) {
        guard let socket = handle.socket else {
            throw .brokenOff(server: server.name, reason: "it ended after signing in")
        }
        self.handle = handle
        self.socket = socket
        self.server = server
    }

    /// Sends all of it.
    func write(_ bytes: [UInt8]) throws(CurlError) {
        var sent = 0
        while sent < bytes.count {
            switch bytes.withUnsafeBytes({ handle.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
            case .bytes(let count): sent += count
            case .wait:
                guard try wait(for: Int16(POLLOUT), seconds: server.replySeconds) else {
                    throw silent(server.replySeconds)
                }
            case .failed(let error): throw .brokenOff(server: server.name, reason: error.reason)
            }
        }
    }

    /// The next line without its end; nil if none has come after so many seconds.
    func line(within seconds: Int? = nil) throws(CurlError) -> [UInt8]? {
        var looked = start
        while true {
            if let end = newline(from: looked) {
                defer { start = end + 1 }
                let last = end > start && buffer[end - 1] == 0x0D ? end - 1 : end
                return Array(buffer[start..<last])
            }
            guard buffer.count - start <= Self.longestLine else {
                throw .protocolViolation(
                    server: server.name, reason: "a line of more than \(Self.longestLine) bytes")
            }
            let known = buffer.count - start
            guard try fill(within: seconds ?? server.replySeconds, isPatient: seconds != nil) else {
                return nil
            }
            looked = start + known
        }
    }

    /// The next `count` bytes.
    func literal(_ count: Int) throws(CurlError) -> [UInt8] {
        var literal: [UInt8] = []
        literal.reserveCapacity(count)
        while literal.count < count {
            if start == buffer.count { _ = try fill(within: server.replySeconds, isPatient: false) }
            let part = min(count - literal.count, buffer.count - start)
            literal.append(contentsOf: buffer[start..<(start + part)])
            start += part
        }
        return literal
    }

    /// Reads past the next `count` bytes.
    func skip(_ count: Int) throws(CurlError) {
        var left = count
        while left > 0 {
            if start == buffer.count { _ = try fill(within: server.replySeconds, isPatient: false) }
            let part = min(left, buffer.count - start)
            start += part
            left -= part
        }
    }

    private func newline(from position: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard position < bytes.count, let base = bytes.baseAddress else { return nil }
            return memchr(base + position, 0x0A, bytes.count - position).map { base.distance(to: $0) }
        }
    }

    /// Waits for more bytes. False where nothing came in time and the caller is patient.
    private func fill(within seconds: Int, isPatient: Bool) throws(CurlError) -> Bool {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        while true {
            switch chunk.withUnsafeMutableBytes({ handle.receive(into: $0) }) {
            case .bytes(0): throw .brokenOff(server: server.name, reason: "the server closed it")
            case .bytes(let count):
                chunk.withUnsafeBytes { buffer.append(contentsOf: $0[..<count]) }
                return true
            case .wait:
                guard try wait(for: Int16(POLLIN), seconds: seconds) else {
                    if isPatient { return false }
                    throw silent(seconds)
                }
            case .failed(let error): throw .brokenOff(server: server.name, reason: error.reason)
            }
        }
    }

    private func silent(_ seconds: Int) -> CurlError {
        .brokenOff(server: server.name, reason: "it was silent for \(seconds) seconds")
    }

    /// Whether the socket is ready within so many seconds, or within a few where the task has been cancelled: a server that
    /// is slow does not keep a gateway from ending.
    private func wait(for events: Int16, seconds: Int) throws(CurlError) -> Bool {
        var watched = pollfd(fd: socket, events: events, revents: 0)
        var left = seconds
        while left > 0 {
            let result = poll(&watched, 1, 1000)
            if result < 0, errno != EINTR {
                throw .brokenOff(server: server.name, reason: String(cString: strerror(errno)))
            }
            if result != 0 { return true }
            left -= 1
            if Task.isCancelled { left = min(left, Self.graceSeconds) }
        }
        return false
    }
}
