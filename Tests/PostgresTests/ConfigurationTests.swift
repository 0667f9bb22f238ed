import Testing

@testable import Postgres

@Suite
struct ConfigurationTests {
    @Test("URLs and keywords are read alike, several hosts included")
    func forms() throws {
        let url = try Configuration(
            "postgres://me:s%20e@a:5433,b:5434/shop?target_session_attrs=read-write&sslmode=require")
        #expect(url["host"] == "a,b" && url["port"] == "5433,5434" && url["dbname"] == "shop")
        #expect(
            url["user"] == "me" && url["password"] == "s e" && url["target_session_attrs"] == "read-write")
        #expect(url.server == "a,b, database shop")
        let pairs = try Configuration("host='/var/run/my socket' dbname=shop")
        #expect(pairs["host"] == "/var/run/my socket")
    }

    @Test(
        "a string that cannot be used is refused in one line, without its password",
        arguments: [
            "", "shop", "postgres://me:sesame@host:x/shop", "postgres://me:sesame@[host/shop",
            "postgres://me:sesame@host/shop?sesame=1", "host=a password='sesame", "host=a sesame",
            "sesame=1 host=b",
            "postgres://me:%zzsesame@host/shop", "postgres://me:sesame@host/shop\0",
            "mysql://me:sesame@host/shop",
        ])
    func unusable(string: String) throws {
        let error = #expect(throws: PostgresError.self) { try Configuration(string) }
        guard case .configuration = error else { throw try #require(error) }
        let line = "\(try #require(error))"
        #expect(!line.contains("sesame") && !line.contains("\n"), "\(line)")
        #expect(line.hasPrefix("DATABASE_URL cannot be used: "))
    }

    @Test("what the operator set is not overruled, and what Parley needs is added")
    func keywords() throws {
        var configuration = try Configuration(
            "host=h options='-c geqo=off' keepalives_idle=5 client_encoding=LATIN1")
        configuration.role = "odd \\ role"
        let keywords = Dictionary(uniqueKeysWithValues: configuration.keywords.map { ($0.keyword, $0.value) })
        #expect(keywords["keepalives_idle"] == "5")
        #expect(keywords["client_encoding"] == "UTF8")
        #expect(
            keywords["options"]
                == "-c geqo=off -c timezone=UTC -c statement_timeout=30000"
                + " -c idle_in_transaction_session_timeout=60000 -c role=odd\\ \\\\\\ role")
    }

    @Test("printing a configuration in any way shows no password")
    func printing() throws {
        let configuration = try Configuration("host=a password=sesame dbname=b")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("sesame"))
    }

    @Test("SQL identifiers are quoted")
    func identifiers() {
        #expect(quotedIdentifier("a\"b; DROP") == "\"a\"\"b; DROP\"")
    }
}
