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
            ("PARLEY_HOME", ""), ("SECRET_KEY", "short"),
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

    @Test("an IPv6 address stands in brackets")
    func ipv6() throws {
        #expect(try ListenAddress("[::1]:80") == ListenAddress(host: "::1", port: 80))
        #expect(ListenAddress(host: "::1", port: 80).description == "[::1]:80")
    }

    @Test("parley.yaml sets the same names, in either case, and refuses what it does not know")
    func file() throws {
        let text = "parley_listen: 127.0.0.1:9\nPARLEY_HOME: /data\n"
        #expect(
            try ConfigurationFile.parse(text, named: "f") == [
                "PARLEY_LISTEN": "127.0.0.1:9", "PARLEY_HOME": "/data",
            ])
        #expect(try ConfigurationFile.parse("", named: "f").isEmpty)
        for wrong in ["parley_listne: x", "- a", "PARLEY_HOME: [1]", "a: b: c", "PARLEY_HOME: &a *a"] {
            #expect(throws: ConfigurationError.self) { try ConfigurationFile.parse(wrong, named: "f") }
        }
    }
}
