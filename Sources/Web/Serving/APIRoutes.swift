import Desk
import Hummingbird
import Negotiation
import Secrets

/// Carries operations out: who calls, what was sent, what comes back.
struct APIRoutes: Sendable {
    let reception: Reception
    let tally: Tally
    let doorkeeper: Doorkeeper
    let hooks: HookDesk

    /// How long a request with an `Idempotency-Key` may be without an answer before nobody works on it any more, in
    /// seconds.
    private var abandonedAfter: Int64 { reception.limits.requestSeconds * 2 }

    func add(to router: Router<WebContext>, _ book: inout RouteBook) {
        for operation in API.operations {
            book.add(operation.method, operation.routerPath, for: .program)
            router.on(RouterPath(operation.routerPath), method: operation.method) { request, context in
                try await answer(operation, request, context)
            }
        }
    }

    private func answer(
        _ operation: Operation, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let bearer = operation.access == .bearer ? try await doorkeeper.bearer(of: request, context) : nil
        let query = try request.query(knowing: operation.parameters.map(\.name))
        let limits = reception.limits
        let largest = operation.takesFiles ? limits.uploadBytes : limits.bodyBytes
        let bytes = operation.body == nil ? [] : try await request.wholeBody(upTo: largest)
        let call = APICall(
            reception: reception, tally: tally, hooks: hooks, log: context.logger, bearer: bearer,
            origin: bearer?.origin ?? context.origin(of: request, user: nil),
            pathID: context.parameters.get("id"), pathNumber: context.parameters.get("number"), query: query,
            body: try read(bytes, as: operation.body, upTo: largest))
        if operation.isIdempotent, let bearer, let key = request.headers[.idempotencyKey] {
            return try await once(key, request: "\(request.method) \(request.uri.path)", bytes, bearer) {
                try await operation.handle(call)
            }
        }
        return try await operation.handle(call).response()
    }

    private func read(_ bytes: [UInt8], as shape: BodyShape?, upTo largest: Int) throws(Problem) -> ReadBody {
        guard let shape else { return try ReadBody(.object(of: []), as: .empty) }
        guard !bytes.isEmpty else { return try ReadBody(.object(of: []), as: shape) }
        let json: StrictJSON
        do {
            json = try StrictJSON(bytes, limits: StrictJSON.Limits(bytes: largest))
        } catch {
            throw Problem(400, "not_json", "The body is \(error).")
        }
        return try ReadBody(json, as: shape)
    }

    // MARK: Idempotency

    /// Does the work at most once for a key; the same request again gets the same answer again.
    private func once(
        _ key: String, request: String, _ body: [UInt8], _ caller: Caller,
        _ work: () async throws -> APIAnswer
    ) async throws -> Response {
        guard (1...255).contains(key.unicodeScalars.count) else {
            throw Problem(400, "invalid_idempotency_key", "Idempotency-Key must have 1 to 255 characters.")
        }
        let (port, organization) = (reception.idempotency, caller.organizationID)
        let digest = SHA256.digest(Array("\(caller.user.id) \(request)\n".utf8) + body)
        let now = reception.office.clock.now()
        switch try await port.begin(organization, key, request, digest, now) {
        case .fresh: break
        case .answered(let status, let stored): return replay(status, stored)
        case .otherRequest:
            throw Problem(
                422, "idempotency_key_reused", "This Idempotency-Key was used for another request already.")
        case .unfinished(let since): throw unfinished(since: since, now: now)
        }
        do {
            let answer = try await work()
            let kept = (answer.repeated ?? answer.json)?.text() ?? ""
            try await port.finish(organization, key, answer.status, Array(kept.utf8))
            return answer.response()
        } catch let error where surelyHadNoEffect(error) {
            // Where the key cannot be given back, it says later that the outcome is unknown.
            try? await port.abandon(organization, key)
            throw error
        }
    }

    /// A use case that refuses writes nothing; of everything else the outcome may be unknown, and the key stays taken.
    private func surelyHadNoEffect(_ error: any Error) -> Bool {
        switch error {
        case is Problem, is DeskError, is CommitRefusal: true
        default: false
        }
    }

    private func unfinished(since: Instant, now: Instant) -> Problem {
        now < since.advanced(bySeconds: abandonedAfter)
            ? Problem(
                409, "in_progress", "The same request is being worked on at the moment.", retryAfter: 1)
            : Problem(
                409, "outcome_unknown",
                "The same request was begun at \(since) and broken off. Look whether it had an effect; if not, use a new key."
            )
    }

    private func replay(_ status: Int, _ body: [UInt8]) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.idempotencyReplayed] = "true"
        if !body.isEmpty { headers[.contentType] = "application/json" }
        return Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension APIAnswer {
    func response() -> Response {
        if let plain {
            return Response(
                status: HTTPResponse.Status(code: status), headers: [.contentType: plain.type],
                body: ResponseBody(byteBuffer: ByteBuffer(string: plain.text)))
        }
        if let file { return .file(file) }
        if let json { return .json(json, status: status) }
        return Response(status: HTTPResponse.Status(code: status))
    }
}
