import Desk

/// Wakes those who read mailboxes, when somebody says that there is something to read. A ring that nobody hears is kept
/// for the next who waits.
public actor MailboxBells {
    private var rung: Set<MailboxID> = []
    private var waiting: [MailboxID: [Int: CheckedContinuation<Void, Never>]] = [:]
    private var next = 0

    /// The most rings that are kept; what is read again and again anyway needs none.
    private static let mostKept = 10_000

    public init() {}

    /// Wakes whoever waits at a mailbox, or the next who will.
    public func ring(_ id: MailboxID) {
        guard let all = waiting.removeValue(forKey: id), !all.isEmpty else {
            if rung.count < Self.mostKept { rung.insert(id) }
            return
        }
        for continuation in all.values { continuation.resume() }
    }

    /// Returns after a ring, after the time is over, or when the task is cancelled.
    func wait(at id: MailboxID, atMost duration: Duration) async {
        if rung.remove(id) != nil { return }
        next += 1
        let number = next
        let alarm = Task.detached { [weak self] in
            try? await Task.sleep(for: duration)
            await self?.release(number, id)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume()
                } else {
                    waiting[id, default: [:]][number] = continuation
                }
            }
        } onCancel: {
            alarm.cancel()
        }
        alarm.cancel()
    }

    private func release(_ number: Int, _ id: MailboxID) {
        waiting[id]?.removeValue(forKey: number)?.resume()
    }
}
