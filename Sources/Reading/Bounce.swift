/// Where one of our messages was not, or not yet, delivered.
public struct Bounce: Equatable, Sendable {
    /// What became of the message (RFC 3464, 2.3.3).
    public enum Action: String, Sendable, CaseIterable {
        case failed, delayed, relayed, delivered, expanded
    }

    /// The address we wrote to.
    public let recipient: String?
    /// The enhanced status code such as `5.1.1` (RFC 3463).
    public let status: String?
    public let action: Action?
    /// The id of our message, without `<` and `>`.
    public let originalMessageID: String?
    /// What the server said in its own words.
    public let diagnostic: String?

    /// Reads a delivery report: the fields of RFC 3464, then `X-Failed-Recipients`, then the prose.
    public init(of message: Message) {
        let groups = message.report?.groups ?? []
        let recipients = groups.filter {
            $0.contains { $0.isNamed("Final-Recipient") || $0.isNamed("Original-Recipient") }
        }
        let failed = recipients.first { Self.action(in: $0) == .failed }
        let fields = failed ?? recipients.first ?? groups.first { Self.action(in: $0) != nil } ?? []
        let prose = BounceProse(of: message)

        recipient =
            Self.recipient(in: fields) ?? Self.failedRecipients(of: message) ?? prose.recipient
            ?? Self.value("To", in: message.enclosedHeaders).flatMap { BounceProse.addresses(in: $0).first }
        let fieldStatus = Self.value("Status", in: fields).flatMap {
            BounceProse.enhancedStatus(in: FoldedText($0))
        }
        let said = Self.value("Diagnostic-Code", in: fields)
        status =
            fieldStatus ?? said.flatMap { BounceProse.enhancedStatus(in: FoldedText($0)) } ?? prose.status
        action = Self.action(in: fields) ?? fieldStatus.flatMap(Self.action(status:)) ?? prose.action
        diagnostic = said ?? prose.diagnostic
        originalMessageID = Self.original(of: message) ?? prose.originalMessageID
    }

    private static func value(_ name: String, in fields: [Header]) -> String? {
        fields.first { $0.isNamed(name) }?.value
    }

    /// `rfc822; dana@example.com`: what follows the address type, without brackets and comments. The original
    /// recipient is the address we wrote to; the final one may be behind a forwarder.
    private static func recipient(in fields: [Header]) -> String? {
        for name in ["Original-Recipient", "Final-Recipient"] {
            guard let value = value(name, in: fields) else { continue }
            let typed = value.firstIndex(of: ";").map { value[value.index(after: $0)...] } ?? value[...]
            if let address = BounceProse.addresses(in: String(typed)).first { return address }
        }
        return nil
    }

    private static func failedRecipients(of message: Message) -> String? {
        message.header("X-Failed-Recipients").flatMap { BounceProse.addresses(in: $0).first }
    }

    private static func action(in fields: [Header]) -> Action? {
        guard let value = value("Action", in: fields) else { return nil }
        let word = FoldedText(value).trimmed.string.prefix { $0.isLetter }
        return word.hasPrefix("fail") ? .failed : Action(rawValue: String(word))
    }

    private static func action(status: String) -> Action? {
        switch status.first {
        case "5": .failed
        case "4": .delayed
        case "2": .delivered
        default: nil
        }
    }

    private static func original(of message: Message) -> String? {
        let returned = (message.report?.returnedHeaders ?? []) + message.enclosedHeaders
        if let header = returned.first(where: { $0.isNamed("Message-ID") }),
            let id = MessageIDs.read(header.value).first
        {
            return id
        }
        for header in message.headers("X-Original-Message-ID")
            + message.headers("X-MS-Exchange-Parent-Message-Id")
        {
            if let id = MessageIDs.read(header).first { return id }
        }
        return message.inReplyTo ?? message.references.last
    }
}

