import Foundation
import Testing

/// A section of one of the `.sql` files of this folder: a sentence, what stands in comments under it, and SQL.
struct SchemaCase: Sendable, CustomTestStringConvertible {
    let sentence: String
    /// The text of each `-- name: …` line, in order.
    let notes: [String]
    let sql: String

    var testDescription: String { sentence }

    /// The statements, with `$name` replaced by the id it stands for.
    var statements: [String] {
        sql.replacing(/\$([a-z]+)/) { "md5('\($0.output.1)')::uuid" }
            .split(separator: /;\s*\n/)
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines.union([";"])) }
            .filter { !$0.isEmpty }
    }

    /// The notes that begin with a word, without it.
    func notes(_ word: String) -> [String] {
        notes.filter { $0.hasPrefix(word) }.map {
            String($0.dropFirst(word.count)).trimmingCharacters(in: .whitespaces)
        }
    }

    /// All sections of a file beside this one; what stands before the first is for the reader.
    static func read(_ file: String) -> [SchemaCase] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: file)
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [] }
        return text.split(separator: #/(?m)^--- /#).dropFirst().map { section in
            let lines = section.split(separator: "\n", omittingEmptySubsequences: false)
            let comments = lines.dropFirst().filter { $0.hasPrefix("--") }
            return SchemaCase(
                sentence: String(lines.first ?? ""), notes: comments.map { String($0.dropFirst(3)) },
                sql: lines.dropFirst().filter { !$0.hasPrefix("--") }.joined(separator: "\n"))
        }
    }
}
