import Curl
import Desk
import Negotiation
import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Hands messages to the SMTP servers of mailboxes. A connection that has done its work waits for the next message.
public actor OutgoingMail {
    private let trust: ServerAddress.Trust
    private let report: @Sendable (String) -> Void
    private var idle: [(server: ServerAddress, connection: SMTPConnection)] = []

    /// Connections that wait for a message.
    private static let mostIdle = 16

    /// - Parameters:
    ///   - authorities: a file in PEM with the certificates that are believed; `nil` for the system's.
    ///   - report: takes one line about what went wrong beside the sending.
    public init(authorities: String?, report: @escaping @Sendable (String) -> Void) {
        trust = authorities.map { .authorities(file: $0) } ?? .system
        self.report = report
    }

    /// Hands an approved email in, and puts a copy where the mailbox wants one.
    public func send(_ email: ApprovedEmail, from mailbox: Mailbox, _ secrets: MailboxSecrets) async
        -> SendResult
    {
        await send(
            email.raw, from: email.sender, to: email.recipients,
            MailboxAccess(mailbox: mailbox, secrets: secrets, trust: trust))
    }

    /// Hands a letter to staff in. It leaves no copy.
    public func send(_ letter: StaffLetter, from mailbox: Mailbox, _ secrets: MailboxSecrets) async
        -> SendResult
    {
        var mailbox = MailboxAccess(mailbox: mailbox, secrets: secrets, trust: trust)
        mailbox.keepsCopy = false
        return await send(letter.raw, from: letter.sender, to: [letter.recipient], mailbox)
    }

    private func send(
        _ raw: [UInt8], from sender: MailAddress, to recipients: [MailAddress], _ access: MailboxAccess
    ) async -> SendResult {
        let envelope: MailEnvelope
        do {
            envelope = try MailEnvelope(sender: sender.address, recipients: recipients.map(\.address))
        } catch {
            return .refused(error.description)
        }
        let signed: [UInt8]
        do {
            signed = try Self.signed(raw, for: access)
        } catch {
            return .unreachable("What leaves cannot be signed as the mailbox wants it: \(error)")
        }
        let connection = take(access.outgoing, hello: access.hello)
        let outcome = await connection.send(signed, to: envelope)
        switch outcome {
        case .accepted(let reply):
            keep(connection, access.outgoing)
            await copy(signed, access)
            return .accepted(reply.description)
        case .notAccepted(let refusal):
            keep(connection, access.outgoing)
            return Self.result(of: refusal)
        case .unknown(let error): return .unknown(error.description)
        }
    }

    /// The message under a signature, where the mailbox signs. What was approved stays as it is below it.
    private static func signed(_ raw: [UInt8], for access: MailboxAccess) throws -> [UInt8] {
        guard let signing = access.mailbox.servers.signing else { return raw }
        let key = try SigningKey(pem: access.secrets.signingKey ?? "")
        let signer = try DKIMSigner(domain: signing.domain, selector: signing.selector, key: key)
        return try signer.signed(raw, at: Int64(time(nil)))
    }

    private static func result(of refusal: SMTPRefusal) -> SendResult {
        switch refusal.error {
        case .unreachable, .unsafe, .signIn: .unreachable(refusal.error.description)
        case .refused, .brokenOff, .protocolViolation, .unsendable:
            refusal.isPermanent ? .refused(refusal.error.description) : .deferred(refusal.error.description)
        }
    }

    /// Whether the message lies in the folder for copies; `false` proves nothing.
    public func hasCopy(of messageID: String, in mailbox: Mailbox, _ secrets: MailboxSecrets) async -> Bool {
        let access = MailboxAccess(mailbox: mailbox, secrets: secrets, trust: trust)
        guard let server = access.incoming, let folder = mailbox.servers.sentCopy else { return false }
        let connection = imapConnection(to: server)
        do {
            try await connection.open()
            _ = try await connection.select(folder, readOnly: true)
            let found = try await connection.uids(withMessageID: messageID)
            await connection.close()
            return !found.isEmpty
        } catch {
            report("\(mailbox.name): whether \(messageID) was sent cannot be looked up: \(error)")
            return false
        }
    }

    /// Puts a copy into the folder for what was sent. The message has left whatever comes of it.
    private func copy(_ raw: [UInt8], _ access: MailboxAccess) async {
        guard access.keepsCopy, let server = access.incoming, let folder = access.mailbox.servers.sentCopy
        else { return }
        let connection = imapConnection(to: server)
        do {
            try await connection.open()
            try await connection.append(raw, to: folder)
            await connection.close()
        } catch {
            report(
                "\(access.mailbox.name): the copy of a sent message could not be put into \(folder): \(error)"
            )
        }
    }

    // MARK: Probing

    /// Sends a probe from the mailbox to itself and waits until it is there.
    public func probe(_ mailbox: Mailbox, _ secrets: MailboxSecrets, id: String, raw: [UInt8]) async
        -> [MailboxProbeStep]
    {
        let access = MailboxAccess(mailbox: mailbox, secrets: secrets, trust: trust)
        return await MailboxProbe(access: access).run(messageID: id, raw: raw)
    }

    // MARK: Connections

    private func take(_ server: ServerAddress, hello: String) -> SMTPConnection {
        if let position = idle.lastIndex(where: { $0.server == server }) {
            return idle.remove(at: position).connection
        }
        return SMTPConnection(to: server, hello: hello)
    }

    private func keep(_ connection: SMTPConnection, _ server: ServerAddress) {
        if idle.count >= Self.mostIdle { idle.removeFirst() }
        idle.append((server, connection))
    }
}
