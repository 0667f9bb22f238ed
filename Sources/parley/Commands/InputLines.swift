#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Standard input line by line, with a bound on what one line may hold.
struct InputLines {
    enum Line: Equatable {
        /// Without its end.
        case bytes([UInt8])
        /// Longer than the limit; it has been read past.
        case tooLong
    }

    /// Bytes of one line.
    private let limit: Int
    private let read: (UnsafeMutableRawBufferPointer) -> Int
    private var chunk = [UInt8](repeating: 0, count: 1 << 16)
    private var range = 0..<0

    /// - Parameters:
    ///   - limit: the most bytes of one line.
    ///   - read: fills a buffer and says with how many bytes; 0 or less at the end.
    init(limit: Int, read: @escaping (UnsafeMutableRawBufferPointer) -> Int = Self.standardInput) {
        self.limit = limit
        self.read = read
    }

    /// The next line; nil when there is none.
    mutating func next() -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        var isAny = false
        while fill() {
            isAny = true
            let end = chunk[range].firstIndex(of: 0x0A)
            let piece = range.lowerBound..<(end ?? range.upperBound)
            if line.count + piece.count > limit {
                isTooLong = true
                line = []
            } else if !isTooLong {
                line += chunk[piece]
            }
            range = (end.map { $0 + 1 } ?? range.upperBound)..<range.upperBound
            if end != nil { break }
        }
        guard isAny else { return nil }
        return isTooLong ? .tooLong : .bytes(line)
    }

    /// Whether there is anything left, in the chunk or in the input.
    private mutating func fill() -> Bool {
        if !range.isEmpty { return true }
        let count = chunk.withUnsafeMutableBytes { read($0) }
        range = 0..<max(0, count)
        return count > 0
    }

    private static func standardInput(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = platformRead(STDIN_FILENO, buffer.baseAddress, buffer.count)
            if count >= 0 || errno != EINTR { return count }
        }
    }
}

/// The system's `read`, whose name the closure above takes for itself.
private func platformRead(_ descriptor: CInt, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
