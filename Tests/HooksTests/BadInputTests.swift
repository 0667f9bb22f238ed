import Secrets
import Testing

@testable import Hooks

@Suite("Authentic nonsense")
struct BadInputTests {
    /// Decodes a body as if it had been verified, since a provider may sign anything.
    private func decode(_ provider: Provider, _ body: [UInt8]) -> [HookEvent] {
        switch provider {
        case .custom: Verified(provider, .standard(id: "x", body: body)).decode()
        case .sendgridEvents: Verified(provider, .sendgridEvents(body: body)).decode()
        case .sendgridInbound:
            Verified(
                provider, .sendgridInbound(contentType: "multipart/form-data; boundary=xYzZY", body: body)
            ).decode()
        case .postmark: Verified(provider, .postmark(body: body)).decode()
        case .gmail: Verified(provider, .gmail(body: body)).decode()
        case .stripe: Verified(provider, .stripe(body: body)).decode()
        case .mailgun: (try? StrictJSON(body)).map { Verified(provider, .mailgunEvent($0)).decode() } ?? []
        case .graph: (try? StrictJSON(body)).map { Verified(provider, .graph([$0])).decode() } ?? []
        case .ses: (try? SNSMessage(body)).map { Verified(provider, .topic($0)).decode() } ?? []
        }
    }

    private static let readsBody: [Provider] = [
        .custom, .sendgridEvents, .sendgridInbound, .postmark, .gmail, .stripe,
    ]

    @Test(
        "what nobody can read becomes one event in quarantine, named by its content",
        arguments: readsBody,
        [
            "", " ", "{", "nul", "\u{0}", "[[[[", "{\"a\":1,\"a\":2}", "\u{feff}{}", "hello", "\"\\u0000\"",
            String(repeating: "[", count: 200_000), String(repeating: "{\"a\":", count: 50_000),
            "[" + String(repeating: "0,", count: 500_000) + "0]",
        ])
    func quarantined(provider: Provider, body: String) {
        let events = decode(provider, Array(body.utf8))
        #expect(events.count == 1)
        guard case .quarantine(let reason) = events.first?.content else {
            Issue.record("\(provider): \(events)")
            return
        }
        #expect(!reason.isEmpty)
        #expect(decode(provider, Array(body.utf8)) == events, "the same again has the same name")
    }

    @Test("texts too long for their columns are cut, NULs replaced")
    func columns() throws {
        let long = String(repeating: "ü", count: 5000)
        let body =
            #"[{"event":"\#(long)","sg_event_id":"\#(long)","email":"\#(long)"},"#
            + #"{"event":"bounce\u0000","sg_event_id":"a\u0000b"},"#
            + #"{"event":"bounce","sg_event_id":"ok","email":"\#(long)","reason":"\u0000\#(long)","status":"\#(long)"}]"#
        let events = decode(.sendgridEvents, Array(body.utf8))
        #expect(events.count == 3)
        for event in events {
            #expect(event.externalID.utf8.count <= 255 && event.type.utf8.count <= 100)
            #expect(!(event.externalID + event.type + event.payload).utf8.contains(0))
        }
        #expect(events[1].externalID.hasPrefix("sha256:"))
        guard case .outcome(let outcome) = events[2].content else {
            Issue.record("no outcome")
            return
        }
        #expect(outcome.diagnostic?.utf8.count ?? 0 <= 1000)
        #expect(outcome.diagnostic?.utf8.contains(0) == false)
        #expect(outcome.recipient?.utf8.count ?? 0 <= 320)
    }

    @Test("long texts are left out of the stored payload, not out of the mail")
    func abridged() throws {
        let raw = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
        let body = #"{"type":"email.received","data":{"raw":"\#(Base64.standard.encode(raw))"}}"#
        let event = decode(.custom, Array(body.utf8))[0]
        #expect(event.payload.utf8.count < 200)
        guard case .mail(let mail) = event.content else {
            Issue.record("no mail")
            return
        }
        #expect(mail.raw == raw)
    }

    @Test("deliveries with random changes are refused or decoded, never more")
    func mutated() throws {
        var random = SeededRandom(seed: 42)
        let interesting: [UInt8] = [
            0, 0x0a, 0x0d, 0x22, 0x2c, 0x2d, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0xff,
        ]
        for delivery in try SignedDeliveries.authentic() where delivery.request.body.count < 20_000 {
            for _ in 0..<40 {
                var changed = delivery
                for _ in 0..<Int.random(in: 1...4, using: &random) where !changed.request.body.isEmpty {
                    let place = Int.random(in: changed.request.body.indices, using: &random)
                    switch Int.random(in: 0...3, using: &random) {
                    case 0: changed.request.body[place] = interesting.randomElement(using: &random) ?? 0
                    case 1: changed.request.body.remove(at: place)
                    case 2: changed.request.body.removeSubrange(place...)
                    default:
                        changed.request.body.insert(contentsOf: changed.request.body[..<place], at: place)
                    }
                }
                if case .verified(let verified)? = try? changed.verdict() { _ = verified.decode() }
                for event in decode(delivery.settings.provider, changed.request.body) {
                    #expect((1...255).contains(event.externalID.utf8.count))
                }
            }
        }
    }

    @Test("times are read in the forms that providers use")
    func times() throws {
        func read(_ text: String) -> Int64? { EventTime.timestamp(.string(text)) }
        #expect(read("1970-01-01T00:00:00Z") == 0)
        #expect(read("2026-11-23T10:00:54.9070259Z") == 1_795_428_054_907_025)
        #expect(read("2026-11-23T05:00:54.907-05:00") == 1_795_428_054_907_000)
        #expect(read("2026-11-23T10:00:54+0000") == 1_795_428_054_000_000)
        #expect(read("2026-11-23 10:00:54") == 1_795_428_054_000_000)
        #expect(read("2000-02-29T23:59:60Z") == 951_868_800_000_000)
        for wrong in [
            "", "2026", "2026-13-01T00:00:00Z", "2026-11-23T10:00:54.Z", "2026-11-23T10:00:54Zx", "x",
        ] {
            #expect(read(wrong) == nil, "\(wrong)")
        }
        #expect(EventTime.seconds(.number("1521472262.908181")) == 1_521_472_262_908_181)
        #expect(EventTime.seconds(.string("1521472262")) == 1_521_472_262_000_000)
        #expect(EventTime.seconds(.number("1e300")) == nil)
        #expect(EventTime.seconds(.number("9223372036854775807")) == nil)
        #expect(EventTime.seconds(.null) == nil)
    }
}
