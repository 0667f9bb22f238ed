import Desk
import Jinja
import Logging
import Negotiation
import Reading
import Secrets
import Synchronization
import Testing

@testable import Web

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An office over ``SmallBooks`` with people in it, and a web server in front.
struct Showroom: Sendable {
    let store = SmallBooks()
    let clock = SettableClock()
    let office: Office
    var reception: Reception
    /// Answers that vendors gave in the sandbox: Message-ID and text.
    let answers = Recorder<(String, String)>()
    /// Letters to staff, by address.
    let staffLetters = Recorder<(String, String)>()
    let keys = KeyMemory()

    static let secret = "0123456789abcdef0123456789abcdef"
    static let password = "correct horse 1"

    init(publicURL: String = "http://127.0.0.1:8080") throws {
        let (clock, letters) = (clock, staffLetters)
        let ids = UUIDv7Maker()
        var office = Office(
            books: store.books,
            clock: Clock(
                now: { clock.now },
                newUUID: { (try? ids.make(milliseconds: clock.now.microseconds / 1000)) ?? UUID() }),
            secrets: SecretsPort(
                newToken: { try Token.make().text }, newReplyToken: { "replytoken" },
                sha256: { SHA256.digest($0) },
                // Not bcrypt: what is tested here is what the web does with yes and no.
                verifyPassword: { password, hash in hash == "plain:\(password)" },
                hashPassword: { "plain:\($0)" },
                signingKey: { pem in (pem ?? "new key", "v=DKIM1; p=public") },
                seal: { "sealed:\($0.outgoingPassword ?? "")" },
                unseal: { MailboxSecrets(outgoingPassword: String($0.dropFirst(7))) }),
            mail: MailPort(
                address: { organization, _ in
                    MailAddress(name: organization.name, address: "buying@\(organization.slug).example")
                },
                compose: { letter in
                    Array("\(letter.subject)\n\(letter.text)".utf8)
                        + letter.files.flatMap { file in
                            Array("\u{1}\(file.filename)\u{1}\(file.contentType)\u{1}".utf8)
                                + file.content
                        }
                },
                files: Self.files, send: { _ in .accepted("250 ok") },
                wasSent: { _, _, _ in false },
                sendToStaff: { letter in
                    letters.add((letter.recipient.address, String(decoding: letter.raw, as: UTF8.self)))
                    return .accepted("250 ok")
                },
                probe: { mailbox, _ in
                    [
                        MailboxProbeStep(
                            "Sign in to \(mailbox.servers?.outgoing.host ?? "Gmail")", succeeded: false,
                            detail: "Nobody is there.")
                    ]
                },
                read: { _ in throw DeskError.unreadable("not here") },
                receivedFiles: { _ in [] }, safeHTML: { _ in "" },
                checkSignatures: { _, _ in [] }),
            templates: Self.templates,
            settings: OfficeSettings(publicURL: publicURL, worker: "test"))
        office.courier = .accepting
        self.office = office
        reception = Reception(
            office: office, secretKey: try SecretKey(Self.secret), templateFolder: Self.templateFolder,
            version: "1.2.3", idempotency: keys.port)
        reception.limits.requestSeconds = 20
    }

    /// `Templates/web` of the checkout.
    static var templateFolder: String {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/") + "/Templates/web"
    }

    private static var templates: TemplatePort {
        TemplatePort(
            email: { _, kind in
                let body =
                    kind == "approval_request"
                    ? "Decide here: {{ link }}"
                    : "Hello {{ vendor_name }},\n\nwe would like to buy {{ quantity }} × {{ product_name }} and can offer"
                        + " {{ currency }} {{ unit_price }} per piece.\n\n{{ note }}\n\nKind regards\n{{ buyer_name }}"
                return EmailTemplate(name: kind, subject: "{{ quantity }} × {{ product_name }}", body: body)
            },
            render: { template, variables, _ in
                let environment = Jinja.Environment()
                func render(_ source: String) throws -> String {
                    do {
                        return try environment.compile(source).render(variables)
                    } catch { throw DeskError.template(template.name, error.message) }
                }
                return (try render(template.subject), try render(template.body))
            })
    }

    /// What `compose` above has put behind the text.
    private static func files(in raw: [UInt8]) -> [EmailFile] {
        let parts = raw.split(separator: 1).dropFirst().map { Array($0) }
        return stride(from: 0, to: parts.count - 2, by: 3).map { start in
            EmailFile(
                filename: String(decoding: parts[start], as: UTF8.self),
                contentType: String(decoding: parts[start + 1], as: UTF8.self), content: parts[start + 2])
        }
    }

