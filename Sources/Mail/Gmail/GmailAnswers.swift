import Negotiation

/// Where a message is to be found in a mailbox of Gmail.
public struct GmailReference: Hashable, Sendable, Decodable {
    /// Hexadecimal digits; stays the same for as long as the message exists.
    public let id: String
    /// What Gmail calls the conversation.
    public let threadID: String
    /// `INBOX`, `SENT` and the like; `nil` where they are not told.
    public let labels: [String]?

    enum CodingKeys: String, CodingKey {
        case id
        case threadID = "threadId"
        case labels = "labelIds"
    }

    /// Whether the mailbox's owner, or Parley for him, has written it.
    public var isOwn: Bool { labels?.contains { $0 == "SENT" || $0 == "DRAFT" } ?? false }
}

/// A message of a mailbox of Gmail.
public struct GmailMessage: Hashable, Sendable {
    public let reference: GmailReference
    /// As it came in (RFC 5322).
    public let raw: [UInt8]
}

/// Some of the messages of a mailbox.
public struct GmailPage: Hashable, Sendable {
    public let messages: [GmailReference]
    /// Handed back as it is to get the next page; `nil` after the last.
    public let nextPage: String?
}

/// Some of what was added to a mailbox, oldest first.
public struct GmailHistory: Hashable, Sendable {
    public let added: [GmailReference]
    /// Handed back as it is to get the next page; `nil` after the last.
    public let nextPage: String?
    /// How far the history of the mailbox goes by now.
    public let historyID: UInt64
}

/// Whose mailbox it is.
public struct GmailProfile: Hashable, Sendable {
    public let address: String
    /// How far the history of the mailbox goes by now.
    public let historyID: UInt64
}

/// That Gmail tells a topic of new messages, until it ends.
public struct GmailWatch: Hashable, Sendable {
    public let historyID: UInt64
    public let expiresAt: Instant

    /// Hours before its end from which it is asked for again. It lasts for seven days, and Google recommends
    /// to ask once a day (https://developers.google.com/workspace/gmail/api/guides/push).
    static let renewalHours = 144

    /// Whether it is time to ask for it again.
    public func isDue(at now: Instant) -> Bool { now.advanced(byHours: Self.renewalHours) >= expiresAt }
}

// MARK: As they stand in JSON

extension GmailMessage {
    struct Answer: Decodable {
        let reference: GmailReference
        let raw: [UInt8]?

        enum CodingKeys: CodingKey { case raw }

        init(from decoder: any Decoder) throws {
            reference = try GmailReference(from: decoder)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            raw = try container.decodeIfPresent(String.self, forKey: .raw).flatMap(Base64URL.decode)
        }
    }
}

extension GmailPage {
    struct Answer: Decodable {
        let messages: [GmailReference]?
        let nextPageToken: String?
    }

    init(_ answer: Answer) {
        messages = answer.messages ?? []
        nextPage = answer.nextPageToken
    }
}

extension GmailHistory {
    struct Answer: Decodable {
        struct Record: Decodable {
            struct Addition: Decodable { let message: GmailReference }
            let messagesAdded: [Addition]?
        }
        let history: [Record]?
        let nextPageToken: String?
        let historyId: WholeNumber
    }

    init(_ answer: Answer) {
        added = (answer.history ?? []).flatMap { $0.messagesAdded ?? [] }.map(\.message)
        nextPage = answer.nextPageToken
        historyID = answer.historyId.value
    }
}

extension GmailProfile {
    struct Answer: Decodable {
        let emailAddress: String
        let historyId: WholeNumber
    }
}

extension GmailWatch {
    struct Answer: Decodable {
        let historyId: WholeNumber
        /// Milliseconds since 1970.
        let expiration: WholeNumber
    }
}
