import Desk
import Jinja
import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Email templates from the folder that comes with Parley.
struct EmailTemplates: Sendable {
    private let folder: String
    private let environment: Environment

    /// The largest template that is read, in bytes.
    private static let largest = 1 << 20
    private static let subjectMark = "Subject: "

    init(folder: String) {
        self.folder = folder
        environment = Environment(options: Options(undefined: .strict), loader: .dictionary([:]))
    }

    /// The emails that cannot do without a template.
    static let required = [
        "opening", "counter", "acceptance", "rejection", "follow_up", "approval_request", "approval_digest",
    ]

    /// Whether a template is there and compiles.
    func check(_ kind: String) async throws {
        let template = try load(kind)
        do {
            _ = try environment.compile(template.subject, name: template.name)
            _ = try environment.compile(template.body, name: template.name)
        } catch {
            throw DeskError.template(template.name, "\(error)")
        }
    }

    /// The port of the use cases.
    var port: TemplatePort {
        TemplatePort(
            email: { _, kind in try load(kind) },
            render: { template, variables, now in try render(template, variables, now) })
    }

    /// Reads `<kind>.j2`: a first line `Subject: …`, an empty line, and the text.
    private func load(_ kind: String) throws -> EmailTemplate {
        let path = "\(folder)/email/en/\(kind).j2"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DeskError.template(kind, "there is no file \(path)")
        }
        guard data.count <= Self.largest else { throw DeskError.template(kind, "it is larger than 1 MiB") }
        let source = String(decoding: data, as: UTF8.self)
        let parts = source.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasPrefix(Self.subjectMark), parts[1].isEmpty else {
            throw DeskError.template(kind, "it must begin with a line “Subject: …” and an empty line")
        }
        return EmailTemplate(
            name: "\(kind).j2", subject: String(parts[0].dropFirst(Self.subjectMark.count)),
            body: String(parts[2]))
    }

    private func render(
        _ template: EmailTemplate, _ variables: [String: Value], _ now: Instant
    ) throws -> (subject: String, text: String) {
        let clock = Timestamp(seconds: Int(now.seconds))
        let subject = try render(template.subject, of: template, variables, clock)
        let text = try render(template.body, of: template, variables, clock)
        return (subject.split(whereSeparator: \.isNewline).joined(separator: " "), text)
    }

    private func render(
        _ source: String, of template: EmailTemplate, _ variables: [String: Value], _ clock: Timestamp
    ) throws(DeskError) -> String {
        do {
            return try environment.compile(source, name: template.name).render(variables, now: clock)
        } catch {
            throw .template(template.name, "\(error)")
        }
    }
}
