import Desk
import Negotiation
import ParleyTesting
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Just enough of a store to show pages and answer requests: dictionaries behind a lock. What the real store refuses
/// is tested with the real store.
final class SmallBooks: Sendable {
    struct State {
        var organizations: [OrganizationID: Organization] = [:]
        var settings: [OrganizationID: OrganizationSettings] = [:]
        var attempts: [SendAttempt] = []
        var users: [UserID: User] = [:]
        var keys: [APIKey] = []
        var sessions: [SessionID: Session] = [:]
        var vendors: [Vendor] = []
        var products: [Product] = []
        var negotiations: [NegotiationRecord] = []
        var emails: [EmailRecord] = []
        var contents: [EmailContent] = []
        var policies: [NamedPolicy] = []
        var asks: [ApprovalAsk] = []
        var delegations: [ApprovalDelegation] = []
        var approvalMail: [UserID: ApprovalMail] = [:]
        var mailboxes: [Mailbox] = []
        var sealed: [MailboxID: String] = [:]
        var requests: [ApprovalRequest] = []
        var links: [ApprovalLink] = []
        var decisions: [ApprovalDecision] = []
        var grants: [ApprovalGrant] = []
        var messages: [ThreadMessage] = []
        var offers: [Offer] = []
        var orders: [PurchaseOrder] = []
        var audit: [(OrganizationID, AuditEntry)] = []
        var notifications: [UserNotification] = []
        var quarantined: [QuarantinedArrival] = []
        var jobs: [Job] = []
        var subscriptions: [WebhookSubscription] = []
        var deliveries: [WebhookDelivery] = []
        var webhookAttempts: [WebhookAttempt] = []
        var reports: [JobReport] = []
        var followUps: [PlannedFollowUp] = []
        var rules: [FollowUpRule] = []
        var workingHours: [VendorID?: WorkingHours] = [:]
        var holidays: [String: Set<CalendarDay>] = [:]
        var failedSignIns: [UserID: Int] = [:]
        /// How many commits there were.
        var commits = 0
        /// Thrown by the next commit.
        var refusal: CommitRefusal?
    }

    private let state = Mutex(State())
    let memory = InMemoryBooks()

    func read<Answer: Sendable>(_ look: (State) -> Answer) -> Answer { state.withLock { look($0) } }
    func change(_ change: (inout sending State) -> Void) { state.withLock { change(&$0) } }

    var books: Books {
        Books(
            commit: { try self.commit($0, $1) }, negotiations: negotiationBook, emails: emailBook,
            approvals: approvalBook, threads: threadBook, catalogue: catalogueBook, people: peopleBook,
            journal: journalBook, jobs: jobBook, mailboxes: mailboxBook, subscriptions: subscriptionBook,
            followUps: followUpBook, inbound: inboundBook)
    }

    private var subscriptionBook: SubscriptionBook {
        SubscriptionBook(
            list: { org in self.read { $0.subscriptions.filter { $0.organizationID == org } } },
            find: { org, id in
                self.read { $0.subscriptions.first { $0.id == id && $0.organizationID == org } }
            },
            sealedSecrets: { _, _ in nil }, due: { _, _, _, _ in [] },
            deliveries: { _, id, page in
                try Self.page(
                    self.read { $0.deliveries.reversed().filter { $0.subscriptionID == id } }, page)
            },
            delivery: { _, id in self.read { $0.deliveries.first { $0.id == id } } },
            attempts: { _, _ in self.read { $0.webhookAttempts } })
    }

    private var followUpBook: FollowUpBook {
        FollowUpBook(
            find: { _, id in self.read { $0.followUps.first { $0.id == id } } },
            ofNegotiation: { _, id in self.read { $0.followUps.filter { $0.negotiationID == id } } },
            rules: { _, id in
                self.read { state in
                    state.rules.filter { rule in
                        if case .negotiation(let owner) = rule.scope { owner == id } else { true }
                    }
                }
            },
            workingHours: { _, vendor in self.read { $0.workingHours[vendor] } },
            calendars: { _ in
                self.read { state in
                    state.holidays.compactMap { name, days in
                        guard let first = days.min(), let last = days.max() else { return nil }
                        return HolidaySummary(name: name, count: days.count, first: first, last: last)
                    }
                }
            }, holidays: { _, name, range in self.read { ($0.holidays[name] ?? []).filter(range.contains) } })
    }

