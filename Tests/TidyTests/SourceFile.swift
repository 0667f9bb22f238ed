import Foundation
import Testing

/// A text file of the checkout.
struct SourceFile: Sendable, CustomTestStringConvertible {
    /// From the top of the checkout, for example `Sources/Desk/Settling.swift`.
    let path: String
    let lines: [Substring]
    /// The lines with everything inside comments and string literals blanked, so that words in prose break no rule.
    /// For what is not Swift, the same as ``lines``.
    let code: [Substring]

    private let text: String
    private let codeText: String

    init(path: String, text: String) {
        self.path = path
        let blanked = path.hasSuffix(".swift") ? CodeText.blanked(text) : text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = blanked.split(separator: "\n", omittingEmptySubsequences: false)
        self.text = text
        codeText = blanked
    }

    /// The folder below `Sources` or `Tests` that the file is in.
    var room: Substring {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? parts[1] : ""
    }

    var name: String { String(path.split(separator: "/").last ?? "") }

    var testDescription: String { path }

    /// The numbers, from 1, of the lines where a pattern is found: in the code alone, or in comments and texts too.
    /// `^` and `$` stand for the ends of lines. A pattern that is none is found in line 0.
    func lines(matching pattern: String, inCodeOnly: Bool = true) -> [Int] {
        let text = inCodeOnly ? codeText : text
        guard let expression = try? NSRegularExpression(pattern: pattern, options: .anchorsMatchLines) else {
            return [0]
        }
        return expression.matches(in: text, range: NSRange(location: 0, length: text.utf16.count)).map {
            text.utf16.prefix($0.range.location).count { $0 == 10 } + 1
        }
    }
}

/// The checkout that these tests were built from.
enum Checkout {
    static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let swiftSources = files(below: "Sources", ending: ".swift")
    static let swiftTests = files(below: "Tests", ending: ".swift")
    static let migrations = files(below: "Sources/Store/Migrations", ending: ".sql")

    static func text(_ path: String) throws -> String {
        try String(contentsOf: top.appending(path: path), encoding: .utf8)
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: top.appending(path: folder).path).sorted()
    }

    private static func files(below folder: String, ending: String) -> [SourceFile] {
        let paths = FileManager.default.subpaths(atPath: top.appending(path: folder).path) ?? []
        return paths.filter { $0.hasSuffix(ending) }.sorted().compactMap { path in
            let whole = "\(folder)/\(path)"
            return (try? text(whole)).map { SourceFile(path: whole, text: $0) }
        }
    }
}
