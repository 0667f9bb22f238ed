import Desk
import Logging
import Mail
import Negotiation
import Postgres
import ServiceLifecycle

/// Wakes the workers when a transaction has enqueued something.
struct JobListener: Service {
    let listener: Listener
    let wake: WakeSignal

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await event in listener.events {
                if case .lost = event { continue }
                await wake.raise()
            }
        }
        listener.stop()
    }
}

/// Looks into the sandbox inbox again and again.
struct InboxWatcher: Service {
    let inbox: SandboxInbox
    let logger: Logger

    /// How long to wait between two looks. A file is taken at the second look at which it is unchanged.
    private static let interval: Duration = .milliseconds(150)
    /// How long to wait after an error.
    private static let pauseAfterError: Duration = .seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    _ = try await inbox.look()
                    try await Task.sleep(for: Self.interval)
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("the sandbox inbox cannot be received: \(error)")
                    try? await Task.sleep(for: Self.pauseAfterError)
                }
            }
        }
    }
}

/// Ends the gateway when its own database has ended for good.
struct EmbeddedWatcher: Service {
    let database: Database

    func run() async throws {
        guard let embedded = database.embedded else { return try await gracefulShutdown() }
        try await cancelWhenGracefulShutdown {
            if let failure = await embedded.end() { throw failure }
        }
    }
}
