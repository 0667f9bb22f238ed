import Desk
import Hummingbird
import Jinja

extension [ThreadMessage.Attachment] {
    /// As pages list them; each leads to the file below a path.
    func rows(under path: String) -> Value {
        Value(
            enumerated().map { position, file in
                Value([
                    ("name", Value(file.filename)), ("size", Value(Octets.words(file.size))),
                    ("type", Value(file.contentType)), ("sha256", Value(file.sha256)),
                    ("number", Value(position + 1)),
                    ("link", Value("\(path)/attachments/\(position + 1)")),
                ])
            })
    }
}

extension WebContext {
    /// The `:number` of the path.
    var attachmentNumber: Int {
        get throws(Problem) {
            guard let number = parameters.get("number").flatMap({ Int($0) }), number > 0 else {
                throw .notFound("attachment")
            }
            return number
        }
    }
}

extension PageDesk {
    func addAttachments(to router: Router<WebContext>, _ book: inout RouteBook) {
        get("/emails/:id/attachments/:number", on: router, &book) { call in
            let content = try await call.content(of: call.id(of: "email"))
            return .file(try call.office.file(call.context.attachmentNumber, of: content))
        }
        get("/messages/:id/attachments/:number", on: router, &book) { call in
            guard
                let message = try await call.books.threads.message(call.organization, call.id(of: "message"))
            else { throw Problem.notFound("message") }
            return .file(
                try await call.office.file(
                    call.context.attachmentNumber, of: message, in: call.organization))
        }
    }
}

extension PageCall {
    /// What an email says now.
    fileprivate func content(of id: EmailID) async throws -> EmailContent {
        let email = try await email(id)
        guard let content = try await books.emails.content(organization, id, email.version) else {
            throw Problem.notFound("email")
        }
        return content
    }

    /// The files of an email after the form for changing it: without those that were ticked to be left out, with those
    /// that were chosen; `nil` where nothing of it changes.
    func changedFiles(of id: EmailID) async throws -> [EmailFile]? {
        let added = form.chosenFiles("attachments")
        let files = office.files(of: try await content(of: id))
        let kept = files.enumerated().filter { form["leave_out_\($0.offset + 1)"] == nil }.map(\.element)
        return added.isEmpty && kept.count == files.count ? nil : kept + added
    }
}
