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

    private static func named(
        _ name: String, _ policy: ApprovalPolicy?, at seconds: Int64 = 0
    ) throws
        -> NamedPolicy
    {
        NamedPolicy(
            id: Identifier(UUID()), name: name, policy: try #require(policy),
            createdAt: now.advanced(bySeconds: seconds))
    }

    private static func plain(_ approvals: Int) -> ApprovalPolicy? {
        ApprovalPolicy(
            approvalsRequired: approvals, approverRoles: [.manager, .superAdmin],
            allowSelfApproval: approvals == 2, linkAllowed: approvals == 1, expiresAfterHours: 24)
    }

    /// A policy that makes use of everything.
    private static func elaborate(_ company: ContractCompany) throws -> ApprovalPolicy? {
        func euros(_ text: String) throws -> Money { Money(try #require(Amount(text)), .eur) }
        let finance = try #require(
            ApproverGroup(approvals: 2, roles: [.manager], people: [company.mia.id.person]))
        return ApprovalPolicy(
            approvalsRequired: 1, approverRoles: [], allowSelfApproval: false, linkAllowed: true,
            expiresAfterHours: 72, minimumTotal: try euros("0.0001"),
            namedApprovers: [company.max.id.person],
            conditions: try #require(
                ApprovalConditions(
                    below: try euros("99999999999999.9999"), kinds: [.counter, .acceptance],
                    vendors: [.new, .changedAddress], deviationPercent: 1000, addsUpOverDays: 366)),
            furtherGroups: [finance], order: .inTurn, linkUpTo: try euros("500"), remindAfterHours: 24,
            escalation: ApprovalEscalation(
                afterHours: 48, roles: [.orgAdmin], people: [company.ada.id.person]))
    }

    static let approvalRules: [ContractCase] = [
        ContractCase("policies are read back as they were written, oldest first") { books in
            let company = try await ContractCompany.found(in: books)
            let policies = [
                try named("One", plain(1)), try named("Two", plain(2), at: 1),
                try named("Everything", elaborate(company), at: 2),
            ]
            try await books.commit(company.id, policies.reversed().map { .addPolicy($0) })
            #expect(try await books.approvals.policies(company.id) == policies)
        },
        ContractCase("a policy is written anew under its id, and out of force it is not read any more") {
            books in
            let company = try await ContractCompany.found(in: books)
            let old = try named("Old", plain(1))
            try await company.commit(.addPolicy(old))
            let new = NamedPolicy(
                id: old.id, name: "New", policy: try #require(try elaborate(company)),
                createdAt: old.createdAt)
            try await company.commit(.changePolicy(new, at: now))
            #expect(try await books.approvals.policies(company.id) == [new])
            try await company.commit(.retirePolicy(old.id, at: now))
            #expect(try await books.approvals.policies(company.id).isEmpty)
            await expectRefusal("changing it now", \.isStale) {
                try await company.commit(.changePolicy(new, at: now))
            }
            await expectRefusal("retiring it twice", \.isStale) {
                try await company.commit(.retirePolicy(old.id, at: now))
            }
        },
        ContractCase("a request keeps everything that its policies asked for") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let plain = try company.question(about: email)
            let policies = try [elaborate(company), Self.plain(2)].compactMap { $0 }
            let request = ApprovalRequest(
                id: plain.id, organizationID: company.id, emailID: email.id, emailVersion: email.version,
                digest: email.digest, negotiationID: email.negotiationID, requestedBy: company.ada.id,
                requirement: ApprovalRequirement(of: policies, for: ApprovalFacts()), status: .pending,
                decisionReason: nil, createdAt: now, expiresAt: now.advanced(byHours: 24), decidedAt: nil)
            try await company.commit(.addApprovalRequest(request))
            #expect(try await books.approvals.find(company.id, request.id) == request)
        },
        ContractCase("a delegation holds from its beginning to its end, which can come sooner") { books in
            let company = try await ContractCompany.found(in: books)
            func delegation(_ from: User, _ to: User, _ begins: Int, _ ends: Int) -> ApprovalDelegation {
                ApprovalDelegation(
                    id: Identifier(UUID()), organizationID: company.id, from: from.id, to: to.id,
                    begins: now.advanced(byHours: begins), ends: now.advanced(byHours: ends),
                    createdBy: from.id, createdAt: now)
            }
            let holds = delegation(company.max, company.mia, 0, 10)
            let coming = delegation(company.max, company.mia, 5, 20)
            let other = delegation(company.max, company.ada, 1, 10)
            try await company.commit(
                .addDelegation(coming), .addDelegation(other), .addDelegation(holds))
            #expect(try await books.approvals.delegations(company.id, now) == [holds, other, coming])
            #expect(
                try await books.approvals.delegationsTo(company.id, company.mia.id, now) == [holds])
            let later = now.advanced(byHours: 2)
            try await company.commit(
                .endDelegation(holds.id, at: later), .endDelegation(coming.id, at: later))
            #expect(try await books.approvals.delegations(company.id, later) == [other])
            await expectRefusal("ending it twice", \.isStale) {
                try await company.commit(.endDelegation(holds.id, at: later))
            }
        },
        ContractCase("people are asked at once until they want a digest") { books in
            let company = try await ContractCompany.found(in: books)
            #expect(try await books.approvals.mail(company.id, company.max.id) == .each)
            for mail in [ApprovalMail.digest(hour: 7), .digest(hour: 0), .each] {
                try await company.commit(.setApprovalMail(company.max.id, mail))
                #expect(try await books.approvals.mail(company.id, company.max.id) == mail)
            }
        },
        ContractCase("what is committed to a vendor adds up over its other negotiations") { books in
            let company = try await ContractCompany.found(in: books)
            let own = try await company.negotiation()
            _ = try await company.email(in: own)
            func history(_ days: Set<Int>, after seconds: Int64 = 0) async throws -> VendorHistory {
                try await books.approvals.vendorHistory(
                    company.id, company.vendor.id, own.id, days, now.advanced(bySeconds: seconds))
            }
            #expect(try await history([30]) == VendorHistory(lastDealAddress: nil, committed: [30: []]))

            let other = try await company.negotiation(.sent, at: 1)
            _ = try await company.email(in: other, .pendingApproval, at: 1)
            _ = try await company.email(.acceptance, in: other, .pendingApproval, at: 2)
            let third = try await company.negotiation(.accepted, at: 3)
            _ = try await company.email(in: third, .pendingApproval, at: 3)
            let lost = try await company.negotiation(.rejected, at: 4)
            _ = try await company.email(in: lost, .pendingApproval, at: 4)
            let gone = try await company.negotiation(.sent, at: 5)
            _ = try await company.email(in: gone, .cancelled, at: 5)
            let total = Money(try #require(Amount("1625")), .eur)
            let found = try await history([1, 30], after: 60)
            #expect(found.committed == [1: [total], 30: [total]])
            #expect(found.lastDealAddress == "sales@bolts.example")
            #expect(try await history([1], after: 3 * 86_400).committed == [1: []])
        },
    ]
}
