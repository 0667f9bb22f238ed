import Desk
import Mime
import Negotiation
import Reading

/// Letters as bytes, and bytes as messages, for the use cases.
public enum LetterMime {
    /// The final MIME bytes of a letter. Throws ``Desk/DeskError/unwritable(_:)``.
    public static func compose(_ letter: Letter) throws -> [UInt8] {
        var message = OutgoingMessage(
            messageID: letter.messageID, date: letter.date, from: address(letter.from),
            to: letter.to.map(address), subject: letter.subject, text: letter.text,
            boundarySeed: letter.messageID)
        message.replyTo = letter.replyTo.map(address)
        message.inReplyTo = letter.inReplyTo
        message.references = letter.references
        message.autoSubmitted = letter.isAutomatic ? .generated : nil
        message.html = letter.hasHTML ? Mime.html(of: letter.text) : nil
        message.attachments = letter.files.map {
            OutgoingAttachment(filename: $0.filename, contentType: $0.contentType, content: $0.content)
        }
        do {
            return try Mime.compose(message)
        } catch {
            throw DeskError.unwritable("\(error)")
        }
    }

    /// The files in the bytes of a letter, in their order.
    public static func files(_ raw: [UInt8]) -> [EmailFile] {
        Mime.files(in: raw).map {
            EmailFile(filename: $0.filename, contentType: $0.contentType, content: $0.content)
        }
    }

    /// What a message says. Throws ``Desk/DeskError/unreadable(_:)`` for bytes that hold neither a sender nor a text:
    /// a damaged message is read as far as it goes.
    public static func read(_ raw: [UInt8]) throws -> Reading.Message {
        try read(raw, keepingContent: false)
    }

    /// The files that came with a message. Throws ``Desk/DeskError/unreadable(_:)``.
    public static func receivedFiles(_ raw: [UInt8]) throws -> [EmailFile] {
        try read(raw, keepingContent: true).attachments.map {
            EmailFile(
                filename: $0.filename ?? "", contentType: $0.contentType, content: $0.content ?? [])
        }
    }

    private static func read(_ raw: [UInt8], keepingContent: Bool) throws -> Reading.Message {
        let message = Mime.parse(raw, keepingContent: keepingContent)
        guard message.from != nil || message.messageID != nil else {
            throw DeskError.unreadable(
                raw.isEmpty
                    ? "it is empty" : "it has neither a sender nor a Message-ID; it may be no email at all")
        }
        return message
    }

    /// The form of somebody's HTML that may be shown.
    public static func safeHTML(_ html: String) -> String { Mime.sanitisedHTML(html) }

    private static func address(_ address: MailAddress) -> Address {
        Address(name: address.name, address: address.address)
    }
}
