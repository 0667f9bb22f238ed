/// Why a delivery or an endpoint's settings were refused. None is worth a retry of ours.
public enum HooksError: Error, Equatable, Sendable {
    /// No signature, or a header that it needs is missing.
    case signatureMissing(String)
    /// A header that counts for the signature is there more than once.
    case headerRepeated(String)
    /// The signature, token or password is wrong.
    case signatureWrong
    /// The signed time is further from the clock than the provider's tolerance; seconds, positive is the past.
    case stale(age: Int64)
    /// Well signed, but by a topic, account or subscription that this endpoint does not know.
    case originUnknown(String)
    /// An identity token was refused.
    case tokenRefused(String)
    /// The body cannot be taken apart, which is needed to find its signature.
    case unsplittable(String)
    /// The body is compressed; no provider does that, and a small one could unpack to anything.
    case compressed(String)
    /// The body is longer than the provider's maximum.
    case tooLong(bytes: Int, maximum: Int)
    /// A token that may be used once was used for something else before. Thrown by whoever remembers them.
    case tokenReused
    /// The certificate or key set that was asked for was not handed in.
    case materialMissing
    /// An address that must not be fetched.
    case addressRefused(String)
    /// Settings that cannot verify anything.
    case settingsUnusable(Provider, String)

    /// The HTTP status of the refusal.
    ///
    /// Never 403 (Postmark would stop for good), never 410 (Standard Webhooks would disable the endpoint), and 406
    /// only where Mailgun shall drop the delivery.
    public var status: Int {
        switch self {
        case .signatureMissing, .headerRepeated, .signatureWrong, .stale, .originUnknown, .tokenRefused,
            .addressRefused:
            401
        case .unsplittable: 400
        case .compressed: 415
        case .tooLong: 413
        case .tokenReused: 406
        case .settingsUnusable: 422
        case .materialMissing: 503
        }
    }
}

extension HooksError: CustomStringConvertible {
    /// One line for the log and for the problem details. Holds no secret.
    public var description: String {
        switch self {
        case .signatureMissing(let name): "the delivery is not signed: \(name) is missing"
        case .headerRepeated(let name): "the header \(name) is there more than once"
        case .signatureWrong: "the signature is wrong"
        case .stale(let age): "the signed time is \(age) seconds from ours"
        case .originUnknown(let origin): "this endpoint does not know \(origin)"
        case .tokenRefused(let reason): "the token was refused: \(reason)"
        case .unsplittable(let reason): "the body cannot be read: \(reason)"
        case .compressed(let encoding): "the body is compressed (\(encoding))"
        case .tooLong(let bytes, let maximum): "the body has \(bytes) bytes, at most \(maximum) are taken"
        case .tokenReused: "the token was used before"
        case .materialMissing: "the key of the sender could not be had"
        case .addressRefused(let address): "not an address of the provider: \(address)"
        case .settingsUnusable(let provider, let reason): "\(provider.rawValue): \(reason)"
        }
    }
}
