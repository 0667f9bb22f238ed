/// Wakes somebody who waits for work. A signal that comes while nobody waits is kept, however often it comes, so that
/// none is missed.
actor WakeSignal {
    private var isRaised = false
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    private var next = 0

    /// Wakes everybody who waits, or the next who will.
    func raise() {
        guard !waiting.isEmpty else {
            isRaised = true
            return
        }
        let all = waiting
        waiting = [:]
        for continuation in all.values { continuation.resume() }
    }

    /// Returns after a signal, after the time is over, or when the task is cancelled.
    func wait(atMost duration: Duration) async {
        if isRaised {
            isRaised = false
            return
        }
        let number = next
        next += 1
        let alarm = Task.detached { [weak self] in
            try? await Task.sleep(for: duration)
            await self?.release(number)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { waiting[number] = continuation }
            }
        } onCancel: {
            alarm.cancel()
        }
        alarm.cancel()
    }

    private func release(_ number: Int) { waiting.removeValue(forKey: number)?.resume() }
}
