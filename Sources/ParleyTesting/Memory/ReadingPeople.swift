import Desk
import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension InMemoryBooks {
    var people: PeopleBook {
        PeopleBook(
            organization: { id in self.read(id) { $0.organization } },
            settings: { id in self.read(id) { $0.settings } },
            organizationBySlug: { slug in
                self.readAll { ledger in ledger.slugs[slug].flatMap { ledger.tenants[$0]?.organization } }
            },
            organizations: {
                self.readAll { ledger in
                    ledger.slugs.sorted { $0.key < $1.key }.map { (id: $0.value, slug: $0.key) }
                }
            },
            user: { organization, id in
                self.read(organization) { $0.users.first { $0.user.id == id }?.user }
            },
            userByEmail: { email in self.readAll { $0.candidate(email) } },
            usersWithRole: { organization, roles in
                self.read(organization) { rows in
                    rows.users.map(\.user).filter { roles.contains($0.role) && $0.isActive }
                        .sorted { Place($0.fullName, $0.id.uuid) < Place($1.fullName, $1.id.uuid) }
                }
            },
            apiKey: { hash in
                self.readAll { ledger in
                    ledger.keys[hash].flatMap { place in
                        ledger.tenants[place.organization]?.keys.first { $0.id == place.key }
                    }
                }
            },
            session: { organization, hash, now in
                self.read(organization) { rows in
                    let row = rows.sessions.first {
                        $0.session.tokenHash == hash && !$0.isRevoked && $0.session.expiresAt > now
                    }
                    return row?.session
                }
            })
    }

    /// The longest timeline.
    private static let longestTimeline = 1_000

    var journal: JournalBook {
        JournalBook(
            timeline: { organization, id in
                self.read(organization) { rows in
                    let entries = rows.audit.filter {
                        $0.entityType == "negotiation" && $0.entityID == id.uuid
                    }
                    // Entries of the same instant stay in the order in which they were written.
                    let sorted = entries.enumerated().sorted { ($0.1.at, $0.0) < ($1.1.at, $1.0) }
                    return sorted.prefix(Self.longestTimeline).map(\.element)
                }
            },
            audit: { organization, request in
                try self.read(organization) { rows in
                    let numbered = rows.audit.enumerated().map {
                        (number: Int64($0.offset), entry: $0.element)
                    }
                    let page = try request.descending(numbered) { Place($0.number, organization.uuid) }
                    return Page(items: page.items.map(\.entry), nextCursor: page.nextCursor)
                }
            },
            notifications: { organization, user, request in
                try self.read(organization) { rows in
                    let own = rows.notifications.filter { $0.userID == user }
                    return try request.descending(own) { Place($0.createdAt.microseconds, $0.id.uuid) }
                }
            })
    }
}

extension Ledger {
    fileprivate func candidate(_ email: String) -> SignInCandidate? {
        guard let place = addresses[email],
            let row = tenants[place.organization]?.users.first(where: { $0.user.id == place.user })
        else { return nil }
        return SignInCandidate(
            user: row.user, failedAttempts: row.failedAttempts, lockedUntil: row.lockedUntil)
    }
}
