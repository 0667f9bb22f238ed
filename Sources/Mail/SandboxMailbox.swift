import Desk
import Negotiation
import Reading

/// The mailbox of organizations that have none: two Maildirs in the home folder. What is sent lands in the outbox,
/// what is dropped into the inbox is received.
public struct SandboxMailbox: Sendable {
    /// Everything that was sent, to vendors and to staff.
    public let outbox: Maildir
    /// What the world has to say.
    public let inbox: Maildir

    /// In the names of files that hold letters to staff.
    static let staffMark = ".staff."

    /// Opens both Maildirs below a folder, and makes them where they are missing.
    public init(at folder: String) throws(MailError) {
        outbox = try Maildir(at: "\(folder)/outbox")
        inbox = try Maildir(at: "\(folder)/inbox")
    }

    /// Delivers an approved email. The file's name is the attempt's own, so that what was delivered can be told from
    /// what was not.
    public func send(_ email: ApprovedEmail) -> SendResult {
        deliver(email.raw, as: Self.name(of: email.attempt))
    }

    /// Delivers a letter to staff.
    public func send(_ letter: StaffLetter) -> SendResult {
        deliver(letter.raw, as: "\(letter.messageID.prefix { $0 != "@" })\(Self.staffMark)parley")
    }

    /// Whether the file of an attempt is in the outbox, read or not.
    public func hasDelivered(_ attempt: SendAttempt) -> Bool { outbox.contains(Self.name(of: attempt)) }

    private func deliver(_ raw: [UInt8], as name: String) -> SendResult {
        do {
            try outbox.deliver(raw, as: name)
            return .accepted("Delivered to the sandbox outbox as \(name).")
        } catch {
            // Moving the finished file is the last step, so whatever failed, a reader has not seen the message,
            // unless it is there all the same.
            return outbox.contains(name) ? .accepted("Delivered as \(name).") : .deferred(error.description)
        }
    }

    private static func name(of attempt: SendAttempt) -> String {
        "\(attempt.emailID).\(attempt.number).parley"
    }
}
