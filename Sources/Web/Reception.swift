import Desk
import Secrets

/// Everything that requests are answered with: the use cases, keys, templates and a few ports of the web's own.
public struct Reception: Sendable {
    public var office: Office
    /// `SECRET_KEY`.
    public var secretKey: SecretKey
    /// The folder with the page templates and the stylesheet.
    public var templateFolder: String
    /// Parley's version, for `/metrics` and `/openapi.json`.
    public var version: String
    public var limits = WebLimits()
    /// What `/readyz` asks.
    public var readiness: @Sendable () async -> [ReadinessCheck] = { [] }
    /// What every page of an organization shows around its content; asked once for a page.
    public var surroundings: @Sendable (OrganizationID) async -> Surroundings = { _ in Surroundings() }
    /// Jobs of all organizations by kind and depth, for `/metrics`.
    public var jobCounts: @Sendable () async -> [JobCount] = { [] }
    public var idempotency: IdempotencyPort
    public var sandbox = SandboxPort.none
    /// Keys of those who deliver webhooks.
    public var senderKeys = SenderKeysPort.none

    public init(
        office: Office, secretKey: SecretKey, templateFolder: String, version: String,
        idempotency: IdempotencyPort
    ) {
        self.office = office
        self.secretKey = secretKey
        self.templateFolder = templateFolder
        self.version = version
        self.idempotency = idempotency
    }
}
