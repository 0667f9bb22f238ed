import Courier
import Curl
import Hooks
import Secrets
import Web

/// Fetches what webhooks are verified with: SNS's signing certificates and Google's keys. An address has passed the rule
/// for the provider's hosts before it comes here; an operator may then put another place behind it. No redirect is
/// followed, and no private address connected to unless an operator has named the place.
actor SenderKeys {
    private let snsBase: String?
    private let jwksURL: String
    private let anywhere: HTTPClient
    private let publicOnly: HTTPClient
    private let isJWKSElsewhere: Bool
    private var certificates: [String: (certificate: Certificate, until: ContinuousClock.Instant)] = [:]
    private var unknown: [String: ContinuousClock.Instant] = [:]
    private var keys: (set: KeySet, fetched: ContinuousClock.Instant)?

    /// How long what was fetched is believed.
    private static let lifetime: Duration = .seconds(3600)
    /// How long an address without a certificate is not asked for again.
    private static let unknownLifetime: Duration = .seconds(60)
    /// How soon the keys are fetched again because one is not among them.
    private static let shortestAge: Duration = .seconds(5)
    /// Certificates, and addresses without one, that are kept.
    private static let mostKept = 100
    /// Bytes of what is fetched.
    private static let largest = 256 << 10
    private static let limits = HTTPLimits(
        connectSeconds: 5, silentSeconds: 5, totalSeconds: 10, largestBody: largest)

    init(_ configuration: Configuration) {
        snsBase = configuration.snsBase
        jwksURL = configuration.jwksURL
        isJWKSElsewhere = configuration.isJWKSElsewhere
        anywhere = HTTPClient()
        publicOnly = HTTPClient { AddressPolicy().verdict(on: $0.octets) == .open }
    }

    nonisolated var port: SenderKeysPort {
        SenderKeysPort(
            certificate: { try await self.certificate(at: $0) },
            keySet: { try await self.keySet(with: $0) })
    }

    // MARK: SNS

    private func certificate(at address: String) async throws -> Certificate {
        let now = ContinuousClock.now
        if let kept = certificates[address], now < kept.until { return kept.certificate }
        if let until = unknown[address], now < until { throw SenderKeyFault.unknown(address) }
        let response = try await fetch(address)
        guard response.status == 200, !response.isCut, let certificate = try? Certificate(pem: response.body)
        else {
            guard response.status < 500 else {
                throw SenderKeyFault.unavailable("SNS answered \(response.status)")
            }
            if unknown.count >= Self.mostKept { unknown = [:] }
            unknown[address] = now + Self.unknownLifetime
            throw SenderKeyFault.unknown(address)
        }
        if certificates.count >= Self.mostKept { certificates = [:] }
        certificates[address] = (certificate, now + Self.lifetime)
        return certificate
    }

    /// Confirms the subscription of a topic.
    func confirm(_ address: String) async throws {
        guard SNSAddress.isConfirmation(address) else { throw SenderKeyFault.unknown(address) }
        let response = try await fetch(address)
        guard (200..<300).contains(response.status) else {
            throw SenderKeyFault.unavailable("SNS answered the confirmation with \(response.status)")
        }
    }

    private func fetch(_ address: String) async throws -> HTTPResponse {
        guard let snsBase else { return try await get(address, by: publicOnly) }
        let path = address.dropFirst("https://".count).drop { $0 != "/" }
        return try await get(snsBase + path, by: anywhere)
    }

    private func get(_ address: String, by client: HTTPClient) async throws -> HTTPResponse {
        do {
            var request = try HTTPRequest(.get, address)
            request.limits = Self.limits
            return try await client.exchange(request)
        } catch {
            throw SenderKeyFault.unavailable(error.description)
        }
    }

    // MARK: Google

    private func keySet(with id: String) async throws -> KeySet {
        let now = ContinuousClock.now
        if let keys {
            let age = now - keys.fetched
            if age < Self.shortestAge || (age < Self.lifetime && keys.set[id] != nil) { return keys.set }
        }
        do {
            let response = try await get(jwksURL, by: isJWKSElsewhere ? anywhere : publicOnly)
            guard response.status == 200, !response.isCut else {
                throw SenderKeyFault.unavailable("the key set was answered with \(response.status)")
            }
            let set = try KeySet(json: response.body)
            keys = (set, now)
            return set
        } catch {
            // Keys that are known stay good while new ones cannot be had.
            if let keys, now - keys.fetched < Self.lifetime, keys.set[id] != nil { return keys.set }
            if let fault = error as? SenderKeyFault { throw fault }
            throw SenderKeyFault.unavailable("the key set cannot be read: \(error)")
        }
    }
}
