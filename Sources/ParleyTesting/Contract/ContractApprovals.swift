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

    static let approvals: [ContractCase] = [
        ContractCase("a request bears the digest of the content, whatever it says itself") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let plain = try company.question(about: email)
            let lying = ApprovalRequest(
                id: plain.id, organizationID: plain.organizationID, emailID: plain.emailID,
                emailVersion: plain.emailVersion, digest: [1, 2, 3], negotiationID: plain.negotiationID,
                requestedBy: plain.requestedBy, requirement: plain.requirement, status: .pending,
                decisionReason: nil,
                createdAt: plain.createdAt, expiresAt: plain.expiresAt, decidedAt: nil)
            try await company.commit(.addApprovalRequest(lying))
            #expect(try await books.approvals.find(company.id, plain.id) == plain)
        },
        ContractCase("a request is about a content that exists, and an email has one at a time") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let request = try await company.request(about: email)
            let second = try company.question(about: email, at: 60)
            await expectRefusal("a second request", \.isDuplicate) {
                try await company.commit(.addApprovalRequest(second))
            }
            try await company.commit(
                .closeApprovalRequest(request.id, .voided, reason: "edited", at: now),
                .addApprovalRequest(second))
            #expect(try await books.approvals.ofEmail(company.id, email.id)?.id == second.id)
            let nothing = ApprovalRequest(
                id: Identifier(UUID()), organizationID: company.id, emailID: email.id, emailVersion: 9,
                digest: [], negotiationID: email.negotiationID, requestedBy: company.ada.id,
                requirement: request.requirement, status: .pending, decisionReason: nil, createdAt: now,
                expiresAt: now, decidedAt: nil)
            await expectRefusal("an unknown version", \.isMissing) {
                try await company.commit(.addApprovalRequest(nothing))
            }
        },
        ContractCase("a request ends once, with a reason") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let request = try await company.request(about: email)
            let close = Change.closeApprovalRequest(request.id, .rejected, reason: "too dear", at: now)
            try await company.commit(close)
            await expectRefusal("twice", \.isStale) { try await company.commit(close) }
            let closed = try await books.approvals.find(company.id, request.id)
            #expect(closed?.status == .rejected && closed?.decisionReason == "too dear")
            #expect(closed?.decidedAt == now)
            let rejected = try await books.approvals.list(company.id, .rejected, PageRequest())
            #expect(rejected.items.map(\.id) == [request.id])
            #expect(try await books.approvals.list(company.id, .pending, PageRequest()).items.isEmpty)
        },
        ContractCase("a person decides once, and whoever asked cannot say yes") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let request = try await company.request(about: email, approvals: 3)
            let yes = company.decision(.approve, on: request, by: company.max)
            try await company.commit(.addDecision(yes))
            let no = company.decision(.reject, on: request, by: company.max)
            await expectRefusal("the same person", \.isDuplicate) {
                try await company.commit(.addDecision(no))
            }
            let own = company.decision(.approve, on: request, by: company.ada)
            await expectRefusal("whoever asked", \.isForbidden) {
                try await company.commit(.addDecision(own))
            }
            let second = company.decision(.approve, on: request, by: company.mia, at: 5)
            try await company.commit(.addDecision(second))
            #expect(try await books.approvals.decisions(company.id, request.id) == [yes, second])
        },
        ContractCase("two people who decide at the same moment count each other") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let request = try await company.request(about: email, approvals: 3)
            let first = company.decision(.approve, on: request, by: company.max)
            try await company.commit(
                .addDecision(first), .touchApprovalRequest(request.id, decisions: 0))
            let second = company.decision(.approve, on: request, by: company.mia)
            await expectRefusal("who did not see the first", \.isStale) {
                try await company.commit(
                    .addDecision(second), .touchApprovalRequest(request.id, decisions: 0))
            }
            #expect(try await books.approvals.decisions(company.id, request.id).count == 1)
            try await company.commit(
                .addDecision(second), .touchApprovalRequest(request.id, decisions: 1))
        },
        ContractCase("a link is found by its digest before the organization is known") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let request = try await company.request(about: email)
            let hash = SHA256.digest(Array(UUID().uuidString.utf8))
            let link = ApprovalLink(
                tokenHash: hash, organizationID: company.id, requestID: request.id,
                approverID: company.max.id, createdAt: now, expiresAt: now.advanced(byHours: 48))
            try await company.commit(.addApprovalLink(link))
            #expect(try await books.approvals.link(hash) == link)
            #expect(try await books.approvals.link(SHA256.digest(hash)) == nil)
            await expectRefusal("the same twice", \.isDuplicate) {
                try await company.commit(.addApprovalLink(link))
            }
        },
        ContractCase("on whose behalf somebody decides is on record, and nobody is stood in for twice") {
            books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let request = try await company.request(about: email, approvals: 3)
            let yes = company.decision(.approve, on: request, by: company.ada, for: company.max)
            await expectRefusal("by whoever asked", \.isForbidden) {
                try await company.commit(.addDecision(yes))
            }
            let stand = company.decision(.approve, on: request, by: company.mia, for: company.max)
            try await company.commit(.addDecision(stand))
            #expect(try await books.approvals.decisions(company.id, request.id) == [stand])
            let other = User(
                id: Identifier(UUID()), organizationID: company.id, email: "o-\(company.ada.email)",
                fullName: "Olga", role: .member, isActive: true, passwordHash: "hash")
            try await company.commit(.addUser(other, at: now))
            let again = company.decision(.reject, on: request, by: other, for: company.max)
            await expectRefusal("a second time", \.isDuplicate) {
                try await company.commit(.addDecision(again))
            }
        },
        ContractCase("who has been asked is known, and a digest fulfils what waited for it") { books in
            let company = try await ContractCompany.found(in: books)
            let email = try await company.email(in: try await company.negotiation())
            let request = try await company.request(about: email)
            func ask(_ user: User, _ at: Instant?) -> ApprovalAsk {
                ApprovalAsk(requestID: request.id, userID: user.id, askedAt: at)
            }
            try await company.commit(.noteAsk(ask(company.max, now)), .noteAsk(ask(company.mia, nil)))
            let later = now.advanced(bySeconds: 60)
            try await company.commit(.noteAsk(ask(company.mia, later)))
            let asks = try await books.approvals.asks(company.id, request.id)
            #expect(Set(asks) == [ask(company.max, now), ask(company.mia, later)])
        },
    ]
}
