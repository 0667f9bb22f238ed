import Negotiation

extension Office {
    /// A file that came with a message, counted from 1 in the order of ``ThreadMessage/attachments``. What is in it is
    /// somebody else's: it is handed on to be kept, never shown.
    public func file(
        _ number: Int, of message: ThreadMessage, in organization: OrganizationID
    ) async throws -> EmailFile {
        guard message.attachments.indices.contains(number - 1), let id = message.arrivalID,
            let (arrival, _) = try await books.threads.arrival(organization, id)
        else { throw DeskError.notFound("attachment") }
        let wanted = message.attachments[number - 1]
        // By its content: a reader that has learned something since may count otherwise.
        guard
            let file = try mail.receivedFiles(arrival.raw).first(where: {
                $0.content.count == wanted.size && secrets.hexDigest($0.content) == wanted.sha256
            })
        else { throw DeskError.notFound("attachment") }
        return EmailFile(
            filename: wanted.filename.isEmpty ? "attachment" : wanted.filename,
            contentType: wanted.contentType, content: file.content)
    }
}
