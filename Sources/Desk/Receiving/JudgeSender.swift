import Negotiation
import Reading

/// Who vouches for a message: the server that received it, or what Parley found out itself.
struct SenderProof: Sendable {
    let results: [AuthenticationResult]
    let source: SenderEvidence.Source
}

extension Office {
    /// What is proven about a message's sender. The receiving server's word counts where its name is configured with the
    /// mailbox; else Parley checks the signatures itself.
    func senderProof(of message: Reading.Message, in arrival: Arrival, for organization: OrganizationID)
        async throws -> SenderProof
    {
        if let id = arrival.mailboxID,
            let server = try await books.mailboxes.find(organization, id)?.authenticationServer,
            let results = AuthenticationResults.trusted(in: message, from: server)
        {
            return SenderProof(results: results, source: .receivingServer)
        }
        let results = await mail.checkSignatures(arrival.raw, arrival.receivedAt)
        return SenderProof(results: results, source: results.isEmpty ? .none : .ownCheck)
    }

    /// A message of the negotiation with the verdict on its sender and the bank accounts that it names.
    func judged(_ message: ThreadMessage, by reader: ArrivalReader, in negotiation: NegotiationRecord)
        async throws -> ThreadMessage
    {
        let vendor = try await books.catalogue.vendor(negotiation.organizationID, negotiation.vendorID)
        var judged = message
        let evidence = SenderEvidence(
            message: reader.message, kind: reader.understanding.kind, results: reader.proof.results,
            source: reader.proof.source, vendorAddress: negotiation.vendorContactEmail,
            knownDomains: Set([vendor?.domain].compactMap { $0 }), vendorName: negotiation.vendorContactName)
        judged.sender = SenderReport(SenderVerdict(evidence))
        judged.bankAccounts = reader.bankDetails.compactMap(\.account)
        return judged
    }

    /// Why nothing may happen by itself in a negotiation after this message; `nil` where nothing speaks against it.
    /// Payment fraud lives on changed bank details, so they wait for a person whoever wrote them.
    func reasonToStop(
        after message: ThreadMessage, by reader: ArrivalReader, in negotiation: NegotiationRecord
    ) async throws -> String? {
        if reader.bankDetails.contains(where: { $0.kind == .changeAnnounced }) {
            return "\(message.from.address) announces changed bank details."
        }
        guard !message.bankAccounts.isEmpty else { return nil }
        let known = try await books.threads.bankAccounts(
            negotiation.organizationID, negotiation.vendorID, message.id)
        guard !known.isEmpty else { return nil }
        for finding in reader.bankDetails {
            if case .newAccount(let account) = finding.compared(with: known).kind {
                return "\(message.from.address) names the bank account \(account), not one named before."
            }
        }
        return nil
    }
}

extension BankDetailsFinding {
    /// The account that it names, if it names one.
    fileprivate var account: String? { if case .account(let account) = kind { account } else { nil } }
}
