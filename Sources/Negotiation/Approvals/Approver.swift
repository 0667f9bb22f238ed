/// Somebody of one's own organization, whatever record stands for them.
public enum Person {}

/// The id of a person; that of a user has the same UUID.
public typealias PersonID = Identifier<Person>

/// A person in the role in which they decide.
public struct Approver: Hashable, Sendable {
    /// Who it is.
    public let person: PersonID
    /// The role that they have in the organization.
    public let role: UserRole

    /// A person in a role.
    public init(_ person: PersonID, _ role: UserRole) {
        self.person = person
        self.role = role
    }
}

/// So many people out of some: by role, by name, or both.
public struct ApproverGroup: Hashable, Sendable {
    /// Distinct people out of the group who have to say yes, 1 to 10.
    public let approvals: Int
    /// Whoever has one of these roles belongs to it.
    public let roles: Set<UserRole>
    /// These belong to it whatever their role.
    public let people: Set<PersonID>

    /// The most people that can be named.
    public static let mostPeople = 50

    /// A group; `nil` when the number is out of range, or too few people could ever say yes.
    public init?(approvals: Int, roles: Set<UserRole> = [], people: Set<PersonID> = []) {
        guard (1...10).contains(approvals), people.count <= Self.mostPeople,
            !roles.isEmpty || people.count >= approvals
        else { return nil }
        self.init(trusted: approvals, roles, people)
    }

    /// For what a policy has checked already.
    init(trusted approvals: Int, _ roles: Set<UserRole>, _ people: Set<PersonID>) {
        self.approvals = approvals
        self.roles = roles
        self.people = people
    }

    /// Whether somebody belongs to it.
    public func admits(_ approver: Approver) -> Bool {
        roles.contains(approver.role) || people.contains(approver.person)
    }
}

/// In which order the groups of a policy decide.
public enum ApprovalOrder: String, Sendable, CaseIterable, Codable {
    /// All at once.
    case together
    /// One after another: a group is asked when the one before it is complete.
    case inTurn = "in_turn"
}

/// Who else may decide when nobody has for a while.
public struct ApprovalEscalation: Hashable, Sendable {
    /// Hours after the question was asked, 1 to 8760.
    public let afterHours: Int
    /// Whoever has one of these roles may decide from then on.
    public let roles: Set<UserRole>
    /// These may decide from then on whatever their role.
    public let people: Set<PersonID>

    /// An escalation; `nil` when the hours are out of range or it leads to nobody.
    public init?(afterHours: Int, roles: Set<UserRole> = [], people: Set<PersonID> = []) {
        guard (1...8760).contains(afterHours), people.count <= ApproverGroup.mostPeople,
            !roles.isEmpty || !people.isEmpty
        else { return nil }
        self.afterHours = afterHours
        self.roles = roles
        self.people = people
    }

    /// Whether it leads to somebody.
    public func admits(_ approver: Approver) -> Bool {
        roles.contains(approver.role) || people.contains(approver.person)
    }
}

/// One person stands in for another for a time.
public struct Delegation: Hashable, Sendable {
    /// Who is stood in for.
    public let from: PersonID
    /// Who stands in.
    public let to: PersonID
    /// From this moment on.
    public let begins: Instant
    /// Up to but not including this moment.
    public let ends: Instant

    /// The longest time that somebody can be stood in for, in days.
    public static let longestDays = 366

    /// A delegation; `nil` when somebody would stand in for themselves, or the time is empty or too long.
    public init?(from: PersonID, to: PersonID, begins: Instant, ends: Instant) {
        guard from != to, begins < ends, ends <= begins.advanced(byHours: Self.longestDays * 24) else {
            return nil
        }
        self.from = from
        self.to = to
        self.begins = begins
        self.ends = ends
    }

    /// Whether it holds at an instant.
    public func holds(at instant: Instant) -> Bool { begins <= instant && instant < ends }
}
