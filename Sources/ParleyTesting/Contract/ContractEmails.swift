import Desk
import Negotiation
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension BooksContract {
    private static let now = ContractCompany.start

    static let emails: [ContractCase] = [
        ContractCase("what an email says is read back byte for byte, under the digest of envelope and bytes")
        {
            books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let content = try company.content(.counter, says: "Größe “8”\n")
            try await company.commit(
                .addEmail(content, negotiation: negotiation.id, status: .draft, messageID: "m@acme.example"))
            let email = try await company.find(content.emailID)
            #expect(try await books.emails.content(company.id, email.id, 1) == content)
            #expect(try await books.emails.content(company.id, email.id, 2) == nil)
            #expect(
                try await books.emails.headline(company.id, email.id, 1)
                    == EmailHeadline(kind: .counter, subject: content.subject, terms: content.terms))
            #expect(try await books.emails.headline(company.id, email.id, 2) == nil)
            #expect(
                email.digest
                    == SHA256.digest(SHA256.digest(content.envelope) + SHA256.digest(content.raw)))
            #expect(email.messageID == "m@acme.example" && email.kind == .counter && email.version == 1)
            #expect(email.status == .draft && email.createdBy == company.ada.id && email.sentAt == nil)
        },
        ContractCase("an email concerns money by its kind, or because it names an amount") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            for kind in EmailKind.allCases {
                for mentions in [true, false] {
                    let content = try company.content(kind, mentionsAmounts: mentions)
                    try await company.commit(
                        .addEmail(
                            content, negotiation: negotiation.id, status: .draft,
                            messageID: "\(content.emailID)@x.example"))
                    let email = try await company.find(content.emailID)
                    #expect(email.isMoneyRelated == (mentions || kind.isAlwaysMoney), "\(kind)")
                }
            }
            let all = try await books.emails.ofNegotiation(company.id, negotiation.id)
            #expect(all.count == EmailKind.allCases.count * 2)
        },
        ContractCase("an email moves on only from where it was seen, and a Message-ID belongs to one") {
            books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let email = try await company.email(.rejection, in: negotiation, .draft)
            await expectRefusal("from another status", \.isStale) {
                try await company.commit(
                    .moveEmail(email.id, from: .pendingApproval, to: .cancelled, reason: nil, at: now))
            }
            try await company.commit(
                .moveEmail(email.id, from: .draft, to: .cancelled, reason: "no more", at: now))
            let moved = try await company.find(email.id)
            #expect(moved.status == .cancelled && moved.statusReason == "no more")
            let content = try company.content(.rejection)
            await expectRefusal("the same Message-ID", \.isDuplicate) {
                try await company.commit(
                    .addEmail(
                        content, negotiation: negotiation.id, status: .draft, messageID: email.messageID))
            }
        },
        ContractCase("a content is the next version of its email, and never changes") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let second = try company.content(.counter, of: email.id, version: 2, says: "Other")
            try await company.commit(
                .reviseEmail(second, from: .pendingApproval, to: .pendingApproval))
            let revised = try await company.find(email.id)
            #expect(revised.version == 2 && revised.digest == second.digest)
            #expect(revised.digest != email.digest && revised.messageID == email.messageID)
            let rewritten = try company.content(.counter, of: email.id, version: 2, says: "Again")
            await expectRefusal("a version that is there", \.isStale) {
                try await company.commit(
                    .reviseEmail(rewritten, from: .pendingApproval, to: .pendingApproval))
            }
            let skipped = try company.content(.counter, of: email.id, version: 4, says: "Far")
            await expectRefusal("a version that leaves one out", \.isStale) {
                try await company.commit(.reviseEmail(skipped, from: .pendingApproval, to: .draft))
            }
            let third = try company.content(.counter, of: email.id, version: 3, says: "Late")
            await expectRefusal("from another status", \.isStale) {
                try await company.commit(.reviseEmail(third, from: .draft, to: .pendingApproval))
            }
            #expect(try await books.emails.content(company.id, email.id, 2) == second)
            #expect(try await books.emails.content(company.id, email.id, 3) == nil)
        },
    ]

    static let automaticMail: [ContractCase] = [
        ContractCase("what no person wrote or approved is counted, in a negotiation and by address and time")
        {
            books in
            let company = try await ContractCompany.found(in: books)
            let first = try await company.negotiation()
            let second = try await company.negotiation()
            func count(_ id: NegotiationID, since seconds: Int64, _ out: EmailID? = nil) async throws -> [Int]
            {
                let count = try await books.emails.automaticMail(
                    AutomaticMailQuery(
                        organization: company.id, negotiation: id,
                        address: first.vendorContactEmail.uppercased(),
                        since: now.advanced(bySeconds: seconds), leavingOut: out))
                return [count.inNegotiation, count.toAddress]
            }
            #expect(try await count(first.id, since: 0) == [0, 0])
            _ = try await company.email(.reply, in: first, .approved)
            _ = try await company.email(.reply, in: first, .draft, byMachine: true)
            _ = try await company.email(.reply, in: first, .cancelled, byMachine: true)
            #expect(try await count(first.id, since: 0) == [0, 0])
            let email = try await company.email(.reply, in: first, .approved, byMachine: true)
            _ = try await company.email(.followUp, in: first, .sent, at: 100)
            _ = try await company.email(.reply, in: second, .failed, byMachine: true, at: 200)
            #expect(try await count(first.id, since: 0) == [2, 3])
            #expect(try await count(second.id, since: 100) == [1, 2])
            #expect(try await count(second.id, since: 201) == [1, 0])
            #expect(try await count(first.id, since: 0, email.id) == [1, 2])
            let other = try await ContractCompany.found(in: books)
            _ = try await other.email(.reply, in: try await other.negotiation(), .approved, byMachine: true)
            #expect(try await count(first.id, since: 0) == [2, 3])
        }
    ]

    static let gate: [ContractCase] = [
        ContractCase("an email about money gets no further than waiting without a grant") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            for status in EmailStatus.allCases {
                let content = try company.content(.counter)
                let add = Change.addEmail(
                    content, negotiation: negotiation.id, status: status,
                    messageID: "\(content.emailID)@x.example")
                switch status {
                case .draft, .pendingApproval, .cancelled: try await company.commit(add)
                default:
                    await expectRefusal("as \(status)", \.isForbidden) { try await company.commit(add) }
                }
            }
            let email = try await company.email(in: negotiation)
            for status in [EmailStatus.approved, .sending, .sent, .uncertain, .failed] {
                await expectRefusal("to \(status)", \.isForbidden) {
                    try await company.commit(
                        .moveEmail(email.id, from: .pendingApproval, to: status, reason: nil, at: now))
                }
            }
            await expectRefusal("without any grant", \.isForbidden) {
                try await company.commit(
                    .approveEmail(email.id, from: .pendingApproval, digest: email.digest, at: now))
            }
            let edit = try company.content(.counter, of: email.id, version: 2)
            await expectRefusal("by an edit", \.isForbidden) {
                try await company.commit(.reviseEmail(edit, from: .pendingApproval, to: .approved))
            }
            #expect(try await company.find(email.id).status == .pendingApproval)
        },
        ContractCase("an email without money needs no grant, until it names an amount") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let email = try await company.email(.reply, in: negotiation, .approved)
            #expect(email.status == .approved && !email.isMoneyRelated)
            let draft = try await company.email(.reply, in: negotiation, .draft)
            let figures = try company.content(
                .reply, of: draft.id, version: 2, says: "8.50?", mentionsAmounts: true)
            await expectRefusal("with an amount", \.isForbidden) {
                try await company.commit(.reviseEmail(figures, from: .draft, to: .approved))
            }
        },
        ContractCase("a grant rests on enough people who said yes") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let request = try await company.request(about: email, approvals: 2)
            let first = company.decision(.approve, on: request, by: company.max)
            try await company.commit(.addDecision(first))
            let grant = try await company.grant(for: request, by: company.mia)
            await expectRefusal("one of two", \.isForbidden) { try await company.commit(.addGrant(grant)) }
            let no = company.decision(.reject, on: request, by: company.mia)
            await expectRefusal("a yes and a no", \.isForbidden) {
                try await company.commit(.addDecision(no), .addGrant(grant))
            }
            #expect(try await !books.emails.isGranted(company.id, email.id, email.digest))
            try await books.commit(company.id, try await company.changesOfYes(to: request, by: company.mia))
            #expect(try await books.emails.isGranted(company.id, email.id, email.digest))
            #expect(try await company.find(email.id).status == .approved)
            #expect(try await books.approvals.find(company.id, request.id)?.status == .approved)
        },
        ContractCase("a grant is for one content: an edit needs its own") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.approvedEmail()
            #expect(try await !books.emails.isGranted(company.id, email.id, [UInt8](repeating: 0, count: 32)))
            try await company.commit(
                .moveEmail(email.id, from: .approved, to: .draft, reason: "held", at: now))
            let edit = try company.content(.counter, of: email.id, version: 2, says: "Other")
            try await company.commit(.reviseEmail(edit, from: .draft, to: .pendingApproval))
            let revised = try await company.find(email.id)
            await expectRefusal("the former digest", \.isStale) {
                try await company.commit(
                    .approveEmail(email.id, from: .pendingApproval, digest: email.digest, at: now))
            }
            await expectRefusal("a digest without a grant", \.isForbidden) {
                try await company.commit(
                    .approveEmail(email.id, from: .pendingApproval, digest: revised.digest, at: now))
            }
        },
        ContractCase("what is handed in again unchanged can be granted again") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.approvedEmail()
            try await company.commit(
                .moveEmail(email.id, from: .approved, to: .draft, reason: "held", at: now))
            await expectRefusal("by the former grant alone", \.isForbidden) {
                try await company.commit(
                    .moveEmail(email.id, from: .draft, to: .approved, reason: nil, at: now))
            }
            try await company.commit(
                .moveEmail(email.id, from: .draft, to: .pendingApproval, reason: nil, at: now))
            let request = try await company.request(about: email, at: 90)
            try await books.commit(company.id, try await company.changesOfYes(to: request, by: company.max))
            #expect(try await company.find(email.id).status == .approved)
        },
    ]

    static let sending: [ContractCase] = [
        ContractCase("an approved email is claimed by one sender") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.approvedEmail()
            try await company.claim(email, by: "worker-1")
            #expect(try await company.find(email.id).status == .claimed)
            await expectRefusal("a second claim", \.isStale) {
                try await company.claim(email, by: "worker-2")
            }
            let waiting = try await company.email(in: try await company.negotiation())
            await expectRefusal("a claim of what is not approved", \.isStale) {
                try await company.claim(waiting, by: "worker-1")
            }
        },
        ContractCase("an attempt begins by whoever holds the claim, with what the email says now") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.approvedEmail()
            try await company.claim(email, by: "worker-1")
            let stolen = company.attempt(1, at: email, by: "worker-2")
            await expectRefusal("another worker", \.isStale) {
                try await company.begin(stolen)
            }
            let outdated = company.attempt(1, at: email, by: "worker-1", version: 2)
            await expectRefusal("another version", \.isStale) {
                try await company.begin(outdated)
            }
            let attempt = company.attempt(1, at: email, by: "worker-1")
            let before = try #require(try await books.negotiations.find(company.id, email.negotiationID))
            try await company.commit(.updateNegotiation(before))
            await expectRefusal("something has happened to the negotiation since", \.isStale) {
                try await company.commit(.beginAttempt(attempt, negotiationVersion: before.version))
            }
            try await company.begin(attempt)
            #expect(try await company.find(email.id).status == .sending)
            var stored = try #require(try await books.emails.attempts(company.id, email.id).first)
            #expect(stored.notedAt != nil && stored.evidence == [] && stored.endedBy == nil)
            stored.notedAt = nil
            #expect(stored == attempt)
            let again = company.attempt(2, at: email, by: "worker-1")
            await expectRefusal("twice", \.isStale) { try await company.begin(again) }
        },
        ContractCase("a claim that was taken back cannot be used") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.approvedEmail()
            try await company.claim(email, by: "worker-1")
            try await company.commit(
                .moveEmail(email.id, from: .claimed, to: .cancelled, reason: nil, at: now))
            let attempt = company.attempt(1, at: email, by: "worker-1")
            await expectRefusal("after a cancel", \.isStale) {
                try await company.begin(attempt)
            }
            #expect(try await books.emails.attempts(company.id, email.id).isEmpty)
        },
        ContractCase(
            "there is no second attempt at money while the first may have arrived",
            { books in
                for outcome in [SendAttempt.Outcome.unknown, .accepted] {
                    let company = try await ContractCompany.found(in: books)
                    let email = try await attempted(company, outcome)
                    await expectRefusal("after \(outcome)", { $0.isDuplicate || $0.isStale }) {
                        try await company.claim(email, by: "worker-1")
                        let second = company.attempt(2, at: email, by: "worker-1")
                        try await company.begin(second)
                    }
                    #expect(try await books.emails.attempts(company.id, email.id).count == 1)
                }
            }),
        ContractCase("after a plain refusal there is") { books in
            for outcome in [SendAttempt.Outcome.deferred, .refused] {
                let company = try await ContractCompany.found(in: books)
                let email = try await attempted(company, outcome)
                try await company.claim(email, by: "worker-1")
                let second = company.attempt(2, at: email, by: "worker-1")
                try await company.begin(second)
                let all = try await books.emails.attempts(company.id, email.id)
                #expect(all.map(\.outcome) == [outcome, .open] && all.map(\.number) == [1, 2])
            }
        },
        ContractCase("the result of an attempt is written once, and a doubt may be settled") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.approvedEmail()
            try await company.claim(email, by: "worker-1")
            let attempt = company.attempt(1, at: email, by: "worker-1")
            try await company.begin(attempt)
            try await company.commit(
                .finishAttempt(attempt.id, .unknown, serverReply: "?", at: now),
                .moveEmail(email.id, from: .sending, to: .uncertain, reason: "?", at: now))
            try await company.commit(
                .finishAttempt(attempt.id, .accepted, serverReply: "250 ok", at: now),
                .moveEmail(email.id, from: .uncertain, to: .sent, reason: nil, at: now))
            await expectRefusal("a result after the last", \.isStale) {
                try await company.commit(.finishAttempt(attempt.id, .refused, serverReply: nil, at: now))
            }
            let sent = try await company.find(email.id)
            #expect(sent.status == .sent && sent.sentAt == now)
            let stored = try await books.emails.attempts(company.id, email.id)
            #expect(stored.map(\.outcome) == [.accepted] && stored.map(\.serverReply) == ["250 ok"])
        },
    ]

    /// An email about money that is approved again after an attempt with this outcome.
    private static func attempted(
        _ company: ContractCompany, _ outcome: SendAttempt.Outcome
    ) async throws -> EmailRecord {
        let email = try await company.approvedEmail()
        try await company.claim(email, by: "worker-1")
        let attempt = company.attempt(1, at: email, by: "worker-1")
        try await company.begin(attempt)
        try await company.commit(
            .finishAttempt(attempt.id, outcome, serverReply: nil, at: now),
            .moveEmail(email.id, from: .sending, to: .approved, reason: nil, at: now))
        return try await company.find(email.id)
    }
}
