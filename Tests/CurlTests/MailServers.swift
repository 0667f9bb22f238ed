import Foundation
import Testing

@testable import Curl

/// A Postfix and a Dovecot for all tests of this process; they stop when it ends.
final class MailServers: Sendable {
    private struct Description: Decodable {
        let smtp: Int
        let smtps: Int
        let narrow: Int
        let imap: Int
        let imaps: Int
        let ca: String
        let mail: String
        let password: String
        let tokens: [String: String]
    }

    private let described: Description
    private let process: Process
    /// Closed when the process ends, which is what the servers wait for.
    private let input: Pipe

    static let user = "buyer@parley.test"
    static let shared = Result { try MailServers() }

    private init() throws {
        let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(
            "parley-mail-\(getpid())")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Peers/servers/mail_servers.py")
        process = Process()
        input = Pipe()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-B", script.path, folder.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte.first != 0x0A {
            line += byte
        }
        described = try JSONDecoder().decode(Description.self, from: line)
    }

    var trust: ServerAddress.Trust { .authorities(file: described.ca) }
    var password: ServerAddress.Credentials {
        ServerAddress.Credentials(user: Self.user, secret: .password(described.password))
    }
    var token: ServerAddress.Credentials {
        ServerAddress.Credentials(user: Self.user, secret: .accessToken(described.tokens[Self.user] ?? ""))
    }

    func smtp(
        _ security: ServerAddress.Security = .startTLS, as credentials: ServerAddress.Credentials? = nil
    ) -> ServerAddress {
        ServerAddress(
            host: "localhost", port: security == .tls ? described.smtps : described.smtp, security: security,
            credentials: credentials, trust: trust, replySeconds: 30)
    }

    /// Takes no addresses beyond ASCII and at most 20,000 bytes.
    var narrow: ServerAddress {
        ServerAddress(
            host: "localhost", port: described.narrow, security: .none, trust: trust, replySeconds: 30)
    }

    func imap(
        _ security: ServerAddress.Security = .tls, user: String, password: String? = nil
    ) -> ServerAddress {
        imap(
            security,
            as: ServerAddress.Credentials(user: user, secret: .password(password ?? described.password)))
    }

    func imap(_ security: ServerAddress.Security, as credentials: ServerAddress.Credentials) -> ServerAddress
    {
        ServerAddress(
            host: "localhost", port: security == .tls ? described.imaps : described.imap, security: security,
            credentials: credentials, trust: trust, replySeconds: 30)
    }

    /// What lies in the Maildir of a user, when at least so many messages do; waits for delivery at most 20 seconds.
    func delivered(to user: String, atLeast count: Int = 1) async throws -> [String] {
        let folder = "\(described.mail)/\(user)/new"
        for _ in 0..<400 {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            if names.count >= count {
                return try names.map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return []
    }
}
