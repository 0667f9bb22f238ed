import Negotiation

/// Other settings; what is left out stays as it is.
public struct SettingsChange: Hashable, Sendable {
    public var undoSeconds: Int?
    /// 0 takes the limit away.
    public var vendorDailyLimit: Int?

    public init(undoSeconds: Int? = nil, vendorDailyLimit: Int? = nil) {
        self.undoSeconds = undoSeconds
        self.vendorDailyLimit = vendorDailyLimit
    }
}

extension Office {
    /// Changes what holds for the whole organization. Emails that wait are looked at again at once, apart from those that
    /// can still be taken back: they leave when it was said.
    public func changeSettings(_ change: SettingsChange, by caller: Caller) async throws
        -> OrganizationSettings
    {
        try requireAdministrator(caller, to: "change the settings")
        return try await changeSettings(change, of: caller.organizationID, origin: caller.origin)
    }

    /// The same for an operator, who describes organizations in a file.
    public func changeSettings(
        _ change: SettingsChange, of organization: OrganizationID, origin: Origin
    ) async throws -> OrganizationSettings {
        try await settling(organization) {
            let before = try await books.people.settings(organization)
            let after = try before.changed(by: change)
            guard after != before else { return (after, []) }
            let now = clock.now()
            let changes: [Change] = [
                .setOrganizationSettings(after, at: now),
                .audit(
                    AuditEntry(
                        action: "settings.changed", entityType: "organization", entityID: organization.uuid,
                        description: "Settings changed",
                        changes: [
                            "undo_seconds": "\(after.undoSeconds)",
                            "vendor_daily_limit": after.vendorDailyLimit.map { "\($0)" } ?? "none",
                        ], origin: origin, at: now)),
            ]
            return (after, changes + (try await reconsidering(of: organization, at: now)))
        }
    }
}

extension OrganizationSettings {
    fileprivate func changed(by change: SettingsChange) throws -> OrganizationSettings {
        var settings = self
        if let seconds = change.undoSeconds {
            guard Self.undoRange.contains(seconds) else {
                throw DeskError.invalid(
                    field: "undo_seconds", "must be a whole number from 0 to \(Self.undoRange.upperBound)")
            }
            settings.undoSeconds = seconds
        }
        if let limit = change.vendorDailyLimit {
            guard limit == 0 || SendingRules.limits.contains(limit) else {
                throw DeskError.invalid(
                    field: "vendor_daily_limit",
                    "must be a whole number from 1 to \(SendingRules.limits.upperBound), or 0 for no limit")
            }
            settings.vendorDailyLimit = limit == 0 ? nil : limit
        }
        return settings
    }
}
