/// What sort of mail a message is; the raw values are stored and shown.
public enum Kind: String, Sendable, CaseIterable {
    /// A person's answer.
    case reply
    /// Sent by a machine in answer to us: a vacation notice, a ticket's acknowledgement, a read receipt.
    case autoReply = "auto_reply"
    /// A delivery report, also a warning of delay.
    case bounce
    /// A report of abuse (RFC 5965).
    case complaint
    case other

    /// The kind of a message: reports by their structure first, then bounces by their marks, then machines by
    /// their headers and subjects, then answers.
    public init(of message: Message) {
        let subject = SubjectLine(message.subject)
        if message.report?.subject == .complaint {
            self = .complaint
        } else if BounceMarks.isBounce(message) {
            self = .bounce
        } else if AutomaticMail.isAutomatic(message, subject: subject) {
            self = .autoReply
        } else if message.inReplyTo != nil || !message.references.isEmpty || subject.isReply {
            self = .reply
        } else {
            self = .other
        }
    }
}

/// How to tell what a machine sent in answer (RFC 3834, and what senders did before it).
enum AutomaticMail {
    static func isAutomatic(_ message: Message, subject: SubjectLine) -> Bool {
        if message.report?.subject == .disposition { return true }
        if isMarked(message) { return true }
        let folded = FoldedText(message.subject).trimmed
        if subjectStarts.contains(where: folded.hasPrefix) { return true }
        if folded.containsAny(of: subjectPhrases) && !subject.isReply { return true }
        // A person who answers quotes us; a machine's phrase counts only in its own opening lines.
        let opening = FoldedText(message.text.prefix(600))
        return !subject.isReply && opening.containsAny(of: openingPhrases)
    }

    /// Headers that say it. `X-Auto-Response-Suppress` alone proves nothing: Exchange sets it on people's
    /// mail.
    private static func isMarked(_ message: Message) -> Bool {
        for value in message.headers("Auto-Submitted") {
            let word = FoldedText(value.prefix { $0 != ";" && $0 != "(" }).trimmed.string
            if !word.isEmpty && word != "no" { return true }
        }
        if let value = message.header("X-Autoreply"), FoldedText(value).trimmed.string != "no" { return true }
        if message.header("X-Autorespond") != nil || message.header("X-Autoresponder") != nil { return true }
        if message.header("X-AutoReply-From") != nil || message.header("X-Mail-Autoreply") != nil {
            return true
        }
        let precedence = message.header("Precedence").map { FoldedText($0).trimmed.string }
        if precedence == "auto_reply" || precedence == "auto-reply" { return true }
        let flag = message.header("X-POST-MessageClass").map { FoldedText($0) }
        return flag?.contains("autoresponder") ?? false
    }

    private static let subjectStarts: [StaticPhrase] = [
        "auto:", "auto-reply:", "autoreply:", "auto reply:", "automatic reply:", "automatic reply ",
        "autoresponse:",
        "auto response:", "automatische antwort", "automatisch antwoord", "automatische reactie",
        "reponse automatique",
        "respuesta automatica", "resposta automatica", "risposta automatica", "automatiskt svar",
        "automatisk svar",
        "autosvar", "automaattinen vastaus", "odpowiedz automatyczna", "autoodpowiedz", "automaticka odpoved",
        "automatikus valasz", "raspuns automat", "otomatik yanit", "автоответ", "автоматический ответ",
        "αυτοματη απαντηση", "自动回复", "自動回覆", "自動返信", "自動応答", "자동 회신", "자동회신", "out of office",
        "out of the office",
        "abwesenheitsnotiz", "abwesend", "abwesenheit", "absence du bureau", "message d'absence", "afwezig",
        "ausente", "fuera de la oficina", "fuera de oficina", "fora do escritorio", "fuori sede",
        "fuori ufficio",
        "automatisches antwortmail", "tu va stravaro", "不在",
    ]
    private static let subjectPhrases: [StaticPhrase] = [
        "autoreply", "auto-reply", "auto reply", "automatic reply", "out of office", "out-of-office",
        "vacation reply", "away from my mail", "away from the office", "on vacation", "abwesenheitsnotiz",
        "automatische antwort", "reponse automatique", "[ticket received", "we received your request",
        "we have received your", "ticket received", "ihre anfrage ist eingegangen", "eingangsbestatigung",
        "accuse de reception", "acuse de recibo", "自动回复", "不在のお知らせ",
    ]
    private static let openingPhrases: [StaticPhrase] = [
        "this is an automatic reply", "this is an automated reply", "this is an automated response",
        "this is an automatically generated", "this is an auto-generated", "this is an auto generated",
        "this message was automatically generated", "this is an automated message",
        "this is an automated email",
        "i am out of the office", "i'm out of the office", "i am currently out of the office",
        "i will be out of the office", "i am currently away", "i am on vacation until",
        "i am on annual leave",
        "thank you for contacting us. a ticket", "your ticket has been created",
        "your request has been received",
        "a new ticket has been", "a support ticket has been", "please type your reply above this line",
        "diese e-mail wurde automatisch", "dies ist eine automatische", "ich bin nicht im buro",
        "ich bin zur zeit nicht im", "ich bin derzeit nicht im", "ich befinde mich im urlaub",
        "ceci est un message automatique", "ceci est une reponse automatique", "je suis absent",
        "je suis actuellement absent",
        "este es un mensaje automatico", "esta es una respuesta automatica", "estoy fuera de la oficina",
        "esta e uma resposta automatica", "questa e una risposta automatica", "saro assente",
        "sono fuori ufficio",
        "dit is een automatisch", "to jest automatyczna", "这是一封自动回复", "此邮件为系统自动", "本邮件由系统自动",
        "このメールは自動", "自動送信", "это автоматический ответ", "это автоматическое",
    ]
}
