import Negotiation
import Reading

extension Office {
    /// Reads what arrived: parse, understand, match, settle. What cannot be read is quarantined, kept and shown.
    func readArrival(_ id: ArrivalID, job: Job) async throws {
        guard let (arrival, state) = try await books.threads.arrival(job.organizationID, id), state == .stored
        else { return try await finish(job) }
        let message: Reading.Message
        do {
            message = try parse(arrival)
        } catch DeskError.unreadable(let reason) {
            return try await put(arrival, as: .quarantined, reason: reason, message: nil, job: job)
        }
        if try await books.threads.hasInbound(
            job.organizationID, mailMessageID(of: message, in: arrival))
        {
            return try await put(
                arrival, as: .ignored, reason: "The same message has arrived before.", message: nil, job: job)
        }
        let reader = try await understand(message, in: arrival, for: job.organizationID)
        let match = try await match(reader, in: job.organizationID)
        if case .ownCopy = match {
            return try await put(
                arrival, as: .ignored, reason: "It is a copy of an email that Parley sent.", message: nil,
                job: job)
        }
        try await settle(reader, match: match, job: job)
    }

    /// The Message-ID, or where there is none a name that the same bytes always have: a mailbox may give its messages other
    /// numbers.
    private func mailMessageID(of message: Reading.Message, in arrival: Arrival) -> String {
        message.messageID ?? "\(secrets.hexDigest(arrival.raw))@content.arrival"
    }

    /// What arrived, as a message. Throws ``DeskError/unreadable``.
    private func parse(_ arrival: Arrival) throws -> Reading.Message {
        var message = try mail.read(arrival.raw)
        message.providerThreadID = arrival.providerThreadID
        return message
    }

    /// Everything that is understood of what arrived. Throws ``DeskError/unreadable``.
    func read(_ arrival: Arrival, for organization: OrganizationID) async throws -> ArrivalReader {
        try await understand(try parse(arrival), in: arrival, for: organization)
    }

    private func understand(_ message: Reading.Message, in arrival: Arrival, for organization: OrganizationID)
        async throws -> ArrivalReader
    {
        ArrivalReader(
            arrival: arrival, mailMessageID: mailMessageID(of: message, in: arrival), message: message,
            proof: try await senderProof(of: message, in: arrival, for: organization))
    }

    private func put(
        _ arrival: Arrival, as state: Arrival.State, reason: String, message: MessageID?, job: Job
    ) async throws {
        let now = clock.now()
        try await commit(
            job.organizationID,
            [
                .settleArrival(arrival.id, state, reason: reason, message: message, at: now),
                .audit(
                    AuditEntry(
                        action: "arrival.\(state.rawValue)", entityType: "arrival", entityID: arrival.id.uuid,
                        description: reason, origin: .parley, at: now)),
                .finishJob(job.id, worker: settings.worker, at: now),
            ])
    }

    /// Where a message belongs, with the reason.
    private func match(_ reader: ArrivalReader, in organization: OrganizationID) async throws -> ArrivalMatch
    {
        let keys = reader.keys
        let query = MatchQuery(
            replyTokens: keys.replyTokens.map(\.description), messageIDs: keys.inReplyTo + keys.references,
            senderAddress: keys.sender, threadIndex: keys.threadIndex,
            providerThreadID: keys.providerThreadID)
        let candidates = try await books.threads.candidates(organization, query)
        let home = try await mail.address(try await self.organization(organization), nil)
        if keys.sender == home.address.lowercased() { return .ownCopy }
        let open = candidates.map { candidate in
            ThreadCandidate(
                id: candidate.negotiationID, replyToken: ReplyToken(candidate.replyToken),
                messageIDs: Set(candidate.messageIDs),
                threadIndexes: candidate.sharesThreadIndex ? Set([keys.threadIndex].compactMap { $0 }) : [],
                providerThreadIDs:
                    candidate.sharesProviderThread ? Set([keys.providerThreadID].compactMap { $0 }) : [],
                participants: [candidate.vendorAddress.lowercased()],
                subjects: candidate.subject.map { [SubjectLine($0)] } ?? [])
        }
        return switch Matching.match(keys, among: open) {
        case .matched(let id, let reason): .negotiation(id, reason: reason.description)
        case .ambiguous(_, let reason): .ambiguous(reason: reason.description)
        case .unknown: .unknown
        }
    }
}

/// Where an arrival belongs.
enum ArrivalMatch {
    case negotiation(NegotiationID, reason: String)
    case ambiguous(reason: String)
    case unknown
    /// One of our own emails came back by way of the mailbox.
    case ownCopy
}

/// One arrival with everything that was understood of it.
struct ArrivalReader {
    let arrival: Arrival
    /// Unique among what comes to an organization.
    let mailMessageID: String
    let message: Reading.Message
    let proof: SenderProof
    let understanding: Understanding
    let keys: ThreadKeys
    /// What the new text says of bank accounts.
    let bankDetails: [BankDetailsFinding]

    init(arrival: Arrival, mailMessageID: String, message: Reading.Message, proof: SenderProof) {
        self.proof = proof
        self.arrival = arrival
        self.mailMessageID = mailMessageID
        self.message = message
        understanding = Understanding(of: message)
        bankDetails = BankDetails.findings(in: understanding.replyText.text)
        keys = ThreadKeys(of: message, kind: understanding.kind, bounce: understanding.bounce)
    }

    /// The message as the thread shows it.
    func threadMessage(
        id: MessageID, in negotiation: NegotiationID?, reason: String?, state: ThreadMessage.MatchState
    ) -> ThreadMessage {
        var shown = ThreadMessage(
            id: id, negotiationID: negotiation, direction: .inbound, arrivalID: arrival.id, emailID: nil,
            mailMessageID: mailMessageID, inReplyTo: message.inReplyTo, references: message.references,
            subject: message.subject,
            from: MailAddress(name: message.from?.name ?? "", address: message.from?.address ?? ""),
            recipients: message.to.map { MailAddress(name: $0.name, address: $0.address) },
            date: message.date,
            receivedAt: arrival.receivedAt, kind: understanding.kind.rawValue,
            intent: understanding.intent.rawValue, text: message.text,
            replyText: understanding.replyText.text,
            signature: understanding.replyText.signature,
            attachments: message.attachments.map {
                ThreadMessage.Attachment(
                    filename: $0.filename ?? "", contentType: $0.contentType, size: $0.size, sha256: $0.sha256
                )
            },
            matchReason: reason, matchState: state)
        shown.hasHTML = message.html != nil
        shown.threadIndex = keys.threadIndex
        shown.providerThreadID = keys.providerThreadID
        return shown
    }
}
