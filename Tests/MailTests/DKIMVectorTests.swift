import Reading
import Secrets
import Testing

@testable import Mail

@Suite("The examples of the DKIM standards")
struct DKIMVectorTests {
    private static let rfc6376 = """
        DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
              c=simple/simple; q=dns/txt; i=joe@football.example.com;
              h=Received : From : To : Subject : Date : Message-ID;
              bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
              b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
              4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
              KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
              4bmp/YzhwvcubU4=;
        Received: from client1.football.example.com  [192.0.2.1]
              by submitserver.example.com with SUBMISSION;
              Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        Hi.

        We lost the game. Are you hungry yet?

        Joe.

        """

    private static let rfc8463 = """
        DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=brisbane; t=1528637909; h=from : to :
         subject : date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
         Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=test; t=1528637909; h=from : to : subject :
         date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
         DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
         dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        Hi.

        We lost the game.  Are you hungry yet?

        Joe.

        """

    /// RSA of 1,024 bits, both of them.
    private static let spki = """
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v\
        3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToI\
        MmPSPDdQPNUYckcQ2QIDAQAB
        """
    private static let otherSPKI = """
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi\
        0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G\
        +2kryOTIKT+l/K4w3QIDAQAB
        """

    private let resolver = TXTResolver.fixed([
        "brisbane._domainkey.example.com": ["v=DKIM1; p=\(spki)"],
        "brisbane._domainkey.football.example.com": [
            "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
        ],
        "test._domainkey.football.example.com": ["v=DKIM1; k=rsa; p=\(otherSPKI)"],
    ])

    private func outcomes(_ text: String) async -> [AuthenticationResult.Outcome] {
        await DKIMVerifier.verify(Array(text.utf8), now: 1_800_000_000, resolver: resolver).map(\.outcome)
    }

    @Test("RFC 6376, appendix A verifies with CRLF and with LF, and not when a word has changed")
    func appendixOf6376() async {
        let text = Self.rfc6376
        #expect(await outcomes(text.replacing("\n", with: "\r\n")) == [.pass])
        #expect(await outcomes(text) == [.pass])
        #expect(await outcomes(text.replacing("hungry", with: "Hungry")) == [.fail])
        #expect(await outcomes(text.replacing("dinner", with: "Dinner")) == [.fail])
        #expect(await outcomes(text.replacing("the game. Are", with: "the game.  Are")) == [.fail])
        #expect(await outcomes(text.replacing("Subject: ", with: "Subject:  ")) == [.fail])
    }

    @Test("its result names who signs, for whom, and with which key")
    func namesOf6376() async throws {
        let results = await DKIMVerifier.verify(Array(Self.rfc6376.utf8), now: 0, resolver: resolver)
        let result = try #require(results.first)
        #expect(result.domain == "example.com")
        #expect(result.identity == "joe@football.example.com")
        #expect(result.selector == "brisbane")
        #expect(result.result == AuthenticationResult(.dkim, .pass, domain: "example.com"))
    }

    @Test("RFC 8463, appendix A verifies with both algorithms, whatever happens to white space")
    func appendixOf8463() async {
        let text = Self.rfc8463
        #expect(await outcomes(text.replacing("\n", with: "\r\n")) == [.pass, .pass])
        #expect(await outcomes(text + "\n \n\n") == [.pass, .pass])
        #expect(await outcomes(text.replacing("Subject: ", with: "SUBJECT :\n\t")) == [.pass, .pass])
        #expect(await outcomes(text.replacing("hungry", with: "Hungry")) == [.fail, .fail])
    }

    @Test("an RSA key may stand in its record as RSAPublicKey, too")
    func rsaPublicKey() async throws {
        let spki = try #require(Base64.standard.decode(Self.spki))
        // What comes before the key is the algorithm and the head of a bit string.
        let text = Base64.standard.encode(spki.dropFirst(22))
        let resolver = TXTResolver.fixed(["brisbane._domainkey.example.com": ["p=\(text)"]])
        let results = await DKIMVerifier.verify(Array(Self.rfc6376.utf8), now: 0, resolver: resolver)
        #expect(results.map(\.outcome) == [.pass])
    }
}
