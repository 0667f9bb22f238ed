import Desk
import Hooks
import Logging
import Negotiation
import Synchronization

/// Counts deliveries that were refused. Anybody can send such, so neither the database nor the log is written to for each
/// of them: what has come together is written once a second at most.
final class HookRefusals: Sendable {
    private struct State {
        var counts: [OrganizationID: [InboundEndpointID: Int]] = [:]
        var written = ContinuousClock.now - HookRefusals.interval
    }

    private let office: Office
    private let state = Mutex(State())

    /// How often they are written at most.
    private static let interval: Duration = .seconds(1)

    init(_ office: Office) { self.office = office }

    /// Counts one refusal.
    func count(_ error: HooksError, at endpoint: InboundEndpoint, log: Logger) async {
        let isDue = state.withLock { state in
            state.counts[endpoint.organizationID, default: [:]][endpoint.id, default: 0] += 1
            guard ContinuousClock.now - state.written >= Self.interval else { return false }
            state.written = .now
            return true
        }
        guard isDue else { return }
        log.notice(
            "a webhook was refused", metadata: ["endpoint": "\(endpoint.id)", "reason": "\(error)"])
        await flush(log)
    }

    /// Writes what has come together.
    func flush(_ log: Logger) async {
        let counts = state.withLock { state in
            defer { state.counts = [:] }
            return state.counts
        }
        for (organization, counts) in counts {
            do {
                try await office.books.inbound.countRefused(organization, counts)
            } catch {
                log.warning("refused webhooks could not be counted", metadata: ["error": "\(error)"])
            }
        }
    }
}
