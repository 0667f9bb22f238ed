import Mime
import Reading

/// A JSON value that is written in the order in which it was made.
indirect enum MailReadJSON {
    case null
    case bool(Bool)
    case int(Int)
    case string(String)
    /// A number as it was written.
    case number(String)
    case array([MailReadJSON])
    case object([(String, MailReadJSON)])

    init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    func write(to output: inout [UInt8]) {
        switch self {
        case .null: output += Array("null".utf8)
        case .bool(let value): output += Array((value ? "true" : "false").utf8)
        case .int(let value): output += Array(String(value).utf8)
        case .number(let text): output += Array(text.utf8)
        case .string(let text): Self.write(text, to: &output)
        case .array(let items): Self.write(items, 0x5B, 0x5D, to: &output) { $0.write(to: &$1) }
        case .object(let pairs):
            Self.write(pairs, 0x7B, 0x7D, to: &output) { pair, output in
                Self.write(pair.0, to: &output)
                output.append(0x3A)
                pair.1.write(to: &output)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], _ open: UInt8, _ close: UInt8, to output: inout [UInt8],
        _ body: (Item, inout [UInt8]) -> Void
    ) {
        output.append(open)
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(0x2C) }
            body(item, &output)
        }
        output.append(close)
    }

    private static func write(_ text: String, to output: inout [UInt8]) {
        output.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: output += [0x5C, byte]
            case 0x0A: output += [0x5C, 0x6E]
            case 0x0D: output += [0x5C, 0x72]
            case 0x09: output += [0x5C, 0x74]
            case 0..<0x20, 0x7F:
                output += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: output.append(byte)
            }
        }
        output.append(0x22)
    }
}

/// What is printed for one message.
enum MailReadRecord {
    /// The object for a message that could be read.
    static func json(id: MailReadJSON, octets: [UInt8]) -> MailReadJSON {
        guard octets.contains(where: { $0 > 0x20 }) else { return json(id: id, error: "nothing to read") }
        let message = Mime.parse(octets)
        let understanding = Understanding(of: message)
        return .object([
            ("id", id),
            ("message_id", MailReadJSON(message.messageID)),
            ("in_reply_to", MailReadJSON(message.inReplyTo)),
            ("references", .array(message.references.map { .string($0) })),
            ("from", message.from.map(address) ?? .null),
            ("to", .array(message.to.map(address))),
            ("reply_to", MailReadJSON(message.replyTo.first?.address)),
            ("subject", .string(message.subject)),
            ("date", MailReadJSON(message.date?.description)),
            ("kind", .string(understanding.kind.rawValue)),
            ("text", .string(message.text)),
            ("reply_text", .string(understanding.replyText.text)),
            ("signature", .string(understanding.replyText.signature)),
            ("attachments", .array(message.attachments.map(attachment))),
            ("bounce", understanding.bounce.map(bounce) ?? .null),
            ("offers", .array(understanding.offers.map(offer))),
            ("intent", .string(understanding.intent.rawValue)),
        ])
    }

    /// The object for what could not be read.
    static func json(id: MailReadJSON, error: String) -> MailReadJSON {
        .object([("id", id), ("error", .string(error))])
    }

    private static func address(_ address: Address) -> MailReadJSON {
        .object([("name", .string(address.name)), ("address", .string(address.address))])
    }

    private static func attachment(_ attachment: Attachment) -> MailReadJSON {
        .object([
            ("filename", MailReadJSON(attachment.filename)),
            ("content_type", .string(attachment.contentType)),
            ("size", .int(attachment.size)), ("sha256", .string(attachment.sha256)),
        ])
    }

    private static func bounce(_ bounce: Bounce) -> MailReadJSON {
        .object([
            ("recipient", MailReadJSON(bounce.recipient)), ("status", MailReadJSON(bounce.status)),
            ("action", MailReadJSON(bounce.action?.rawValue)),
            ("original_message_id", MailReadJSON(bounce.originalMessageID)),
        ])
    }

    private static func offer(_ offer: ReadOffer) -> MailReadJSON {
        .object([
            ("amount", .string(offer.amount.description)), ("currency", MailReadJSON(offer.currency?.code)),
            ("per", MailReadJSON(offer.per?.rawValue)),
            ("quantity", offer.quantity.map { .int($0) } ?? .null),
        ])
    }
}
