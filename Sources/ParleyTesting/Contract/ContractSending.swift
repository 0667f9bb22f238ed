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

    /// A mailbox on record, with rules.
    private static func mailbox(of company: ContractCompany, _ rules: SendingRules) async throws -> Mailbox {
        var mailbox = Mailbox(
            id: Identifier(UUID()), organizationID: company.id, name: "Buying",
            address: MailAddress(name: "", address: "buying@acme.example"),
            connection: .gmail(GmailSettings(clientID: "client")), condition: .working, cursor: nil,
            createdAt: now)
        try await company.commit(
            .addMailbox(mailbox, sealed: ""), .setSendingRules(mailbox.id, rules, at: now))
        mailbox.sending = rules
        return mailbox
    }

    /// An approved email that has been begun from a mailbox, so many seconds after the start.
    private static func begun(
        in company: ContractCompany, at seconds: Int64 = 0, from mailbox: MailboxID? = nil,
        within limits: [AttemptLimit] = []
    ) async throws -> SendAttempt {
        let email = try await company.approvedEmail()
        try await company.claim(email, by: "worker-1")
        var attempt = SendAttempt(
            id: Identifier(UUID()), emailID: email.id, number: 1, version: 1, worker: "worker-1",
            startedAt: now.advanced(bySeconds: seconds), outcome: .open, serverReply: nil)
        attempt.mailboxID = mailbox
        try await company.begin(attempt, within: limits)
        return attempt
    }

    static let sendingTime: [ContractCase] = [
        ContractCase("an approved email is claimed once its time has come, and a move forgets the time") {
            books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.approvedEmail()
            let due = now.advanced(bySeconds: 60)
            try await company.commit(.scheduleEmail(email.id, at: due, reason: "later"))
            let waiting = try await company.find(email.id)
            #expect(waiting.sendsAt == due && waiting.statusReason == "later")
            #expect(try await books.emails.waiting(company.id) == [email.id])
            await expectRefusal("too early", \.isStale) { try await company.claim(email, by: "worker-1") }
            try await company.commit(.claimEmail(email.id, worker: "w", leaseUntil: due, at: due))
            #expect(try await books.emails.waiting(company.id) == [])
            await expectRefusal("not while it is claimed", \.isStale) {
                try await company.commit(.scheduleEmail(email.id, at: due, reason: nil))
            }
            try await company.commit(
                .moveEmail(email.id, from: .claimed, to: .approved, reason: nil, at: now))
            #expect(try await company.find(email.id).sendsAt == nil)
            try await company.claim(email, by: "worker-1")
        },
        ContractCase("a mailbox's rules are read back as they were written, and taken away again") { books in
            let company = try await ContractCompany.found(in: books)
            let window = SendingWindow(
                weekdays: [.sunday, .monday], opens: try #require(TimeOfDay("08:30")),
                closes: try #require(TimeOfDay("24:00")), zone: "Europe/Berlin")
            let rules = SendingRules(window: try #require(window), perHour: 20, perDay: 100_000)
            let mailbox = try await mailbox(of: company, rules)
            #expect(try await books.mailboxes.find(company.id, mailbox.id) == mailbox)
            try await company.commit(.describeMailbox(mailbox, sealed: "", insteadOf: "", at: now))
            #expect(try await books.mailboxes.list(company.id) == [mailbox])
            try await company.commit(.setSendingRules(mailbox.id, .none, at: now))
            #expect(try await books.mailboxes.find(company.id, mailbox.id)?.sending == SendingRules.none)
        },
        ContractCase("an organization's settings are read back as they were written") { books in
            let company = try await ContractCompany.found(in: books)
            let other = try await ContractCompany.found(in: books)
            #expect(try await books.people.settings(company.id) == OrganizationSettings())
            let settings = OrganizationSettings(undoSeconds: 3_600, vendorDailyLimit: 5)
            try await company.commit(.setOrganizationSettings(settings, at: now))
            #expect(try await books.people.settings(company.id) == settings)
            #expect(try await books.people.settings(other.id) == OrganizationSettings())
            try await company.commit(.setOrganizationSettings(OrganizationSettings(), at: now))
            #expect(try await books.people.settings(company.id) == OrganizationSettings())
            await expectRefusal("more than an hour", \.isForbidden) {
                try await company.commit(
                    .setOrganizationSettings(OrganizationSettings(undoSeconds: 3_601), at: now))
            }
        },
        ContractCase("a limit counts attempts that may have arrived, of its mailbox or its vendor") { books in
            let company = try await ContractCompany.found(in: books)
            let mailbox = try await mailbox(of: company, .none)
            let byMailbox = AttemptLimit(.mailbox(mailbox.id), most: 2, within: 3_600)
            let byVendor = AttemptLimit(.vendor(company.vendor.id), most: 3, within: 86_400)
            func free(_ limit: AttemptLimit, _ seconds: Int64) async throws -> Int64? {
                let free = try await books.emails.freeAt(company.id, limit, now.advanced(bySeconds: seconds))
                return free.map { $0.seconds - now.seconds }
            }
            let first = try await begun(in: company, from: mailbox.id)
            #expect(try await free(byMailbox, 1) == nil)
            _ = try await begun(in: company, at: 600, from: mailbox.id)
            #expect(try await free(byMailbox, 601) == 3_600)
            #expect(try await free(byMailbox, 3_599) == 3_600)
            #expect(try await free(byMailbox, 3_600) == nil)
            #expect(try await free(byVendor, 601) == nil)
            // From the sandbox: the mailbox has nothing to do with it, the vendor has.
            _ = try await begun(in: company, at: 700)
            #expect(try await free(byMailbox, 701) == 3_600)
            #expect(try await free(byVendor, 701) == 86_400)
            try await company.commit(
                .finishAttempt(first.id, .deferred, serverReply: "451 later", by: "worker-1", at: now))
            #expect(try await free(byMailbox, 701) == nil)
            #expect(try await free(byVendor, 701) == nil)
            let stranger = try await ContractCompany.found(in: books)
            #expect(try await books.emails.freeAt(stranger.id, byMailbox, now) == nil)
        },
        ContractCase("an attempt beyond a limit is not begun") { books in
            let company = try await ContractCompany.found(in: books)
            let mailbox = try await mailbox(of: company, .none)
            for limit in [
                AttemptLimit(.mailbox(mailbox.id), most: 1, within: 3_600),
                AttemptLimit(.vendor(company.vendor.id), most: 1, within: 3_600),
            ] {
                let seconds: Int64 = if case .vendor = limit.scope { 7_200 } else { 0 }
                _ = try await begun(in: company, at: seconds, from: mailbox.id, within: [limit])
                await expectRefusal("the second", \.isStale) {
                    _ = try await begun(in: company, at: seconds + 3_599, from: mailbox.id, within: [limit])
                }
                _ = try await begun(in: company, at: seconds + 3_600, from: mailbox.id, within: [limit])
            }
        },
        ContractCase("an approval is taken back once, and only one that was given") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.approvedEmail()
            let request = try #require(try await books.approvals.ofEmail(company.id, email.id))
            try await company.commit(.revokeApproval(request.id, reason: "No.", at: now))
            let void = try await books.approvals.find(company.id, request.id)
            #expect(void?.status == .voided && void?.decisionReason == "No." && void?.decidedAt == now)
            await expectRefusal("twice", \.isStale) {
                try await company.commit(.revokeApproval(request.id, reason: "No.", at: now))
            }
        },
    ]

    static let doubts: [ContractCase] = [
        ContractCase("an attempt keeps who put its end on record, and what was looked for and found") {
            books in
            let company = try await ContractCompany.found(in: books)
            let attempt = try await begun(in: company)
            let search = SendEvidence(.search, "Looked “ä”, found nothing.", at: now)
            try await company.commit(
                .finishAttempt(
                    attempt.id, .unknown, serverReply: "?", by: "worker-1", evidence: search, at: now))
            func stored() async throws -> SendAttempt {
                try #require(try await books.emails.attempts(company.id, attempt.emailID).first)
            }
            let doubtful = try await stored()
            #expect(doubtful.endedBy == "worker-1" && doubtful.evidence == [search])
            let proof = SendEvidence(
                .reply, "It was answered.", at: now.advanced(bySeconds: 60), message: Identifier(UUID()),
                reference: .inReplyTo)
            try await company.commit(
                .finishAttempt(
                    attempt.id, .accepted, serverReply: "?", by: "worker-1", evidence: proof, at: now))
            let settled = try await stored()
            #expect(settled.outcome == .accepted && settled.evidence == [search, proof])
            #expect(settled.settledBy == nil)
        },
        ContractCase("a person's word that an email was sent is taken at once, and goes on record") { books in
            let company = try await ContractCompany.found(in: books)
            let attempt = try await begun(in: company)
            try await company.commit(
                .finishAttempt(attempt.id, .unknown, serverReply: "?", by: "other", at: now))
            let word = SendEvidence(.person, "Ada has seen it.", at: now)
            try await company.commit(
                .settleAttempt(attempt, .accepted, by: company.ada.id, evidence: word, at: now))
            let settled = try #require(
                try await books.emails.attempts(company.id, attempt.emailID).first)
            #expect(settled.outcome == .accepted && settled.settledBy == company.ada.id)
            #expect(settled.evidence == [word] && settled.serverReply == "?")
        },
        ContractCase("a person's word that an email was not sent is not taken before the quiet time is over")
        {
            books in
            let company = try await ContractCompany.found(in: books)
            let attempt = try await begun(in: company)
            try await company.commit(
                .finishAttempt(attempt.id, .unknown, serverReply: "?", by: "worker-1", at: now))
            let word = SendEvidence(.person, "Ada has not seen it.", at: now)
            for outcome in [SendAttempt.Outcome.deferred, .refused] {
                await expectRefusal(
                    "\(outcome)", { $0 == .forbidden("attempts_keep_quiet_time") }
                ) {
                    try await company.commit(
                        .settleAttempt(attempt, outcome, by: company.ada.id, evidence: word, at: now))
                }
            }
        },
    ]
}
