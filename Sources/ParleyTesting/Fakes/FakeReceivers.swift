import Desk
import Negotiation
import Synchronization

/// Systems that are told things: every post is kept, and answered as it was said before, else with 204.
public final class FakeReceivers: Sendable {
    private struct State {
        var posts: [WebhookPost] = []
        var answers: [WebhookOutcome] = []
        var standing: [String: WebhookOutcome] = [:]
        var meanwhile: (@Sendable () async -> Void)?
        var atOnce = 0
        var mostAtOnce = 0
        var secrets = 0
    }

    private let state = Mutex(State())

    /// Receivers that have heard nothing.
    public init() {}

    /// Everything that was posted, in order.
    public var posts: [WebhookPost] { state.withLock { $0.posts } }
    /// The most posts that were on their way at the same time.
    public var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }

    /// Says what the next post is answered, and the one after.
    public func next(_ outcomes: WebhookOutcome...) { state.withLock { $0.answers += outcomes } }
    /// Says what posts to an address are answered from now on; `nil` for 204.
    public func answer(_ url: String, _ outcome: WebhookOutcome?) {
        state.withLock { $0.standing[url] = outcome }
    }
    /// Does something while the next post is on its way.
    public func duringNextPost(_ action: @escaping @Sendable () async -> Void) {
        state.withLock { $0.meanwhile = action }
    }

    /// The port of the use cases. Signatures name the secrets that they were made with.
    public var port: CourierPort {
        CourierPort(
            objection: { $0.hasPrefix("https://") ? nil : "must begin with https://" },
            newSecret: {
                let number = self.state.withLock { state in
                    state.secrets += 1
                    return state.secrets
                }
                return "whsec_\(number)"
            }, seal: { "sealed \($0)" },
            unseal: { sealed in
                guard sealed.hasPrefix("sealed ") else { throw DeskError.unreadable("the secret") }
                return String(sealed.dropFirst(7))
            },
            sign: { secrets, id, at, _ in
                [
                    .init("webhook-id", id), .init("webhook-timestamp", "\(at.seconds)"),
                    .init("webhook-signature", secrets.joined(separator: " ")),
                ]
            }, post: { await self.take($0) })
    }

    private func take(_ post: WebhookPost) async -> WebhookOutcome {
        let (outcome, meanwhile) = state.withLock { state in
            state.posts.append(post)
            state.atOnce += 1
            state.mostAtOnce = max(state.mostAtOnce, state.atOnce)
            let answer = state.answers.isEmpty ? state.standing[post.url] : state.answers.removeFirst()
            return (
                answer ?? .answered(status: 204, body: "", retryAfterSeconds: nil), state.meanwhile.take()
            )
        }
        await meanwhile?()
        await Task.yield()
        state.withLock { $0.atOnce -= 1 }
        return outcome
    }
}
