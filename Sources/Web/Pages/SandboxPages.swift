import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    /// The vendor's desk: in the sandbox a visitor reads what the vendor got and answers as the vendor.
    func addSandbox(to router: Router<WebContext>, _ book: inout RouteBook) {
        get("/sandbox/desk", on: router, &book) { try await $0.vendorsDesk() }
        post("/sandbox/desk/answer", on: router, &book, again: FormPage { try await $0.vendorsDesk() }) {
            call in
            try await call.answerAsVendor()
        }
    }
}

extension PageCall {
    private func requireSandbox() async throws {
        guard try await desk.reception.sandbox.isUsed(organization) else { throw Problem.notFound("page") }
    }

    fileprivate func vendorsDesk() async throws -> Response {
        try await requireSandbox()
        let letters = try await desk.reception.sandbox.outbox(organization)
        return try await page(
            "desk.html", section: "sandbox",
            [
                ("letters", Value(letters.prefix(SandboxPort.mostLetters).map(letterValue))),
                ("may_write", Value(visitor.user.role.mayWrite)),
                ("fields", fields([("text", ""), ("message_id", "")])),
            ])
    }

    private func letterValue(_ letter: SandboxLetter) -> Value {
        Value([
            ("message_id", Value(letter.messageID)), ("from", Value(letter.from)), ("to", Value(letter.to)),
            ("subject", Value(letter.subject)), ("text", Value(letter.text)),
            ("when", Figures.time(letter.sentAt)),
            ("attachments", Value(letter.attachments.map { Value($0) })),
            ("answers", Value(letter.answers.map { Value($0) })),
        ])
    }

    fileprivate func answerAsVendor() async throws -> Response {
        try await requireSandbox()
        guard visitor.user.role.mayWrite else {
            throw Problem(403, "forbidden", "Your role may look at everything but change nothing.")
        }
        guard let text = form.filled("text") else {
            throw Problem.invalid("text", "write what the vendor answers")
        }
        guard text.unicodeScalars.count <= SandboxPort.longestAnswer else {
            throw Problem.invalid("text", "must have at most \(SandboxPort.longestAnswer) characters")
        }
        guard let id = form["message_id"], !id.isEmpty, id.utf8.count <= 998 else {
            throw Problem.invalid("message_id", "is no letter")
        }
        try await desk.reception.sandbox.answer(organization, id, text)
        return .redirect(to: "/sandbox/desk?done=answered")
    }
}
