import Desk
import Jinja
import Negotiation

/// The thread as letters, the newest at the end, with every price that was read marked where it stands.
struct ThreadView {
    let letters: Value

    /// Characters of a letter that are shown before it is cut.
    private static let longestText = 20_000

    init(_ dossier: NegotiationDossier) {
        letters = Value(
            dossier.messages.map { message in
                Self.letter(message, offers: dossier.offers.filter { $0.messageID == message.id })
            })
    }

    private static func letter(_ message: ThreadMessage, offers: [Offer]) -> Value {
        let isOurs = message.direction == .outbound
        let shown = isOurs || message.replyText.isEmpty ? message.text : message.replyText
        let spans = shown == message.replyText ? offers.compactMap(\.span) : []
        let rest = shown == message.text ? nil : message.text
        return Value([
            ("is_ours", Value(isOurs)), ("from", Value(name(of: message.from))),
            ("address", Value(message.from.address)),
            ("when", Figures.time(message.date ?? message.receivedAt)),
            ("subject", Value(message.subject)), ("parts", parts(of: shown, marking: spans)),
            ("full_text", Value(orNone: rest.map { String($0.prefix(longestText)) })),
            ("label", Value(orNone: label(of: message))),
            ("offers", Value(offers.map(offerText))),
            ("html_link", Value(orNone: message.hasHTML ? "/messages/\(message.id)" : nil)),
            ("warnings", Value((message.sender?.warnings ?? []).map { Value($0.text) })),
            ("is_suspicious", Value(message.sender?.isSuspicious ?? false)),
            ("sender", Value(orNone: message.sender?.standing == "verified" ? "The sender is proven." : nil)),
            ("match_reason", Value(orNone: isOurs ? nil : message.matchReason)),
            (
                "attachments",
                message.attachments.rows(
                    under: message.emailID.map { "/emails/\($0)" } ?? "/messages/\(message.id)")
            ),
        ])
    }

    private static func name(of address: MailAddress) -> String {
        address.name.isEmpty ? address.address : address.name
    }

    private static func label(of message: ThreadMessage) -> String? {
        guard message.direction == .inbound else { return nil }
        return switch message.kind {
        case "auto_reply": "Automatic answer"
        case "bounce": "Delivery report"
        case "complaint": "Complaint"
        default: intentLabel(message.intent)
        }
    }

    private static func offerText(_ offer: Offer) -> Value {
        let per = offer.per.map { $0 == .unit ? " per piece" : " in total" } ?? ""
        let pieces = offer.quantity.map { " for \(Figures.grouped($0))" } ?? ""
        return Value([
            ("text", Value("\(offer.price.currency) \(Figures.grouped(offer.price.amount))\(per)\(pieces)")),
            ("is_binding", Value(offer.isBinding)),
        ])
    }

    /// The text in parts, those within a span marked. Spans count Unicode scalars; those that overlap or lie outside
    /// are left out.
    static func parts(of text: String, marking spans: [Range<Int>]) -> Value {
        let scalars = Array(text.unicodeScalars.prefix(longestText))
        var parts: [Value] = []
        var position = 0
        func add(_ range: Range<Int>, isMarked: Bool) {
            guard !range.isEmpty else { return }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[range])
            parts.append(Value([("text", Value(String(view))), ("is_marked", Value(isMarked))]))
        }
        for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound })
        where span.lowerBound >= position && span.upperBound <= scalars.count {
            add(position..<span.lowerBound, isMarked: false)
            add(span, isMarked: true)
            position = span.upperBound
        }
        add(position..<scalars.count, isMarked: false)
        return Value(parts)
    }
}