    func server() throws -> WebServer {
        try WebServer(reception, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    // MARK: People

    /// An organization with an administrator, a manager, a member and a viewer.
    func found(_ slug: String = "acme") async throws -> Team {
        let founded = try await office.found(
            Founding(
                name: "Acme Tools", slug: slug, adminEmail: "ada@\(slug).example", adminName: "Ada Admin",
                adminPassword: Self.password))
        func add(_ name: String, _ role: UserRole) async throws -> User {
            let id = try await office.addUser(
                to: founded.organizationID, email: "\(name.lowercased())@\(slug).example",
                name: "\(name) \(slug)",
                role: role, password: Self.password, origin: .parley)
            return try #require(store.read { $0.users[id] })
        }
        return Team(
            organization: founded.organizationID, key: founded.apiKey,
            admin: try #require(store.read { $0.users[founded.userID] }),
            manager: try await add("Mona", .manager),
            member: try await add("Max", .member), viewer: try await add("Vera", .viewer))
    }

    func caller(_ user: User) -> Caller { Caller(user: user, origin: Origin(userID: user.id)) }

    /// A negotiation that is on record as a draft.
    func draft(by user: User, title: String = "Torque wrench") async throws -> NegotiationID {
        try await office.createNegotiation(
            PurchaseIntent(
                product: .new(
                    title: title, url: "https://shop.example/42", price: Amount("1200"), currency: .usd),
                vendor: .new(name: "Bolt & Co", contactEmail: "sales@bolt.example"), quantity: 50,
                targetPrice: try #require(Amount("950")), limitPrice: Amount("1050"), currency: .usd,
                paymentTerms: "Net 30", expiresAt: nil), by: caller(user))
    }

    /// An opening email that waits for its approval.
    func opened(by user: User, price: String = "950") async throws -> (
        NegotiationID, EmailID, ApprovalRequest
    ) {
        let id = try await draft(by: user)
        let email = try await office.compose(
            CompositionRequest(.open, price: Amount(price)), in: id, by: caller(user))
        return (id, email, try #require(store.read { $0.requests.last }))
    }

    /// The secret of the link in an approver's email.
    func link(to approver: User) async throws -> String {
        var rounds = 0
        while try await office.runDueJobs(WorkerSettings()) > 0, rounds < 20 { rounds += 1 }
        let letter = try #require(staffLetters.all.last { $0.0 == approver.email })
        return try #require(letter.1.split(separator: "/approve/").last.map(String.init))
    }
}

extension CourierPort {
    /// Any address of https will do, secrets are counted, and every post is taken.
    static var accepting: CourierPort {
        let secrets = Recorder<Void>()
        return CourierPort(
            objection: { $0.hasPrefix("https://") ? nil : "must begin with https://" },
            newSecret: {
                secrets.add(())
                return "whsec_\(secrets.all.count)"
            }, seal: { $0 }, unseal: { $0 }, sign: { _, _, _, _ in [] },
            post: { _ in .answered(status: 200, body: "", retryAfterSeconds: nil) })
    }
}

/// The people of one organization.
struct Team: Sendable {
    let organization: OrganizationID
    /// An API key in the administrator's name.
    let key: String
    let admin: User
    let manager: User
    let member: User
    let viewer: User
}

/// A clock that stands still until it is moved.
final class SettableClock: Sendable {
    private let instant = Mutex(Instant(seconds: 1_795_000_000))

    var now: Instant { instant.withLock { $0 } }
    func advance(seconds: Int64) { instant.withLock { $0 = $0.advanced(bySeconds: seconds) } }
}

/// Remembers what it is given.
final class Recorder<Item: Sendable>: Sendable {
    private let items = Mutex<[Item]>([])

    var all: [Item] { items.withLock { $0 } }
    func add(_ item: Item) { items.withLock { $0.append(item) } }
}

/// Idempotency keys in memory.
final class KeyMemory: Sendable {
    private struct Entry {
        let digest: [UInt8]
        let since: Instant
        var answer: (Int, [UInt8])?
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// As if the process had died before it could store its answers.
    func forgetAnswers() {
        entries.withLock { entries in
            for key in entries.keys { entries[key]?.answer = nil }
        }
    }

    var port: IdempotencyPort {
        IdempotencyPort(
            begin: { organization, key, _, digest, now in
                self.entries.withLock { entries in
                    let name = "\(organization) \(key)"
                    guard let entry = entries[name] else {
                        entries[name] = Entry(digest: digest, since: now)
                        return .fresh
                    }
                    guard entry.digest == digest else { return .otherRequest }
                    return entry.answer.map { .answered($0.0, $0.1) } ?? .unfinished(since: entry.since)
                }
            },
            finish: { organization, key, status, body in
                self.entries.withLock { $0["\(organization) \(key)"]?.answer = (status, body) }
            },
            abandon: { organization, key in self.entries.withLock { $0["\(organization) \(key)"] = nil } })
    }
}
