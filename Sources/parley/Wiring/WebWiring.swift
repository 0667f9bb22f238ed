import Desk
import Glibc
import Logging
import Mail
import Negotiation
import Postgres
import Reading
import ServiceLifecycle
import Store
import Web

extension Gateway {
    /// The HTTP server of this gateway.
    func webService(logger: Logger) throws -> WebService {
        var reception = Reception(
            office: office, secretKey: keys.secret, templateFolder: "\(share.templates)/web",
            version: Version.current, idempotency: .postgres(IdempotencyStore(pool)))
        reception.readiness = { await readiness() }
        reception.sandbox = sandboxPort
        reception.senderKeys = senderKeys.port
        reception.surroundings = { await surroundings(of: $0) }
        let figures = JobFigures(office: office)
        reception.jobCounts = { await figures.counts() }
        return WebService(server: try WebServer(reception, log: logger), address: configuration.listen)
    }

    private func readiness() async -> [ReadinessCheck] {
        do {
            _ = try await office.books.people.organizations()
            // A mailbox that fails is somebody's to mend, and no reason to send requests elsewhere.
            return [
                ReadinessCheck("database", isReady: true, detail: "answers"),
                ReadinessCheck("mailboxes", isReady: true, detail: mailboxTally.line),
            ]
        } catch {
            return [ReadinessCheck("database", isReady: false, detail: Console.oneLine("\(error)"))]
        }
    }

    /// What everybody of an organization should see until it is mended. That mailboxes cannot be looked up is no reason to
    /// show no page.
    private func surroundings(of organization: OrganizationID) async -> Surroundings {
        guard let mailboxes = try? await office.books.mailboxes.list(organization) else {
            return Surroundings()
        }
        let notices = mailboxes.compactMap { mailbox -> Notice? in
            guard case .failing(let reason, _, _) = mailbox.condition else { return nil }
            return Notice("The mailbox \(mailbox.name) does not work.", advice: reason)
        }
        return Surroundings(notices: notices, hasSandbox: mailboxes.areAllDisabled)
    }

    private var sandboxPort: SandboxPort {
        let desk = VendorDesk(sandbox, clock: office.clock)
        return SandboxPort(
            isUsed: { organization in
                try await office.books.mailboxes.list(organization).areAllDisabled
            },
            outbox: { id in
                guard let organization = try await office.books.people.organization(id) else { return [] }
                return desk.letters(of: organization, limit: SandboxPort.mostLetters).map(SandboxLetter.init)
            },
            answer: { id, messageID, text in
                guard let organization = try await office.books.people.organization(id) else {
                    throw DeskError.notFound("organization")
                }
                try desk.answer(messageID, text: text, from: organization)
            })
    }
}

extension [Mailbox] {
    /// Whether none of them is written from, so that mail goes to the sandbox.
    fileprivate var areAllDisabled: Bool { allSatisfy { $0.condition == .disabled } }
}

/// Runs the HTTP server and says where it listens.
struct WebService: Service {
    let server: WebServer
    let address: ListenAddress

    func run() async throws {
        try await server.serve(host: address.host, port: address.port) { port in
            Console.result("Parley listens on http://\(ListenAddress(host: address.host, port: port))")
            fflush(nil)
        }
    }
}

extension IdempotencyPort {
    fileprivate static func postgres(_ store: IdempotencyStore) -> IdempotencyPort {
        IdempotencyPort(
            begin: { organization, key, route, digest, now in
                switch try await store.begin(organization, key: key, route: route, digest: digest, now: now) {
                case .fresh: .fresh
                case .answered(let status, let body): .answered(status, body)
                case .unfinished(let since): .unfinished(since: since)
                case .otherRequest: .otherRequest
                }
            },
            finish: { try await store.finish($0, key: $1, status: $2, body: $3) },
            abandon: { try await store.abandon($0, key: $1) })
    }
}

extension SandboxLetter {
    fileprivate init(_ found: (letter: Reading.Message, answers: [Reading.Message])) {
        func words(_ address: Address?) -> String {
            address.map { $0.name.isEmpty ? $0.address : "\($0.name) <\($0.address)>" } ?? ""
        }
        let letter = found.letter
        self.init(
            messageID: letter.messageID ?? "", sentAt: letter.date, from: words(letter.from),
            to: words(letter.to.first), subject: letter.subject, text: letter.text,
            attachments: letter.attachments.map { $0.filename ?? "" },
            answers: found.answers.map { Understanding(of: $0).replyText.text })
    }
}
