import Negotiation

/// How a content differs from what was sent or asked about before.
public struct ContentComparison: Sendable {
    public let earlier: EmailContent
    /// What the earlier one is, for people: `the version before`.
    public let title: String
    /// The lines of subject and text; `nil` where they are the same, or too many to compare.
    public let lines: [TextDifference.Line]?
}

/// What changed between two texts, line by line.
public struct TextDifference: Sendable {
    /// A line, and whether only one of the texts has it.
    public struct Line: Hashable, Sendable {
        public let change: Change
        public let text: String
    }

    /// Where a line stands.
    public enum Change: String, Sendable { case same, removed, added }

    /// Lines of both texts together; a comparison takes time in proportion to their number times that of the changes.
    static let mostLines = 2_000

    /// All lines in order, what was removed before what was added in its place; `nil` where nothing changed or there is
    /// too much to compare.
    static func lines(from old: String, to new: String) -> [Line]? {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false)
        guard before != after, before.count + after.count <= mostLines else { return nil }
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if removed.contains(left) {
                lines.append(Line(change: .removed, text: String(before[left])))
                left += 1
            } else if added.contains(right) {
                lines.append(Line(change: .added, text: String(after[right])))
                right += 1
            } else {
                lines.append(Line(change: .same, text: String(before[left])))
                (left, right) = (left + 1, right + 1)
            }
        }
        return lines
    }
}

extension Office {
    /// The content compared with the version of the email before it, else with what was sent last.
    func comparison(of content: EmailContent, _ email: EmailRecord, in organization: OrganizationID)
        async throws -> ContentComparison?
    {
        if content.version > 1,
            let before = try await books.emails.content(organization, email.id, content.version - 1)
        {
            return compare(content, with: before, called: "the version before")
        }
        let sent = try await books.emails.ofNegotiation(organization, email.negotiationID)
            .filter { $0.id != email.id && $0.sentAt != nil }
            .max { ($0.sentAt ?? $0.createdAt) < ($1.sentAt ?? $1.createdAt) }
        guard let sent, let before = try await books.emails.content(organization, sent.id, sent.version)
        else { return nil }
        return compare(content, with: before, called: "what was sent last")
    }

    private func compare(_ content: EmailContent, with earlier: EmailContent, called title: String)
        -> ContentComparison
    {
        ContentComparison(
            earlier: earlier, title: title,
            lines: TextDifference.lines(
                from: "\(earlier.subject)\n\n\(earlier.bodyText)",
                to: "\(content.subject)\n\n\(content.bodyText)"))
    }
}
