internal import CLibpq

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file descriptor that another thread makes readable, so that a thread can wait for it and a socket at once
/// (`eventfd(2)`).
final class Wakeup: Sendable {
    let descriptor: Int32

    init() throws(PostgresError) {
        descriptor = parley_pq_eventfd()
        guard descriptor >= 0 else {
            throw .unreachable(server: "this machine", reason: "eventfd: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Wakes whoever waits, or the next who does.
    func signal() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Forgets the signals that were given so far.
    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    /// Waits until the next signal, or for so long; `nil` waits without end.
    func wait(atMost limit: Duration? = nil) {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&watched, 1, Int32(clamping: limit?.milliseconds ?? -1))
        clear()
    }
}
