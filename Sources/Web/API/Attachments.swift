import Desk
import Secrets

/// Files in the body of a request.
enum Attachments {
    private static let shape = BodyShape([
        .required("filename", .text, "A plain name, at most \(EmailFile.longestName) characters."),
        .required("content_type", .text, "Such as application/pdf."),
        .required("content", .text, "In base64 (RFC 4648, section 4)."),
    ])

    /// The member that takes them.
    static func field(_ note: String) -> BodyShape.Field {
        .optional(
            "attachments", .objects(shape, most: EmailFile.mostFiles),
            "\(note) At most \(EmailFile.mostOctets / 1024 / 1024) MiB together.")
    }

    /// What came in it; `nil` where it was left out.
    static func read(from body: ReadBody) throws(Problem) -> [EmailFile]? {
        guard let objects = try body.objects("attachments", as: shape) else { return nil }
        var files: [EmailFile] = []
        for object in objects {
            let text = try object.needed("content", object.text("content"))
            guard let content = Base64.standard.decode(text.utf8) else {
                throw object.invalid("content", "must be base64 with padding and without line breaks")
            }
            files.append(
                EmailFile(
                    filename: try object.needed("filename", object.text("filename")),
                    contentType: try object.needed("content_type", object.text("content_type")),
                    content: content))
        }
        return files
    }
}
