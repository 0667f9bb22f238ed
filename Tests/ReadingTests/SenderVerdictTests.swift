import Testing

@testable import Reading

@Suite("The verdict on a sender")
struct SenderVerdictTests {
    private func evidence(
        from: Address = Address(address: "sales@acme.com"), replyTo: [String] = [], headers: [Header] = [],
        kind: Kind = .reply, _ results: [AuthenticationResult] = [],
        source: SenderEvidence.Source = .receivingServer,
        vendor: String = "sales@acme.com", known: Set<String> = [], name: String = "Jane Doe"
    ) -> SenderEvidence {
        var message = Message()
        message.from = from
        message.replyTo = replyTo.map { Address(address: $0) }
        message.headers = headers
        return SenderEvidence(
            message: message, kind: kind, results: results, source: source, vendorAddress: vendor,
            knownDomains: known,
            vendorName: name)
    }

    private func result(
        _ method: AuthenticationResult.Method, _ outcome: AuthenticationResult.Outcome,
        _ domain: String? = "acme.com"
    ) -> AuthenticationResult {
        AuthenticationResult(method, outcome, domain: domain)
    }

    @Test(
        "the vendor's domain is proven by an aligned pass",
        arguments: [
            [AuthenticationResult(.dkim, .pass, domain: "acme.com")],
            [AuthenticationResult(.dkim, .pass, domain: "mail.acme.com")],
            [AuthenticationResult(.dmarc, .pass, domain: "acme.com")],
            [AuthenticationResult(.spf, .pass, domain: "bounce.acme.com")],
            [AuthenticationResult(.spf, .fail, domain: "acme.com"), .init(.dkim, .pass, domain: "acme.com")],
            [
                AuthenticationResult(.dkim, .fail, domain: "acme.com"),
                .init(.dkim, .pass, domain: "acme.com"),
            ],
        ])
    func verified(results: [AuthenticationResult]) {
        let verdict = SenderVerdict(evidence(results))
        #expect(
            verdict == SenderVerdict(standing: .verified, isColleague: false, warnings: [], isBinding: true))
    }

    @Test(
        "without an aligned result the vendor's address is known, but not proven",
        arguments: [
            [], [AuthenticationResult(.dkim, .pass, domain: "lists.example.org")],
            [AuthenticationResult(.spf, .pass, domain: "mailer.example")],
            [.init(.dmarc, .none, domain: "acme.com")],
            [AuthenticationResult(.dkim, .neutral, domain: "acme.com")],
            [.init(.dmarc, .temperror, domain: "acme.com")],
            [AuthenticationResult(.spf, .softfail, domain: "acme.com")],
            [.init(.arc, .pass, domain: "acme.com")],
            [AuthenticationResult(.dmarc, .pass, domain: nil)],
            [.init(.spf, .fail, domain: "mailer.example")],
        ] as [[AuthenticationResult]])
    func known(results: [AuthenticationResult]) {
        let verdict = SenderVerdict(evidence(results))
        #expect(verdict.standing == .known)
        #expect(verdict.warnings == [.unproven(domain: "acme.com")])
        #expect(verdict.isBinding)
    }

    @Test("a failed DMARC is suspicious whatever else passes, and so is a failed SPF without a signature")
    func failed() {
        for results in [
            [result(.dmarc, .fail)], [result(.dmarc, .fail), result(.dkim, .pass)],
            [result(.dmarc, .fail, nil)],
            [result(.spf, .fail)], [result(.dmarc, .pass), result(.dmarc, .fail)],
        ] {
            let verdict = SenderVerdict(evidence(results))
            #expect(verdict.standing == .suspicious)
            #expect(verdict.warnings == [.authenticationFailed(domain: "acme.com")])
            #expect(!verdict.isBinding)
            let domain = DomainName("acme.com")
            #expect(!DomainProof(of: domain, by: results, from: .receivingServer).isProven)
        }
    }

    @Test("a broken signature alone proves nothing, but is told")
    func broken() {
        let verdict = SenderVerdict(evidence([result(.dkim, .fail)], source: .ownCheck))
        #expect(verdict.standing == .known)
        #expect(verdict.warnings == [.signatureBroken(domain: "acme.com"), .unproven(domain: "acme.com")])
    }

    @Test("Parley's own check counts for signatures only, and nobody's check for nothing")
    func sources() {
        #expect(SenderVerdict(evidence([result(.dkim, .pass)], source: .ownCheck)).standing == .verified)
        #expect(SenderVerdict(evidence([result(.dmarc, .pass)], source: .ownCheck)).standing == .known)
        #expect(SenderVerdict(evidence([result(.spf, .fail)], source: .ownCheck)).standing == .known)
        #expect(SenderVerdict(evidence([result(.dkim, .pass)], source: .none)).standing == .known)
        #expect(SenderVerdict(evidence([result(.dmarc, .fail)], source: .none)).standing == .known)
    }

    @Test("colleagues at a domain of the vendor's own bind, on a shared one only the exact address does")
    func colleagues() {
        let boss = SenderVerdict(
            evidence(from: Address(address: "boss@mail.ACME.com"), [result(.dkim, .pass)]))
        #expect(boss == SenderVerdict(standing: .verified, isColleague: true, warnings: [], isBinding: true))
        let other = SenderVerdict(evidence(from: Address(address: "boss@acme.de"), known: ["ACME.de"]))
        #expect(other.isColleague && other.isBinding && other.standing == .known)

        let gmail = result(.dkim, .pass, "gmail.com")
        let exact = evidence(
            from: Address(address: "Acme.Sales@Gmail.com"), [gmail], vendor: "acme.sales@gmail.com")
        #expect(SenderVerdict(exact).standing == .verified)
        let stranger = SenderVerdict(
            evidence(
                from: Address(address: "x@gmail.com"), [gmail], vendor: "acme.sales@gmail.com",
                known: ["gmail.com"]))
        #expect(stranger.standing == .unknown && !stranger.isColleague && !stranger.isBinding)
        #expect(stranger.warnings == [.sharedProvider("gmail.com")])
    }

    @Test("somebody else is unknown and binds nobody, also when his own domain is proven")
    func stranger() {
        let verdict = SenderVerdict(
            evidence(
                from: Address(name: "Bob", address: "bob@contoso.com"), [result(.dkim, .pass, "contoso.com")])
        )
        #expect(verdict.standing == .unknown && !verdict.isBinding)
        #expect(verdict.warnings == [.otherAddress("bob@contoso.com")])
    }

    @Test("a lookalike is suspicious, in From and in Reply-To, also when it is proven")
    func lookalike() {
        let verdict = SenderVerdict(
            evidence(from: Address(address: "sales@acrne.com"), [result(.dmarc, .pass, "acrne.com")]))
        #expect(verdict.standing == .suspicious && !verdict.isBinding)
        #expect(verdict.warnings.first == .lookalikeDomain("acrne.com", of: "acme.com"))
        let reply = SenderVerdict(
            evidence(from: Address(address: "x@contoso.com"), replyTo: ["sales@acme-billing.com"]))
        #expect(reply.warnings.first == .lookalikeDomain("acme-billing.com", of: "acme.com"))
    }

    @Test(
        "a display name that claims to be somebody else is suspicious",
        arguments: [
            Address(name: "Jane Doe", address: "x@evil.net"),
            Address(name: "DOE, Jané", address: "x@gmail.com"),
            Address(name: "sales@acme.com", address: "x@evil.net"),
            Address(name: "\"Sales\" <sales@acme.com>", address: "boss@gmail.com"),
            Address(name: "boss@gmail.com", address: "x@gmail.com"),
        ])
    func impersonation(from: Address) {
        let verdict = SenderVerdict(evidence(from: from))
        #expect(verdict.standing == .suspicious)
        #expect(verdict.warnings.first == .displayNameImpersonation(from.name))
    }

    @Test("a display name that tells the truth is not")
    func honestName() {
        for name in ["Jane Doe", "sales@acme.com", "Boss (boss@acme.com)", "shop@acme.de", ""] {
            let verdict = SenderVerdict(
                evidence(
                    from: Address(name: name, address: "sales@acme.com"), [result(.dkim, .pass)],
                    known: ["acme.de"]))
            #expect(verdict.standing == .verified)
        }
    }

    @Test("the vendor's From with answers to somebody else is suspicious, to the vendor's own it is not")
    func replyTo() {
        let pass = [result(.dkim, .pass)]
        let verdict = SenderVerdict(evidence(replyTo: ["boss@acme.com", "x@evil.net"], pass))
        #expect(verdict.standing == .suspicious)
        #expect(verdict.warnings == [.replyToDiffers("x@evil.net")])
        #expect(SenderVerdict(evidence(replyTo: ["boss@mail.acme.com"], pass)).standing == .verified)
        #expect(
            SenderVerdict(evidence(replyTo: ["a@tickets.example"], pass, known: ["tickets.example"]))
                .isBinding)
        let stranger = evidence(from: Address(address: "bob@contoso.com"), replyTo: ["bob@fabrikam.com"])
        #expect(SenderVerdict(stranger).standing == .unknown)
        let shared = evidence(
            from: Address(address: "acme@gmail.com"), replyTo: ["acrne@gmail.com"], vendor: "acme@gmail.com")
        #expect(SenderVerdict(shared).warnings.first == .replyToDiffers("acrne@gmail.com"))
    }

    @Test("two From headers are suspicious, none is unknown")
    func authors() {
        let headers = [Header("From", "sales@acme.com"), Header("FROM", "x@evil.net")]
        #expect(
            SenderVerdict(evidence(headers: headers, [result(.dkim, .pass)])).warnings == [.severalAuthors])
        var nobody = evidence(vendor: "")
        nobody.message.from = nil
        let verdict = SenderVerdict(nobody)
        #expect(verdict.standing == .unknown && verdict.warnings == [.otherAddress("")])
    }

    @Test(
        "what only resembles the vendor's address is not it",
        arguments: [
            "sales@acme.com@evil.net", "sales@acme.com@", "\"sales@acme.com\"@evil.net", "sales", "@acme.com",
            "sales@[192.0.2.1]",
        ])
    func hostileAddresses(address: String) {
        let verdict = SenderVerdict(
            evidence(from: Address(address: address), [result(.dkim, .pass, "evil.net")]))
        #expect(!verdict.isBinding && !verdict.isColleague)
    }

    @Test("machines bind nobody, and reports are not held against anybody")
    func machines() {
        let pass = [result(.dkim, .pass)]
        #expect(!SenderVerdict(evidence(kind: .autoReply, pass)).isBinding)
        let bounce = SenderVerdict(
            evidence(
                from: Address(address: "mailer-daemon@mx.example.org"), kind: .bounce, [result(.dmarc, .fail)]
            ))
        #expect(
            bounce == SenderVerdict(standing: .unknown, isColleague: false, warnings: [], isBinding: false))
    }

    @Test(
        "a warning has a code of its own and says its facts",
        arguments: [
            (Warning.authenticationFailed(domain: "acme.com"), "authentication_failed", ["acme.com"]),
            (.lookalikeDomain("acrne.com", of: "acme.com"), "lookalike_domain", ["acrne.com", "acme.com"]),
            (.displayNameImpersonation("Jane Doe"), "display_name_impersonation", ["Jane Doe"]),
            (.replyToDiffers("x@evil.net"), "reply_to_differs", ["x@evil.net"]),
            (.severalAuthors, "several_authors", []),
            (.signatureBroken(domain: "acme.com"), "signature_broken", ["acme.com"]),
            (.otherAddress("bob@contoso.com"), "other_address", ["bob@contoso.com"]),
            (.sharedProvider("gmail.com"), "shared_provider", ["gmail.com"]),
            (.unproven(domain: "acme.com"), "unproven", ["acme.com"]),
        ])
    func wording(warning: Warning, code: String, facts: [String]) {
        #expect(warning.code == code && warning.sentence.hasSuffix("."))
        for fact in facts { #expect(warning.sentence.contains(fact)) }
    }

    @Test("what a sender chose is shown short and without characters that move or hide others")
    func hostileWords() {
        let name = "Jane\u{202E}\n\u{0}" + String(repeating: "x", count: 10_000)
        let sentence = Warning.displayNameImpersonation(name).sentence
        #expect(sentence.contains("“Jane   x"))
        #expect(sentence.unicodeScalars.count { $0 == "x" } == Warning.longestDetail - 7)
    }

    @Test("shared providers are known in any case")
    func providers() {
        #expect(MailProviders.isShared("GMail.com") && MailProviders.isShared("yahoo.co.uk"))
        #expect(!MailProviders.isShared("acme.com") && !MailProviders.isShared(""))
    }
}
