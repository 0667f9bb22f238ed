import Negotiation
import Testing

/// The way of an outgoing email, pair by pair.
@Suite struct EmailStatusTests {
    private typealias Answers = [EmailEvent: EmailStatus]

    /// Where each event leads from each status; what is not named is refused.
    private static let table: [EmailStatus: Answers] = [
        .draft: [
            .submitted: .pendingApproval, .approved: .approved, .edited: .draft, .held: .draft,
            .cancelled: .cancelled, .withdrawn: .cancelled,
        ],
        .pendingApproval: [
            .approved: .approved, .refused: .cancelled, .edited: .draft, .held: .draft,
            .cancelled: .cancelled, .withdrawn: .cancelled,
        ],
        .approved: [.held: .draft, .cancelled: .cancelled, .withdrawn: .cancelled, .claimed: .claimed],
        .claimed: [
            .held: .draft, .cancelled: .cancelled, .withdrawn: .cancelled, .released: .approved,
            .begun: .sending,
        ],
        .sending: [.accepted: .sent, .deferred: .approved, .rejected: .failed, .lost: .uncertain],
        .sent: [:],
        .uncertain: [.accepted: .sent, .cancelled: .cancelled, .requeued: .approved],
        .failed: [:],
        .cancelled: [:],
    ]

    @Test(
        "every pair of status and event leads where it should, or is refused", arguments: EmailStatus.allCases
    )
    func pairs(status: EmailStatus) throws {
        let answers = try #require(Self.table[status])
        #expect(EmailEvent.allCases.count == 15)
        for event in EmailEvent.allCases {
            #expect(status.transition(event) == answers[event], "\(status), \(event)")
        }
    }

    @Test(
        "from the point of no return on, nothing takes an email back and only the server's word sends it again"
    )
    func noReturn() {
        for event in EmailEvent.allCases where EmailStatus.sending.transition(event) == .approved {
            #expect(event == .deferred)
        }
        for event in EmailEvent.allCases where EmailStatus.uncertain.transition(event) == .approved {
            #expect(event == .requeued)
        }
        #expect(EmailStatus.sending.transition(.cancelled) == nil)
        #expect(EmailStatus.sending.transition(.edited) == nil)
        #expect(EmailStatus.uncertain.transition(.withdrawn) == nil)
    }

    @Test("approved is reached before sending only by an approval or after a claim that came to nothing")
    func approved() {
        let ways = EmailStatus.allCases.flatMap { status in
            EmailEvent.allCases.filter { status.transition($0) == .approved }
        }
        #expect(Set(ways) == [.approved, .released, .deferred, .requeued])
    }

    @Test(
        "what can be edited and what can be called back with certainty",
        arguments: [
            (EmailStatus.draft, true, true), (.pendingApproval, true, true), (.approved, false, true),
            (.claimed, false, true), (.sending, false, false), (.sent, false, false),
            (.uncertain, false, false), (.failed, false, false), (.cancelled, false, false),
        ])
    func properties(status: EmailStatus, editable: Bool, revocable: Bool) {
        #expect(status.isEditable == editable && status.isRevocable == revocable)
    }

    @Test("an email is under way from the question to its approver until its fate is known")
    func underWay() {
        let under: Set<EmailStatus> = [.pendingApproval, .approved, .claimed, .sending, .uncertain]
        for status in EmailStatus.allCases {
            #expect(status.isUnderWay == under.contains(status), "\(status)")
        }
    }

    @Test("names are those of the database")
    func names() {
        #expect(
            EmailStatus.allCases.map(\.rawValue) == [
                "draft", "pending_approval", "approved", "claimed", "sending", "sent", "uncertain", "failed",
                "cancelled",
            ])
        #expect(
            EmailKind.allCases.map(\.rawValue) == [
                "opening", "counter", "acceptance", "rejection", "reply", "follow_up", "purchase_order",
                "cancellation",
            ])
    }

    @Test(
        "which kinds of email concern money whatever they say",
        arguments: [
            (EmailKind.opening, true), (.counter, true), (.acceptance, true), (.rejection, false),
            (.reply, false), (.followUp, false), (.purchaseOrder, true), (.cancellation, false),
        ])
    func money(kind: EmailKind, isMoney: Bool) { #expect(kind.isAlwaysMoney == isMoney) }

    @Test(
        "each composition makes its kind of email",
        arguments: [
            (Composition.open, EmailKind.opening), (.counter, .counter), (.accept, .acceptance),
            (.reject, .rejection), (.reply, .reply),
        ])
    func kinds(composition: Composition, kind: EmailKind) { #expect(composition.kind == kind) }
}
