import Desk
import Negotiation

extension InMemoryBooks {
    var emails: EmailBook {
        EmailBook(
            find: { organization, id in
                self.read(organization) { $0.emails.first { $0.id == id }?.record }
            },
            content: { organization, id, version in
                self.read(organization) { rows in
                    rows.contents.first { $0.emailID == id && $0.version == version }
                }
            },
            ofNegotiation: { organization, id in
                self.read(organization) { rows in
                    rows.emails.filter { $0.negotiationID == id }.map(\.record)
                        .inOrder(of: \.createdAt, \.id.uuid)
                }
            },
            attempts: { organization, id in
                self.read(organization) { rows in
                    rows.attempts.filter { $0.emailID == id }.sorted { $0.number < $1.number }
                }
            },
            isGranted: { organization, id, digest in
                self.read(organization) { rows in
                    rows.grants.contains { $0.emailID == id && $0.digest == digest }
                }
            })
    }

    var threads: ThreadBook {
        ThreadBook(
            arrival: { organization, id in
                self.read(organization) { rows in
                    rows.arrivals.first { $0.arrival.id == id }.map { ($0.arrival, $0.state) }
                }
            },
            quarantined: { organization, request in
                try self.read(organization) { rows in
                    let fitting = rows.arrivals.filter { $0.state == .quarantined }.map(\.listed)
                    return try request.descending(fitting) { Place($0.receivedAt.microseconds, $0.id.uuid) }
                }
            },
            messages: { organization, id in
                self.read(organization) { rows in
                    rows.messages.filter { $0.negotiationID == id }.inOrder(of: \.receivedAt, \.id.uuid)
                }
            },
            unmatched: { organization, request in
                try self.read(organization) { rows in
                    let fitting = rows.messages.filter {
                        $0.matchState == .unmatched || $0.matchState == .ambiguous
                    }
                    return try request.descending(fitting) { Place($0.receivedAt.microseconds, $0.id.uuid) }
                }
            },
            message: { organization, id in
                self.read(organization) { rows in rows.messages.first { $0.id == id } }
            },
            bankAccounts: { organization, vendor, message in
                self.read(organization) { rows in
                    let own = Set(rows.negotiations.filter { $0.vendorID == vendor }.map(\.id))
                    return Set(
                        rows.messages.filter {
                            $0.id != message && $0.sender?.isBinding == true
                                && $0.negotiationID.map(own.contains) == true
                        }.flatMap(\.bankAccounts))
                }
            },
            hasInbound: { organization, messageID in
                self.read(organization) { rows in
                    rows.messages.contains { $0.direction == .inbound && $0.mailMessageID == messageID }
                }
            },
            candidates: { organization, query in self.read(organization) { $0.candidates(for: query) } })
    }
}

extension ArrivalRow {
    /// As the inbox page lists it.
    fileprivate var listed: QuarantinedArrival {
        QuarantinedArrival(
            id: arrival.id, source: arrival.source, receivedAt: arrival.receivedAt, reason: reason ?? "",
            size: arrival.raw.count)
    }
}

extension TenantRows {
    /// The negotiations that share a key with a message.
    fileprivate func candidates(for query: MatchQuery) -> [MatchCandidate] {
        let asked = Set(query.messageIDs)
        var named: [NegotiationID: Set<String>] = [:]
        for message in messages where asked.contains(message.mailMessageID) {
            if let id = message.negotiationID { named[id, default: []].insert(message.mailMessageID) }
        }
        for email in emails where asked.contains(email.messageID) {
            named[email.negotiationID, default: []].insert(email.messageID)
        }
        func sharing(_ key: KeyPath<ThreadMessage, String?>, _ asked: String?) -> Set<NegotiationID> {
            guard let asked else { return [] }
            return Set(messages.filter { $0[keyPath: key] == asked }.compactMap(\.negotiationID))
        }
        let byIndex = sharing(\.threadIndex, query.threadIndex)
        let byThread = sharing(\.providerThreadID, query.providerThreadID)
        let sender = query.senderAddress?.lowercased()
        let fitting = negotiations.filter { negotiation in
            query.replyTokens.contains(negotiation.replyToken) || named[negotiation.id] != nil
                || byIndex.contains(negotiation.id) || byThread.contains(negotiation.id)
                || negotiation.vendorContactEmail.lowercased() == sender
        }
        return fitting.inOrder(of: \.createdAt, \.id.uuid).map { negotiation in
            MatchCandidate(
                negotiationID: negotiation.id, replyToken: negotiation.replyToken,
                messageIDs: (named[negotiation.id] ?? []).sorted(),
                vendorAddress: negotiation.vendorContactEmail, subject: negotiation.subject,
                isClosed: negotiation.status.isClosed,
                sharesThreadIndex: byIndex.contains(negotiation.id),
                sharesProviderThread: byThread.contains(negotiation.id))
        }
    }
}
