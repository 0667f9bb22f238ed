import ArgumentParser
import Jinja

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `parley template render`: one template, or a stream of them.
struct TemplateRender: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Renders a template with a JSON context.",
        discussion: """
            With --batch, JSON Lines are read from standard input, each with "template" and optionally "id", \
            "templates", "context" and "options", and answered in order with "output" or "error".
            """)

    @Option(help: "The template; other templates are looked for in its folder.")
    var template: String?

    @Option(help: "A JSON file with the variables.")
    var context: String?

    @Option(help: "The language and region of numbers and dates, such as de-DE.")
    var locale = "en"

    @Flag(help: "Undefined variables are errors.")
    var strict = false

    @Flag(help: "Reads and writes JSON Lines.")
    var batch = false

    func validate() throws {
        if batch == (template != nil) { throw ValidationError("Give either --template or --batch.") }
    }

    func run() throws {
        if batch { return runBatch() }
        guard let template else { return }
        let (folder, name) = TemplateFiles.split(template)
        let options = Options(undefined: strict ? .strict : .default)
        let environment = Environment(options: options, loader: TemplateFiles.loader(root: folder))
        let now = Timestamp(seconds: Int(Date().timeIntervalSince1970))
        let compiled = try environment.compile(utf8: TemplateFiles.bytes(template), name: name)
        let output = try compiled.render(
            TemplateFiles.context(context), now: now, locale: Locale(locale))
        print(output, terminator: "")
    }

    // MARK: Batch

    /// Ends with standard input; one line is one request.
    private func runBatch() {
        var lines = InputLines(limit: TemplateBatch.longestLine)
        while let line = lines.next() {
            switch line {
            case .tooLong: print(TemplateBatch.tooLong)
            case .bytes(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                if text.allSatisfy(\.isWhitespace) { continue }
                print(TemplateBatch.answer(text))
            }
            fflush(nil)
        }
    }
}

/// One line of `template render --batch`.
enum TemplateBatch {
    /// Bytes of one line of input.
    static let longestLine = 64 << 20

    /// The answer to a line that was not read to its end.
    static var tooLong: String {
        failure(
            id: .none, kind: "limit", template: "", 0, 0,
            "the line has more than \(longestLine) bytes")
    }

    static func answer(_ line: String) -> String {
        let request: Value
        do {
            request = try Value(json: line)
        } catch {
            return failure(id: .none, kind: "syntax", template: "", 0, 0, "the line is not JSON: \(error)")
        }
        let id = request["id"] ?? .none
        guard let source = request["template"]?.string else {
            return failure(id: id, kind: "syntax", template: "", 0, 0, "\"template\" is missing")
        }
        do {
            let output = try render(source, request)
            return json([("id", id), ("output", Value(output))])
        } catch {
            return failure(
                id: id, kind: error.kind.rawValue, template: error.template, error.line, error.column,
                error.message)
        }
    }

    private static func render(_ source: String, _ request: Value) throws(TemplateError) -> String {
        let given = request["options"] ?? [:]
        func flag(_ name: String) -> Bool { given[name] == true }
        let options = Options(
            autoescape: flag("autoescape") ? .on : .off, trimBlocks: flag("trim_blocks"),
            lstripBlocks: flag("lstrip_blocks"), keepTrailingNewline: flag("keep_trailing_newline"),
            undefined: given["undefined"]?.string == "strict" ? .strict : .default)
        let templates = request["templates"] ?? [:]
        let environment = Environment(options: options, loader: Loader { name in templates[name]?.string })
        return try environment.compile(source, name: "<template>").render(request["context"] ?? [:])
    }

    private static func failure(
        id: Value, kind: String, template: String, _ line: Int, _ column: Int, _ message: String
    ) -> String {
        let error = Value([
            ("kind", Value(kind)), ("template", Value(template)), ("line", Value(line)),
            ("column", Value(column)), ("message", Value(message)),
        ])
        return json([("id", id), ("error", error)])
    }

    private static func json(_ pairs: [(String, Value)]) -> String {
        // An id that came as JSON goes back as JSON, so this cannot fail.
        (try? Value(pairs).json()) ?? "{\"id\":null,\"error\":{\"kind\":\"runtime\"}}"
    }
}
