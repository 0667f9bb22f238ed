/// What an administrator decides for the whole organization.
public struct OrganizationSettings: Hashable, Sendable {
    /// How long an email that may leave can still be taken back, in seconds; 0 sends at once.
    public var undoSeconds: Int
    /// Emails to one vendor within any 24 hours; `nil`: as many as there are.
    public var vendorDailyLimit: Int?

    /// What ``undoSeconds`` may be.
    public static let undoRange = 0...3_600

    public init(undoSeconds: Int = 0, vendorDailyLimit: Int? = nil) {
        self.undoSeconds = undoSeconds
        self.vendorDailyLimit = vendorDailyLimit
    }
}
