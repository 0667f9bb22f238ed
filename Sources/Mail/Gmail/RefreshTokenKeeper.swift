import Desk
import Negotiation

/// Where refresh tokens are kept that their server has changed.
public struct RefreshTokenKeeper: Sendable {
    /// Keeps a token that took the place of the one that was used; whether that is done.
    public var keep: @Sendable (OAuthGrant.Holder, _ used: String, _ renewed: String) async -> Bool
    /// The token that is kept now; `nil` where there is none, or nobody can tell.
    public var current: @Sendable (OAuthGrant.Holder) async -> String?

    public init(
        keep: @escaping @Sendable (OAuthGrant.Holder, _ used: String, _ renewed: String) async -> Bool,
        current: @escaping @Sendable (OAuthGrant.Holder) async -> String?
    ) {
        self.keep = keep
        self.current = current
    }

    /// Keeps them in the books.
    ///
    /// - Parameter report: takes one line about what could not be kept or looked up.
    public init(_ tokens: RefreshTokens, report: @escaping @Sendable (String) -> Void) {
        self.init(
            keep: { holder, used, renewed in
                do {
                    try await tokens.keep(
                        renewed, insteadOf: used, of: holder.mailbox, in: holder.organization)
                    return true
                } catch {
                    report(
                        "the renewed refresh token of mailbox \(holder.mailbox) could not be stored yet: \(error)"
                    )
                    return false
                }
            },
            current: { holder in
                do {
                    return try await tokens.current(of: holder.mailbox, in: holder.organization)
                } catch {
                    report(
                        "the refresh token of mailbox \(holder.mailbox) could not be looked up: \(error)")
                    return nil
                }
            })
    }

    /// Keeps nothing.
    public static let none = RefreshTokenKeeper(keep: { _, _, _ in true }, current: { _ in nil })
}
