internal import CSupervise

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the last failed system call complained about.
var systemComplaint: String { String(cString: strerror(errno)) }

/// A file descriptor that is closed when nobody needs it any more, and never handed to a child by accident.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    /// Opens a file or folder; `nil` when that fails, `errno` says why.
    convenience init?(open path: String, _ flags: Int32, mode: mode_t = 0o600) {
        let number = open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { return nil }
        self.init(number)
    }

    deinit { close(number) }

    /// Writes all of a text; `false` when that fails.
    func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Both ends of a pipe; `nil` when the system has no descriptors left.
func makePipe() -> (reading: Descriptor, writing: Descriptor)? {
    var ends: [Int32] = [-1, -1]
    guard parley_pipe(&ends) == 0 else { return nil }
    return (Descriptor(ends[0]), Descriptor(ends[1]))
}

/// A descriptor that another thread makes readable.
final class Signal: Sendable {
    let descriptor: Descriptor

    init?() {
        let number = parley_event_descriptor()
        guard number >= 0 else { return nil }
        descriptor = Descriptor(number)
    }

    func raise() {
        var one: UInt64 = 1
        _ = write(descriptor.number, &one, 8)
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor.number, &count, 8)
    }
}

/// Waits until one of the descriptors is readable or the time is over. Negative descriptors are left out.
func waitForAny(_ descriptors: [Int32], atMost limit: Duration?) {
    var watched = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let milliseconds = limit.map {
        $0.components.seconds * 1_000 + $0.components.attoseconds / 1_000_000_000_000_000
    }
    _ = poll(&watched, nfds_t(watched.count), Int32(clamping: milliseconds ?? -1))
}

/// The whole of a small file, at most `limit` bytes of its end; `nil` when it cannot be read.
func contents(of path: String, last limit: Int = 65_536) -> String? {
    guard let file = Descriptor(open: path, O_RDONLY) else { return nil }
    let size = Int(lseek(file.number, 0, SEEK_END))
    // Files of /proc have no size, and are read from their beginning.
    if size > 0 { lseek(file.number, off_t(max(0, size - limit)), SEEK_SET) }
    var bytes = [UInt8](repeating: 0, count: limit)
    var filled = 0
    while filled < limit {
        let count = bytes.withUnsafeMutableBytes {
            read(file.number, $0.baseAddress?.advanced(by: filled), limit - filled)
        }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { break }
        filled += count
    }
    return String(decoding: bytes[..<filled], as: UTF8.self)
}

/// What `stat(2)` says of a path, following links.
func status(of path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
}

/// The absolute path without links; `nil` when there is no such thing.
func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}

/// The names in a folder.
func names(in folder: String) -> [String] {
    guard let open = opendir(folder) else { return [] }
    defer { closedir(open) }
    var names: [String] = []
    while let entry = readdir(open) {
        let name = withUnsafePointer(to: entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}
