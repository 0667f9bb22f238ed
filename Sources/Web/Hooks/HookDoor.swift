import Desk
import Hooks
import Hummingbird
import Negotiation

/// The one door for webhooks: `POST /hooks/{id}`. Reads the body up to a cap, verifies it over its raw bytes, stores each
/// event, and only then says that it was taken. What is to be done about the events is done later, by a job.
struct HookDoor: Sendable {
    let desk: HookDesk

    private var reception: Reception { desk.reception }
    private var office: Office { reception.office }

    func add(to router: Router<WebContext>, _ book: inout RouteBook) {
        book.add(.post, "/hooks/:id", for: .program)
        router.post("/hooks/:id") { request, context in try await answer(request, context) }
    }

    private func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        guard let id = context.parameters.get("id").flatMap({ InboundEndpointID($0) }),
            let open = try await desk.endpoints.find(id)
        else { throw Problem.notFound("webhook endpoint") }
        return try await request.delivery(
            upTo: open.endpoint.provider.maximumBody, within: reception.limits.hookSeconds, in: desk.room
        ) { bytes in
            do {
                let delivery = try hookRequest(request, bytes)
                return try await take(delivery, at: open, from: request, context)
            } catch let error as HooksError {
                await desk.refusals.count(error, at: open.record, log: context.logger)
                throw Problem(error)
            }
        }
    }

    private func hookRequest(_ request: Request, _ body: [UInt8]) throws -> HookRequest {
        HookRequest(
            headers: request.headers.map { HookRequest.Field($0.name.rawName, $0.value) },
            query: try query(of: request), body: body, receivedAt: office.clock.now().seconds)
    }

    /// The parameters in their order; providers add some, so unknown ones are none of our business.
    private func query(of request: Request) throws -> [HookRequest.Field] {
        guard let query = request.uri.query, !query.isEmpty else { return [] }
        return try query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let value = Form(encoded: Array("v=\(parts.count > 1 ? parts[1] : "")".utf8))?["v"] else {
                throw HooksError.unsplittable("the query cannot be read")
            }
            return HookRequest.Field(String(parts[0]), value)
        }
    }

    private func take(
        _ delivery: HookRequest, at open: OpenEndpoint, from request: Request, _ context: WebContext
    ) async throws -> Response {
        let material = try await material(for: try open.endpoint.need(of: delivery))
        switch try open.endpoint.verify(delivery, with: material) {
        case .handshake(let text):
            return Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        case .verified(let verified):
            try await pin(verified, to: open)
            var stored = InboundDelivery(
                verified, body: delivery.body, to: open.record, at: office.clock)
            stored.headers = KeptHeaders.json(delivery.headers)
            stored.origin = context.origin(of: request, user: nil)
            if !stored.events.isEmpty {
                let receipt = try await office.books.inbound.receive(stored)
                guard !receipt.isTokenSpent else { throw Problem(HooksError.tokenReused) }
            }
            return Response(status: HTTPResponse.Status(code: open.endpoint.provider.successStatus))
        }
    }

    private func material(for need: HookNeed) async throws -> HookMaterial {
        do {
            switch need {
            case .nothing: return .nothing
            case .certificate(let address):
                return .certificate(try await reception.senderKeys.certificate(address))
            case .keySet(let id): return .keySet(try await reception.senderKeys.keySet(id))
            }
        } catch SenderKeyFault.unknown(let what) {
            throw HooksError.addressRefused(what)
        } catch SenderKeyFault.unavailable(let why) {
            throw Problem(
                503, "keys_unavailable", "The keys of the sender cannot be had: \(why)", retryAfter: 5)
        }
    }

    /// An endpoint that was not told who delivers takes the first, and from then on no other.
    private func pin(_ verified: Verified, to open: OpenEndpoint) async throws {
        guard let origin = verified.origin, open.record.settings.origins.isEmpty else { return }
        defer { desk.endpoints.forget(open.record.id) }
        guard try await office.pinOrigin(origin, of: open.record) else {
            throw HooksError.originUnknown("the sender \(origin.prefix(200))")
        }
    }
}

/// What the door and those who look after it share within a process.
struct HookDesk: Sendable {
    let reception: Reception
    let endpoints: HookEndpoints
    let refusals: HookRefusals
    let room: HookRoom

    init(_ reception: Reception) {
        self.reception = reception
        endpoints = HookEndpoints(reception.office)
        refusals = HookRefusals(reception.office)
        room = HookRoom(bytes: reception.limits.hookBytes)
    }
}

extension Problem {
    /// A delivery that was refused.
    init(_ error: HooksError) {
        let code =
            switch error {
            case .tooLong: "too_large"
            case .unsplittable: "unreadable"
            case .compressed: "compressed"
            case .tokenReused: "token_reused"
            case .settingsUnusable: "settings_unusable"
            default: "not_authentic"
            }
        self.init(error.status, code, "Refused: \(error).")
    }
}
