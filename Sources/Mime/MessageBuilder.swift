import CGMime
import Reading

/// Makes the message out of its headers and parts.
struct MessageBuilder {
    private let limits: ParseLimits
    private let keepingContent: Bool
    private var message = Message()
    private var texts: [String] = []
    private var pages: [String] = []
    private var textOctets = 0
    /// The text of the first TNEF stream that has one.
    private var tnefBody: TNEFBody?

    init(limits: ParseLimits, keepingContent: Bool, notes: [ParseNote]) {
        self.limits = limits
        self.keepingContent = keepingContent
        message.notes = notes
    }

    mutating func message(headers: [RawHeader], root: MimePart) -> Message {
        readHeaders(headers)
        collect(root, reportType: nil)
        fallBackToTNEF()
        message.text = texts.reduce(into: "") { result, text in
            if !result.isEmpty, !result.hasSuffix("\n") { result += "\n" }
            result += text
        }
        if !pages.isEmpty { message.html = pages.joined(separator: "\n") }
        if texts.isEmpty, let html = message.html {
            let rendered = HTMLText(html, limits: limits)
            message.text = rendered.text
            message.quotedLines = rendered.quotedLines
        }
        message.notes = message.notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        return message
    }

    private mutating func readHeaders(_ headers: [RawHeader]) {
        message.headers = headers.map { Header($0.name, HeaderDecoding.value(of: $0.name, $0.value)) }
        func raw(_ name: String) -> [UInt8]? { headers.first { Header($0.name, "").isNamed(name) }?.value }
        func addresses(_ name: String) -> [Address] {
            let values = headers.filter { Header($0.name, "").isNamed(name) }.map(\.value)
            return Array(
                values.flatMap { HeaderDecoding.addresses($0, most: limits.addresses) }.prefix(
                    limits.addresses))
        }
        func ids(_ name: String) -> [String] { message.headers(name).flatMap { MessageIDs.read($0) } }
        message.messageID = ids("Message-ID").first
        message.inReplyTo = ids("In-Reply-To").first
        message.references = ids("References")
        message.subject = message.header("Subject") ?? ""
        message.from = addresses("From").first
        message.sender = addresses("Sender").first
        message.to = addresses("To")
        message.cc = addresses("Cc")
        message.replyTo = addresses("Reply-To")
        if let path = message.header("Return-Path") {
            message.returnPath = path == "<>" ? "" : addresses("Return-Path").first?.address ?? path
        }
        if let date = raw("Date") {
            message.date = HeaderDecoding.date(date)
            if message.date == nil { message.notes.append(.unreadableDate) }
        }
    }

    private mutating func collect(_ part: MimePart, reportType: Bool?) {
        if case .multipart(let children) = part.content {
            let isReport = part.subtype == "report"
            for child in children { collect(child, reportType: isReport) }
            return
        }
        if TNEFFile.isMeant(by: part), open(part) { return }
        readReport(part, isReport: reportType ?? false)
        let isText = part.type == "text"
        guard part.disposition == "attachment" || part.filename != nil || !isText else {
            if part.subtype == "plain" {
                texts.append(text(of: part))
            } else if part.subtype == "html" {
                pages.append(text(of: part))
            }
            return
        }
        attach(part.octets, filename: part.filename, contentType: part.contentType)
    }

    private mutating func attach(_ octets: [UInt8], filename: String?, contentType: String) {
        message.attachments.append(
            Attachment(
                filename: filename, contentType: contentType, size: octets.count,
                sha256: Self.sha256(octets),
                content: keepingContent ? octets : nil))
    }

    /// Puts what is in a TNEF stream in its place. Where some of it could not be read, the stream remains beside
    /// it, so that nothing is lost; the answer is whether it need not.
    private mutating func open(_ part: MimePart) -> Bool {
        let room = max(0, limits.parts - message.attachments.count)
        guard let file = TNEFFile(part.octets, mostAttachments: room) else {
            message.notes.append(.damaged)
            return false
        }
        for attachment in file.attachments {
            let name = attachment.filename(codePage: file.codePage, notes: &message.notes)
            attach(
                Array(attachment.octets), filename: name, contentType: attachment.contentType(filename: name))
        }
        if tnefBody == nil, !file.body.isEmpty { tnefBody = file.body }
        if file.isDamaged { message.notes.append(.damaged) }
        if file.isCut { message.notes.append(.tooManyParts) }
        return !file.isDamaged && !file.isCut
    }

    /// Where the mail itself says nothing, it is what stands in the TNEF stream.
    private mutating func fallBackToTNEF() {
        guard let body = tnefBody, texts.allSatisfy(TNEFBody.isBlank),
            TNEFBody.isBlank(HTMLText(pages.joined(separator: "\n"), limits: limits).text)
        else { return }
        let forms = body.read(limit: max(0, limits.text - textOctets), notes: &message.notes)
        guard forms.text != nil || forms.html != nil else { return }
        texts = [forms.text].compactMap { $0 }
        pages = [forms.html].compactMap { $0 }
    }

    private mutating func text(of part: MimePart) -> String {
        var octets = part.octets
        let room = max(0, limits.text - textOctets)
        if octets.count > room {
            octets = Array(octets.prefix(room))
            message.notes.append(.truncated)
        }
        textOctets += octets.count
        return Charset.decode(
            octets, charset: part.charset ?? HTMLText.charset(of: part), notes: &message.notes)
    }

    /// The parts that programs read: RFC 3464, RFC 5965, RFC 8098, and the message that came back.
    private mutating func readReport(_ part: MimePart, isReport: Bool) {
        switch part.contentType {
        case "message/delivery-status", "message/global-delivery-status": report(.delivery, part)
        case "message/feedback-report": report(.complaint, part)
        case "message/disposition-notification", "message/global-disposition-notification":
            report(.disposition, part)
        case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
            "message/rfc822-headers":
            let octets = Array(part.octets.prefix(limits.headerBlock))
            let enclosed = HeaderReader(octets, in: 0..<octets.count, limits: limits).headers
            let decoded = enclosed.map { Header($0.name, HeaderDecoding.text($0.value)) }
            if message.enclosedHeaders.isEmpty { message.enclosedHeaders = decoded }
            guard isReport || message.report != nil else { return }
            if message.report == nil { message.report = Report(subject: .delivery) }
            message.report?.returnedHeaders = decoded
        default: break
        }
    }

    private mutating func report(_ subject: Report.Subject, _ part: MimePart) {
        let octets = Array(part.octets.prefix(limits.headerBlock))
        var groups: [[Header]] = []
        var start = 0
        while start < octets.count, groups.count < 200 {
            let reader = HeaderReader(octets, in: start..<octets.count, limits: limits)
            if !reader.headers.isEmpty {
                groups.append(reader.headers.map { Header($0.name, HeaderDecoding.text($0.value)) })
            }
            guard reader.bodyStart > start else { break }
            start = reader.bodyStart
        }
        let returned = message.report?.returnedHeaders ?? []
        message.report = Report(subject: subject, groups: groups, returnedHeaders: returned)
    }

    private static func sha256(_ octets: [UInt8]) -> String {
        guard let text = cgm_sha256(octets, octets.count) else { return "" }
        defer { cgm_release_text(text) }
        return String(cString: text)
    }
}
