import Desk
import Negotiation
import Secrets

/// The people of an organization, what they are told, and what is on record.
enum PeopleOperations {
    static let all = [listUsers, addUser, notifications, auditLogs]

    private static let listUsers = Operation(
        method: .get, path: "/v1/users", name: "listUsers", group: "People",
        summary: "Active users of the organization", parameters: [.cursor, .limit], success: .list(of: "User")
    ) { call in
        let users = try await call.office.books.people.usersWithRole(
            call.organization, Set(UserRole.allCases))
        return .ok(try users.sorted { $0.email < $1.email }.page(call.page()).json(Shapes.user))
    }

    private static let addUser = Operation(
        method: .post, path: "/v1/users", name: "addUser", group: "People",
        summary: "Adds a user; administrators only",
        body: BodyShape([
            .required("email", .text), .required("full_name", .text),
            .required("role", .oneOf(UserRole.allCases.map(\.rawValue))),
            .required("password", .text, "10 characters at least, 72 bytes at most."),
        ]), success: .created("User")
    ) { call in
        let caller = try call.caller
        let role = try call.body.needed("role", call.body.text("role").flatMap(UserRole.init(rawValue:)))
        guard caller.user.role.mayAdminister, role != .superAdmin || caller.user.role == .superAdmin else {
            throw Problem(
                403, "forbidden", "Only an administrator may add users, and only up to the own role.")
        }
        let id = try await call.office.addUser(
            to: caller.organizationID, email: call.body.needed("email", call.body.text("email")),
            name: call.body.needed("full_name", call.body.text("full_name")), role: role,
            password: call.body.needed("password", call.body.text("password")), origin: caller.origin)
        guard let user = try await call.office.books.people.user(caller.organizationID, id) else {
            throw Problem.notFound("user")
        }
        return .created(Shapes.user.json(user))
    }

    private static let notifications = Operation(
        method: .get, path: "/v1/notifications", name: "listNotifications", group: "People",
        summary: "What the caller should know, newest first", parameters: [.cursor, .limit],
        success: .list(of: "Notification")
    ) { call in
        let page = try await call.office.books.journal.notifications(
            call.organization, call.caller.user.id, call.page())
        return .ok(page.json(Shapes.notification))
    }

    private static let auditLogs = Operation(
        method: .get, path: "/v1/audit-logs", name: "listAuditLogs", group: "People",
        summary: "Who did what, newest first; managers and administrators only",
        parameters: [.cursor, .limit],
        success: .list(of: "AuditEntry")
    ) { call in
        let role = try call.caller.user.role
        guard role.mayAdminister || role == .manager else {
            throw Problem(403, "forbidden", "Only managers and administrators may read the audit log.")
        }
        return .ok(
            try await call.office.books.journal.audit(call.organization, call.page()).json(Shapes.audit))
    }
}
