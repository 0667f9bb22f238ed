import Reading
import Secrets

/// Checks who has signed a message (RFC 6376, 6; RFC 8301; RFC 8463).
public enum DKIMVerifier {
    /// Signatures of a message that are looked at, from the top; each may ask the DNS once.
    public static let mostSignatures = 5

    /// What each signature proves, from the top down; one result `none` where there is no signature.
    ///
    /// A `pass` means that its domain vouches for the whole body, for every header field that it names, and
    /// that no second From, Subject or other field that may stand once was added to them.
    ///
    /// - Parameters:
    ///   - raw: the message as it was received, with CRLF or LF as line ends.
    ///   - now: seconds since 1970 at which it was received: a signature may expire.
    ///   - resolver: where the keys are looked up.
    public static func verify(_ raw: [UInt8], now: Int64, resolver: TXTResolver) async -> [DKIMResult] {
        guard let message = SignedMessage(raw) else {
            return [DKIMResult(.permerror, "the header is too large")]
        }
        let places = message.places
        let signatures = (places["dkim-signature"] ?? []).prefix(mostSignatures)
        guard !signatures.isEmpty else { return [DKIMResult(.none, "the message is not signed")] }
        // Side by side: a name server that is silent keeps a message as long as one signature, not as all of them.
        return await withTaskGroup(of: (Int, DKIMResult).self) { group in
            for (number, place) in signatures.enumerated() {
                group.addTask {
                    (number, await result(of: message, places, signature: place, now: now, resolver))
                }
            }
            var results: [(Int, DKIMResult)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func result(
        of message: SignedMessage, _ places: [String: [Int]], signature place: Int, now: Int64,
        _ resolver: TXTResolver
    ) async -> DKIMResult {
        do {
            let signature = try DKIMSignature(message.fields[place].value)
            return await SignatureCheck(message: message, places: places, place: place, signature: signature)
                .result(now: now, resolver)
        } catch {
            return DKIMResult(error.outcome, error.reason)
        }
    }
}

/// The check of one signature.
private struct SignatureCheck {
    /// Fields that may stand once (RFC 5322, 3.6; RFC 2045, 3), of which a reader may show another than the one
    /// that was signed (RFC 6376, 8.15).
    private static let singular: Set<String> = [
        "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to",
        "references", "content-type", "content-transfer-encoding",
    ]

    let message: SignedMessage
    let places: [String: [Int]]
    let place: Int
    let signature: DKIMSignature

    func result(now: Int64, _ resolver: TXTResolver) async -> DKIMResult {
        do {
            try checkTime(now)
            try checkCoverage()
            let record = try await DKIMKeyRecord.find(for: signature, resolver)
            if record.isTesting {
                return DKIMResult(.neutral, "\(signature.domain) only tries DKIM out", of: signature)
            }
            try check(with: record)
            return DKIMResult(.pass, "signed by \(signature.domain)", of: signature)
        } catch {
            return DKIMResult(error.outcome, error.reason, of: signature)
        }
    }

    private func checkTime(_ now: Int64) throws(DKIMFault) {
        if let end = signature.expiresAt, now > end { throw .policy("the signature has expired") }
    }

    private func checkCoverage() throws(DKIMFault) {
        guard places["from"] != nil else { throw .permanent("the message has no From") }
        let signed = Dictionary(signature.names.map { ($0, 1) }, uniquingKeysWith: +)
        for name in Self.singular.sorted() {
            if let count = signed[name], places[name, default: []].count > count {
                throw .policy("another \(name) was put beside the signed one")
            }
        }
    }

    private func check(with record: DKIMKeyRecord) throws(DKIMFault) {
        let body = BodyDigest(message.body, signature.forms.body, upTo: signature.bodyLength)
        guard body.count >= signature.bodyLength ?? 0, body.bytes == signature.bodyDigest else {
            throw .broken("the body was changed")
        }
        guard record.verifies(signature.bytes, of: signedHeader) else {
            throw .broken("the header was changed, or the signature is not of \(signature.domain)")
        }
        guard body.count == signature.bodyLength ?? body.count else {
            throw .policy("the signature covers only the beginning of the body")
        }
    }

    /// What was signed: the named fields, of several by one name the lowest first, then the signature itself
    /// (RFC 6376, 3.7 and 5.4.2).
    private var signedHeader: [UInt8] {
        var left = places
        left["dkim-signature"]?.removeAll { $0 == place }
        var header: [UInt8] = []
        for name in signature.names {
            guard let next = left[name]?.popLast() else { continue }
            signature.forms.header.append(message.fields[next], to: &header)
            header += [.carriageReturn, .lineFeed]
        }
        signature.forms.header.append(message.fields[place].withoutSignature, to: &header)
        return header
    }
}
