import Desk
import Negotiation
import Secrets

/// Requests for approval, and who decides while somebody is away.
enum ApprovalOperations {
    static let all = [
        listApprovals, getApproval, decide, listDelegations, addDelegation, endDelegation, getMail, setMail,
    ]

    private static let group = "Approvals"

    private static let listApprovals = Operation(
        method: .get, path: "/v1/approvals", name: "listApprovals", group: group,
        summary: "Requests for approval, newest first",
        parameters: [.status(ApprovalRequest.Status.allCases.map(\.rawValue)), .cursor, .limit],
        success: .list(of: "Approval")
    ) { call in
        let status = try call.choice("status", of: ApprovalRequest.Status.self)
        let page = try await call.office.books.approvals.list(call.organization, status, call.page())
        return .ok(page.json(Shapes.approval))
    }

    private static let getApproval = Operation(
        method: .get, path: "/v1/approvals/{id}", name: "getApproval", group: group,
        summary: "One request with everything that an approver sees", success: .one("ApprovalView")
    ) { call in
        let view = try await call.office.approval(
            call.id(of: "approval"), of: call.organization, for: call.caller.user)
        return .ok(Shapes.approvalView.json(view))
    }

    private static let decide = Operation(
        method: .post, path: "/v1/approvals/{id}/decision", name: "decideApproval", group: group,
        summary:
            "Approves or rejects exactly the email that was asked about, or asks for changes; for oneself, or for somebody whom one stands in for",
        body: BodyShape([
            .required("decision", .oneOf(Decision.allCases.map(\.rawValue))),
            .optional("comment", .text, "Needed to ask for changes."),
        ]), success: .one("ApprovalView")
    ) { call in
        let id: ApprovalRequestID = try call.id(of: "approval")
        let decision = try call.body.needed(
            "decision", call.body.text("decision").flatMap(Decision.init(rawValue:)))
        let caller = try call.caller
        try await call.office.decide(
            id, DecisionInput(decision, comment: call.body.text("comment"), channel: .api), by: caller.user,
            origin: caller.origin)
        return .ok(
            Shapes.approvalView.json(
                try await call.office.approval(id, of: caller.organizationID, for: caller.user)))
    }

    private static let listDelegations = Operation(
        method: .get, path: "/v1/approval-delegations", name: "listApprovalDelegations", group: group,
        summary: "Who decides for whom, now and later, by the beginning", parameters: [.cursor, .limit],
        success: .list(of: "ApprovalDelegation")
    ) { call in
        let open = try await call.office.books.approvals.delegations(
            call.organization, call.office.clock.now())
        return .ok(try open.page(call.page()).json(Shapes.delegation))
    }

    private static let addDelegation = Operation(
        method: .post, path: "/v1/approval-delegations", name: "addApprovalDelegation", group: group,
        summary: "Lets somebody decide for somebody who is away; on record with every decision",
        body: BodyShape([
            .optional("from", .id, "Who is away; the caller unless told. Administrators may name others."),
            .required("to", .id, "Who decides meanwhile."),
            .optional("begins_at", .time, "At once unless told."),
            .required("ends_at", .time, "At most \(Delegation.longestDays) days later."),
        ]), success: .created("ApprovalDelegation")
    ) { call in
        let to: UserID = try call.body.needed("to", call.body.id("to"))
        let delegation = try await call.office.delegate(
            from: call.body.id("from"), to: to, begins: call.body.time("begins_at"),
            ends: call.body.needed("ends_at", call.body.time("ends_at")), by: call.caller)
        return .created(Shapes.delegation.json(delegation))
    }

    private static let endDelegation = Operation(
        method: .delete, path: "/v1/approval-delegations/{id}", name: "endApprovalDelegation", group: group,
        summary: "Ends a delegation before its time", success: .nothing
    ) { call in
        try await call.office.endDelegation(call.id(of: "delegation"), by: call.caller)
        return .nothing
    }

    private static let getMail = Operation(
        method: .get, path: "/v1/me/approval-mail", name: "getApprovalMail", group: group,
        summary: "How one is asked for approvals", success: .one("ApprovalMail")
    ) { call in
        .ok(
            Shapes.approvalMail.json(
                try await call.office.books.approvals.mail(call.organization, call.caller.user.id)))
    }

    private static let setMail = Operation(
        method: .put, path: "/v1/me/approval-mail", name: "setApprovalMail", group: group,
        summary: "Chooses between a letter for each request and one digest a day",
        body: BodyShape([
            .required("mode", .oneOf(["each", "digest"])),
            .optional("digest_hour", .whole, "0 to 23 in UTC; needed for a digest."),
        ]), success: .one("ApprovalMail")
    ) { call in
        let mail: ApprovalMail =
            if call.body.text("mode") == "digest" {
                .digest(hour: try call.body.needed("digest_hour", call.body.whole("digest_hour")))
            } else { .each }
        try await call.office.setApprovalMail(mail, by: call.caller)
        return .ok(Shapes.approvalMail.json(mail))
    }
}
