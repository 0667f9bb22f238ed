import Testing

@testable import Reading

@Suite("Results of a receiving server")
struct AuthenticationResultsTests {
    private static let pass = AuthenticationResult(.dkim, .pass, domain: "acme.com")

    private func message(_ headers: [(String, String)]) -> Message {
        var message = Message()
        message.headers = headers.map { Header($0.0, $0.1) }
        return message
    }

    @Test(
        "the headers of well-known servers are read",
        arguments: [
            (
                "mx.google.com; dkim=pass header.i=@acme.com header.s=s1 header.b=abCd12; spf=pass (google.com: domain of bounce@mail.acme.com designates 192.0.2.1 as permitted sender) smtp.mailfrom=bounce@mail.acme.com; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=acme.com",
                "mx.google.com", ["dkim pass acme.com", "spf pass mail.acme.com", "dmarc pass acme.com"]
            ),
            (
                "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=acme.com; dkim=none (message not signed) header.d=none;dmarc=bestguesspass action=none header.from=acme.com;compauth=pass reason=109",
                nil, ["spf pass acme.com", "dkim none -", "dmarc none acme.com"]
            ),
            (
                "Mail.Example.ORG 1; dkim=pass (2048-bit key; unprotected) header.d=acme.com header.i=@acme.com header.a=rsa-sha256 header.s=s1 header.b=\"a/b==\"; dkim-atps=neutral",
                "mail.example.org", ["dkim pass acme.com"]
            ),
            (
                "mx.example.org; dmarc=fail (p=none dis=none) header.from=acme.com", "mx.example.org",
                ["dmarc fail acme.com"]
            ),
            (
                "mx.example.org; dkim=pass header.d=acme.com header.s=s1 header.b=Xy; arc=none; spf=softfail (mx.example.org: 192.0.2.1 is neither permitted nor denied) smtp.mailfrom=\"\"",
                "mx.example.org", ["dkim pass acme.com", "arc none -", "spf softfail -"]
            ),
            (
                "dkim-verifier.icloud.com; dkim=pass (2048-bit key) header.d=acme.com header.i=@acme.com header.b=J",
                "dkim-verifier.icloud.com", ["dkim pass acme.com"]
            ),
            (
                "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com; dkim=pass header.i=@acme.com header.s=s1; spf=pass smtp.mailfrom=acme.com; dmarc=pass(p=REJECT) header.from=acme.com",
                "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com",
                ["dkim pass acme.com", "spf pass acme.com", "dmarc pass acme.com"]
            ),
        ] as [(String, String?, [String])])
    func servers(header: String, server: String?, results: [String]) {
        let read = AuthenticationResults(header: header)
        #expect(read.authservID == server)
        #expect(
            read.results.map { "\($0.method.rawValue) \($0.outcome.rawValue) \($0.domain ?? "-")" } == results
        )
        #expect(!read.isDamaged)
    }

    @Test(
        "blanks, comments, quotes, versions and reasons change nothing",
        arguments: [
            "mx.example.org;dkim=pass header.d=acme.com",
            "mx.example.org (a (nested) comment; dkim=fail) 1 ;\tDKIM / x = y; dkim = pass (;) header.d = ACME.com",
            "\"mx.example.org\"; dkim/1=pass reason=\"good; dkim=fail (\" header.d=\"acme.com\"",
            "mx.example.org; none; ; dkim=pass header.d=acme.com. header.x;",
        ])
    func tolerance(header: String) {
        let read = AuthenticationResults(header: header)
        #expect(read.authservID == "mx.example.org")
        #expect(read.results == [Self.pass])
    }

    @Test("old and unknown words are known or left out")
    func words() {
        let read = AuthenticationResults(
            header:
                "mx; spf=hardfail smtp.mailfrom=a@b@acme.com; dkim=splendid header.d=acme.com; iprev=pass; =; x"
        )
        #expect(read.results == [AuthenticationResult(.spf, .fail, domain: "acme.com")])
        #expect(AuthenticationResults(header: "").results.isEmpty)
        #expect(AuthenticationResults(header: "mx.example.org; none").results.isEmpty)
    }

    @Test("a sender's address cannot add a result")
    func injection() {
        let quoted = AuthenticationResults(
            header: #"mx; spf=fail smtp.mailfrom="a; dkim=pass header.d=acme.com;\" x"@evil.net"#)
        #expect(quoted.results == [AuthenticationResult(.spf, .fail, domain: "evil.net")])
    }

    @Test(
        "a damaged header proves nothing, but what speaks against the sender stays",
        arguments: [
            #"mx; spf=fail (domain of "a) ; dkim=pass header.d=acme.com ("@evil.net) smtp.mailfrom=x@evil.net"#,
            "mx; spf=fail smtp.mailfrom=evil.net; dkim=pass header.d=acme.com (never closed",
            "mx; spf=fail smtp.mailfrom=evil.net; dkim=pass header.d=acme.com) x",
            "mx; spf=fail smtp.mailfrom=evil.net; dkim=pass header.d=acme.com; x=\"open",
            "mx; spf=fail smtp.mailfrom=evil.net; dkim=pass header.d=acme.com; "
                + String(repeating: "x", count: AuthenticationResults.mostOctets),
        ])
    func damage(header: String) {
        let read = AuthenticationResults(header: header)
        #expect(read.isDamaged)
        #expect(read.results.map(\.method) == [.spf])
        #expect(read.results.first?.outcome == .fail)
    }

    @Test("huge headers are read quickly", .timeLimit(.minutes(1)))
    func huge() {
        let many = "mx; " + String(repeating: "dkim=pass header.d=acme.com;", count: 3_000)
        #expect(AuthenticationResults(header: many).results == [Self.pass])
        let deep = "mx; " + String(repeating: "(", count: 90_000)
        #expect(AuthenticationResults(header: deep).isDamaged)
    }

    private static let inside = (
        "Received", "from mail.acme.com (mail.acme.com [192.0.2.1]) by mx.example.org with ESMTPS; x"
    )
    private static let outside = ("Received", "from desk by mail.acme.com (Postfix) with ESMTP; x")
    private static let forged = ("Authentication-Results", "mx.example.org; dkim=pass header.d=acme.com")
    private static let genuine = (
        "Authentication-Results",
        "mx.example.org; spf=fail smtp.mailfrom=evil.net; dmarc=fail header.from=acme.com"
    )

    @Test("the server's own headers are taken, above its Received line or below it")
    func own() {
        let single = ("authentication-results", "mx.example.org; dmarc=pass header.from=acme.com")
        for headers in [
            [single, Self.forged, Self.inside, Self.outside],
            [
                ("Received", "by 2002:a05:6402:1 with SMTP id 1; x"), Self.inside, single, Self.forged,
                Self.outside,
            ],
            [
                ("Received", "from localhost by mail (Dovecot) with LMTP; x"), single, ("Received-SPF", "x"),
                Self.forged, Self.inside,
            ],
        ] {
            #expect(
                AuthenticationResults.trusted(in: message(headers), from: "MX.example.org")
                    == [AuthenticationResult(.dmarc, .pass, domain: "acme.com"), Self.pass])
        }
    }

    @Test("forged headers below the server's own are not taken")
    func forgery() {
        let expected = AuthenticationResults(header: Self.genuine.1).results
        for headers in [
            [Self.genuine, Self.inside, Self.forged, Self.outside],
            [Self.genuine, Self.inside, Self.inside, Self.forged],
            [Self.inside, Self.genuine, Self.forged],
        ] {
            #expect(AuthenticationResults.trusted(in: message(headers), from: "mx.example.org") == expected)
        }
        let answered = [
            Self.inside, ("Authentication-Results", "mx.example.org; dkim=none"), Self.forged,
        ]
        #expect(
            AuthenticationResults.trusted(in: message(answered), from: "mx.example.org")
                == [AuthenticationResult(.dkim, .none, domain: nil)])
        let single = ("Authentication-Results", "mx.example.org; dmarc=fail header.from=acme.com")
        #expect(
            AuthenticationResults.trusted(
                in: message([single, Self.inside, Self.forged]), from: "mx.example.org")
                == [AuthenticationResult(.dmarc, .fail, domain: "acme.com")])
        let unreadable = [
            Self.inside, ("Authentication-Results", "mx.example.org; dkim=pass header.d=evil.net ("),
            Self.forged,
        ]
        #expect(AuthenticationResults.trusted(in: message(unreadable), from: "mx.example.org") == nil)
        let damaged = [
            Self.inside, ("Authentication-Results", "mx.example.org; dkim=none; dmarc=pass ("), Self.forged,
        ]
        #expect(
            AuthenticationResults.trusted(in: message(damaged), from: "mx.example.org")
                == [AuthenticationResult(.dkim, .none, domain: nil)])
    }

    @Test("a header that came through another server, or of another one, is not taken")
    func foreign() {
        let way = [("Received", "from x by mx.other.net; x"), Self.inside, Self.forged]
        #expect(AuthenticationResults.trusted(in: message(way), from: "mx.example.org") == nil)
        let other = [("Authentication-Results", "mx.evil.net; dkim=pass header.d=acme.com"), Self.inside]
        #expect(AuthenticationResults.trusted(in: message(other), from: "mx.example.org") == nil)
        let arc = [("ARC-Authentication-Results", "i=1; mx.example.org; dkim=pass header.d=acme.com")]
        #expect(AuthenticationResults.trusted(in: message(arc), from: "mx.example.org") == nil)
    }

    @Test("without a configured server or a result there is nothing to trust", arguments: [nil, "", " , "])
    func unconfigured(name: String?) {
        #expect(AuthenticationResults.trusted(in: message([Self.forged]), from: name) == nil)
        let none = message([("Authentication-Results", "mx.example.org; none")])
        #expect(AuthenticationResults.trusted(in: none, from: "mx.example.org") == nil)
    }

    @Test("servers with many names or none are configured with what they have in common")
    func patterns() {
        let apple = message([
            ("Authentication-Results", "dmarc.icloud.com; dmarc=pass header.from=acme.com"),
            ("Authentication-Results", "dkim-verifier.icloud.com; dkim=pass header.d=acme.com"),
        ])
        #expect(AuthenticationResults.trusted(in: apple, from: "*.icloud.com")?.count == 2)
        #expect(AuthenticationResults.trusted(in: apple, from: "icloud.com") == nil)
        #expect(AuthenticationResults.trusted(in: apple, from: "*.cloud.com") == nil)
        let exchange = [
            ("Received", "from A.outlook.com by B.outlook.office365.com (2603::1) with HTTPS; x"),
            ("Received", "from C by D.namprd03.prod.outlook.com with Microsoft SMTP Server; x"),
            ("Authentication-Results", "spf=pass smtp.mailfrom=acme.com; dkim=pass header.d=acme.com"),
            ("Received", "from mail.acme.com (192.0.2.1) by E.mail.protection.outlook.com with SMTP; x"),
        ]
        let names = "*.protection.outlook.com, *.office365.com"
        #expect(AuthenticationResults.trusted(in: message(exchange), from: names)?.count == 2)
        #expect(
            AuthenticationResults.trusted(in: message(exchange), from: "*.protection.outlook.com") == nil)
    }
}
