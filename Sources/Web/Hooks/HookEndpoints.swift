import Desk
import Hooks
import Negotiation
import Synchronization

/// An endpoint as deliveries are held against it.
struct OpenEndpoint: Sendable {
    let record: InboundEndpoint
    let endpoint: Endpoint
}

/// The endpoints that were asked for lately, so that a delivery costs no look-up and no decryption. What is changed by
/// another process counts after a moment; what is changed by this one at once.
final class HookEndpoints: Sendable {
    private let office: Office
    private let known = Mutex<[InboundEndpointID: (found: OpenEndpoint, until: ContinuousClock.Instant)]>([:])

    /// How long an endpoint is believed.
    private static let lifetime: Duration = .seconds(2)
    /// The most endpoints that are kept; when there are more, all are looked up anew.
    private static let mostKept = 10_000

    init(_ office: Office) { self.office = office }

    /// The endpoint with that id; `nil` when there is none.
    func find(_ id: InboundEndpointID) async throws -> OpenEndpoint? {
        let now = ContinuousClock.now
        if let kept = known.withLock({ $0[id] }), now < kept.until { return kept.found }
        guard let record = try await office.books.inbound.endpointAnywhere(id) else {
            forget(id)
            return nil
        }
        let found = OpenEndpoint(record: record, endpoint: try open(record))
        known.withLock { known in
            if known.count >= Self.mostKept { known = [:] }
            known[id] = (found, now + Self.lifetime)
        }
        return found
    }

    /// Has an endpoint looked up anew the next time.
    func forget(_ id: InboundEndpointID) { known.withLock { $0[id] = nil } }

    private func open(_ record: InboundEndpoint) throws -> Endpoint {
        guard let provider = Provider(rawValue: record.provider) else {
            throw Problem(503, "unknown_provider", "This version of Parley does not know \(record.provider).")
        }
        let now = office.clock.now()
        return try Endpoint(
            EndpointSettings(
                provider: provider, secrets: try office.inboundSecrets(of: record),
                publicKeys: record.publicKeys(at: now),
                audience: record.audience ?? office.address(of: record), origins: record.settings.origins))
    }
}

extension Office {
    /// Where a provider delivers.
    func address(of endpoint: InboundEndpoint) -> String {
        "\(settings.publicURL)/hooks/\(endpoint.id)"
    }
}
