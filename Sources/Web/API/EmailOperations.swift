import Desk
import Negotiation
import Secrets

/// Emails to vendors and the approvals that they wait for.
enum EmailOperations {
    static let all = [
        get, attachment, edit, submit, resolve, listApprovals, getApproval, decide, listPolicies, addPolicy,
    ]

    private static let group = "Emails"
    private static let approving = "Approvals"

    private static let get = Operation(
        method: .get, path: "/v1/emails/{id}", name: "getEmail", group: group,
        summary: "One email, what it says, and how it fared", success: .one("EmailWithContent")
    ) { call in
        .ok(Shapes.emailWithContent.json(try await call.email(call.id(of: "email"))))
    }

    private static let edit = Operation(
        method: .patch, path: "/v1/emails/{id}", name: "editEmail", group: group,
        summary: "Changes what an email says while it is a draft or awaits approval; the old request is void",
        body: BodyShape([
            .optional("subject", .text), .optional("body_text", .text),
            Attachments.field("All files that go along from now on; left out, they stay as they are."),
        ]), takesFiles: true, success: .one("EmailWithContent")
    ) { call in
        let id = try await call.office.edit(
            call.id(of: "email"), subject: call.body.text("subject"), bodyText: call.body.text("body_text"),
            files: Attachments.read(from: call.body), by: call.caller)
        return .ok(Shapes.emailWithContent.json(try await call.email(id)))
    }

    private static let attachment = Operation(
        method: .get, path: "/v1/emails/{id}/attachments/{number}", name: "getAttachment", group: group,
        summary: "A file that goes along with an email, counted from 1",
        success: .init(
            status: 200, schema: .text, note: "The file, as it was attached, under its own type.",
            contentType: "*/*")
    ) { call in
        let content = try await call.email(call.id(of: "email")).content
        return APIAnswer(file: try call.office.file(call.number(of: "attachment"), of: content))
    }

    private static let submit = Operation(
        method: .post, path: "/v1/emails/{id}/submit", name: "submitEmail", group: group,
        summary: "Asks again for the approval of an email that was held", body: .empty, success: .emailStep
    ) { call in
        let id: EmailID = try call.id(of: "email")
        try await call.office.submit(id, by: call.caller)
        return .ok(try await call.emailStep(id))
    }

    private static let resolve = Operation(
        method: .post, path: "/v1/emails/{id}/resolve", name: "resolveEmail", group: group,
        summary: "Says what became of an email of which nobody knows whether it was sent",
        body: BodyShape([.required("resolution", .oneOf(Resolution.allCases.map(\.rawValue)))]),
        success: .emailStep
    ) { call in
        let id: EmailID = try call.id(of: "email")
        let resolution = call.body.text("resolution").flatMap(Resolution.init(rawValue:))
        try await call.office.resolve(id, as: call.body.needed("resolution", resolution), by: call.caller)
        return .ok(try await call.emailStep(id))
    }

    private static let listApprovals = Operation(
        method: .get, path: "/v1/approvals", name: "listApprovals", group: approving,
        summary: "Requests for approval, newest first",
        parameters: [.status(ApprovalRequest.Status.allCases.map(\.rawValue)), .cursor, .limit],
        success: .list(of: "Approval")
    ) { call in
        let status = try call.choice("status", of: ApprovalRequest.Status.self)
        let page = try await call.office.books.approvals.list(call.organization, status, call.page())
        return .ok(page.json(Shapes.approval))
    }

    private static let getApproval = Operation(
        method: .get, path: "/v1/approvals/{id}", name: "getApproval", group: approving,
        summary: "One request with everything that an approver sees", success: .one("ApprovalView")
    ) { call in
        let view = try await call.office.approval(call.id(of: "approval"), of: call.organization)
        return .ok(Shapes.approvalView.json(view))
    }

