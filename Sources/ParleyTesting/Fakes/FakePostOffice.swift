import Desk
import Negotiation
import Reading
import Synchronization

/// A mail server that keeps what it was given, and answers as it is told.
public final class FakePostOffice: Sendable {
    /// What the server does with the next email.
    public enum Behaviour: Hashable, Sendable {
        case accepted
        /// A refusal for now.
        case deferred(String)
        /// No connection comes about.
        case unreachable(String)
        /// A refusal for good.
        case refused(String)
        /// The connection breaks after the server has taken it.
        case breakAfterTaking
        /// The connection breaks before the server has taken it.
        case breakBeforeTaking
    }

    /// An email to a vendor that the server has taken.
    public struct Delivery: Hashable, Sendable {
        public let emailID: EmailID
        /// Without angle brackets.
        public let messageID: String
        public let recipients: [MailAddress]
        public let raw: [UInt8]
        /// Which attempt brought it, and who made it.
        public let attempt: SendAttempt
        /// What the provider calls the conversation that it goes into.
        public let thread: String?

        /// All of it as text.
        public var text: String { String(decoding: raw, as: UTF8.self) }
    }

    private struct State {
        var next: [Behaviour] = []
        var deliveries: [Delivery] = []
        var attempts = 0
        var letters: [StaffLetter] = []
        var takesStaffLetters = true
        var hasEvidence = false
        var signatures: [AuthenticationResult] = []
        var looks = 0
        var meanwhile: (@Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    /// A mail server that takes everything.
    public init() {}

    // MARK: What it does

    /// What it does with the next emails, one after the other; after these it takes everything again.
    public func next(_ behaviours: Behaviour...) { state.withLock { $0.next += behaviours } }

    /// How often the signatures of a message were looked at.
    public var looks: Int { state.withLock { $0.looks } }

    /// What the signatures of everything that comes prove from now on.
    public func signatures(prove results: AuthenticationResult...) {
        state.withLock { $0.signatures = results }
    }

    /// Whether it takes letters to people of one's own organization.
    public func takesStaffLetters(_ takes: Bool) { state.withLock { $0.takesStaffLetters = takes } }

    /// Whether what it took can be found afterwards, as in a Sent folder.
    public func keepsEvidence(_ keeps: Bool) { state.withLock { $0.hasEvidence = keeps } }

    /// What happens elsewhere while the server has the next email in its hands.
    public func duringNextEmail(_ meanwhile: @escaping @Sendable () async -> Void) {
        state.withLock { $0.meanwhile = meanwhile }
    }

    // MARK: What it has seen

    /// Emails to vendors that it has taken.
    public var deliveries: [Delivery] { state.withLock { $0.deliveries } }
    /// How often an email to a vendor was handed to it, taken or not.
    public var attempts: Int { state.withLock { $0.attempts } }
    /// Letters to people of one's own organization.
    public var letters: [StaffLetter] { state.withLock { $0.letters } }

    /// The secret in the newest approval letter to an address; `nil` when there is none.
    public func approvalToken(to address: String) -> String? {
        let letter = letters.last { $0.recipient.address == address }
        let text = letter.map { String(decoding: $0.raw, as: UTF8.self) } ?? ""
        let parts = text.split(separator: "/approve/", maxSplits: 1)
        return parts.count == 2 ? parts[1].split(whereSeparator: \.isWhitespace).first.map(String.init) : nil
    }

    // MARK: The port

    /// The port of the use cases.
    public var port: MailPort {
        MailPort(
            address: { organization, token in
                let home = "purchasing@\(organization.slug).example"
                let answers = token.flatMap { ReplyToken($0)?.address(at: home) }
                return MailAddress(name: organization.name, address: answers ?? home)
            },
            compose: { try PlainMail.compose($0) }, files: { PlainMail.files(in: $0) },
            send: { await self.send($0) },
            wasSent: { _, _, messageID in
                self.state.withLock { $0.hasEvidence && $0.deliveries.contains { $0.messageID == messageID } }
            },
            sendToStaff: { letter in
                self.state.withLock { state in
                    guard state.takesStaffLetters else { return .deferred("451 not now") }
                    state.letters.append(letter)
                    return .accepted("250 ok")
                }
            },
            probe: { mailbox, _ in
                [
                    MailboxProbeStep(
                        "Sign in to \(mailbox.servers?.outgoing.host ?? "Gmail")", succeeded: true,
                        detail: "It worked.")
                ]
            },
            read: { try PlainMail.read($0) }, receivedFiles: { PlainMail.files(in: $0) },
            safeHTML: { _ in "" },
            checkSignatures: { _, _ in
                self.state.withLock { state in
                    state.looks += 1
                    return state.signatures
                }
            })
    }

    private func send(_ email: ApprovedEmail) async -> SendResult {
        let meanwhile = state.withLock { state in
            state.attempts += 1
            return state.meanwhile.take()
        }
        await meanwhile?()
        return state.withLock { state in
            let behaviour = state.next.isEmpty ? Behaviour.accepted : state.next.removeFirst()
            if behaviour == .accepted || behaviour == .breakAfterTaking {
                state.deliveries.append(
                    Delivery(
                        emailID: email.emailID, messageID: email.messageID, recipients: email.recipients,
                        raw: email.raw, attempt: email.attempt, thread: email.providerThread))
            }
            return switch behaviour {
            case .accepted: .accepted("250 2.0.0 ok")
            case .deferred(let reply): .deferred(reply)
            case .unreachable(let reason): .unreachable(reason)
            case .refused(let reply): .refused(reply)
            case .breakAfterTaking, .breakBeforeTaking: .unknown("The connection broke.")
            }
        }
    }
}
