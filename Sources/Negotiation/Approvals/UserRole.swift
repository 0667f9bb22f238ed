/// What a person may do in an organization.
public enum UserRole: String, Sendable, CaseIterable, Codable {
    case superAdmin = "super_admin"
    case orgAdmin = "org_admin"
    case manager
    case member
    case viewer

    /// Whether the role may change anything.
    public var mayWrite: Bool { self != .viewer }
    /// Whether the role administers its organization.
    public var mayAdminister: Bool { self == .orgAdmin || self == .superAdmin }
}