    private static let decide = Operation(
        method: .post, path: "/v1/approvals/{id}/decision", name: "decideApproval", group: approving,
        summary: "Approves or rejects exactly the email that was asked about",
        body: BodyShape([
            .required("decision", .oneOf(Decision.allCases.map(\.rawValue))), .optional("comment", .text),
        ]), success: .one("ApprovalView")
    ) { call in
        let id: ApprovalRequestID = try call.id(of: "approval")
        let decision = try call.body.needed(
            "decision", call.body.text("decision").flatMap(Decision.init(rawValue:)))
        let caller = try call.caller
        try await call.office.decide(
            id, DecisionInput(decision, comment: call.body.text("comment"), channel: .api), by: caller.user,
            origin: caller.origin)
        return .ok(Shapes.approvalView.json(try await call.office.approval(id, of: caller.organizationID)))
    }

    private static let listPolicies = Operation(
        method: .get, path: "/v1/approval-policies", name: "listApprovalPolicies", group: approving,
        summary: "Who has to approve what", parameters: [.cursor, .limit],
        success: .list(of: "ApprovalPolicy")
    ) { call in
        let policies = try await call.office.books.approvals.policies(call.organization)
        return .ok(try policies.page(call.page()).json(Shapes.policy))
    }

    private static let addPolicy = Operation(
        method: .post, path: "/v1/approval-policies", name: "addApprovalPolicy", group: approving,
        summary: "Adds a policy; requests that are pending keep the one they were asked under",
        body: BodyShape([
            .required("name", .text), .optional("min_amount", .money, "The total from which it applies."),
            .optional("currency", .currency, "Of min_amount."),
            .required("approvals_required", .whole, "People who have to say yes, 1 to 10."),
            .required("approver_roles", .manyOf(UserRole.allCases.map(\.rawValue))),
            .required("allow_self_approval", .truth), .required("link_allowed", .truth),
            .required("expires_after_hours", .whole, "1 to 8760."),
        ]), success: .created("ApprovalPolicy")
    ) { call in
        let name = try call.body.needed("name", call.body.text("name"))
        let policy = try policy(from: call.body)
        return .created(Shapes.policy.json(try await call.office.addPolicy(name, policy, by: call.caller)))
    }

    private static func policy(from body: ReadBody) throws(Problem) -> ApprovalPolicy {
        let minimum: Money?
        switch (body.amount("min_amount"), body.currency("currency")) {
        case (nil, nil): minimum = nil
        case (let amount?, let currency?): minimum = Money(amount, currency)
        case (_?, nil): throw .invalid("currency", "is needed with min_amount")
        case (nil, _?): throw .invalid("min_amount", "is needed with currency")
        }
        let required = try body.needed("approvals_required", body.whole("approvals_required"))
        guard (1...10).contains(required) else { throw .invalid("approvals_required", "must be 1 to 10") }
        let hours = try body.needed("expires_after_hours", body.whole("expires_after_hours"))
        guard (1...8760).contains(hours) else { throw .invalid("expires_after_hours", "must be 1 to 8760") }
        let policy = ApprovalPolicy(
            approvalsRequired: required,
            approverRoles: Set((body.texts("approver_roles") ?? []).compactMap(UserRole.init(rawValue:))),
            allowSelfApproval: try body.needed("allow_self_approval", body.truth("allow_self_approval")),
            linkAllowed: try body.needed("link_allowed", body.truth("link_allowed")),
            expiresAfterHours: hours, minimumTotal: minimum)
        guard let policy else { throw .invalid("approver_roles", "must name at least one role") }
        return policy
    }
}

extension APICall {
    func email(_ id: EmailID) async throws -> EmailWithContent {
        let books = office.books
        guard let email = try await books.emails.find(organization, id),
            let content = try await books.emails.content(organization, id, email.version)
        else { throw Problem.notFound("email") }
        return EmailWithContent(
            email: email, content: content, attachments: office.attachments(of: content),
            approval: try await books.approvals.ofEmail(organization, id),
            attempts: try await books.emails.attempts(organization, id))
    }
}
