import Curl
import Desk
import Negotiation
import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Hands messages to the servers of mailboxes, by SMTP or Gmail's interface. An SMTP connection that has done its work waits for the next message.
public actor OutgoingMail {
    private let services: MailServices
    private let report: @Sendable (String) -> Void
    private var idle: [(server: ServerAddress, connection: SMTPConnection)] = []

    /// Connections that wait for a message.
    private static let mostIdle = 16

    /// - Parameter report: takes one line about what went wrong beside the sending.
    public init(_ services: MailServices, report: @escaping @Sendable (String) -> Void) {
        self.services = services
        self.report = report
    }

    /// Hands an approved email in, and puts a copy where the mailbox wants one.
    public func send(_ email: ApprovedEmail, from mailbox: Mailbox, _ secrets: MailboxSecrets) async
        -> SendResult
    {
        switch mailbox.connection {
        case .gmail(let settings):
            let gmail = GmailOutgoing(services.gmail(mailbox, settings, secrets), report: report)
            return await gmail.send(email.raw, thread: email.providerThread).result
        case .servers(let servers):
            return await send(
                email.raw, from: email.sender, to: email.recipients, by: mailbox, servers, secrets,
                keepsCopy: true)
        }
    }

    /// Hands a letter to staff in. It leaves no copy, but for Gmail, which keeps one of everything.
    public func send(_ letter: StaffLetter, from mailbox: Mailbox, _ secrets: MailboxSecrets) async
        -> SendResult
    {
        switch mailbox.connection {
        case .gmail(let settings):
            return await GmailOutgoing(services.gmail(mailbox, settings, secrets), report: report)
                .send(letter.raw).result
        case .servers(let servers):
            return await send(
                letter.raw, from: letter.sender, to: [letter.recipient], by: mailbox, servers, secrets,
                keepsCopy: false)
        }
    }

    private func send(
        _ raw: [UInt8], from sender: MailAddress, to recipients: [MailAddress], by mailbox: Mailbox,
        _ servers: MailServers, _ secrets: MailboxSecrets, keepsCopy: Bool
    ) async -> SendResult {
        let (envelope, signed): (MailEnvelope, [UInt8])
        do {
            envelope = try MailEnvelope(sender: sender.address, recipients: recipients.map(\.address))
        } catch {
            return .refused(error.description)
        }
        var access: MailboxAccess
        do {
            access = try await services.access(to: mailbox, servers, secrets)
        } catch {
            return error.mayPass ? .deferred(error.description) : .unreachable(error.description)
        }
        access.keepsCopy = keepsCopy
        do {
            signed = try Self.signed(raw, for: access)
        } catch {
            return .unreachable("What leaves cannot be signed as the mailbox wants it: \(error)")
        }
        return await hand(signed, envelope, access)
    }

    private func hand(_ raw: [UInt8], _ envelope: MailEnvelope, _ access: MailboxAccess) async -> SendResult {
        let connection = take(access.outgoing, hello: access.hello)
        switch await connection.send(raw, to: envelope) {
        case .accepted(let reply):
            keep(connection, access.outgoing)
            await copy(raw, access)
            return .accepted(reply.description)
        case .notAccepted(let refusal):
            keep(connection, access.outgoing)
            if case .signIn = refusal.error { await services.discardToken(of: access) }
            return Self.result(of: refusal)
        case .unknown(let error): return .unknown(error.description)
        }
    }

    /// The message under a signature, where the mailbox signs. What was approved stays as it is below it.
    private static func signed(_ raw: [UInt8], for access: MailboxAccess) throws -> [UInt8] {
        guard let signing = access.servers.signing else { return raw }
        let key = try SigningKey(pem: access.secrets.signingKey ?? "")
        let signer = try DKIMSigner(domain: signing.domain, selector: signing.selector, key: key)
        return try signer.signed(raw, at: Int64(time(nil)))
    }

    private static func result(of refusal: SMTPRefusal) -> SendResult {
        switch refusal.error {
        case .unreachable, .forbidden, .unsafe, .signIn: .unreachable(refusal.error.description)
        case .refused, .brokenOff, .protocolViolation, .unsendable:
            refusal.isPermanent ? .refused(refusal.error.description) : .deferred(refusal.error.description)
        }
    }

    /// Whether the message lies where what was sent is kept; `false` proves nothing.
    public func hasCopy(of messageID: String, in mailbox: Mailbox, _ secrets: MailboxSecrets) async -> Bool {
        switch mailbox.connection {
        case .gmail(let settings):
            return await GmailOutgoing(services.gmail(mailbox, settings, secrets), report: report)
                .wasSent(messageID)
        case .servers(let servers):
            do {
                return try await find(messageID, try await services.access(to: mailbox, servers, secrets))
            } catch {
                report("\(mailbox.name): whether \(messageID) was sent cannot be looked up: \(error)")
                return false
            }
        }
    }

    private func find(_ messageID: String, _ access: MailboxAccess) async throws(CurlError) -> Bool {
        guard let server = access.incoming, let folder = access.servers.sentCopy else { return false }
        let connection = imapConnection(to: server)
        try await connection.open()
        _ = try await connection.select(folder, readOnly: true)
        let found = try await connection.uids(withMessageID: messageID)
        await connection.close()
        return !found.isEmpty
    }

    /// Puts a copy into the folder for what was sent. The message has left whatever comes of it.
    private func copy(_ raw: [UInt8], _ access: MailboxAccess) async {
        guard access.keepsCopy, let server = access.incoming, let folder = access.servers.sentCopy
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
        switch mailbox.connection {
        case .gmail(let settings):
            let probe = GmailProbe(api: services.gmail(mailbox, settings, secrets), report: report)
            return await probe.run(address: mailbox.address.address, messageID: id, raw: raw)
        case .servers(let servers):
            do {
                let access = try await services.access(to: mailbox, servers, secrets)
                return await MailboxProbe(access: access).run(messageID: id, raw: raw)
            } catch {
                return [
                    MailboxProbeStep("Ask for an access token", succeeded: false, detail: error.description)
                ]
            }
        }
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
