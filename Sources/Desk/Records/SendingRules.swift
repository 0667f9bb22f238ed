import Negotiation

/// When a mailbox sends to vendors, and how much. Letters to one's own people are not bound by it.
public struct SendingRules: Hashable, Sendable {
    /// `nil`: at any time.
    public var window: SendingWindow?
    /// Emails within any 60 minutes; `nil`: as many as there are.
    public var perHour: Int?
    /// Emails within any 24 hours; `nil`: as many as there are.
    public var perDay: Int?

    /// Sends everything at once.
    public static let none = SendingRules()

    /// What a limit may be.
    public static let limits = 1...100_000

    public init(window: SendingWindow? = nil, perHour: Int? = nil, perDay: Int? = nil) {
        self.window = window
        self.perHour = perHour
        self.perDay = perDay
    }
}

/// The days and hours in which a mailbox sends.
public struct SendingWindow: Hashable, Sendable {
    public let weekdays: Set<Weekday>
    public let opens: TimeOfDay
    /// Later than ``opens``; nothing is begun from this moment on.
    public let closes: TimeOfDay
    /// Where these hours are, by its name in the time zone database, such as `Europe/Berlin`.
    public let zone: String

    /// A window; `nil` unless there is a day to send on and it opens before it closes.
    public init?(weekdays: Set<Weekday>, opens: TimeOfDay, closes: TimeOfDay, zone: String) {
        guard !weekdays.isEmpty, opens < closes else { return nil }
        self.weekdays = weekdays
        self.opens = opens
        self.closes = closes
        self.zone = zone
    }

    /// Its days in the order of the week, by their English names in lower case.
    public var dayNames: [String] { Weekday.allCases.filter(weekdays.contains).map { "\($0)" } }
}

/// How many emails may leave within how long. Attempts that the server surely refused do not count.
public struct AttemptLimit: Hashable, Sendable {
    public let scope: Scope
    public let most: Int
    /// Any stretch of time of this length.
    public let seconds: Int64

    /// Whose emails are counted.
    public enum Scope: Hashable, Sendable {
        case mailbox(MailboxID)
        case vendor(VendorID)
    }

    public init(_ scope: Scope, most: Int, within seconds: Int64) {
        self.scope = scope
        self.most = most
        self.seconds = seconds
    }
}
