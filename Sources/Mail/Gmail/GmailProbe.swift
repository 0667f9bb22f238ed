import Desk

/// Tries everything that a mailbox of Gmail is used for, one step after the other, until one fails.
struct GmailProbe: Sendable {
    let api: GmailAPI
    let report: @Sendable (String) -> Void

    /// Seconds until a message that Gmail has taken has to be found there.
    private static let deliverySeconds = 10

    func run(address: String, messageID: String, raw: [UInt8]) async -> [MailboxProbeStep] {
        var steps: [MailboxProbeStep] = []
        do {
            let profile = try await api.profile()
            let isSame = profile.address.lowercased() == address.lowercased()
            steps.append(
                MailboxProbeStep(
                    "Open the mailbox at Gmail", .receiving, succeeded: isSame,
                    detail: isSame
                        ? "It worked."
                        : "The permission is for \(profile.address). Connect the mailbox as \(address), or change its address."
                ))
            guard isSame else { return steps }
        } catch {
            return [
                MailboxProbeStep(
                    "Open the mailbox at Gmail", .receiving, succeeded: false, detail: error.description)
            ]
        }
        let outgoing = GmailOutgoing(api, report: report)
        switch await outgoing.send(raw).result {
        case .accepted(let words):
            steps.append(MailboxProbeStep("Send a message to \(address)", succeeded: true, detail: words))
        case .deferred(let why), .unreachable(let why), .refused(let why), .unknown(let why):
            return steps + [MailboxProbeStep("Send a message to \(address)", succeeded: false, detail: why)]
        }
        for _ in 0..<Self.deliverySeconds {
            if await outgoing.wasSent(messageID) {
                return steps + [
                    MailboxProbeStep("Find that message", .receiving, succeeded: true, detail: "It worked.")
                ]
            }
            try? await Task.sleep(for: .seconds(1))
        }
        return steps + [
            MailboxProbeStep(
                "Find that message", .receiving, succeeded: false,
                detail: "Gmail took the message and does not show it within \(Self.deliverySeconds) s.")
        ]
    }
}