    /// Webhooks as the books of the tests of use cases keep them.
    private var inboundBook: InboundBook { memory.books.inbound }

    private var mailboxBook: MailboxBook {
        MailboxBook(
            list: { _ in self.read { $0.mailboxes } },
            find: { _, id in self.read { $0.mailboxes.first { $0.id == id } } },
            sealedSecrets: { _, id in self.read { $0.sealed[id] } })
    }

    static func page<Item>(_ items: [Item], _ request: PageRequest) throws -> Page<Item> {
        guard let start = request.cursor.map({ Int($0) }) ?? 0 else {
            throw DeskError.invalid(field: "cursor", "is none of Parley's")
        }
        let end = min(start + request.limit, items.count)
        return Page(
            items: Array(items[min(start, end)..<end]), nextCursor: end < items.count ? "\(end)" : nil)
    }

    private func commit(_ organization: OrganizationID, _ changes: [Change]) throws {
        try state.withLock { state in
            state.commits += 1
            if let refusal = state.refusal {
                state.refusal = nil
                throw refusal
            }
            for change in changes { state.apply(change, organization) }
        }
    }
}

extension SmallBooks {
    private var negotiationBook: NegotiationBook {
        NegotiationBook(
            find: { org, id in
                self.read { $0.negotiations.first { $0.id == id && $0.organizationID == org } }
            },
            list: { org, status, page in
                try Self.page(
                    self.read { state in
                        state.negotiations.reversed().filter {
                            $0.organizationID == org && (status == nil || $0.status == status)
                        }
                    }, page)
            },
            offers: { _, id in self.read { $0.offers.filter { $0.negotiationID == id } } },
            purchaseOrder: { _, id in self.read { $0.orders.first { $0.id == id } } },
            purchaseOrderOf: { _, id in self.read { $0.orders.first { $0.negotiationID == id } } },
            purchaseOrders: { _, page in try Self.page(self.read { $0.orders.reversed() }, page) })
    }

    private var emailBook: EmailBook {
        EmailBook(
            find: { _, id in self.read { $0.emails.first { $0.id == id } } },
            content: { _, id, version in
                self.read { $0.contents.first { $0.emailID == id && $0.version == version } }
            },
            headline: { _, id, version in
                self.read { state in
                    state.contents.first { $0.emailID == id && $0.version == version }.map {
                        EmailHeadline(kind: $0.kind, subject: $0.subject, terms: $0.terms)
                    }
                }
            },
            ofNegotiation: { _, id in self.read { $0.emails.filter { $0.negotiationID == id } } },
            attempts: { _, id in self.read { $0.attempts.filter { $0.emailID == id } } },
            isGranted: { _, id, digest in
                self.read { $0.grants.contains { $0.emailID == id && $0.digest == digest } }
            },
            freeAt: { _, _, _ in nil }, waiting: { _ in [] },
            automaticMail: { _ in AutomaticMailCount(inNegotiation: 0, toAddress: 0) })
    }

    private var approvalBook: ApprovalBook {
        ApprovalBook(
            policies: { _ in self.read { $0.policies } },
            find: { org, id in self.read { $0.requests.first { $0.id == id && $0.organizationID == org } } },
            ofEmail: { _, id in self.read { $0.requests.last { $0.emailID == id } } },
            list: { org, status, page in
                try Self.page(
                    self.read { state in
                        state.requests.reversed().filter {
                            $0.organizationID == org && (status == nil || $0.status == status)
                        }
                    }, page)
            },
            decisions: { _, id in self.read { $0.decisions.filter { $0.requestID == id } } },
            asks: { _, id in self.read { $0.asks.filter { $0.requestID == id } } },
            link: { hash in self.read { $0.links.first { $0.tokenHash == hash } } },
            delegations: { _, now in self.read { $0.delegations.filter { $0.ends > now } } },
            delegationsTo: { _, user, now in
                self.read { $0.delegations.filter { $0.to == user && $0.begins <= now && now < $0.ends } }
            },
            mail: { _, user in self.read { $0.approvalMail[user] ?? .each } },
            vendorHistory: { _, _, _, periods, _ in
                VendorHistory(
                    lastDealAddress: nil,
                    committed: Dictionary(uniqueKeysWithValues: periods.map { ($0, []) }))
            })
    }

