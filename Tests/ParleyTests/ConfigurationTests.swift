import Desk
import Testing

@testable import parley

struct ConfigurationTests {
    private func load(
        _ commandLine: [String: String] = [:], environment: [String: String] = [:],
        file: [String: String] = [:]
    ) throws -> Configuration {
        try Configuration(commandLine: commandLine, environment: environment, file: file)
    }

    @Test("without anything Parley listens on loopback and runs its own database")
    func defaults() throws {
        let configuration = try load()
        #expect(configuration.databaseURL == nil)
        #expect(configuration.listen == ListenAddress(host: "127.0.0.1", port: 8080))
        #expect(configuration.publicURL == "http://127.0.0.1:8080")
        #expect(configuration.home.hasSuffix("/.parley") && configuration.home.hasPrefix("/"))
    }

    @Test("the command line wins over the environment, and that over the file; an empty variable is none")
    func precedence() throws {
        let file = [
            "PARLEY_LISTEN": "127.0.0.1:1", "PARLEY_HOME": "/file", "PARLEY_PUBLIC_URL": "http://file",
        ]
        let environment = [
            "PARLEY_LISTEN": "127.0.0.1:2", "PARLEY_HOME": "/environment", "PARLEY_PUBLIC_URL": "",
        ]
        let configuration = try load(["PARLEY_LISTEN": "127.0.0.1:3"], environment: environment, file: file)
        #expect(configuration.listen.port == 3)
        #expect(configuration.home == "/environment")
        #expect(configuration.publicURL == "http://file")
    }

    @Test(
        "a value that makes no sense is refused in one line that names it",
        arguments: [
            ("PARLEY_LISTEN", "8080"), ("PARLEY_LISTEN", "localhost:port"), ("PARLEY_LISTEN", "::1:80:"),
            ("PARLEY_LISTEN", "127.0.0.1:70000"), ("PARLEY_PUBLIC_URL", "parley.example"),
            ("PARLEY_PUBLIC_URL", "ftp://parley.example"), ("PARLEY_PUBLIC_URL", "https://x/?a=b"),
            ("PARLEY_HOME", ""), ("SECRET_KEY", "short"), ("PARLEY_WEBHOOK_ALLOW", "localhost"),
            ("PARLEY_WEBHOOK_ALLOW", "10.0.0.0/8,10.0.0.0/64"),
        ])
    func refused(name: String, value: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try load([name: value]) }
        let line = "\(error?.description ?? "")"
        #expect(line.contains(name) && !line.contains("\n"))
    }

    @Test("a database that gateways share needs keys that they share")
    func sharedKeys() throws {
        let url = ["DATABASE_URL": "postgres://db/parley"]
        #expect(throws: ConfigurationError.self) { try load(url) }
        let keys = ["ENCRYPTION_KEY": "k", "SECRET_KEY": String(repeating: "s", count: 32)]
        #expect(try load(url.merging(keys) { $1 }).databaseURL == "postgres://db/parley")
    }

    @Test("webhooks go to the public internet alone unless the operator names networks")
    func webhooks() throws {
        let loopback: [UInt8] = [127, 0, 0, 1]
        guard case .closed = try load().webhookPolicy.verdict(on: loopback) else {
            Issue.record("loopback is open to everybody")
            return
        }
        let named = try load(environment: ["PARLEY_WEBHOOK_ALLOW": "10.0.0.0/8, 127.0.0.0/8"])
        #expect(named.webhookPolicy.verdict(on: loopback) == .allowed)
    }

    @Test("an IPv6 address stands in brackets")
    func ipv6() throws {
        #expect(try ListenAddress("[::1]:80") == ListenAddress(host: "::1", port: 80))
        #expect(ListenAddress(host: "::1", port: 80).description == "[::1]:80")
    }

    @Test("parley.yaml sets the same names, in either case, and refuses what it does not know")
    func file() throws {
        let text = "parley_listen: 127.0.0.1:9\nPARLEY_HOME: /data\n"
        #expect(
            try ConfigurationFile(text, named: "f").settings == [
                "PARLEY_LISTEN": "127.0.0.1:9", "PARLEY_HOME": "/data",
            ])
        #expect(try ConfigurationFile("", named: "f").settings.isEmpty)
        for wrong in ["parley_listne: x", "- a", "PARLEY_HOME: [1]", "a: b: c", "PARLEY_HOME: &a *a"] {
            #expect(throws: ConfigurationError.self) { try ConfigurationFile(wrong, named: "f") }
        }
    }

    @Test("mailboxes are read from the settings file, with their organizations")
    func mailboxes() throws {
        let entries = try ConfigurationFile(
            """
            mailboxes:
              - organization: acme
                name: Purchasing
                address: purchasing@acme.example
                smtp: {host: mail.acme.example, port: 465, security: tls, user: buying, password: "12345"}
                imap: {host: mail.acme.example, port: 993, security: tls, user: buying}
                sent_copy: Sent
                marks_seen: true
                dkim: {selector: parley}
              - organization: acme
                name: Gmail
                address: acme@gmail.com
                gmail: {client_id: c, client_secret: s, refresh_token: r}
            """, named: "f"
        ).mailboxes
        #expect(entries.map(\.organization) == ["acme", "acme"])
        let (first, second) = (entries[0].draft, entries[1].draft)
        #expect(first.secrets.outgoingPassword == "12345" && first.dkimSelector == "parley")
        guard case .servers(let servers) = first.connection else {
            Issue.record("no servers")
            return
        }
        #expect(servers.incoming?.port == 993 && servers.sentCopy == "Sent" && servers.marksSeen)
        #expect(second.connection == .gmail(GmailSettings(clientID: "c")))
        #expect(second.secrets == MailboxSecrets(clientSecret: "s", refreshToken: "r"))
    }

    @Test(
        "what is wrong with a mailbox in the settings file is told with its place",
        arguments: [
            ("mailboxes: 7", "mailboxes"),
            ("mailboxes: [x]", "mailboxes[0]"),
            ("mailboxes: [{name: a}]", "mailboxes[0].organization"),
            ("mailboxes: [{organization: a, nam: b}]", "mailboxes[0].nam"),
            ("mailboxes: [{organization: a, name: b, address: c}]", "mailboxes[0].smtp"),
            (
                "mailboxes: [{organization: a, name: b, address: c, smtp: {host: h, port: x, security: tls}}]",
                "mailboxes[0].smtp.port"
            ),
            (
                "mailboxes: [{organization: a, name: b, address: c, smtp: {host: h, port: 1, security: ssl}}]",
                "mailboxes[0].smtp.security"
            ),
            (
                "mailboxes: [{organization: a, name: b, address: c, smtp: {host: [h], port: 1, security: tls}}]",
                "mailboxes[0].smtp.host"
            ),
            (
                "mailboxes: [{organization: a, name: b, address: c, gmail: {client_id: c, token: t}}]",
                "mailboxes[0].gmail.token"
            ),
        ])
    func wrongMailboxes(text: String, place: String) {
        do {
            _ = try ConfigurationFile(text, named: "f")
            Issue.record("nothing was wrong")
        } catch {
            guard case .invalid(place, _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }
}
