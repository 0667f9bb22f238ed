import Testing

@testable import Reading

@Suite("To which negotiation a message belongs")
struct MatchingTests {
    let token = ReplyToken("abcdefghijklmnopqrstuvwxyz")

    func candidate(_ id: Int, ids: Set<String> = [], token: ReplyToken? = nil) -> ThreadCandidate<Int> {
        ThreadCandidate(
            id: id, replyToken: token, messageIDs: ids, participants: ["sales@vendor.example"],
            subjects: [SubjectLine("RFQ 17: twenty switches")])
    }

    func message(subject: String = "Re: RFQ 17: twenty switches", from: String = "sales@vendor.example")
        -> Message
    {
        var message = Message()
        message.subject = subject
        message.from = Address(address: from)
        return message
    }

    @Test("the reply token decides, whatever the case of the address and whatever stands before it")
    func replyToken() throws {
        var mail = message(subject: "Quotation 4711")
        mail.to = [Address(address: "prvs=12=Buy+R-ABCDEFGHIJKLMNOPQRSTUVWXYZ@Parley.example")]
        let match = Matching.match(ThreadKeys(of: mail), among: [candidate(1), candidate(2, token: token)])
        guard case .matched(2, let reason) = match else {
            Issue.record("\(match)")
            return
        }
        #expect(reason.rule == .replyToken)
        #expect(reason.flags == [.subjectChanged])
        #expect(reason.description == "reply_token: abcdefghijklmnopqrstuvwxyz (subject_changed)")
    }

    @Test("In-Reply-To decides before References")
    func inReplyTo() {
        var mail = message()
        mail.inReplyTo = "b@parley"
        mail.references = ["a@parley", "b@parley"]
        let match = Matching.match(
            ThreadKeys(of: mail), among: [candidate(1, ids: ["a@parley"]), candidate(2, ids: ["b@parley"])])
        #expect(match == .matched(2, MatchReason(rule: .inReplyTo, detail: "b@parley", flags: [])))
    }

    @Test("any entry of References counts, since colleagues answer colleagues")
    func references() {
        var mail = message(from: "boss@vendor.example")
        mail.inReplyTo = "internal@vendor"
        mail.references = ["a@parley", "x@vendor", "internal@vendor"]
        let match = Matching.match(ThreadKeys(of: mail), among: [candidate(1, ids: ["a@parley"])])
        #expect(
            match == .matched(1, MatchReason(rule: .references, detail: "a@parley", flags: [.unknownSender])))
    }

    @Test("two candidates under one rule are left to a person")
    func severalCandidates() {
        var mail = message()
        mail.references = ["a@parley", "b@parley"]
        let match = Matching.match(
            ThreadKeys(of: mail), among: [candidate(1, ids: ["a@parley"]), candidate(2, ids: ["b@parley"])])
        #expect(
            match
                == .ambiguous(
                    [2, 1], MatchReason(rule: .references, detail: "b@parley", flags: [.severalCandidates])))
    }

    @Test("a token that contradicts In-Reply-To is left to a person")
    func contradiction() {
        var mail = message()
        mail.to = [Address(address: "buy+r-abcdefghijklmnopqrstuvwxyz@parley.example")]
        mail.inReplyTo = "a@parley"
        let match = Matching.match(
            ThreadKeys(of: mail), among: [candidate(1, ids: ["a@parley"]), candidate(2, token: token)])
        guard case .ambiguous([2, 1], let reason) = match else {
            Issue.record("\(match)")
            return
        }
        #expect(reason.flags == [.contradiction])
    }

    @Test("a new topic on top of an old mail is not merged")
    func newTopic() {
        var mail = message(subject: "Invitation to our trade fair")
        mail.inReplyTo = "a@parley"
        let match = Matching.match(ThreadKeys(of: mail), among: [candidate(1, ids: ["a@parley"])])
        #expect(
            match
                == .ambiguous(
                    [1], MatchReason(rule: .inReplyTo, detail: "a@parley", flags: [.subjectChanged])))
    }

    @Test("Outlook's Thread-Index joins answers whose References were lost")
    func threadIndex() {
        let root = "AQHZ0123456789abcdefghijklmnop"
        var mail = message(subject: "AW: RFQ 17: twenty switches")
        mail.headers = [Header("Thread-Index", root + "gAAAA==")]
        let keys = ThreadKeys(of: mail)
        #expect(keys.threadIndex?.count == 32)
        var candidate = candidate(1)
        candidate.threadIndexes = [ThreadKeys.conversation(threadIndex: root + "QBBBB==") ?? ""]
        #expect(Matching.match(keys, among: [candidate]).id == 1)
        #expect(ThreadKeys.conversation(threadIndex: "short") == nil)
    }

    @Test("the provider's thread comes before vendor and subject, which come last")
    func providerAndSubject() {
        var mail = message()
        mail.providerThreadID = "17c0ffee"
        var threaded = candidate(2)
        threaded.providerThreadIDs = ["17c0ffee"]
        #expect(Matching.match(ThreadKeys(of: mail), among: [candidate(1), threaded]).id == 2)
        #expect(Matching.match(ThreadKeys(of: message()), among: [candidate(1)]).id == 1)
        #expect(
            Matching.match(ThreadKeys(of: message(from: "other@vendor.example")), among: [candidate(1)])
                == .unknown)
        #expect(Matching.match(ThreadKeys(of: message(subject: "")), among: [candidate(1)]) == .unknown)
    }

    @Test("a bounce is matched by the message it brings back, whatever its own subject says")
    func bounce() {
        var mail = message(subject: "Undelivered Mail Returned to Sender", from: "MAILER-DAEMON@mx.example")
        mail.report = Report(subject: .delivery, returnedHeaders: [Header("Message-ID", "<a@parley>")])
        let understanding = Understanding(of: mail)
        let match = Matching.match(
            ThreadKeys(of: mail, kind: understanding.kind, bounce: understanding.bounce),
            among: [candidate(1, ids: ["a@parley"])])
        guard case .matched(1, let reason) = match else {
            Issue.record("\(match)")
            return
        }
        #expect(reason.rule == .inReplyTo)
        #expect(!reason.flags.contains(.subjectChanged))
    }
}

extension Match {
    fileprivate var id: ID? { if case .matched(let id, _) = self { id } else { nil } }
}

@Suite("Reply tokens")
struct ReplyTokenTests {
    @Test("a token goes into an address and comes out again")
    func roundTrip() throws {
        let token = try #require(ReplyToken(random: Array(0..<16)))
        #expect(token.description == "aaaqeayeaudaocajbifqydiob4")
        let address = try #require(token.address(at: "buy@parley.example"))
        #expect(address == "buy+r-aaaqeayeaudaocajbifqydiob4@parley.example")
        #expect(ReplyToken(inAddress: address.uppercased()) == token)
    }

    @Test(
        "an address without a token has none",
        arguments: [
            "buy@parley.example", "buy+r-short@parley.example",
            "buy+aaaqeayeaudaocajbifqydiob4@parley.example", "x", "", "@",
            "buyr-aaaqeayeaudaocajbifqydiob4@p.example",
        ])
    func none(address: String) {
        #expect(ReplyToken(inAddress: address) == nil)
    }

    @Test("a mailbox whose local part would become too long gets no token")
    func tooLong() {
        let token = ReplyToken(random: Array(repeating: 7, count: 16))
        #expect(token?.address(at: String(repeating: "a", count: 40) + "@parley.example") == nil)
        #expect(ReplyToken(random: [1, 2, 3]) == nil)
    }
}
