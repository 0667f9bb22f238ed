import Desk
import Logging
import Postgres
import ServiceLifecycle
import Store

/// Shows for as long as this process works that its worker lives. When the connection that shows it is lost, it is
/// made anew at once.
struct WorkerLife: Service {
    let worker: String
    let database: Postgres.Configuration
    let logger: Logger

    /// How often the sign is looked after.
    private static let interval: Duration = .seconds(5)
    /// How soon a lost sign is tried again.
    private static let retry: Duration = .milliseconds(500)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    guard let lock = try await WorkerLock.hold(for: worker, database) else {
                        try await Task.sleep(for: Self.retry)
                        continue
                    }
                    await keep(lock)
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("the sign of life of this worker was lost, making it anew: \(error)")
                    try? await Task.sleep(for: Self.retry)
                }
            }
        }
    }

    private func keep(_ lock: WorkerLock) async {
        do {
            while true {
                try await Task.sleep(for: Self.interval)
                try await lock.confirm()
            }
        } catch {
            await lock.release()
        }
    }
}
