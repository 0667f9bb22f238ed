import Courier
import Mail
import Yams

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What an operator has decided. The command line wins over the environment, and that over `parley.yaml`.
struct Configuration: Sendable {
    /// `nil`: Parley runs its own Postgres inside ``home``.
    var databaseURL: String?
    /// Absolute.
    var home: String
    var listen: ListenAddress
    /// Without a slash at the end.
    var publicURL: String
    /// Fernet keys, newest first; `nil`: kept in ``home``.
    var encryptionKeys: String?
    /// Signs access tokens; `nil`: kept in ``home``.
    var secretKey: String?
    /// A file in PEM with the authorities whose certificates mail servers may show; `nil`: the system's.
    var mailAuthorities: String?
    /// Mailboxes that `parley.yaml` describes.
    var mailboxes: [MailboxEntry] = []
    /// Settings of organizations that `parley.yaml` describes.
    var organizations: [OrganizationEntry] = []
    /// Where mail services of others are reached.
    var mailServices = MailServices.Addresses()
    /// Where events may be brought besides the public internet.
    var webhookPolicy = AddressPolicy()
    /// Where SNS is reached instead of its own hosts; `nil`: there.
    var snsBase: String?
    /// Where the keys of Google's accounts are.
    var jwksURL = "https://www.googleapis.com/oauth2/v3/certs"
    /// Whether another place than Google's was named for its keys.
    var isJWKSElsewhere = false

    /// The settings by the names under which the environment and `parley.yaml` know them.
    static let names = [
        "DATABASE_URL", "PARLEY_HOME", "PARLEY_LISTEN", "PARLEY_PUBLIC_URL", "ENCRYPTION_KEY", "SECRET_KEY",
        "PARLEY_MAIL_CA", "PARLEY_GMAIL_URL", "PARLEY_GOOGLE_TOKEN_URL", "PARLEY_MICROSOFT_TOKEN_URL",
        "PARLEY_WEBHOOK_ALLOW",
        "PARLEY_SNS_BASE", "PARLEY_JWKS_URL",
    ]

    /// Puts the three sources together and checks every value.
    init(
        commandLine: [String: String], environment: [String: String], file: [String: String],
        mailboxes: [MailboxEntry] = []
    ) throws(ConfigurationError) {
        self.mailboxes = mailboxes
        func value(_ name: String) -> String? {
            commandLine[name] ?? environment[name].flatMap { $0.isEmpty ? nil : $0 } ?? file[name]
        }
        databaseURL = value("DATABASE_URL")
        home = try Self.absolute(value("PARLEY_HOME") ?? ".parley")
        listen = try ListenAddress(value("PARLEY_LISTEN") ?? "127.0.0.1:8080")
        publicURL = try Self.webAddress(
            value("PARLEY_PUBLIC_URL") ?? "http://\(listen)", "PARLEY_PUBLIC_URL")
        encryptionKeys = value("ENCRYPTION_KEY")
        secretKey = value("SECRET_KEY")
        mailAuthorities = value("PARLEY_MAIL_CA")
        if let mailAuthorities, !FileManager.default.isReadableFile(atPath: mailAuthorities) {
            throw .invalid("PARLEY_MAIL_CA", "\(mailAuthorities) is no file that can be read")
        }
        func address(_ name: String, _ standard: String) throws(ConfigurationError) -> String {
            try value(name).map { text throws(ConfigurationError) in try Self.webAddress(text, name) }
                ?? standard
        }
        mailServices.gmail = try address("PARLEY_GMAIL_URL", mailServices.gmail)
        mailServices.googleTokens = try address("PARLEY_GOOGLE_TOKEN_URL", mailServices.googleTokens)
        mailServices.microsoftTokens = try address("PARLEY_MICROSOFT_TOKEN_URL", mailServices.microsoftTokens)
        if let networks = value("PARLEY_WEBHOOK_ALLOW") {
            guard let policy = AddressPolicy(networks) else {
                throw .invalid(
                    "PARLEY_WEBHOOK_ALLOW",
                    "it must be networks such as 10.1.0.0/16,fd00::/8, at most \(AddressPolicy.mostRanges)")
            }
            webhookPolicy = policy
        }
        snsBase = try value("PARLEY_SNS_BASE").map { text throws(ConfigurationError) in
            try Self.webAddress(text, "PARLEY_SNS_BASE")
        }
        isJWKSElsewhere = value("PARLEY_JWKS_URL") != nil
        jwksURL = try address("PARLEY_JWKS_URL", jwksURL)
        guard databaseURL == nil || (encryptionKeys != nil && secretKey != nil) else {
            throw .missing(
                encryptionKeys == nil ? "ENCRYPTION_KEY" : "SECRET_KEY",
                "With DATABASE_URL several gateways may share a database, so they must share this key too.")
        }
        if let secretKey, secretKey.utf8.count < 32 {
            throw .invalid("SECRET_KEY", "it has \(secretKey.utf8.count) bytes; at least 32 are needed")
        }
    }

