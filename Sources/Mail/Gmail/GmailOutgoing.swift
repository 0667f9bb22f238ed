import Curl
import Desk

/// What came of handing a message to Gmail.
public struct GmailDelivery: Hashable, Sendable {
    public let result: SendResult
    /// Where the copy lies, and in which conversation; `nil` where it was not taken, or not told.
    public let sent: GmailReference?
}

/// Hands messages to Gmail, which keeps a copy by itself.
public struct GmailOutgoing: Sendable {
    private let api: GmailAPI
    private let report: @Sendable (String) -> Void

    /// - Parameter report: takes one line about what went wrong beside the sending.
    public init(_ api: GmailAPI, report: @escaping @Sendable (String) -> Void) {
        self.api = api
        self.report = report
    }

    /// Sends a message to whom its headers name: Gmail knows no other envelope. Gmail puts the mailbox's own
    /// address into `From`, unless the one that stands there is among its aliases.
    ///
    /// - Parameter thread: what Gmail calls the conversation; where that is gone, the message begins another.
    public func send(_ raw: [UInt8], thread: String? = nil) async -> GmailDelivery {
        do {
            return Self.delivery(try await api.send(raw, thread: thread))
        } catch .refused(let refusal) where refusal.status == 404 && thread != nil {
            return await send(raw, thread: nil)
        } catch {
            return GmailDelivery(result: Self.result(of: error), sent: nil)
        }
    }

    /// Whether the message lies among what was sent; `false` proves nothing.
    ///
    /// - Parameter messageID: without angle brackets.
    public func wasSent(_ messageID: String) async -> Bool {
        guard !messageID.isEmpty,
            messageID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"(){}<>\\".utf8.contains($0) })
        else { return false }
        do {
            return try await !api.messages("rfc822msgid:\(messageID)", label: "SENT").messages.isEmpty
        } catch {
            report("\(api.account): whether \(messageID) was sent cannot be looked up: \(error)")
            return false
        }
    }

    // MARK: Results

    private static func delivery(_ sent: GmailReference?) -> GmailDelivery {
        let words = sent.map { "Gmail took it as \($0.id) in the conversation \($0.threadID)." }
        return GmailDelivery(result: .accepted(words ?? "Gmail took it."), sent: sent)
    }

    private static func result(of error: MailServiceError) -> SendResult {
        switch error {
        case .revoked, .noToken: .unreachable(error.description)
        case .transfer(let failure):
            switch failure {
            case .unreachable, .forbidden, .unsafe, .unsendable: .unreachable(error.description)
            case .signIn, .refused, .brokenOff, .protocolViolation: .unknown(error.description)
            }
        case .refused(let refusal): result(of: refusal)
        case .oversized, .misunderstood: .unknown(error.description)
        }
    }

    /// Only a status between 400 and 499 is a no. Behind the others Gmail may have taken the message all the
    /// same.
    private static func result(of refusal: GmailRefusal) -> SendResult {
        guard (400..<500).contains(refusal.status) else { return .unknown(refusal.description) }
        if refusal.mayPass { return .deferred(refusal.description) }
        return refusal.concernsAccount
            ? .unreachable(refusal.description) : .refused(refusal.description)
    }
}
