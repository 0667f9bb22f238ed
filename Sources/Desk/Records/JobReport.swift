import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A job as people look at it.
public struct JobReport: Hashable, Sendable {
    public let id: JobID
    /// `send_email`, `read_arrival` …; there may be kinds that only a newer version knows.
    public let kind: String
    /// The id of what it is about.
    public let subject: UUID
    public let state: State
    /// When it is to be tried, or when it was given up.
    public let runAt: Instant
    /// How often it has been begun.
    public let attempts: Int
    /// What went wrong the last time.
    public let lastError: String?

    /// How far it has come; what is done is not listed.
    public enum State: String, Sendable, CaseIterable { case due, running, dead }

    public init(
        id: JobID, kind: String, subject: UUID, state: State, runAt: Instant, attempts: Int,
        lastError: String?
    ) {
        self.id = id
        self.kind = kind
        self.subject = subject
        self.state = state
        self.runAt = runAt
        self.attempts = attempts
        self.lastError = lastError
    }
}

/// How many jobs of a kind there are at a depth of the queue.
public struct JobCount: Hashable, Sendable {
    public let kind: String
    public let depth: Depth
    /// At most ``most``: more are not counted.
    public let count: Int

    /// The most jobs of one state that are counted.
    public static let most = 10_000

    /// Where jobs are.
    public enum Depth: String, Sendable, CaseIterable {
        /// For a later time.
        case waiting
        /// To be done now.
        case due
        /// To be tried again after a failure.
        case retrying
        case running
        /// Given up; a person has to look.
        case dead
    }

    public init(kind: String, depth: Depth, count: Int) {
        self.kind = kind
        self.depth = depth
        self.count = count
    }
}
