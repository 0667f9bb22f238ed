/// A conversation to which a message might belong, with everything known of it.
public struct ThreadCandidate<ID: Hashable & Sendable>: Sendable {
    public var id: ID
    /// The token in the Reply-To of what we sent.
    public var replyToken: ReplyToken?
    /// Ids of all its messages, ours and the vendor's, also those that a relay stamped instead of ours.
    public var messageIDs: Set<String>
    /// GUIDs of the Thread-Index headers seen in it.
    public var threadIndexes: Set<String>
    public var providerThreadIDs: Set<String>
    /// Addresses we wrote to or heard from, in lower case.
    public var participants: Set<String>
    /// Subjects used in it.
    public var subjects: [SubjectLine]

    /// A candidate; what is not known stays empty.
    public init(
        id: ID, replyToken: ReplyToken? = nil, messageIDs: Set<String> = [], threadIndexes: Set<String> = [],
        providerThreadIDs: Set<String> = [], participants: Set<String> = [], subjects: [SubjectLine] = []
    ) {
        self.id = id
        self.replyToken = replyToken
        self.messageIDs = messageIDs
        self.threadIndexes = threadIndexes
        self.providerThreadIDs = providerThreadIDs
        self.participants = participants
        self.subjects = subjects
    }
}

/// By what a message was matched, strongest first; the raw values are stored.
public enum MatchRule: String, Sendable, CaseIterable {
    case replyToken = "reply_token"
    case inReplyTo = "in_reply_to"
    case references
    case threadIndex = "thread_index"
    case providerThread = "provider_thread"
    case vendorAndSubject = "vendor_and_subject"
}

/// What a person should look at although, or because, a message was matched; the raw values are stored.
public enum MatchFlag: String, Sendable {
    /// The subject speaks of something else than the conversation's.
    case subjectChanged = "subject_changed"
    /// The sender is none of the conversation's participants.
    case unknownSender = "unknown_sender"
    /// Several conversations fit equally well.
    case severalCandidates = "several_candidates"
    /// The reply token points to one conversation, In-Reply-To to another.
    case contradiction
}

/// Why a message was matched or was not.
public struct MatchReason: Equatable, Sendable, CustomStringConvertible {
    public let rule: MatchRule
    /// The key that decided: the token's address part, a message id, a subject.
    public let detail: String
    public let flags: [MatchFlag]

    /// `in_reply_to: 1234@example.com (subject_changed)`, the form that is stored.
    public var description: String {
        let marks = flags.isEmpty ? "" : " (" + flags.map(\.rawValue).joined(separator: ", ") + ")"
        return "\(rule.rawValue): \(detail)\(marks)"
    }
}

/// To which conversation a message belongs.
public enum Match<ID: Hashable & Sendable>: Equatable, Sendable {
    case matched(ID, MatchReason)
    /// A person has to decide among these; one alone means that the subject changed under it.
    case ambiguous([ID], MatchReason)
    case unknown
}

/// Finds the conversation of a message.
public enum Matching {
    /// The answer for a message's keys among the candidates handed in, which should be all that share a key.
    ///
    /// Rules are tried strongest first, and the first that fits any candidate decides. Never merged but
    /// handed to a person: two candidates under one rule, a token that contradicts In-Reply-To, and a mail
    /// that is tied only by headers although its subject is new (somebody answered an old mail to start a new
    /// topic).
    public static func match<ID>(_ keys: ThreadKeys, among candidates: [ThreadCandidate<ID>]) -> Match<ID> {
        for rule in MatchRule.allCases {
            guard let (detail, fitting) = fit(keys, rule, candidates) else { continue }
            return decide(keys, rule, detail, fitting, candidates)
        }
        return .unknown
    }

    private static func decide<ID>(
        _ keys: ThreadKeys, _ rule: MatchRule, _ detail: String, _ fitting: [ThreadCandidate<ID>],
        _ candidates: [ThreadCandidate<ID>]
    ) -> Match<ID> {
        guard let only = fitting.first, fitting.count == 1 else {
            let reason = MatchReason(rule: rule, detail: detail, flags: [.severalCandidates])
            return .ambiguous(fitting.map(\.id), reason)
        }
        if rule == .replyToken, let (_, answered) = fit(keys, .inReplyTo, candidates),
            !answered.contains(where: { $0.id == only.id })
        {
            let reason = MatchReason(rule: rule, detail: detail, flags: [.contradiction])
            return .ambiguous([only.id] + answered.map(\.id), reason)
        }
        let reason = MatchReason(rule: rule, detail: detail, flags: flags(keys, only))
        let newTopic = reason.flags.contains(.subjectChanged) && !keys.subject.isReply
        return newTopic && rule != .replyToken ? .ambiguous([only.id], reason) : .matched(only.id, reason)
    }

    private static func flags<ID>(_ keys: ThreadKeys, _ candidate: ThreadCandidate<ID>) -> [MatchFlag] {
        var flags: [MatchFlag] = []
        let changed =
            !keys.isAutomatic
            && candidate.subjects.allSatisfy { keys.subject.isAboutSomethingElse(than: $0) }
        if !candidate.subjects.isEmpty && changed { flags.append(.subjectChanged) }
        if let sender = keys.sender, !candidate.participants.isEmpty, !candidate.participants.contains(sender)
        {
            flags.append(.unknownSender)
        }
        return flags
    }

    /// The key that fits under one rule, and whom it fits; `nil` when it fits nobody.
    private static func fit<ID>(
        _ keys: ThreadKeys, _ rule: MatchRule, _ candidates: [ThreadCandidate<ID>]
    ) -> (String, [ThreadCandidate<ID>])? {
        switch rule {
        case .replyToken:
            select(keys.replyTokens, candidates) { $0.replyToken == $1 }
        case .inReplyTo:
            select(keys.inReplyTo, candidates) { $0.messageIDs.contains($1) }
        case .references:
            select(keys.references, candidates) { $0.messageIDs.contains($1) }
        case .threadIndex:
            select([keys.threadIndex].compactMap { $0 }, candidates) { $0.threadIndexes.contains($1) }
        case .providerThread:
            select([keys.providerThreadID].compactMap { $0 }, candidates) {
                $0.providerThreadIDs.contains($1)
            }
        case .vendorAndSubject:
            select([keys.sender].compactMap { $0 }, candidates) { candidate, sender in
                candidate.participants.contains(sender) && !keys.subject.normalised.isEmpty
                    && candidate.subjects.contains { $0.normalised == keys.subject.normalised }
            }
        }
    }

    private static func select<ID, Key>(
        _ keys: [Key], _ candidates: [ThreadCandidate<ID>], _ fits: (ThreadCandidate<ID>, Key) -> Bool
    ) -> (String, [ThreadCandidate<ID>])? {
        var detail: String?
        var fitting: [ThreadCandidate<ID>] = []
        for key in keys {
            for candidate in candidates where fits(candidate, key) {
                detail = detail ?? "\(key)"
                if !fitting.contains(where: { $0.id == candidate.id }) { fitting.append(candidate) }
            }
        }
        return detail.map { ($0, fitting) }
    }
}
