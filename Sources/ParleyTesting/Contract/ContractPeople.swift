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

    static let people: [ContractCase] = [
        ContractCase("organizations and users are read back, and found before the organization is known") {
            books in
            let company = try await ContractCompany.found(in: books)
            let slug = company.organization.slug
            #expect(try await books.people.organization(company.id) == company.organization)
            #expect(try await books.people.organizationBySlug(slug) == company.organization)
            #expect(try await books.people.organizationBySlug("no-\(slug)") == nil)
            #expect(
                try await books.people.organizations().contains { $0.id == company.id && $0.slug == slug })
            #expect(try await books.people.user(company.id, company.ada.id) == company.ada)
            #expect(
                try await books.people.userByEmail(company.ada.email)
                    == SignInCandidate(user: company.ada, failedAttempts: 0, lockedUntil: nil))
            #expect(try await books.people.userByEmail("no-\(company.ada.email)") == nil)
            #expect(
                try await books.people.usersWithRole(company.id, [.manager, .orgAdmin])
                    == [company.max, company.mia])
        },
        ContractCase("slugs and sign-in addresses are unique among all organizations") { books in
            let company = try await ContractCompany.found(in: books)
            let double = Organization(
                id: Identifier(UUID()), name: "Double", slug: company.organization.slug, createdAt: now)
            await expectRefusal("the same slug", \.isDuplicate) {
                try await books.commit(double.id, [.addOrganization(double)])
            }
            #expect(try await books.people.organization(double.id) == nil)
            let rival = try await ContractCompany.found(in: books)
            let taken = User(
                id: Identifier(UUID()), organizationID: rival.id, email: company.ada.email, fullName: "Ada",
                role: .member, isActive: true, passwordHash: "hash")
            await expectRefusal("the same address", \.isDuplicate) {
                try await rival.commit(.addUser(taken, at: now))
            }
        },
        ContractCase("failed sign-ins are counted, lock the account, and are forgotten by a success") {
            books in
            let company = try await ContractCompany.found(in: books)
            func record(_ succeeded: Bool) async throws -> SignInCandidate? {
                try await company.commit(
                    .recordSignIn(company.ada.id, succeeded: succeeded, ipAddress: "192.0.2.1", at: now))
                return try await books.people.userByEmail(company.ada.email)
            }
            for number in 1..<Office.mostFailedSignIns {
                let candidate = try await record(false)
                #expect(candidate?.failedAttempts == number && candidate?.lockedUntil == nil)
            }
            #expect(try await record(false)?.lockedUntil == now.advanced(bySeconds: Office.lockSeconds))
            let free = try await record(true)
            #expect(free?.failedAttempts == 0 && free?.lockedUntil == nil)
        },
        ContractCase("a session is found until it ends or is revoked, which happens once") { books in
            let company = try await ContractCompany.found(in: books)
            let session = Session(
                id: Identifier(UUID()), organizationID: company.id, userID: company.ada.id,
                tokenHash: UUID().uuidString, kind: .refresh, createdAt: now,
                expiresAt: now.advanced(byHours: 1))
            try await company.commit(.addSession(session))
            let hash = session.tokenHash
            #expect(try await books.people.session(company.id, hash, now) == session)
            #expect(try await books.people.session(company.id, hash, session.expiresAt) == nil)
            #expect(try await books.people.session(company.id, hash + "x", now) == nil)
            try await company.commit(.revokeSession(session.id, at: now))
            #expect(try await books.people.session(company.id, hash, now) == nil)
            await expectRefusal("twice", \.isStale) {
                try await company.commit(.revokeSession(session.id, at: now))
            }
        },
        ContractCase("an API key is found by its digest") { books in
            let company = try await ContractCompany.found(in: books)
            let hash = FakeSecrets().port.hexDigest(UUID().uuidString)
            let key = APIKey(
                id: Identifier(UUID()), organizationID: company.id, createdBy: company.ada.id, name: "Key",
                prefix: "pk_1", keyHash: hash, scopes: ["negotiations:read", "*"], isActive: true,
                expiresAt: now.advanced(byHours: 1), createdAt: now)
            try await company.commit(.addAPIKey(key))
            #expect(try await books.people.apiKey(hash) == key)
            #expect(try await books.people.apiKey(String(hash.reversed())) == nil)
        },
        ContractCase("vendors and products are read back and listed by name, and a slug is taken once") {
            books in
            let company = try await ContractCompany.found(in: books)
            #expect(try await books.catalogue.vendor(company.id, company.vendor.id) == company.vendor)
            #expect(try await books.catalogue.product(company.id, company.product.id) == company.product)
            #expect(try await books.catalogue.vendorSlugIsTaken(company.id, "bolts"))
            #expect(try await !books.catalogue.vendorSlugIsTaken(company.id, "nuts"))
            let double = Vendor(
                id: Identifier(UUID()), name: "Bolts", slug: "bolts", domain: "", contactEmail: nil,
                isActive: true)
            await expectRefusal("the same slug", \.isDuplicate) {
                try await company.commit(.addVendor(double))
            }
            for name in ["Zinc", "Acorn", "Mast"] {
                let vendor = Vendor(
                    id: Identifier(UUID()), name: name, slug: name.lowercased(), domain: "",
                    contactEmail: nil, isActive: false)
                try await company.commit(.addVendor(vendor))
            }
            let first = try await books.catalogue.vendors(company.id, PageRequest(limit: 3))
            let second = try await books.catalogue.vendors(
                company.id, PageRequest(cursor: first.nextCursor, limit: 3))
            #expect(first.items.map(\.name) == ["Acorn", "Bolts Ltd", "Mast"])
            #expect(second.items.map(\.name) == ["Zinc"] && second.nextCursor == nil)
        },
    ]

    static let journal: [ContractCase] = [
        ContractCase("the timeline is read oldest first, the audit log newest first, word for word") {
            books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let origin = Origin(
                userID: company.ada.id, ipAddress: "192.0.2.1", userAgent: "Browser", requestID: "r1")
            let entries = (0..<3).map { number -> AuditEntry in
                AuditEntry.negotiation(
                    negotiation.id, "step.\(number)", "Größe “\(number)”",
                    changes: ["price": "8.00 → 8.50", "note": "a\nb"], origin: number == 0 ? .parley : origin,
                    at: now.advanced(bySeconds: Int64(number / 2)))
            }
            let other = AuditEntry(
                action: "user.created", entityType: "user", entityID: company.ada.id.uuid, description: "",
                origin: .parley, at: now)
            for entry in entries { try await company.commit(.audit(entry)) }
            try await company.commit(.audit(other))
            #expect(try await books.journal.timeline(company.id, negotiation.id) == entries)
            let first = try await books.journal.audit(company.id, PageRequest(limit: 3))
            let second = try await books.journal.audit(
                company.id, PageRequest(cursor: first.nextCursor, limit: 3))
            #expect(first.items + second.items == [other] + entries.reversed())
        },
        ContractCase("a notification is for one user") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let notifications = (0..<2).map { number -> UserNotification in
                UserNotification(
                    id: Identifier(UUID()), userID: company.ada.id, type: "negotiation_reply",
                    title: "Title \(number)", message: "Text", link: number == 0 ? nil : "/negotiations/1",
                    negotiationID: number == 0 ? nil : negotiation.id,
                    createdAt: now.advanced(bySeconds: Int64(number)))
            }
            try await books.commit(company.id, notifications.map { .notify($0) })
            let own = try await books.journal.notifications(company.id, company.ada.id, PageRequest())
            #expect(own.items == notifications.reversed())
            let others = try await books.journal.notifications(company.id, company.max.id, PageRequest())
            #expect(others.items.isEmpty)
        },
    ]
}
