import Foundation
import Reading
import Testing

@testable import Mime

/// What Python's `email` says of a composed message.
private struct PythonReading: Decodable {
    let defects: [String]
    let subject: String
    let from: [[String]]
    let to: [[String]]
    let replyTo: [[String]]
    let date: Int64
    let messageId: String
    let references: [String]
    let headers: [String]
    let text: String
    let html: String?
    let attachments: [[String]]
}

@Suite("Composed messages beside Python's email", .serialized)
struct ComposePeerTests {
    private func python(_ bytes: [UInt8]) throws -> PythonReading {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let source = FileManager.default.temporaryDirectory.appending(
            path: "parley-composed-\(UUID().uuidString).eml")
        try Data(bytes).write(to: source)
        defer { try? FileManager.default.removeItem(at: source) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", root.appending(path: "Peers/mail/read_composed.py").path()]
        process.standardInput = try FileHandle(forReadingFrom: source)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(PythonReading.self, from: answer)
    }

    @Test("the whole of a message is read as it was meant, without a defect")
    func whole() throws {
        var outgoing = ComposeTests.message()
        outgoing.html = "<p>Guten Tag – 950,00 €</p>\n"
        outgoing.attachments = [
            OutgoingAttachment(
                filename: "Bestellung Nr. 17 – Schränke für die Räume im dritten Stock.pdf",
                contentType: "application/pdf", content: Array(0...255)),
            OutgoingAttachment(filename: "order.xml", contentType: "application/xml", content: []),
        ]
        let reading = try python(compose(outgoing))
        #expect(reading.defects == [])
        #expect(reading.subject == outgoing.subject)
        #expect(reading.from == [[outgoing.from.name, outgoing.from.address]])
        #expect(reading.to == outgoing.to.map { [$0.name, $0.address] })
        #expect(reading.replyTo == [["Parley", "buy+r-aaaqeayeaudaocajbifqydiob4@parley.example"]])
        #expect(reading.date == outgoing.date.seconds)
        #expect(reading.messageId == "<\(outgoing.messageID)>")
        #expect(reading.references == outgoing.references.map { "<\($0)>" })
        #expect(reading.text == outgoing.text)
        #expect(reading.html == outgoing.html)
        #expect(reading.attachments.map { $0[0] } == outgoing.attachments.map(\.filename))
        #expect(
            reading.headers == [
                "auto-submitted", "content-type", "date", "from", "in-reply-to", "message-id", "mime-version",
                "references", "reply-to", "subject", "to",
                "x-parley-negotiation",
            ])
    }

    @Test("texts of many scripts and shapes are read as they were written")
    func texts() throws {
        let texts = [
            "Hello\n", "From me\n", ".\n..\n", "tail  \nand\ttab\t\n", "= =3D =\n",
            String(repeating: "long ", count: 300) + "\n", "日本語のテキスト\n\n二行目\n",
            "emoji 👩‍👩‍👧 " + String(repeating: "🙂", count: 60) + "\n",
            "--=_0\n--\n", "Grüße\n\n\n\nmore\n",
        ]
        for text in texts {
            var outgoing = ComposeTests.message()
            outgoing.text = text
            outgoing.html = "<p>\(text)</p>\n"
            let reading = try python(compose(outgoing))
            #expect(reading.text == text)
            #expect(reading.html == outgoing.html)
            #expect(reading.defects == [])
        }
    }
}