/// How to tell a delivery report that says so only in words.
enum BounceMarks {
    static func isBounce(_ message: Message) -> Bool {
        if message.report?.subject == .delivery { return true }
        if message.header("X-Failed-Recipients") != nil { return true }
        if isDaemon(message.from?.address) { return true }
        let isServer = isMailServer(message)
        if message.report?.subject == .disposition { return isServer }
        let subject = FoldedText(message.subject).trimmed
        let named =
            subjectStarts.contains(where: subject.hasPrefix) || subject.containsAny(of: subjectPhrases)
        if isServer { return named || FoldedText(message.text.prefix(3_000)).containsAny(of: textPhrases) }
        // A vendor's "delivery delayed" is about goods: words of mail and an address must stand in the text.
        guard named, message.inReplyTo == nil else { return false }
        let opening = message.text.prefix(1_200)
        return FoldedText(opening).containsAny(of: mailPhrases) && opening.contains("@")
    }

    /// Only mail servers write from there.
    private static func isDaemon(_ address: String?) -> Bool {
        let local = FoldedText((address ?? "").prefix { $0 != "@" })
        return local.containsAny(of: [
            "mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "maildaemon",
        ])
    }

    private static func isMailServer(_ message: Message) -> Bool {
        if message.returnPath == "" || isDaemon(message.returnPath) { return true }
        if FoldedText(message.returnPath ?? "").contains("mailer-daemon") { return true }
        let local = FoldedText((message.from?.address ?? "").prefix { $0 != "@" })
        let name = FoldedText(message.from?.name ?? "")
        return local.containsAny(of: servers) || name.containsAny(of: serverNames)
    }

    private static let serverNames: [StaticPhrase] = [
        "mail delivery", "postmaster", "system administrator", "mailer-daemon", "mail system",
        "delivery subsystem",
    ]
    private static let mailPhrases: [StaticPhrase] = [
        "your message", "your mail ", "your email", "your e-mail", "failed recipient", "following recipient",
        "following user", "following address", "unable to deliver message", "delivery of email",
        "votre message",
        "ihre nachricht", "su mensaje", "email below", "mailbox unavailable", "original message",
    ]
    private static let servers: [StaticPhrase] = [
        "postmaster", "mail-daemon", "maildaemon",
        "microsoftexchange",
        "mdaemon", "bounce", "mmdf", "uucp", "smtp-gateway", "mail delivery", "daemon",
    ]
    private static let subjectStarts: [StaticPhrase] = [
        "undeliverable", "undelivered", "returned mail", "delivery status notification", "delivery failure",
        "mail delivery failed", "mail delivery failure", "failure notice", "delivery notification",
        "warning: could not send",
        "mail system error", "message delivery failure", "unzustellbar", "delivery delayed", "delayed mail",
    ]
    private static let subjectPhrases: [StaticPhrase] = [
        "undeliver", "returned mail", "delivery status", "delivery fail", "delivery report", "delivery notif",
        "delivery problem", "delivery error", "delivery has failed", "delivery delayed", "delayed mail",
        "mail delivery",
        "mail failure", "failure notice", "failed mail", "failed delivery", "could not be delivered",
        "not delivered",
        "non delivery", "non-delivery", "nondeliverable", "message status - undeliverable",
        "returned to sender",
        "return to sender", "mail system error", "message could not", "could not send message",
        "unzustellbar",
        "unzustellbarkeit", "zustellung", "nicht zugestellt", "non remis", "echec de la remise",
        "non distribue", "avis de non-remise",
        "no se puede entregar", "no entregado", "correo devuelto", "devuelto", "nao entregue",
        "falha na entrega",
        "mancata consegna", "impossibile recapitare", "onbestelbaar", "niet bezorgd", "nie dostarczono",
        "kunde inte levereras", "недоставленное", "не доставлено", "退信", "无法投递", "配信不能", "配信エラー", "送信エラー",
        "반송",
        "mail error", "user unknown", "unknown user", "bounce", "permanent error", "delivery unsuccessful",
        "message undeliverable", "rejected:", "mail rejected", "warning: message", "unable to deliver",
    ]
    private static let textPhrases: [StaticPhrase] = [
        "could not be delivered", "couldn't be delivered", "was not delivered", "wasn't delivered",
        "unable to deliver",
        "undeliverable", "delivery failed", "delivery has failed", "failed to deliver", "permanent error",
        "permanent failure", "user unknown", "unknown user", "no such user", "mailbox unavailable",
        "mailbox full",
        "does not exist", "delivery to the following", "recipient address rejected", "returned to sender",
        "has not been delivered", "still being retried", "will retry", "delayed", "could not deliver",
    ]
}
