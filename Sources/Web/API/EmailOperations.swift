import Desk
import Negotiation
import Secrets

/// Emails to vendors.
enum EmailOperations {
    static let all = [get, edit, submit, resolve]

    private static let group = "Emails"

    private static let get = Operation(
        method: .get, path: "/v1/emails/{id}", name: "getEmail", group: group,
        summary: "One email, what it says, and how it fared", success: .one("EmailWithContent")
    ) { call in
        .ok(Shapes.emailWithContent.json(try await call.email(call.id(of: "email"))))
    }

    private static let edit = Operation(
        method: .patch, path: "/v1/emails/{id}", name: "editEmail", group: group,
        summary: "Changes what an email says while it is a draft or awaits approval; the old request is void",
        body: BodyShape([.optional("subject", .text), .optional("body_text", .text)]),
        success: .one("EmailWithContent")
    ) { call in
        let id = try await call.office.edit(
            call.id(of: "email"), subject: call.body.text("subject"), bodyText: call.body.text("body_text"),
            by: call.caller)
        return .ok(Shapes.emailWithContent.json(try await call.email(id)))
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
}

extension APICall {
    func email(_ id: EmailID) async throws -> EmailWithContent {
        let books = office.books
        guard let email = try await books.emails.find(organization, id),
            let content = try await books.emails.content(organization, id, email.version)
        else { throw Problem.notFound("email") }
        return EmailWithContent(
            email: email, content: content, approval: try await books.approvals.ofEmail(organization, id),
            attempts: try await books.emails.attempts(organization, id))
    }
}