    private var threadBook: ThreadBook {
        ThreadBook(
            arrival: { _, _ in nil },
            quarantined: { _, page in try Self.page(self.read { $0.quarantined }, page) },
            messages: { _, id in self.read { $0.messages.filter { $0.negotiationID == id } } },
            unmatched: { _, page in
                try Self.page(self.read { $0.messages.filter { $0.negotiationID == nil } }, page)
            },
            message: { _, id in self.read { $0.messages.first { $0.id == id } } },
            bankAccounts: { _, _, _ in [] }, hasInbound: { _, _ in false }, candidates: { _, _ in [] })
    }

    private var catalogueBook: CatalogueBook {
        CatalogueBook(
            vendor: { _, id in self.read { $0.vendors.first { $0.id == id } } },
            product: { _, id in self.read { $0.products.first { $0.id == id } } },
            vendors: { _, page in try Self.page(self.read { $0.vendors }, page) },
            products: { _, page in try Self.page(self.read { $0.products }, page) },
            vendorSlugIsTaken: { _, slug in self.read { $0.vendors.contains { $0.slug == slug } } })
    }

    private var peopleBook: PeopleBook {
        PeopleBook(
            organization: { id in self.read { $0.organizations[id] } },
            settings: { id in self.read { $0.settings[id] ?? OrganizationSettings() } },
            organizationBySlug: { slug in self.read { $0.organizations.values.first { $0.slug == slug } } },
            organizations: { self.read { $0.organizations.values.map { ($0.id, $0.slug) } } },
            user: { org, id in
                self.read { state in state.users[id].flatMap { $0.organizationID == org ? $0 : nil } }
            },
            userByEmail: { email in
                self.read { state in
                    state.users.values.first { $0.email == email }.map {
                        SignInCandidate(
                            user: $0, failedAttempts: state.failedSignIns[$0.id] ?? 0, lockedUntil: nil)
                    }
                }
            },
            usersWithRole: { org, roles in
                self.read { state in
                    state.users.values.filter { $0.organizationID == org && roles.contains($0.role) }
                }
            },
            apiKey: { hash in self.read { $0.keys.first { $0.keyHash == hash } } },
            session: { _, hash, now in
                self.read { $0.sessions.values.first { $0.tokenHash == hash && $0.expiresAt > now } }
            })
    }

    private var journalBook: JournalBook {
        JournalBook(
            timeline: { _, id in
                self.read { $0.audit.filter { $0.1.entityID == id.uuid }.map(\.1) }
            },
            audit: { org, page in
                try Self.page(self.read { $0.audit.reversed().filter { $0.0 == org }.map(\.1) }, page)
            },
            notifications: { _, user, page in
                try Self.page(self.read { $0.notifications.reversed().filter { $0.userID == user } }, page)
            })
    }

    private var jobBook: JobBook {
        JobBook(
            claim: { _, now, _, most in
                var taken: [Job] = []
                self.change { state in
                    taken = Array(state.jobs.filter { $0.runAt <= now }.prefix(most))
                    state.jobs.removeAll { taken.contains($0) }
                }
                return taken
            }, postpone: { _, _ in }, workerIsGone: { _ in true }, releaseJobsOfDeadWorkers: { _ in },
            nextDue: { nil },
            list: { _, state, page in
                try Self.page(self.read { $0.reports.filter { $0.state == state } }, page)
            },
            counts: { _, _ in
                self.read { state in
                    state.reports.map { JobCount(kind: $0.kind, depth: .dead, count: 1) }
                }
            })
    }
}
