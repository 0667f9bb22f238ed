import Foundation
import Secrets
import Testing

@testable import Hooks

@Suite("Deliveries signed by the providers' own libraries")
struct FixtureTests {
    @Test("each authentic delivery is verified and decodes to what stands beside its fixture")
    func decoded() throws {
        let deliveries = try SignedDeliveries.authentic()
        #expect(deliveries.count > 50)
        for delivery in deliveries {
            let events = try delivery.verified().decode()
            let described = events.map { $0.description(receivedAt: delivery.request.receivedAt) }
            let expected = try expectation(for: delivery.name, described)
            #expect(StrictJSON.array(described) == expected, "\(delivery.name)")
            for event in events { try check(event, delivery.name) }
        }
    }

    /// `custom-v1a/x` and `custom/x` mean the same events. With PARLEY_RECORD_FIXTURES set, new ones are written.
    private func expectation(for name: String, _ described: [StrictJSON]) throws -> StrictJSON {
        let parts = name.split(separator: "/")
        let provider = String(parts[0].prefix { $0 != "-" })
        let file = SignedDeliveries.fixtures.appendingPathComponent("\(provider)/\(parts[1]).expected.json")
        if ProcessInfo.processInfo.environment["PARLEY_RECORD_FIXTURES"] != nil {
            let lines = described.map { $0.text() }.joined(separator: ",\n  ")
            try Data((lines.isEmpty ? "[]\n" : "[\n  \(lines)\n]\n").utf8).write(to: file)
        }
        return try StrictJSON(Array(try Data(contentsOf: file)))
    }

    /// What every event must be, whatever is in it.
    private func check(_ event: HookEvent, _ name: String) throws {
        #expect((1...255).contains(event.externalID.utf8.count), "\(name)")
        #expect((1...100).contains(event.type.utf8.count), "\(name)")
        #expect(!event.payload.utf8.contains(0) && !event.payload.contains("\\u0000"), "\(name)")
        #expect(throws: Never.self, "\(name)") { try StrictJSON(Array(event.payload.utf8)) }
        let texts = [event.externalID, event.type]
        #expect(!texts.contains { $0.utf8.contains(0) }, "\(name)")
    }

    @Test("the mail that was posted comes out byte for byte")
    func mailBytes() throws {
        let mail = Array(try Data(contentsOf: SignedDeliveries.fixtures.appendingPathComponent("mail.eml")))
        let names = [
            "custom/email-received", "custom-v1a/email-received", "custom/nul-and-half-pair",
            "sendgrid_inbound/raw",
            "sendgrid_inbound-password/raw", "mailgun/route-mime", "mailgun-urlencoded/route-mime",
            "ses/received",
            "ses-sha1/received",
        ]
        for name in names {
            let events = try SignedDeliveries.named(name).verified().decode()
            guard events.count == 1, case .mail(let inbound) = events[0].content else {
                Issue.record("\(name) holds no mail")
                continue
            }
            #expect(inbound.raw == mail, "\(name)")
            #expect(!inbound.isRecomposed)
        }
    }

    @Test(
        "events have the same external ids whoever signed, however often, and whatever the signature looks like"
    )
    func externalIDs() throws {
        let first = try SignedDeliveries.named("sendgrid_events/batch").verified().decode()
        let again = try SignedDeliveries.named("sendgrid_events-rewritten/batch").verified().decode()
        #expect(first.map(\.externalID) == again.map(\.externalID))
        #expect(Set(first.map(\.externalID)).count == first.count)
        let form = try SignedDeliveries.named("mailgun/route-mime").verified().decode()
        let encoded = try SignedDeliveries.named("mailgun-urlencoded/route-mime").verified().decode()
        #expect(form.map(\.externalID) == encoded.map(\.externalID))
    }

    @Test("Python's mail parser reads what was put together from fields")
    func recomposed() throws {
        let names = ["sendgrid_inbound/parsed", "mailgun/route-parsed", "postmark/inbound-parsed"]
        let mails = try names.map { name in
            let event = try #require(try SignedDeliveries.named(name).verified().decode().first)
            guard case .mail(let mail) = event.content else { throw SignedDelivery.NotVerified() }
            #expect(mail.isRecomposed)
            return mail.raw
        }
        let input = mails.map { #"{"raw":"\#(Base64.standard.encode($0))"}"# + "\n" }.joined()
        let lines = try Python.run("read_mail.py", input: Array(input.utf8)).split(
            separator: UInt8(ascii: "\n"))
        for (name, line) in zip(names, lines) {
            let read = try StrictJSON(Array(line))
            let headers = read["headers"]?.array?.compactMap { pair in
                pair.array.map { ($0[0].string ?? "", $0[1].string ?? "") }
            }
            func header(_ name: String) -> [String] {
                (headers ?? []).filter { $0.0.lowercased() == name }.map(\.1)
            }
            #expect(header("subject") == ["Re: Inquiry"], "\(name)")
            #expect(header("message-id") == ["<answer-1@vendor.example>"], "\(name)")
            #expect(header("mime-version") == ["1.0"], "\(name)")
            #expect(header("content-type").count == 1, "\(name)")
            #expect(header("bcc").isEmpty && header("bad name").isEmpty, "\(name)")
            #expect(header("from").first?.contains("sales@vendor.example") == true, "\(name)")
            #expect(read["plain"]?.string?.contains("Preis: 1040.00 EUR für alle") == true, "\(name)")
            #expect(read["html"]?.string?.contains("<p>Preis") == true, "\(name)")
            #expect(read["defects"]?.array?.isEmpty == true, "\(name): \(read["defects"]?.text() ?? "")")
            let file = try #require(read["attachments"]?.array?.first)
            #expect(file["name"]?.string?.hasPrefix("Angebot") == true, "\(name)")
            #expect(
                file["content"]?.string.flatMap { Base64.standard.decode($0) }?.starts(with: "%PDF-1.4".utf8)
                    == true,
                "\(name)")
        }
    }
}
