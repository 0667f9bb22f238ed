import Curl
import Desk
import Negotiation

/// Tries everything that a mailbox is used for, one step after the other, until one fails.
struct MailboxProbe: Sendable {
    let access: MailboxAccess

    /// Seconds that a message to oneself may take.
    private static let deliverySeconds = 30

    func run(messageID: String, raw: [UInt8]) async -> [MailboxProbeStep] {
        var steps: [MailboxProbeStep] = []
        let incoming = access.incoming.map { imapConnection(to: $0) }
        do {
            if let incoming, let server = access.incoming {
                try await step("Sign in to \(server.name)", &steps) { () throws(CurlError) in
                    try await incoming.open()
                }
                let inbox = access.mailbox.servers.inbox
                try await step("Open the folder \(inbox)", &steps) { () throws(CurlError) in
                    _ = try await incoming.select(inbox, readOnly: true)
                }
                if let folder = access.mailbox.servers.sentCopy {
                    try await step("Open the folder \(folder)", &steps) { () throws(CurlError) in
                        _ = try await incoming.select(folder, readOnly: true)
                        _ = try await incoming.select(inbox, readOnly: true)
                    }
                }
            }
            let outgoing = SMTPConnection(to: access.outgoing, hello: access.hello)
            try await step("Sign in to \(access.outgoing.name)", &steps) { () throws(CurlError) in
                try await outgoing.check()
            }
            let address = access.mailbox.address.address
            try await step("Send a message to \(address)", &steps) { () throws(CurlError) in
                let envelope = try MailEnvelope(sender: address, recipients: [address])
                switch await outgoing.send(raw, to: envelope) {
                case .accepted: return
                case .notAccepted(let refusal): throw refusal.error
                case .unknown(let error): throw error
                }
            }
            if let incoming {
                try await step("Find that message", &steps) { () throws(CurlError) in
                    try await find(messageID, by: incoming)
                }
                await incoming.close()
            }
        } catch {
            return steps
        }
        return steps
    }

    private struct Stopped: Error {}

    private func step(
        _ title: String, _ steps: inout [MailboxProbeStep], _ body: () async throws(CurlError) -> Void
    ) async throws(Stopped) {
        do {
            try await body()
            steps.append(MailboxProbeStep(title, succeeded: true, detail: "It worked."))
        } catch {
            steps.append(MailboxProbeStep(title, succeeded: false, detail: error.description))
            throw Stopped()
        }
    }

    private func find(_ messageID: String, by connection: IMAPConnection) async throws(CurlError) {
        for _ in 0..<Self.deliverySeconds {
            if try await !connection.uids(withMessageID: messageID).isEmpty { return }
            try? await Task.sleep(for: .seconds(1))
        }
        throw .refused(
            command: "delivery",
            reply: "the message was taken and has not come back within \(Self.deliverySeconds) s")
    }
}
