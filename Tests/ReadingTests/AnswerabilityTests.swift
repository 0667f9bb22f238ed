import Negotiation
import Testing

@testable import Reading

@Suite("Whether a machine may answer")
struct AnswerabilityTests {
    private static let ours = ["Buying@acme.example", "acme@gmail.com"]

    private func message(from: String? = "dana@vendor.example", _ headers: [Header] = []) -> Message {
        var message = Message()
        message.from = from.map { Address(address: $0) }
        message.subject = "Re: RFQ"
        message.inReplyTo = "a@acme.example"
        message.headers = headers
        message.text = "We can do 900."
        return message
    }

    private func obstacle(to message: Message) -> AutomaticMailObstacle? {
        Answerability.obstacle(to: message, read: Kind(of: message), ours: Self.ours)
    }

    @Test("a person's answer may be answered, also where the answer to an answer is suppressed")
    func person() {
        #expect(obstacle(to: message()) == nil)
        #expect(
            obstacle(
                to: message([Header("Auto-Submitted", "no"), Header("X-Auto-Response-Suppress", "OOF")]))
                == nil)
        var known = message()
        known.returnPath = "bounce+1@mailer.vendor.example"
        #expect(obstacle(to: known) == nil)
    }

    @Test(
        "what came by a list or to many is not answered",
        arguments: [
            Header("List-Id", "<news.vendor.example>"), Header("list-unsubscribe", "<mailto:x@y.example>"),
            Header("Precedence", "bulk"), Header("Precedence", " List "), Header("Precedence", "junk"),
            Header("Mailing-List", "contact x"), Header("X-Mailing-List", "x"),
        ])
    func list(header: Header) { #expect(obstacle(to: message([header])) == .list) }

    @Test(
        "machines are not answered, whatever they write",
        arguments: [
            "MAILER-DAEMON@mx.example", "no-reply@vendor.example", "noreply+42@vendor.example",
            "Postmaster@vendor.example", "DoNotReply@vendor.example",
        ])
    func machine(from: String) {
        let obstacle = obstacle(to: message(from: from))
        #expect(obstacle == .machine || obstacle == .report)
    }

    @Test(
        "lists are told by their senders",
        arguments: ["owner-x@l.example", "x-request@l.example", "x-bounces@l.example"])
    func listSender(from: String) {
        #expect(obstacle(to: message(from: from)) == .list)
        var sent = message()
        sent.sender = Address(address: from)
        #expect(obstacle(to: sent) == .list)
    }

    @Test("automatic answers, reports, the null sender and nobody are not answered")
    func automatic() {
        #expect(obstacle(to: message([Header("Auto-Submitted", "auto-replied")])) == .machine)
        #expect(obstacle(to: message(from: nil)) == .machine)
        var null = message()
        null.returnPath = ""
        #expect(obstacle(to: null) == .report)
        var report = message()
        report.report = Report(subject: .complaint)
        #expect(obstacle(to: report) == .report)
    }

    @Test(
        "ourselves are not answered, with a token in the address or without",
        arguments: ["buying@acme.example", "BUYING+r-aaaa@acme.example", "acme+x+y@GMAIL.com"])
    func ourselves(from: String) { #expect(obstacle(to: message(from: from)) == .ourselves) }

    @Test("somebody with another address at the same domain is not ourselves")
    func neighbours() {
        #expect(obstacle(to: message(from: "buyingx@acme.example")) == nil)
        #expect(!Answerability.isOurs("buying@acme.example.org", among: Self.ours))
    }
}
