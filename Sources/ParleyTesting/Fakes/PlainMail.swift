import Desk
import Negotiation
import Reading

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Mail in the plainest form that has headers: `Name: value` lines, an empty line, the text. Enough for use cases; the
/// real form is the subject of another room.
enum PlainMail {
    /// The same letter gives the same bytes.
    static func compose(_ letter: Letter) throws -> [UInt8] {
        var headers = [
            ("Message-ID", "<\(letter.messageID)>"), ("Date", "\(letter.date)"), ("From", line(letter.from)),
            ("To", letter.to.map(line).joined(separator: ", ")), ("Subject", letter.subject),
        ]
        if let replyTo = letter.replyTo { headers.append(("Reply-To", line(replyTo))) }
        if let answered = letter.inReplyTo { headers.append(("In-Reply-To", "<\(answered)>")) }
        if !letter.references.isEmpty {
            headers.append(("References", letter.references.map { "<\($0)>" }.joined(separator: " ")))
        }
        if letter.isAutomatic { headers.append(("Auto-Submitted", "auto-generated")) }
        for file in letter.files {
            let content = Data(file.content).base64EncodedString()
            headers.append(("File", "\(file.contentType) \(content) \(file.filename)"))
        }
        for (name, value) in headers where value.contains(where: \.isNewline) {
            throw DeskError.unwritable("\(name) has more than one line")
        }
        let head = headers.map { "\($0): \($1)\n" }.joined()
        return Array("\(head)\n\(letter.text)".utf8)
    }

    /// What ``compose(_:)`` wrote of them.
    static func files(in raw: [UInt8]) -> [EmailFile] {
        let lines = String(decoding: raw, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        return lines.prefix { !$0.isEmpty }.compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 3)
            guard parts.count == 4, parts[0] == "File:", let content = Data(base64Encoded: String(parts[2]))
            else { return nil }
            return EmailFile(
                filename: String(parts[3]), contentType: String(parts[1]), content: Array(content))
        }
    }

    private static func line(_ address: MailAddress) -> String { "\(address.name) <\(address.address)>" }

    static func read(_ raw: [UInt8]) throws -> Reading.Message {
        let lines = String(decoding: raw, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(of: ""), end > 0 else {
            throw DeskError.unreadable("it has no headers")
        }
        let headers = fields(lines[..<end])
        guard headers.count == end else { throw DeskError.unreadable("a line of its head is no header") }
        var message = Reading.Message()
        message.headers = headers
        func value(_ name: String) -> String? { message.header(name) }
        message.messageID = value("Message-ID").flatMap { MessageIDs.read($0).first }
        message.inReplyTo = value("In-Reply-To").flatMap { MessageIDs.read($0).first }
        message.references = value("References").map { MessageIDs.read($0) } ?? []
        message.from = value("From").flatMap { addresses($0).first }
        message.to = value("To").map(addresses) ?? []
        message.cc = value("Cc").map(addresses) ?? []
        message.subject = value("Subject") ?? ""
        message.date = value("Date").flatMap { Instant($0) }
        let body = lines[(end + 1)...]
        message.text = body.joined(separator: "\n")
        message.attachments = files(in: raw).map {
            Attachment(
                filename: $0.filename, contentType: $0.contentType, size: $0.content.count,
                sha256: SHA256.digest($0.content).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                    .joined())
        }
        if value("Content-Type")?.hasPrefix("multipart/report") ?? false { message.report = report(body) }
        return message
    }

    /// The fields about the recipient, an empty line, the headers of what is reported on.
    private static func report(_ body: ArraySlice<Substring>) -> Report {
        let groups = body.split(separator: "")
        return Report(
            subject: .delivery, groups: groups.first.map { [fields($0)] } ?? [],
            returnedHeaders: groups.dropFirst().first.map(fields) ?? [])
    }

    private static func fields(_ lines: ArraySlice<Substring>) -> [Header] {
        lines.compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2
                ? Header(String(parts[0]), String(parts[1].drop(while: { $0 == " " }))) : nil
        }
    }

    private static func addresses(_ list: String) -> [Address] {
        list.split(separator: ",").map { entry in
            let parts = entry.split(whereSeparator: { $0 == "<" || $0 == ">" })
            let address = parts.count > 1 ? parts[1] : parts.first ?? ""
            let name = parts.count > 1 ? parts[0] : ""
            return Address(
                name: name.split(separator: " ").joined(separator: " "),
                address: String(address.filter { !$0.isWhitespace }))
        }
    }
}