    private static func absolute(_ path: String) throws(ConfigurationError) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .invalid("PARLEY_HOME", "it is no path") }
        return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    private static func webAddress(_ text: String, _ name: String) throws(ConfigurationError) -> String {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let url = URL(string: trimmed), url.scheme == "http" || url.scheme == "https",
            url.host() != nil, url.query() == nil, url.fragment() == nil
        else { throw .invalid(name, "it must look like https://parley.example.com") }
        return trimmed
    }
}

/// Host and port of the HTTP server.
struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    let host: String
    /// 0 lets the system choose.
    let port: Int

    /// Reads `host:port`; an IPv6 address stands in brackets.
    init(_ text: String) throws(ConfigurationError) {
        let rule = "it must be an address and a port such as 127.0.0.1:8080 or [::1]:8080"
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { throw .invalid("PARLEY_LISTEN", rule) }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("["), !host.contains("]") else {
            throw .invalid("PARLEY_LISTEN", rule)
        }
        self.host = String(host)
        self.port = port
    }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What is wrong with the configuration, in one line that says how to mend it.
enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    case invalid(String, String)
    case missing(String, String)
    case unknown(String, in: String)
    case unreadable(String, String)

    var description: String {
        switch self {
        case .invalid(let name, let why): "\(name) cannot be used: \(why)"
        case .missing(let name, let why): "\(name) is not set. \(why)"
        case .unknown(let name, let file):
            "\(file) sets \(name), which Parley does not know; it knows \(Configuration.names.joined(separator: ", "))"
        case .unreadable(let file, let why): "\(file) cannot be read: \(why)"
        }
    }
}

/// Settings from `parley.yaml`: a map from the names of the environment variables, in either case, to plain values,
/// `mailboxes` and `organizations`.
struct ConfigurationFile {
    private(set) var settings: [String: String] = [:]
    private(set) var mailboxes: [MailboxEntry] = []
    private(set) var organizations: [OrganizationEntry] = []

    init() {}

    /// The largest file that is read, in bytes.
    static let largest = 1 << 20

    static func read(_ path: String) throws(ConfigurationError) -> ConfigurationFile {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path, "there is no such file, or it may not be read")
        }
        guard data.count <= largest else { throw .unreadable(path, "it is larger than \(largest) bytes") }
        return try ConfigurationFile(String(decoding: data, as: UTF8.self), named: path)
    }

    init(_ text: String, named file: String) throws(ConfigurationError) {
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch { throw .unreadable(file, "\(error)") }
        guard let node else { return }
        guard let mapping = node.mapping else {
            throw .unreadable(file, "it must be a map of names to values")
        }
        for (key, value) in mapping {
            let name = key.string?.uppercased() ?? ""
            if name == "MAILBOXES" {
                mailboxes = try MailboxEntry.list(value, in: file)
                continue
            }
            if name == "ORGANIZATIONS" {
                organizations = try OrganizationEntry.list(value, in: file)
                continue
            }
            guard Configuration.names.contains(name) else { throw .unknown(key.string ?? "?", in: file) }
            guard let scalar = value.scalar else {
                throw .invalid(name, "in \(file) it must be a plain value")
            }
            settings[name] = scalar.string
        }
    }
}
