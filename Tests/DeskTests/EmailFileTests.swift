import Desk
import Negotiation
import ParleyTesting
import Testing

/// Files that go with an email.
@Suite struct EmailFileTests {
    private static let drawing = EmailFile(
        filename: "drawing.pdf", contentType: "application/pdf", content: [0x25, 0x50, 0x44, 0x46, 0xFF])
    private static let list = EmailFile(
        filename: "colours.txt", contentType: "text/plain", content: Array("red\ngreen\n".utf8))

    private func open(
        _ files: [EmailFile], in office: TestOffice, _ id: NegotiationID
    ) async throws -> EmailID {
        try await office.office.compose(
            CompositionRequest(.open, files: files), in: id, by: office.caller(office.ada))
    }

    private func reply(
        _ files: [EmailFile], in office: TestOffice, _ id: NegotiationID
    ) async throws -> EmailID {
        try await office.office.compose(
            CompositionRequest(.reply, text: "Thank you, we will come back to you.", files: files), in: id,
            by: office.caller(office.ada))
    }

    @Test("what is approved is what leaves: the files, by size and SHA-256, in the approver's view")
    func approved() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let email = try await open([Self.drawing, Self.list], in: office, id)
        try await office.work()
        let view = try await office.office.approval(
            try await office.pendingRequest().id, of: office.organization.id)
        #expect(view.attachments.map(\.filename) == ["drawing.pdf", "colours.txt"])
        #expect(view.attachments.map(\.size) == [5, 10])
        #expect(view.attachments[0].sha256 == office.office.secrets.hexDigest(Self.drawing.content))
        #expect(try office.office.file(1, of: view.content) == Self.drawing)
        #expect(throws: DeskError.notFound("attachment")) { try office.office.file(3, of: view.content) }
        #expect(throws: DeskError.notFound("attachment")) { try office.office.file(0, of: view.content) }
        try await office.approve()
        try await office.work()
        let delivery = try #require(office.post.deliveries.last)
        #expect(delivery.emailID == email && delivery.raw == view.content.raw)
        let sent = try await office.books.threads.messages(office.organization.id, id).last
        #expect(sent?.attachments == view.attachments)
    }

    @Test("the approver's letter names the files")
    func letter() async throws {
        let office = try await makeTestOffice()
        office.templates.set(
            "approval_request", subject: "Please", body: "{{ attachments | join('; ') }} {{ link }}")
        _ = try await open([Self.drawing, Self.list], in: office, try await office.newNegotiation())
        try await office.work()
        let letter = try #require(office.post.letters.last)
        let text = String(decoding: letter.raw, as: UTF8.self)
        #expect(text.contains("drawing.pdf, 5 bytes; colours.txt, 10 bytes"))
    }

    @Test("a file that came with a vendor's answer is handed on as it came")
    func received() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        var mail = VendorMail(
            answering: try #require(office.post.deliveries.last), from: "sales@bolts.example",
            messageID: "a@bolts.example", text: "See the drawing.")
        mail.headers.append(("File", "application/pdf JVBERi0= our drawing.pdf"))
        try await office.arrives(mail)
        try await office.work()
        let message = try #require(
            try await office.books.threads.messages(office.organization.id, id).last)
        let file = try await office.office.file(1, of: message, in: office.organization.id)
        #expect(file.filename == "our drawing.pdf" && file.content == Array("%PDF-".utf8))
        for number in [0, 2, -1] {
            await #expect(throws: DeskError.notFound("attachment")) {
                _ = try await office.office.file(number, of: message, in: office.organization.id)
            }
        }
    }

    @Test("another file makes another digest, and an approval does not carry over")
    func edited() async throws {
        let office = try await makeTestOffice()
        let email = try await open([Self.drawing], in: office, try await office.newNegotiation())
        let digest = try await office.email(email).digest
        let old = try await office.pendingRequest()
        let other = EmailFile(filename: "drawing.pdf", contentType: "application/pdf", content: [1])
        _ = try await office.office.edit(
            email, subject: nil, bodyText: nil, files: [other], by: office.caller(office.ada))
        #expect(try await office.email(email).digest != digest)
        #expect(await conflict { try await office.decide(.approve, on: old) } == "not_pending")
    }

    @Test("an edit of the text keeps the files; an empty list takes them away")
    func kept() async throws {
        let office = try await makeTestOffice()
        let email = try await open([Self.drawing, Self.list], in: office, try await office.newNegotiation())
        let caller = office.caller(office.ada)
        _ = try await office.office.edit(email, subject: "Other", bodyText: nil, by: caller)
        let second = try #require(try await office.books.emails.content(office.organization.id, email, 2))
        #expect(office.office.files(of: second) == [Self.drawing, Self.list])
        _ = try await office.office.edit(email, subject: nil, bodyText: nil, files: [], by: caller)
        let third = try #require(try await office.books.emails.content(office.organization.id, email, 3))
        #expect(office.office.files(of: third).isEmpty)
    }

    @Test("a text without amounts goes along without approval; what names one, or cannot be read, does not")
    func money() async throws {
        let office = try await makeTestOffice()
        let harmless = try await reply([Self.list], in: office, try await office.openedNegotiation())
        #expect(try await !office.email(harmless).isMoneyRelated)
        let telling = [
            Self.drawing,
            EmailFile(filename: "a.txt", contentType: "text/plain", content: Array("We pay EUR 8.50".utf8)),
            EmailFile(filename: "EUR 850.txt", contentType: "text/plain", content: Array("red".utf8)),
            EmailFile(filename: "a.csv", contentType: "text/csv", content: [0xE4, 0x20]),
            EmailFile(
                filename: "long.txt", contentType: "text/plain",
                content: [UInt8](repeating: 0x61, count: 200_001)),
        ]
        for file in telling {
            let office = try await makeTestOffice()
            let id = try await office.openedNegotiation()
            let email = try await office.email(try await reply([file], in: office, id))
            #expect(email.isMoneyRelated && email.status == .pendingApproval, "\(file.filename)")
        }
    }

    @Test(
        "a name or type that means harm, or is none, is refused by its place",
        arguments: [
            ("filename", "", "text/plain"), ("filename", "a/b.txt", "text/plain"),
            ("filename", "..\\b.txt", "text/plain"), ("filename", ".profile", "text/plain"),
            ("filename", "a\r\nBcc: x", "text/plain"), ("filename", "invoice\u{202E}fdp.exe", "text/plain"),
            ("filename", "=?utf-8?Q?a?=", "text/plain"), ("filename", "a\u{200B}.txt", "text/plain"),
            ("filename", String(repeating: "a", count: 151), "text/plain"),
            ("content_type", "a.txt", ""), ("content_type", "a.txt", "text"),
            ("content_type", "a.txt", "message/rfc822"), ("content_type", "a.txt", "multipart/mixed"),
            ("content_type", "a.txt", "text/plain; x=y"), ("content_type", "a.txt", "text/pl ain"),
        ])
    func refused(field: String, name: String, type: String) async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        let error = await refusal {
            _ = try await open(
                [Self.list, EmailFile(filename: name, contentType: type, content: [1])], in: office, id)
        }
        guard case .invalid(let place, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(place == "attachments[1].\(field)")
    }

    @Test("too many, too much, nothing at all and the same name twice are refused")
    func bounds() async throws {
        let office = try await makeTestOffice()
        let id = try await office.newNegotiation()
        func file(_ name: String, _ octets: Int = 1) -> EmailFile {
            EmailFile(
                filename: name, contentType: "text/plain", content: [UInt8](repeating: 0x61, count: octets))
        }
        let refused: [([EmailFile], String)] = [
            ((0...EmailFile.mostFiles).map { file("\($0).txt") }, "attachments"),
            ([file("a.txt", EmailFile.mostOctets), file("b.txt")], "attachments"),
            ([file("a.txt", 0)], "attachments[0].content"),
            ([file("a.txt"), file("A.txt")], "attachments[1].filename"),
        ]
        for (files, field) in refused {
            let error = await refusal { _ = try await open(files, in: office, id) }
            guard case .invalid(field, _) = error else {
                Issue.record("\(field): \(String(describing: error))")
                continue
            }
        }
    }
}
