import Secrets
import Testing

@testable import Hooks

@Suite("Deliveries that are refused")
struct RefusalTests {
    /// Providers whose signature covers the whole body.
    private static let signingBody: Set<Provider> = [.custom, .sendgridEvents, .stripe]

    /// The headers that prove something, in lower case.
    private static let proofs: Set<String> = [
        "webhook-id", "webhook-timestamp", "webhook-signature", "stripe-signature", "authorization",
        "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp",
    ]

    private func refusal(_ delivery: SignedDelivery) -> HooksError? {
        do {
            _ = try delivery.verdict()
            return nil
        } catch { return error }
    }

    @Test("a body that was changed anywhere, cut or continued is not authentic")
    func changedBody() throws {
        for delivery in try SignedDeliveries.authentic()
        where Self.signingBody.contains(delivery.settings.provider) {
            let body = delivery.request.body
            let places = stride(from: 0, to: body.count, by: max(1, body.count / 50))
            var changed = delivery
            for place in places {
                changed.request.body = body
                changed.request.body[place] ^= 1
                #expect(refusal(changed) == .signatureWrong, "\(delivery.name), byte \(place)")
            }
            for other in [body.dropLast(), body + [0], body + body, []] {
                changed.request.body = Array(other)
                #expect(refusal(changed) == .signatureWrong, "\(delivery.name)")
            }
        }
    }

    @Test("without a header that proves it, or with two of them, no delivery is authentic")
    func headers() throws {
        for delivery in try SignedDeliveries.authentic() {
            for (index, header) in delivery.request.headers.enumerated()
            where Self.proofs.contains(header.name.lowercased()) {
                var changed = delivery
                changed.request.headers.remove(at: index)
                #expect(refusal(changed)?.status == 401, "\(delivery.name) without \(header.name)")
                changed.request.headers.append(.init(header.name.uppercased(), "x"))
                #expect(refusal(changed)?.status == 401, "\(delivery.name) with a foreign \(header.name)")
                changed.request.headers.append(header)
                #expect(refusal(changed)?.status == 401, "\(delivery.name) with two \(header.name)")
                changed.request.headers = delivery.request.headers
                changed.request.headers[index] = .init(header.name.lowercased(), " \(header.value)\t")
                #expect(refusal(changed) == nil, "\(delivery.name): case and white space do not matter")
            }
        }
    }

    @Test("a signed time beyond the tolerance, in the past or ahead, is stale")
    func stale() throws {
        for delivery in try SignedDeliveries.authentic() {
            guard let tolerance = delivery.settings.provider.tolerance,
                delivery.name != "sendgrid_inbound-password/raw"
            else { continue }
            let now = delivery.request.receivedAt
            var moved = delivery
            for offset in [-tolerance, tolerance] {
                moved.request.receivedAt = now + offset
                #expect(refusal(moved) == nil, "\(delivery.name)")
            }
            moved.request.receivedAt = now + tolerance + 1
            #expect(refusal(moved) == .stale(age: tolerance + 1), "\(delivery.name)")
            moved.request.receivedAt = now - tolerance - 1
            #expect(refusal(moved) == .stale(age: -tolerance - 1), "\(delivery.name)")
        }
    }

    @Test("another endpoint's secret verifies nothing; two are in force during a rotation")
    func secrets() throws {
        for delivery in try SignedDeliveries.authentic() where !delivery.settings.secrets.isEmpty {
            let other =
                delivery.settings.provider == .custom
                ? try WebhookSigner.generateSecret() : "another secret 123"
            var changed = delivery
            changed.settings.secrets = [other]
            #expect(refusal(changed) == .signatureWrong, "\(delivery.name)")
            changed.settings.secrets = [other] + delivery.settings.secrets
            #expect(refusal(changed) == nil, "\(delivery.name)")
        }
        let pairs = [("custom-v1a/other-type", "whpk_" + Base64.standard.encode(try randomBytes(32)))]
        for (name, key) in pairs {
            var changed = try SignedDeliveries.named(name)
            let good = changed.settings.publicKeys
            // Half of all 32 bytes are no point on the curve; then the settings are refused instead.
            changed.settings.publicKeys = [key]
            #expect(refusal(changed) != nil)
            changed.settings.publicKeys = good
            #expect(refusal(changed) == nil)
        }
        let foreign = try SignedDeliveries.named("sendgrid_inbound/raw").settings.publicKeys
        var events = try SignedDeliveries.named("sendgrid_events/batch")
        #expect(events.settings.publicKeys == foreign, "one key for the whole run")
        events.request.body = try SignedDeliveries.named("sendgrid_inbound/raw").request.body
        #expect(refusal(events) == .signatureWrong)
    }

