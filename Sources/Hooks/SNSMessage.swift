import Secrets

/// The envelope of Amazon SNS, as it was posted.
/// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
struct SNSMessage: Sendable {
    /// The kinds of message.
    enum Kind: String, Sendable {
        case notification = "Notification"
        case subscription = "SubscriptionConfirmation"
        case unsubscription = "UnsubscribeConfirmation"
    }

    let kind: Kind
    let id: String
    let topic: String
    let timestamp: String
    /// The message proper: of SES, JSON in a string.
    let message: String
    let subject: String?
    let token: String?
    let subscribeAddress: String?
    let signature: [UInt8]
    /// `1` is RSA with SHA-1, `2` with SHA-256.
    let digest: PublicKey.Digest
    let certificateAddress: String

    /// Reads the envelope. Throws `unsplittable`, or `signatureMissing` where a member of the signature is missing.
    init(_ body: [UInt8]) throws(HooksError) {
        let json: StrictJSON
        do { json = try StrictJSON(body, limits: .envelope) } catch { throw .unsplittable("\(error)") }
        func text(_ name: String) throws(HooksError) -> String {
            guard let text = json[name]?.string else { throw .signatureMissing(name) }
            return text
        }
        guard let kind = Kind(rawValue: try text("Type")) else {
            throw .unsplittable("Type is unknown to SNS")
        }
        self.kind = kind
        id = try text("MessageId")
        topic = try text("TopicArn")
        timestamp = try text("Timestamp")
        message = try text("Message")
        subject = json["Subject"]?.string
        token = kind == .notification ? nil : try text("Token")
        subscribeAddress = kind == .notification ? nil : try text("SubscribeURL")
        certificateAddress = try text("SigningCertURL")
        let encoded = try text("Signature")
        guard encoded.utf8.count <= 2048, let signature = Base64.standard.decode(encoded) else {
            throw .signatureWrong
        }
        self.signature = signature
        switch json["SignatureVersion"]?.idText {
        case "1": digest = .sha1
        case "2": digest = .sha256
        default: throw .signatureMissing("SignatureVersion")
        }
    }

    /// What SNS signed: names and values on lines of their own, names in alphabetical order.
    /// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
    var signedText: String {
        let members: [(String, String?)] = [
            ("Message", message), ("MessageId", id), ("Subject", kind == .notification ? subject : nil),
            ("SubscribeURL", subscribeAddress), ("Timestamp", timestamp), ("Token", token),
            ("TopicArn", topic),
            ("Type", kind.rawValue),
        ]
        return members.map { name, value in value.map { "\(name)\n\($0)\n" } ?? "" }.joined()
    }
}

/// The host rule for what SNS messages point to. Anybody can write such a message before it is verified, so the
/// gateway would otherwise fetch whatever a stranger names.
public enum SNSAddress {
    /// Whether this is a signing certificate on SNS's own host:
    /// `https://sns.<region>.amazonaws.com[.cn]/SimpleNotificationService-<id>.pem`, no port, no user, no query.
    public static func isCertificate(_ address: String) -> Bool {
        guard let path = path(of: address) else { return false }
        let isPlain = path.utf8.allSatisfy { byte in
            isNameByte(byte) || (0x41...0x5a).contains(byte) || byte == UInt8(ascii: ".")
        }
        return isPlain && path.hasPrefix("SimpleNotificationService-") && path.hasSuffix(".pem")
            && !path.contains("..")
    }

    /// Whether this confirms a subscription on SNS's own host: `https://sns.<region>.amazonaws.com[.cn]/?…`.
    public static func isConfirmation(_ address: String) -> Bool {
        guard let path = path(of: address) else { return false }
        return path.hasPrefix("?")
            && path.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "#") }
    }

    /// What follows the slash behind SNS's host; `nil` for any other host, scheme or port.
    private static func path(of address: String) -> Substring? {
        guard address.utf8.count <= 2048, address.hasPrefix("https://sns.") else { return nil }
        let rest = address.dropFirst("https://sns.".count)
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        let host = rest[..<slash]
        guard let suffix = [".amazonaws.com", ".amazonaws.com.cn"].first(where: { host.hasSuffix($0) }) else {
            return nil
        }
        let region = host.dropLast(suffix.count)
        guard !region.isEmpty, region.utf8.allSatisfy(isNameByte) else { return nil }
        return rest[rest.index(after: slash)...]
    }

    /// Lower-case letters, digits and the hyphen.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "-")
    }
}

/// Verifies SNS messages with the certificate that they name, once topic and address are found acceptable.
struct SimpleNotificationService: DeliveryCheck {
    let origins: [String]

    func need(of request: HookRequest) throws(HooksError) -> HookNeed {
        .certificate(address: try acceptable(request).certificateAddress)
    }

    func verify(_ request: HookRequest, with material: HookMaterial) throws(HooksError) -> HookVerdict {
        let message = try acceptable(request)
        guard case .certificate(let certificate) = material else { throw .materialMissing }
        guard certificate.validity.contains(request.receivedAt), certificate.key.kind == .rsa,
            certificate.key.verify(message.signature, of: message.signedText.utf8, digest: message.digest)
        else { throw .signatureWrong }
        return .verified(Verified(.ses, .topic(message), origin: message.topic))
    }

    private func acceptable(_ request: HookRequest) throws(HooksError) -> SNSMessage {
        // Raw delivery leaves the envelope out, and the signature with it.
        guard try request.header("x-amz-sns-rawdelivery")?.lowercased() != "true" else {
            throw .signatureMissing("the SNS envelope (switch raw message delivery off)")
        }
        let message = try SNSMessage(request.body)
        if let kind = try request.header("x-amz-sns-message-type"), kind != message.kind.rawValue {
            throw .unsplittable("x-amz-sns-message-type says another type than the body")
        }
        guard origins.isEmpty || origins.contains(message.topic) else {
            throw .originUnknown("the topic \(storable(message.topic, maximum: 256))")
        }
        guard SNSAddress.isCertificate(message.certificateAddress) else {
            throw .addressRefused("SigningCertURL")
        }
        if let address = message.subscribeAddress, !SNSAddress.isConfirmation(address) {
            throw .addressRefused("SubscribeURL")
        }
        return message
    }
}
