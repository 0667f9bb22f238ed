import Hooks
import Secrets

/// Keys of providers that have to be fetched before a delivery can be verified. Both closures throw ``SenderKeyFault``.
public struct SenderKeysPort: Sendable {
    /// The signing certificate of SNS at an address that passed the rule for hosts.
    public var certificate: @Sendable (String) async throws -> Certificate
    /// The keys of Google's accounts, among them one of that name if there is.
    public var keySet: @Sendable (String) async throws -> KeySet

    public init(
        certificate: @escaping @Sendable (String) async throws -> Certificate,
        keySet: @escaping @Sendable (String) async throws -> KeySet
    ) {
        self.certificate = certificate
        self.keySet = keySet
    }

    /// Nothing is ever fetched.
    public static let none = SenderKeysPort(
        certificate: { _ in throw SenderKeyFault.unavailable("nothing is fetched here") },
        keySet: { _ in throw SenderKeyFault.unavailable("nothing is fetched here") })
}

/// Why a key of a provider could not be had.
public enum SenderKeyFault: Error, Hashable, Sendable {
    /// The provider has no such key, so what was signed with it is not authentic.
    case unknown(String)
    /// It cannot be had at the moment: the delivery should come again.
    case unavailable(String)
}