    @Test("tricks with tokens, topics, certificates' addresses and accounts are refused with 401")
    func tricks() throws {
        let deliveries = try SignedDeliveries.refused()
        #expect(deliveries.count >= 36)
        for delivery in deliveries {
            #expect(refusal(delivery)?.status == 401, "\(delivery.name)")
            let isSNS = delivery.settings.provider == .ses
            if isSNS {
                #expect(throws: HooksError.self, "nothing may be fetched for \(delivery.name)") {
                    try Endpoint(delivery.settings).need(of: delivery.request)
                }
            }
        }
    }

    @Test("what must be fetched is asked for, and nothing is verified without it")
    func material() throws {
        let sns = try SignedDeliveries.named("ses/delivery")
        #expect(
            try Endpoint(sns.settings).need(of: sns.request)
                == .certificate(
                    address: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcd.pem"))
        let gmail = try SignedDeliveries.named("gmail/push")
        #expect(try Endpoint(gmail.settings).need(of: gmail.request) == .keySet(keyID: "k1"))
        for var delivery in [sns, gmail] {
            delivery.material = .nothing
            #expect(refusal(delivery) == .materialMissing)
        }
        let other = try SignedDeliveries.named("custom/other-type")
        #expect(try Endpoint(other.settings).need(of: other.request) == .nothing)
    }

    @Test("an SNS message changed in any signed member, or past its certificate, is not authentic")
    func topicMessages() throws {
        let delivery = try SignedDeliveries.named("ses-sha1/bounce")
        let envelope = try #require(try StrictJSON(delivery.request.body).object)
        for name in ["Message", "MessageId", "Subject", "Timestamp", "Signature"] {
            var changed = delivery
            let members = envelope.members.map { member in
                (member.name, member.name == name ? .string((member.value.string ?? "") + "A") : member.value)
            }
            changed.request.body = Array(StrictJSON.object(of: members).text().utf8)
            #expect(refusal(changed) == .signatureWrong, "\(name)")
            let without = envelope.members.filter { $0.name != name }.map { ($0.name, $0.value) }
            changed.request.body = Array(StrictJSON.object(of: without).text().utf8)
            #expect(refusal(changed)?.status == 401, "\(name)")
        }
        var late = delivery
        late.request.receivedAt += 40 * 86_400
        #expect(refusal(late) == .signatureWrong, "the certificate has ended")
        var raw = delivery
        raw.request.headers.append(.init("x-amz-sns-rawdelivery", "true"))
        #expect(refusal(raw)?.status == 401)
        var version = delivery
        let text = String(decoding: delivery.request.body, as: UTF8.self)
        version.request.body = Array(
            text.replacing(#""SignatureVersion": "1""#, with: #""SignatureVersion": "2""#).utf8)
        #expect(refusal(version) == .signatureWrong)
    }

    @Test("a compressed or an oversized body is refused before anything is read")
    func bodies() throws {
        for delivery in try SignedDeliveries.authentic() {
            for encoding in ["gzip", "deflate, br", "x", "Identity, gzip"] {
                var changed = delivery
                changed.request.headers.append(.init("content-encoding", encoding))
                #expect(refusal(changed)?.status == 415, "\(delivery.name)")
            }
        }
        for provider in Provider.allCases {
            guard
                var delivery = try SignedDeliveries.authentic().first(where: {
                    $0.settings.provider == provider
                })
            else { continue }
            delivery.request.body = [UInt8](repeating: 0x20, count: provider.maximumBody + 1)
            #expect(refusal(delivery)?.status == 413, "\(provider)")
        }
    }

    @Test("no refusal has a status that makes a provider stop for good")
    func statuses() {
        let all: [HooksError] = [
            .signatureMissing(""), .headerRepeated(""), .signatureWrong, .stale(age: 1), .originUnknown(""),
            .tokenRefused(""), .unsplittable(""), .compressed(""), .tooLong(bytes: 1, maximum: 1),
            .tokenReused,
            .materialMissing, .addressRefused(""), .settingsUnusable(.custom, ""),
        ]
        for error in all {
            #expect(![403, 410].contains(error.status) && (400...503).contains(error.status))
        }
        #expect(all.filter { $0.status == 406 } == [.tokenReused], "Mailgun drops what is answered with 406")
        #expect(Provider.mailgun.successStatus == 200 && Provider.postmark.successStatus == 200)
    }

    @Test("settings that could verify nothing are refused")
    func settings() throws {
        let p384 = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE"
        let unusable: [EndpointSettings] = [
            .init(provider: .custom), .init(provider: .custom, secrets: ["whsec_c2hvcnQ="]),
            .init(provider: .custom, secrets: ["whsec_not base64"]),
            .init(provider: .custom, publicKeys: ["whpk_AAAA"]), .init(provider: .sendgridEvents),
            .init(provider: .sendgridEvents, secrets: ["password"]),
            .init(provider: .sendgridEvents, publicKeys: [p384]), .init(provider: .sendgridInbound),
            .init(provider: .mailgun), .init(provider: .mailgun, secrets: [""]), .init(provider: .postmark),
            .init(provider: .postmark, secrets: ["good", ""]), .init(provider: .stripe),
            .init(provider: .gmail),
            .init(provider: .gmail, audience: ""), .init(provider: .graph),
            .init(provider: .graph, secrets: ["short"]),
        ]
        for settings in unusable {
            let error = #expect(throws: HooksError.self, "\(settings)") { try Endpoint(settings) }
            #expect(error?.status == 422)
        }
    }
}
