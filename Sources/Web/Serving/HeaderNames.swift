import HTTPTypes

extension HTTPField.Name {
    /// Which part of the address other pages learn (Referrer Policy).
    static let referrerPolicy = named("Referrer-Policy")
    /// The same as `frame-ancestors`, for old browsers (RFC 7034).
    static let xFrameOptions = named("X-Frame-Options")
    /// Keeps other windows from reaching into a page (HTML standard).
    static let crossOriginOpenerPolicy = named("Cross-Origin-Opener-Policy")
    /// What the log calls a request.
    static let xRequestID = named("X-Request-Id")
    /// Makes a `POST` safe to repeat (draft-ietf-httpapi-idempotency-key-header).
    static let idempotencyKey = named("Idempotency-Key")
    /// Says that an answer is a stored one.
    static let idempotencyReplayed = named("Idempotency-Replayed")

    /// A name that is known to be one; were it none, the answer would carry it under a name that says so.
    private static func named(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .via }
}
