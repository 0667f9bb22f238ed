import ArgumentParser
import Jinja

/// `parley template lint`: what is wrong with templates, without rendering them.
struct TemplateLint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Finds mistakes in templates without rendering them.")

    @Argument(help: "The templates.")
    var files: [String]

    @Option(help: "A JSON file whose keys are the variables that templates may use.")
    var context: String?

    @Flag(help: "Findings as JSON.")
    var json = false

    func run() throws {
        let declared: Set<String>? = try context.map { Set(try TemplateFiles.context($0).keys) }
        var all: [(file: String, finding: Finding)] = []
        for file in files {
            let source = String(decoding: try TemplateFiles.bytes(file), as: UTF8.self)
            let findings = Lint.findings(in: source, name: file, declared: declared)
            all += findings.map { (file, $0) }
        }
        if json {
            let items = all.map { entry in
                Value([
                    ("file", Value(entry.file)), ("rule", Value(entry.finding.rule.rawValue)),
                    ("line", Value(entry.finding.line)), ("column", Value(entry.finding.column)),
                    ("message", Value(entry.finding.message)),
                ])
            }
            print(try Value([("findings", Value(items))]).json())
        } else {
            for (file, finding) in all { print("\(file):\(finding)") }
        }
        if !all.isEmpty { throw ExitCode.failure }
    }
}
