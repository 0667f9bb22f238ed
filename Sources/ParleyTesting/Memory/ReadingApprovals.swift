import Desk
import Negotiation

extension InMemoryBooks {
    var approvals: ApprovalBook {
        ApprovalBook(
            policies: { organization in
                self.read(organization) { $0.policies.inOrder(of: \.createdAt, \.id.uuid) }
            },
            find: { organization, id in self.read(organization) { $0.requests.first { $0.id == id } } },
            ofEmail: { organization, id in self.read(organization) { $0.newestRequest(about: id) } },
            list: { organization, status, request in
                try self.read(organization) { rows in
                    let fitting = rows.requests.filter { status == nil || $0.status == status }
                    return try request.descending(fitting) { Place($0.createdAt.microseconds, $0.id.uuid) }
                }
            },
            decisions: { organization, id in
                self.read(organization) { rows in
                    rows.decisions.filter { $0.requestID == id }.inOrder(of: \.decidedAt, \.id.uuid)
                }
            },
            asks: { organization, id in
                self.read(organization) { rows in
                    rows.asks.filter { $0.requestID == id }
                        .sorted { $0.userID.uuid.uuidString < $1.userID.uuid.uuidString }
                }
            },
            link: { hash in self.readAll { $0.links[hash] } },
            delegations: { organization, now in
                self.read(organization) { rows in
                    rows.delegations.filter { $0.ends > now && $0.ends > $0.begins }.inOrder(
                        of: \.begins, \.id.uuid)
                }
            },
            delegationsTo: { organization, user, now in
                self.read(organization) { rows in
                    rows.delegations.filter { $0.ends > now && $0.begins <= now && $0.to == user }
                        .inOrder(of: \.begins, \.id.uuid)
                }
            },
            mail: { organization, user in
                self.read(organization) { $0.approvalMail[user] ?? .each }
            },
            vendorHistory: { organization, vendor, except, periods, now in
                self.read(organization) { $0.history(with: vendor, except: except, periods, now) }
            })
    }
}

extension TenantRows {
    /// Two requests may bear the same instant: the one that is still pending is the newer.
    fileprivate func newestRequest(about email: EmailID) -> ApprovalRequest? {
        let about = requests.filter { $0.emailID == email }
        let newest = about.map(\.createdAt).max()
        let candidates = about.filter { $0.createdAt == newest }
        return candidates.first { $0.status == .pending }
            ?? candidates.max { $0.id.uuid.uuidString < $1.id.uuid.uuidString }
    }

    fileprivate func history(
        with vendor: VendorID, except: NegotiationID, _ periods: Set<Int>, _ now: Instant
    ) -> VendorHistory {
        let others = negotiations.filter { $0.vendorID == vendor && $0.id != except }
        let deal = others.filter { $0.status == .accepted }
            .max { ($0.lastSentAt?.microseconds ?? .min) < ($1.lastSentAt?.microseconds ?? .min) }
        var committed: [Int: [Money]] = [:]
        for days in periods {
            let since = now.advanced(byHours: -24 * days)
            let totals = others.filter { !$0.status.isClosed || $0.status == .accepted }
                .compactMap { commitment(of: $0.id, since: since) }
            committed[days] = Dictionary(grouping: totals, by: \.currency.code).sorted { $0.key < $1.key }
                .map { _, amounts in
                    Money(
                        amounts.reduce(Amount.zero) { $0.adding($1.amount) ?? $0 }, amounts[0].currency)
                }
        }
        return VendorHistory(lastDealAddress: deal?.vendorContactEmail.lowercased(), committed: committed)
    }

    /// The total of the newest email that names terms and has left or may leave.
    private func commitment(of negotiation: NegotiationID, since: Instant) -> Money? {
        let alive: Set<EmailStatus> = [.pendingApproval, .approved, .claimed, .sending, .sent, .uncertain]
        return emails.filter {
            $0.negotiationID == negotiation && alive.contains($0.status) && $0.createdAt > since
        }
        .inOrder(of: \.createdAt, \.id.uuid)
        .compactMap { email in
            contents.first { $0.emailID == email.id && $0.version == email.version }?.terms
        }
        .last.map { Money($0.total, $0.currency) }
    }
}
