import Negotiation
import Testing

/// One row of the table: what an event does in a state.
private struct Row: Sendable, CustomTestStringConvertible {
    let status: NegotiationStatus
    let event: NegotiationEvent
    let answer: Transition
    var testDescription: String { "\(status.rawValue), \(event)" }

    init(_ status: NegotiationStatus, _ event: NegotiationEvent, _ answer: Transition) {
        self.status = status
        self.event = event
        self.answer = answer
    }
}

/// The state machine of a negotiation, pair by pair, as it was meant: nothing here is computed from the code.
@Suite struct NegotiationStatusTests {
    @Test("every pair of state and event has its answer", arguments: table)
    private func pair(_ row: Row) { #expect(row.status.transition(row.event) == row.answer) }

    @Test("the table leaves no pair out and names none twice")
    func complete() {
        let events: [NegotiationEvent] =
            Composition.allCases.map { .compose($0) } + EmailKind.allCases.map { .emailSent($0) }
            + LastWord.allCases.map { .emailAbandoned($0) } + [
                .vendorReplied, .autoReplyReceived, .bounced, .cancel, .deadlinePassed,
            ]
        #expect(events.count == 21 && NegotiationStatus.allCases.count == 9)
        for status in NegotiationStatus.allCases {
            for event in events {
                let count = Self.table.count { $0.status == status && $0.event == event }
                #expect(count == 1, "\(status), \(event)")
            }
        }
        #expect(Self.table.count == 21 * 9)
    }

    @Test("only acceptance that was sent leads to accepted")
    func accepted() {
        for row in Self.table where row.status != .accepted {
            guard case .to(.accepted, _) = row.status.transition(row.event) else { continue }
            #expect(row.event == .emailSent(.acceptance))
        }
    }

    @Test("the end is the end: from closed states only a sent acceptance leads anywhere")
    func closed() {
        for row in Self.table where row.status.isClosed {
            switch row.status.transition(row.event) {
            case .refused: break
            case .to(let next, _):
                #expect(next == row.status || (next == .accepted && row.event == .emailSent(.acceptance)))
            }
        }
    }

    @Test(
        "which states are closed",
        arguments: [
            (NegotiationStatus.draft, false), (.pendingApproval, false), (.sent, false),
            (.vendorReplied, false), (.accepted, true), (.rejected, true), (.expired, true),
            (.cancelled, true), (.undeliverable, true),
        ])
    func isClosed(status: NegotiationStatus, closed: Bool) { #expect(status.isClosed == closed) }

    @Test("the names are those that the platform knows")
    func names() {
        #expect(
            NegotiationStatus.allCases.map(\.rawValue) == [
                "draft", "pending_approval", "sent", "vendor_replied", "accepted", "rejected", "expired",
                "cancelled", "undeliverable",
            ])
    }

    // MARK: The table

    fileprivate static let table: [Row] =
        draft + pendingApproval + sent + vendorReplied + accepted + rejected + expired + cancelled
        + undeliverable

    private static let draft = [
        Row(.draft, .compose(.open), .to(.pendingApproval, [])),
        Row(.draft, .compose(.counter), .refused(.notOpened)),
        Row(.draft, .compose(.accept), .refused(.notOpened)),
        Row(.draft, .compose(.reject), .refused(.notOpened)),
        Row(.draft, .compose(.reply), .refused(.notOpened)),
        Row(.draft, .emailSent(.opening), .refused(.noEmail)),
        Row(.draft, .emailSent(.counter), .refused(.noEmail)),
        Row(.draft, .emailSent(.acceptance), .refused(.noEmail)),
        Row(.draft, .emailSent(.rejection), .refused(.noEmail)),
        Row(.draft, .emailSent(.reply), .refused(.noEmail)),
        Row(.draft, .emailSent(.followUp), .refused(.noEmail)),
        Row(.draft, .emailSent(.purchaseOrder), .refused(.noEmail)),
        Row(.draft, .emailSent(.cancellation), .refused(.noEmail)),
        Row(.draft, .emailAbandoned(.nobody), .refused(.noEmail)),
        Row(.draft, .emailAbandoned(.buyer), .refused(.noEmail)),
        Row(.draft, .emailAbandoned(.vendor), .refused(.noEmail)),
        Row(.draft, .vendorReplied, .to(.draft, [.announce(.lateReply)])),
        Row(.draft, .autoReplyReceived, .to(.draft, [])),
        Row(.draft, .bounced, .to(.draft, [])),
        Row(.draft, .cancel, .to(.cancelled, [.cancelFollowUps, .cancelWaitingEmails])),
        Row(
            .draft, .deadlinePassed,
            .to(.expired, [.cancelFollowUps, .cancelWaitingEmails, .announce(.expired)])),
    ]

    private static let pendingApproval = [
        Row(.pendingApproval, .compose(.open), .refused(.emailWaiting)),
        Row(.pendingApproval, .compose(.counter), .refused(.emailWaiting)),
        Row(.pendingApproval, .compose(.accept), .refused(.emailWaiting)),
        Row(.pendingApproval, .compose(.reject), .refused(.emailWaiting)),
        Row(.pendingApproval, .compose(.reply), .refused(.emailWaiting)),
        Row(.pendingApproval, .emailSent(.opening), .to(.sent, [])),
        Row(.pendingApproval, .emailSent(.counter), .to(.sent, [])),
        Row(
            .pendingApproval, .emailSent(.acceptance),
            .to(.accepted, [.cancelFollowUps, .announce(.accepted)])),
        Row(.pendingApproval, .emailSent(.rejection), .to(.rejected, [.cancelFollowUps])),
        Row(.pendingApproval, .emailSent(.reply), .to(.sent, [])),
        Row(.pendingApproval, .emailSent(.followUp), .to(.sent, [])),
        Row(.pendingApproval, .emailSent(.purchaseOrder), .to(.pendingApproval, [])),
        Row(.pendingApproval, .emailSent(.cancellation), .to(.pendingApproval, [])),
        Row(.pendingApproval, .emailAbandoned(.nobody), .to(.draft, [])),
        Row(.pendingApproval, .emailAbandoned(.buyer), .to(.sent, [])),
        Row(.pendingApproval, .emailAbandoned(.vendor), .to(.vendorReplied, [])),
        Row(
            .pendingApproval, .vendorReplied,
            .to(.vendorReplied, [.cancelFollowUps, .holdWaitingEmails, .announce(.vendorReplied)])),
        Row(.pendingApproval, .autoReplyReceived, .to(.pendingApproval, [.announce(.autoReply)])),
        Row(
            .pendingApproval, .bounced,
            .to(.undeliverable, [.cancelFollowUps, .cancelWaitingEmails, .announce(.undeliverable)])),
        Row(.pendingApproval, .cancel, .to(.cancelled, [.cancelFollowUps, .cancelWaitingEmails])),
        Row(
            .pendingApproval, .deadlinePassed,
            .to(.expired, [.cancelFollowUps, .cancelWaitingEmails, .announce(.expired)])),
    ]

    private static let sent = [
        Row(.sent, .compose(.open), .refused(.alreadyOpened)),
        Row(.sent, .compose(.counter), .to(.pendingApproval, [])),
        Row(.sent, .compose(.accept), .to(.pendingApproval, [])),
        Row(.sent, .compose(.reject), .to(.pendingApproval, [])),
        Row(.sent, .compose(.reply), .to(.pendingApproval, [])),
        Row(.sent, .emailSent(.opening), .to(.sent, [])),
        Row(.sent, .emailSent(.counter), .to(.sent, [])),
        Row(.sent, .emailSent(.acceptance), .to(.accepted, [.cancelFollowUps, .announce(.accepted)])),
        Row(.sent, .emailSent(.rejection), .to(.rejected, [.cancelFollowUps])),
        Row(.sent, .emailSent(.reply), .to(.sent, [])),
        Row(.sent, .emailSent(.followUp), .to(.sent, [])),
        Row(.sent, .emailSent(.purchaseOrder), .to(.sent, [])),
        Row(.sent, .emailSent(.cancellation), .to(.sent, [])),
        Row(.sent, .emailAbandoned(.nobody), .to(.sent, [])),
        Row(.sent, .emailAbandoned(.buyer), .to(.sent, [])),
        Row(.sent, .emailAbandoned(.vendor), .to(.sent, [])),
        Row(
            .sent, .vendorReplied,
            .to(.vendorReplied, [.cancelFollowUps, .holdWaitingEmails, .announce(.vendorReplied)])),
        Row(.sent, .autoReplyReceived, .to(.sent, [.announce(.autoReply)])),
        Row(
            .sent, .bounced,
            .to(.undeliverable, [.cancelFollowUps, .cancelWaitingEmails, .announce(.undeliverable)])),
        Row(.sent, .cancel, .to(.cancelled, [.cancelFollowUps, .cancelWaitingEmails])),
        Row(
            .sent, .deadlinePassed,
            .to(.expired, [.cancelFollowUps, .cancelWaitingEmails, .announce(.expired)])),
    ]

    private static let vendorReplied = [
        Row(.vendorReplied, .compose(.open), .refused(.alreadyOpened)),
        Row(.vendorReplied, .compose(.counter), .to(.pendingApproval, [])),
        Row(.vendorReplied, .compose(.accept), .to(.pendingApproval, [])),
        Row(.vendorReplied, .compose(.reject), .to(.pendingApproval, [])),
        Row(.vendorReplied, .compose(.reply), .to(.pendingApproval, [])),
        Row(.vendorReplied, .emailSent(.opening), .to(.sent, [])),
        Row(.vendorReplied, .emailSent(.counter), .to(.sent, [])),
        Row(
            .vendorReplied, .emailSent(.acceptance),
            .to(.accepted, [.cancelFollowUps, .announce(.accepted)])),
        Row(.vendorReplied, .emailSent(.rejection), .to(.rejected, [.cancelFollowUps])),
        Row(.vendorReplied, .emailSent(.reply), .to(.sent, [])),
        Row(.vendorReplied, .emailSent(.followUp), .to(.vendorReplied, [])),
        Row(.vendorReplied, .emailSent(.purchaseOrder), .to(.vendorReplied, [])),
        Row(.vendorReplied, .emailSent(.cancellation), .to(.vendorReplied, [])),
        Row(.vendorReplied, .emailAbandoned(.nobody), .to(.vendorReplied, [])),
        Row(.vendorReplied, .emailAbandoned(.buyer), .to(.vendorReplied, [])),
        Row(.vendorReplied, .emailAbandoned(.vendor), .to(.vendorReplied, [])),
        Row(
            .vendorReplied, .vendorReplied,
            .to(.vendorReplied, [.cancelFollowUps, .holdWaitingEmails, .announce(.vendorReplied)])),
        Row(.vendorReplied, .autoReplyReceived, .to(.vendorReplied, [.announce(.autoReply)])),
        Row(
            .vendorReplied, .bounced,
            .to(.undeliverable, [.cancelFollowUps, .cancelWaitingEmails, .announce(.undeliverable)])),
        Row(.vendorReplied, .cancel, .to(.cancelled, [.cancelFollowUps, .cancelWaitingEmails])),
        Row(
            .vendorReplied, .deadlinePassed,
            .to(.expired, [.cancelFollowUps, .cancelWaitingEmails, .announce(.expired)])),
    ]

    private static let accepted = [
        Row(.accepted, .compose(.open), .refused(.closed)),
        Row(.accepted, .compose(.counter), .refused(.closed)),
        Row(.accepted, .compose(.accept), .refused(.closed)),
        Row(.accepted, .compose(.reject), .refused(.closed)),
        Row(.accepted, .compose(.reply), .refused(.closed)),
        Row(.accepted, .emailSent(.opening), .to(.accepted, [])),
        Row(.accepted, .emailSent(.counter), .to(.accepted, [])),
        Row(.accepted, .emailSent(.acceptance), .to(.accepted, [])),
        Row(.accepted, .emailSent(.rejection), .to(.accepted, [])),
        Row(.accepted, .emailSent(.reply), .to(.accepted, [])),
        Row(.accepted, .emailSent(.followUp), .to(.accepted, [])),
        Row(.accepted, .emailSent(.purchaseOrder), .to(.accepted, [])),
        Row(.accepted, .emailSent(.cancellation), .to(.accepted, [])),
        Row(.accepted, .emailAbandoned(.nobody), .to(.accepted, [])),
        Row(.accepted, .emailAbandoned(.buyer), .to(.accepted, [])),
        Row(.accepted, .emailAbandoned(.vendor), .to(.accepted, [])),
        Row(.accepted, .vendorReplied, .to(.accepted, [.announce(.lateReply)])),
        Row(.accepted, .autoReplyReceived, .to(.accepted, [.announce(.autoReply)])),
        Row(.accepted, .bounced, .to(.accepted, [])),
        Row(.accepted, .cancel, .refused(.closed)),
        Row(.accepted, .deadlinePassed, .to(.accepted, [])),
    ]

    private static let rejected = [
        Row(.rejected, .compose(.open), .refused(.closed)),
        Row(.rejected, .compose(.counter), .refused(.closed)),
        Row(.rejected, .compose(.accept), .refused(.closed)),
        Row(.rejected, .compose(.reject), .refused(.closed)),
        Row(.rejected, .compose(.reply), .refused(.closed)),
        Row(.rejected, .emailSent(.opening), .to(.rejected, [])),
        Row(.rejected, .emailSent(.counter), .to(.rejected, [])),
        Row(.rejected, .emailSent(.acceptance), .to(.rejected, [])),
        Row(.rejected, .emailSent(.rejection), .to(.rejected, [])),
        Row(.rejected, .emailSent(.reply), .to(.rejected, [])),
        Row(.rejected, .emailSent(.followUp), .to(.rejected, [])),
        Row(.rejected, .emailSent(.purchaseOrder), .to(.rejected, [])),
        Row(.rejected, .emailSent(.cancellation), .to(.rejected, [])),
        Row(.rejected, .emailAbandoned(.nobody), .to(.rejected, [])),
        Row(.rejected, .emailAbandoned(.buyer), .to(.rejected, [])),
        Row(.rejected, .emailAbandoned(.vendor), .to(.rejected, [])),
        Row(.rejected, .vendorReplied, .to(.rejected, [.announce(.lateReply)])),
        Row(.rejected, .autoReplyReceived, .to(.rejected, [.announce(.autoReply)])),
        Row(.rejected, .bounced, .to(.rejected, [])),
        Row(.rejected, .cancel, .refused(.closed)),
        Row(.rejected, .deadlinePassed, .to(.rejected, [])),
    ]

    private static let expired = [
        Row(.expired, .compose(.open), .refused(.closed)),
        Row(.expired, .compose(.counter), .refused(.closed)),
        Row(.expired, .compose(.accept), .refused(.closed)),
        Row(.expired, .compose(.reject), .refused(.closed)),
        Row(.expired, .compose(.reply), .refused(.closed)),
        Row(.expired, .emailSent(.opening), .to(.expired, [])),
        Row(.expired, .emailSent(.counter), .to(.expired, [])),
        Row(
            .expired, .emailSent(.acceptance), .to(.accepted, [.cancelFollowUps, .announce(.accepted)])),
        Row(.expired, .emailSent(.rejection), .to(.expired, [])),
        Row(.expired, .emailSent(.reply), .to(.expired, [])),
        Row(.expired, .emailSent(.followUp), .to(.expired, [])),
        Row(.expired, .emailSent(.purchaseOrder), .to(.expired, [])),
        Row(.expired, .emailSent(.cancellation), .to(.expired, [])),
        Row(.expired, .emailAbandoned(.nobody), .to(.expired, [])),
        Row(.expired, .emailAbandoned(.buyer), .to(.expired, [])),
        Row(.expired, .emailAbandoned(.vendor), .to(.expired, [])),
        Row(.expired, .vendorReplied, .to(.expired, [.announce(.lateReply)])),
        Row(.expired, .autoReplyReceived, .to(.expired, [.announce(.autoReply)])),
        Row(.expired, .bounced, .to(.expired, [])),
        Row(.expired, .cancel, .refused(.closed)),
        Row(.expired, .deadlinePassed, .to(.expired, [])),
    ]

    private static let cancelled = [
        Row(.cancelled, .compose(.open), .refused(.closed)),
        Row(.cancelled, .compose(.counter), .refused(.closed)),
        Row(.cancelled, .compose(.accept), .refused(.closed)),
        Row(.cancelled, .compose(.reject), .refused(.closed)),
        Row(.cancelled, .compose(.reply), .refused(.closed)),
        Row(.cancelled, .emailSent(.opening), .to(.cancelled, [])),
        Row(.cancelled, .emailSent(.counter), .to(.cancelled, [])),
        Row(
            .cancelled, .emailSent(.acceptance), .to(.accepted, [.cancelFollowUps, .announce(.accepted)])),
        Row(.cancelled, .emailSent(.rejection), .to(.cancelled, [])),
        Row(.cancelled, .emailSent(.reply), .to(.cancelled, [])),
        Row(.cancelled, .emailSent(.followUp), .to(.cancelled, [])),
        Row(.cancelled, .emailSent(.purchaseOrder), .to(.cancelled, [])),
        Row(.cancelled, .emailSent(.cancellation), .to(.cancelled, [])),
        Row(.cancelled, .emailAbandoned(.nobody), .to(.cancelled, [])),
        Row(.cancelled, .emailAbandoned(.buyer), .to(.cancelled, [])),
        Row(.cancelled, .emailAbandoned(.vendor), .to(.cancelled, [])),
        Row(.cancelled, .vendorReplied, .to(.cancelled, [.announce(.lateReply)])),
        Row(.cancelled, .autoReplyReceived, .to(.cancelled, [.announce(.autoReply)])),
        Row(.cancelled, .bounced, .to(.cancelled, [])),
        Row(.cancelled, .cancel, .refused(.closed)),
        Row(.cancelled, .deadlinePassed, .to(.cancelled, [])),
    ]

    private static let undeliverable = [
        Row(.undeliverable, .compose(.open), .refused(.closed)),
        Row(.undeliverable, .compose(.counter), .refused(.closed)),
        Row(.undeliverable, .compose(.accept), .refused(.closed)),
        Row(.undeliverable, .compose(.reject), .refused(.closed)),
        Row(.undeliverable, .compose(.reply), .refused(.closed)),
        Row(.undeliverable, .emailSent(.opening), .to(.undeliverable, [])),
        Row(.undeliverable, .emailSent(.counter), .to(.undeliverable, [])),
        Row(
            .undeliverable, .emailSent(.acceptance), .to(.accepted, [.cancelFollowUps, .announce(.accepted)])),
        Row(.undeliverable, .emailSent(.rejection), .to(.undeliverable, [])),
        Row(.undeliverable, .emailSent(.reply), .to(.undeliverable, [])),
        Row(.undeliverable, .emailSent(.followUp), .to(.undeliverable, [])),
        Row(.undeliverable, .emailSent(.purchaseOrder), .to(.undeliverable, [])),
        Row(.undeliverable, .emailSent(.cancellation), .to(.undeliverable, [])),
        Row(.undeliverable, .emailAbandoned(.nobody), .to(.undeliverable, [])),
        Row(.undeliverable, .emailAbandoned(.buyer), .to(.undeliverable, [])),
        Row(.undeliverable, .emailAbandoned(.vendor), .to(.undeliverable, [])),
        Row(.undeliverable, .vendorReplied, .to(.undeliverable, [.announce(.lateReply)])),
        Row(.undeliverable, .autoReplyReceived, .to(.undeliverable, [.announce(.autoReply)])),
        Row(.undeliverable, .bounced, .to(.undeliverable, [])),
        Row(.undeliverable, .cancel, .refused(.closed)),
        Row(.undeliverable, .deadlinePassed, .to(.undeliverable, [])),
    ]
}
