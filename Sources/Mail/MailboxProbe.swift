import Curl
import Desk
import Negotiation

/// Tries everything that a mailbox is used for, one step after the other, until one fails.
struct MailboxProbe: Sendable {
    private let access: MailboxAccess
    private let outgoing: ServerAddress
    private let incoming: ServerAddress?

    /// Seconds that a message to oneself may take.
    private static let deliverySeconds = 10
    /// Seconds until a server has to be there, and to answer: somebody is waiting for the result.
    private static let patience = 8

    init(access: MailboxAccess) {
        self.access = access
        outgoing = Self.hurried(access.outgoing)
        incoming = access.incoming.map(Self.hurried)
    }

    private static func hurried(_ server: ServerAddress) -> ServerAddress {
        var server = server
        (server.connectSeconds, server.replySeconds) = (patience, patience)
        return server
    }

    func run(messageID: String, raw: [UInt8]) async -> [MailboxProbeStep] {
        var steps: [MailboxProbeStep] = []
        let reading = incoming.map { imapConnection(to: $0) }
        do {
            if let reading, let server = incoming {
                try await step("Sign in to \(server.name)", .receiving, &steps) { () throws(CurlError) in
                    try await reading.open()
                }
                let inbox = access.servers.inbox
                try await step("Open the folder \(inbox)", .receiving, &steps) { () throws(CurlError) in
                    _ = try await reading.select(inbox, readOnly: true)
                }
                if let folder = access.servers.sentCopy {
                    try await step("Open the folder \(folder)", .receiving, &steps) { () throws(CurlError) in
                        _ = try await reading.select(folder, readOnly: true)
                        _ = try await reading.select(inbox, readOnly: true)
                    }
                }
            }
            let sending = SMTPConnection(to: outgoing, hello: access.hello)
            try await step("Sign in to \(outgoing.name)", .sending, &steps) { () throws(CurlError) in
                try await sending.check()
            }
            let address = access.mailbox.address.address
            try await step("Send a message to \(address)", .sending, &steps) { () throws(CurlError) in
                let envelope = try MailEnvelope(sender: address, recipients: [address])
                switch await sending.send(raw, to: envelope) {
                case .accepted: return
                case .notAccepted(let refusal): throw refusal.error
                case .unknown(let error): throw error
                }
            }
            if let reading {
                try await step("Find that message", .receiving, &steps) { () throws(CurlError) in
                    try await find(messageID, by: reading)
                }
                await reading.close()
            }
        } catch {
            return steps
        }
        return steps
    }

    private struct Stopped: Error {}

    private func step(
        _ title: String, _ work: MailboxWork, _ steps: inout [MailboxProbeStep],
        _ body: () async throws(CurlError) -> Void
    ) async throws(Stopped) {
        do {
            try await body()
            steps.append(MailboxProbeStep(title, work, succeeded: true, detail: "It worked."))
        } catch {
            steps.append(MailboxProbeStep(title, work, succeeded: false, detail: error.description))
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
