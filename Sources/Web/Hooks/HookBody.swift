import Hummingbird
import NIOCore
import Synchronization

/// How much of deliveries may lie in memory before they are verified, all in all.
final class HookRoom: Sendable {
    private let used = Mutex(0)
    private let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    /// Takes some room, if there is.
    func take(_ count: Int) -> Bool {
        used.withLock { used in
            guard used + count <= bytes else { return false }
            used += count
            return true
        }
    }

    func giveBack(_ count: Int) { used.withLock { $0 -= count } }
}

extension Request {
    /// The body of a delivery, at most `largest` bytes, within `seconds`. What it takes of `room` is taken chunk by chunk,
    /// so that nobody takes any by an announcement; `work` is done while it is taken.
    func delivery<Answer: Sendable>(
        upTo largest: Int, within seconds: Int64, in room: HookRoom,
        _ work: @Sendable ([UInt8]) async throws -> Answer
    ) async throws -> Answer {
        let announced = headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > largest { throw Problem.tooLarge }
        let taken = Mutex(0)
        defer { room.giveBack(taken.withLock { $0 }) }
        let bytes = try await inTime(seconds) {
            try await collect(upTo: largest, announced: announced) { count in
                guard room.take(count) else {
                    throw Problem(
                        503, "crowded", "Too much is being delivered at the moment.", retryAfter: 5)
                }
                taken.withLock { $0 += count }
            }
        }
        return try await work(bytes)
    }

    private func collect(upTo largest: Int, announced: Int?, take: (Int) throws -> Void) async throws
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        for try await chunk in body {
            guard bytes.count + chunk.readableBytes <= largest else { throw Problem.tooLarge }
            try take(chunk.readableBytes)
            if bytes.isEmpty { bytes.reserveCapacity(min(announced ?? 0, largest, 65_536)) }
            bytes += chunk.readableBytesView
        }
        try Task.checkCancellation()
        guard announced == nil || announced == bytes.count else {
            throw Problem(400, "body_cut_off", "The body is shorter than its Content-Length says.")
        }
        return bytes
    }

    private func inTime<Answer: Sendable>(
        _ seconds: Int64, _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw Problem(
                    408, "too_slow", "The body did not come within \(seconds) seconds. Deliver it again.")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw Problem.tooSlow }
            return answer
        }
    }
}
