import Desk
import Mail
import Negotiation
import Reading

/// Which mailbox mail leaves by: the organization's oldest that is not switched off, or else the sandbox.
struct MailRouting: Sendable {
    let sandbox: SandboxMailbox
    let outgoing: OutgoingMail
    let books: Books
    let secrets: SecretsPort
    let clock: Clock
    let resolver: TXTResolver

    var port: MailPort {
        MailPort(
            address: address, compose: { try LetterMime.compose($0) }, files: { LetterMime.files($0) },
            send: { email in
                guard ContinuousClock.now < email.handOverBefore else {
                    return .deferred("The sender was stopped too long before it could hand it over.")
                }
                return await deliver(for: email.organizationID, bySandbox: { sandbox.send(email) }) {
                    mailbox, secrets in
                    await outgoing.send(email, from: mailbox, secrets)
                }
            },
            wasSent: wasSent,
            sendToStaff: { letter in
                await deliver(for: letter.organizationID, bySandbox: { sandbox.send(letter) }) {
                    mailbox, secrets in
                    await outgoing.send(letter, from: mailbox, secrets)
                }
            },
            probe: probe, read: { try LetterMime.read($0) },
            receivedFiles: { try LetterMime.receivedFiles($0) }, safeHTML: { LetterMime.safeHTML($0) },
            checkSignatures: checkSignatures)
    }

    @Sendable private func checkSignatures(_ raw: [UInt8], _ receivedAt: Instant) async
        -> [AuthenticationResult]
    {
        let now = receivedAt.microseconds / 1_000_000
        return await DKIMVerifier.verify(raw, now: now, resolver: resolver).map(\.result)
            .filter { $0.outcome != .none }
    }

    private func mailbox(of organization: OrganizationID) async throws -> Mailbox? {
        try await books.mailboxes.home(of: organization)
    }

    @Sendable private func address(_ organization: Organization, _ token: String?) async throws -> MailAddress
    {
        guard let mailbox = try await mailbox(of: organization.id) else {
            return SandboxAddress.address(of: organization, token: token)
        }
        let plain = mailbox.address.address
        return MailAddress(
            name: mailbox.address.name.isEmpty ? organization.name : mailbox.address.name,
            address: token.flatMap { ReplyToken($0)?.address(at: plain) } ?? plain)
    }

    /// By the mailbox if there is one. Where that cannot be found out nothing has left yet.
    private func deliver(
        for organization: OrganizationID, bySandbox: () -> SendResult,
        by send: (Mailbox, MailboxSecrets) async -> SendResult
    ) async -> SendResult {
        do {
            guard let mailbox = try await mailbox(of: organization) else { return bySandbox() }
            return await send(mailbox, try await books.mailboxes.secrets(of: mailbox, by: secrets))
        } catch {
            return .deferred("The mailbox could not be looked up: \(error)")
        }
    }

    @Sendable private func wasSent(
        _ organization: OrganizationID, _ attempt: SendAttempt, _ messageID: String
    ) async -> Bool {
        if sandbox.hasDelivered(attempt) { return true }
        guard let mailbox = try? await mailbox(of: organization),
            let secrets = try? await books.mailboxes.secrets(of: mailbox, by: secrets)
        else {
            return false
        }
        return await outgoing.hasCopy(of: messageID, in: mailbox, secrets)
    }

    @Sendable private func probe(_ mailbox: Mailbox, _ secrets: MailboxSecrets) async -> [MailboxProbeStep] {
        let domain = VendorAddress.domain(of: mailbox.address.address)
        let letter = Letter(
            messageID: "\(clock.newUUID())@\(domain)".lowercased(), date: clock.now(), from: mailbox.address,
            to: [mailbox.address], subject: "Parley tests this mailbox",
            text: "Somebody asked Parley to test the mailbox \(mailbox.name). This message may be deleted.\n",
            isAutomatic: true)
        do {
            return await outgoing.probe(
                mailbox, secrets, id: letter.messageID, raw: try LetterMime.compose(letter))
        } catch {
            return [MailboxProbeStep("Write a message", succeeded: false, detail: "\(error)")]
        }
    }
}
