import Secrets
import Testing

@testable import Hooks

@Suite("Peculiarities of single providers")
struct ProviderTests {
    private let now: Int64 = 1_800_000_000

    private func verify(_ request: HookRequest, _ settings: EndpointSettings) throws -> Verified {
        guard case .verified(let verified) = try Endpoint(settings).verify(request) else {
            throw SignedDelivery.NotVerified()
        }
        return verified
    }

    // MARK: Standard Webhooks

    @Test("one good signature among others of any version is enough")
    func severalSignatures() throws {
        let secret = try WebhookSigner.generateSecret()
        let signer = try WebhookSigner(secrets: [try WebhookSigner.generateSecret(), secret])
        let body = Array(#"{"type":"x"}"#.utf8)
        var headers = signer.headers(id: "msg_1", unixSeconds: now, body: body)
        headers[2] = .init("webhook-signature", "v9,AAAA v1 , v1,!!! v1a,AAAA \(headers[2].value) v2,x")
        let settings = EndpointSettings(provider: .custom, secrets: [secret])
        let request = HookRequest(headers: headers, body: body, receivedAt: now)
        #expect(try verify(request, settings).decode()[0].externalID == "msg_1")
        var many = request
        many.headers[2] = .init(
            "webhook-signature", String(repeating: "v1,AAAA ", count: 100) + headers[2].value)
        #expect(throws: HooksError.signatureWrong) { try verify(many, settings) }
    }

    @Test(
        "ids and times that could be read in two ways are refused",
        arguments: [
            ("a.b", "1800000000"), ("", "1800000000"), ("a b", "1800000000"), ("é", "1800000000"), ("a", ""),
            ("a", "+1800000000"), ("a", "1800000000.0"), ("a", "0x6b49d200"), ("a", "１８"),
            ("a", "-1800000000"),
            ("a", "1800000000000000000000"),
        ])
    func ambiguous(id: String, time: String) throws {
        let secret = try WebhookSigner.generateSecret()
        let key = try #require(Base64.standard.decode(secret.dropFirst(6)))
        let body = Array(#"{"type":"x"}"#.utf8)
        let code = HMACSHA256.code(Array("\(id).\(time).".utf8) + body, key: key)
        let request = HookRequest(
            headers: [
                .init("webhook-id", id), .init("webhook-timestamp", time),
                .init("webhook-signature", "v1," + Base64.standard.encode(code)),
            ], body: body, receivedAt: now)
        let error = #expect(throws: HooksError.self) {
            try verify(request, .init(provider: .custom, secrets: [secret]))
        }
        #expect(error?.status == 401)
    }

    @Test("a public key is never taken as a shared secret, with or without its prefix")
    func publicKeyAsSecret() throws {
        let good = try SignedDeliveries.named("custom-v1a/other-type")
        let key = try #require(good.settings.publicKeys.first)
        let bytes = try #require(Base64.standard.decode(key.dropFirst(5)))
        let body = good.request.body
        let code = HMACSHA256.code(Array("msg_1.\(now).".utf8) + body, key: bytes)
        let forged = HookRequest(
            headers: [
                .init("webhook-id", "msg_1"), .init("webhook-timestamp", String(now)),
                .init("webhook-signature", "v1," + Base64.standard.encode(code)),
            ], body: body, receivedAt: now)
        let bare = String(key.dropFirst(5))
        for settings in [
            EndpointSettings(provider: .custom, publicKeys: [key]),
            .init(provider: .custom, publicKeys: [bare]),
            .init(provider: .custom, secrets: [key]),
        ] {
            #expect(throws: HooksError.signatureWrong) { try verify(forged, settings) }
            #expect(throws: Never.self) { try verify(good.request, settings) }
        }
    }

    // MARK: Mailgun

    private let key = "key-0123456789"

    private func mailgun(
        _ fields: [(String, String)], token: String = "abc", time: Int64? = nil, boundary: String = "b"
    ) -> HookRequest {
        let time = String(time ?? now)
        let code = Hex.encode(HMACSHA256.code("\(time)\(token)".utf8, key: key.utf8))
        let all = fields + [("timestamp", time), ("token", token), ("signature", code)]
        let parts = all.map { name, value in
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        return HookRequest(
            headers: [.init("Content-Type", "multipart/form-data; boundary=\(boundary)")],
            body: Array((parts.joined() + "--\(boundary)--\r\n").utf8), receivedAt: now)
    }

    private var mailgunSettings: EndpointSettings { .init(provider: .mailgun, secrets: [key]) }

    @Test(
        "a token with the same content is a retry, whatever the form looks like; with other content it shows")
    func singleUse() throws {
        let fields = [("recipient", "a@b.example"), ("body-mime", "Subject: x\r\n\r\ny")]
        let first = try verify(mailgun(fields), mailgunSettings)
        let retry = try verify(mailgun(fields.reversed(), boundary: "other"), mailgunSettings)
        let forged = try verify(mailgun([fields[0], ("body-mime", "Subject: z\r\n\r\ny")]), mailgunSettings)
        #expect(first.singleUse == retry.singleUse)
        #expect(first.singleUse?.token == "abc")
        #expect(first.singleUse?.token == forged.singleUse?.token)
        #expect(first.singleUse?.digest != forged.singleUse?.digest)
        #expect(first.decode()[0].externalID == retry.decode()[0].externalID)
        #expect(first.decode()[0].externalID != forged.decode()[0].externalID)
        let swapped = try verify(
            mailgun([("recipient", "Subject: x\r\n\r\ny"), ("body-mime", "a@b.example")]), mailgunSettings)
        #expect(first.singleUse?.digest != swapped.singleUse?.digest, "names belong to their values")
    }

    @Test("moving digits between timestamp and token does not make a new token")
    func movedDigits() throws {
        let code = Hex.encode(HMACSHA256.code("\(now)777abc".utf8, key: key.utf8))
        for (time, token) in [("\(now)7", "77abc"), ("\(now)777", "abc"), ("180000000", "0777abc")] {
            let body = "timestamp=\(time)&token=\(token)&signature=\(code)&body-mime=x"
            let request = HookRequest(
                headers: [.init("Content-Type", "application/x-www-form-urlencoded")], body: Array(body.utf8),
                receivedAt: now)
            let error = #expect(throws: HooksError.self) { try verify(request, mailgunSettings) }
            #expect(error?.status == 401)
        }
    }

    @Test("fields of the signature that are repeated or missing are refused")
    func mailgunFields() throws {
        for name in ["timestamp", "token", "signature"] {
            let twice = #expect(throws: HooksError.self) {
                try verify(mailgun([(name, "x")]), mailgunSettings)
            }
            #expect(twice?.status == 400)
        }
        let none = HookRequest(
            headers: [.init("Content-Type", "application/x-www-form-urlencoded")],
            body: Array("body-mime=x".utf8),
            receivedAt: now)
        #expect(throws: HooksError.self) { try verify(none, mailgunSettings) }
        for type in [
            "", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "application/json",
        ] {
            let request = HookRequest(headers: [.init("Content-Type", type)], body: [0xff], receivedAt: now)
            let error = #expect(throws: HooksError.self) { try verify(request, mailgunSettings) }
            #expect(error?.status == 400, "\(type)")
        }
    }

    @Test("an event's id is unique within its day only")
    func mailgunDays() throws {
        func id(_ time: String) throws -> String {
            let json = #"{"event":"delivered","id":"x","timestamp":\#(time)}"#
            return MailgunEvents.event(try StrictJSON(Array(json.utf8))).externalID
        }
        #expect(try id("1763855999.9") != (try id("1763856000.0")), "midnight in UTC lies between them")
        #expect(try id("1763856000.0") == (try id("1763942399.9")))
    }

    // MARK: Postmark

    @Test(
        "the password is taken as Basic or bearer, and nothing else is",
        arguments: [
            ("Basic dXNlcjpwYXNzd29yZA==", true), ("basic  dXNlcjpwYXNzd29yZA==", true),
            ("Bearer password", true),
            ("Basic OnBhc3N3b3Jk", true), ("Basic dXNlcjpwYXNzd29yZDE=", false), ("Basic dXNlcg==", false),
            ("Basic dXNlcjo=", false), ("Basic", false), ("Basic ====", false), ("Bearer", false),
            ("Bearer ", false),
            ("Bearer passwor", false), ("Digest password", false), ("password", false), ("", false),
        ])
    func passwords(authorization: String, isGood: Bool) throws {
        let request = HookRequest(
            headers: [.init("Authorization", authorization)], body: Array("{}".utf8), receivedAt: now)
        let settings = EndpointSettings(provider: .postmark, secrets: ["password"])
        if isGood {
            #expect(throws: Never.self) { try verify(request, settings) }
        } else {
            let error = #expect(throws: HooksError.self) { try verify(request, settings) }
            #expect(error?.status == 401, "never 403, which would stop Postmark's retries")
        }
    }

    // MARK: Microsoft Graph

    private let graphSettings = EndpointSettings(
        provider: .graph, secrets: ["client-state-0123456789"], origins: ["s1"])

    @Test("the handshake's token is repeated as it was decoded, and only alone")
    func handshake() throws {
        let endpoint = try Endpoint(graphSettings)
        var request = HookRequest(
            headers: [], query: [.init("validationToken", "Validation: <b>x</b>")], body: [], receivedAt: now)
        guard case .handshake(let text) = try endpoint.verify(request) else {
            Issue.record("no handshake")
            return
        }
        #expect(text == "Validation: <b>x</b>")
        request.body = Array(#"{"value":[]}"#.utf8)
        #expect(throws: HooksError.self) { try endpoint.verify(request) }
        request.body = []
        request.query.append(.init("validationToken", "y"))
        #expect(throws: HooksError.self) { try endpoint.verify(request) }
        request.query = [.init("validationToken", String(repeating: "x", count: 5000))]
        #expect(throws: HooksError.self) { try endpoint.verify(request) }
        request.query = [.init("validationToken", "")]
        #expect(throws: HooksError.self) { try endpoint.verify(request) }
    }

    @Test("one notification without the client state, or of another subscription, spoils the batch")
    func graphBatch() throws {
        func error(_ notifications: String) -> HooksError? {
            let body = Array(#"{"value":[\#(notifications)]}"#.utf8)
            do {
                _ = try verify(HookRequest(headers: [], body: body, receivedAt: now), graphSettings)
                return nil
            } catch { return error as? HooksError }
        }
        let good = #"{"subscriptionId":"s1","clientState":"client-state-0123456789"}"#
        #expect(error(good) == nil)
        #expect(error("\(good),{\"subscriptionId\":\"s1\"}") == .signatureMissing("clientState"))
        #expect(
            error("\(good),{\"subscriptionId\":\"s1\",\"clientState\":\"client-state-012345678\"}")
                == .signatureWrong)
        #expect(error(good.replacing("s1", with: "s2"))?.status == 401)
        #expect(error("}")?.status == 400)
    }

    @Test("the client state is not stored with the event")
    func graphSecret() throws {
        for event in try SignedDeliveries.named("graph/created").verified().decode() {
            #expect(!event.payload.contains("client-state"))
        }
    }

    // MARK: Origins

    @Test("an endpoint without origins tells who came first, so that it can be pinned")
    func origins() throws {
        let topic = try SignedDeliveries.named("ses-confirm/first-topic").verified()
        #expect(topic.origin == "arn:aws:sns:eu-west-1:123456789012:mail")
        let account = try SignedDeliveries.named("gmail-first-account/push").verified()
        #expect(account.origin == "push@project.iam.gserviceaccount.com")
    }

    // MARK: Samples

    @Test("the sample of an endpoint passes its own verification and asks for nothing")
    func samples() throws {
        let settings: [EndpointSettings] = [
            .init(provider: .custom, secrets: [try WebhookSigner.generateSecret()]),
            .init(provider: .stripe, secrets: ["whsec_x"]), mailgunSettings,
            .init(provider: .postmark, secrets: ["pa:ss"]), .init(provider: .postmark, secrets: ["pass"]),
            graphSettings,
        ]
        for settings in settings {
            let request = try #require(try SampleDelivery.make(for: settings, nonce: "n-1", unixSeconds: now))
            let events = try verify(request, settings).decode()
            #expect(events.count == 1)
            switch events[0].content {
            case .notice, .mailbox: break
            default: Issue.record("\(settings.provider): \(events[0])")
            }
        }
        #expect(try SampleDelivery.make(for: .init(provider: .ses), nonce: "n", unixSeconds: now) == nil)
    }
}
