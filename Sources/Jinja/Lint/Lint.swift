/// Something that is wrong with a template, or likely to be.
public struct Finding: Sendable, Equatable, CustomStringConvertible {
    /// Which rule was broken.
    public enum Rule: String, Sendable {
        /// It does not compile.
        case syntax
        /// A variable that is not declared.
        case undefinedVariable = "undefined_variable"
        /// What can never be rendered.
        case unreachable
        /// A filter that does not exist, where it only fails if it is reached.
        case unknownFilter = "unknown_filter"
        /// A test that does not exist, where it only fails if it is reached.
        case unknownTest = "unknown_test"
        /// An HTML element that is opened and not closed, or the other way round.
        case unbalancedHTML = "unbalanced_html"
    }

    public let rule: Rule
    /// Counted from 1.
    public let line: Int
    /// Counted from 1, in code points.
    public let column: Int
    public let message: String

    /// Place, rule and message on one line.
    public var description: String { "\(line):\(column): \(rule.rawValue): \(message)" }
}

/// Checks templates without rendering them.
public enum Lint {
    /// Findings in the order of their places.
    ///
    /// - Parameters:
    ///   - source: the template.
    ///   - name: decides by its extension whether HTML is checked.
    ///   - declared: the names that the template will be given; nil if they are not known.
    ///   - options: how the template will be read.
    public static func findings(
        in source: String, name: String, declared: Set<String>?, options: Options = Options()
    ) -> [Finding] {
        let code: Code
        do {
            code = try Environment(options: options).compile(source, name: name).code
        } catch {
            let hint = error.suggestion.map { ", did you mean '\($0)'?" } ?? ""
            return [
                Finding(rule: .syntax, line: error.line, column: error.column, message: error.message + hint)
            ]
        }
        var linter = Linter(code: code, declared: declared)
        linter.run()
        if Options.Autoescape.byExtension.applies(to: name) { linter.checkHTML() }
        return linter.findings.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}

struct Linter {
    let code: Code
    let declared: Set<String>?
    var findings: [Finding] = []

    init(code: Code, declared: Set<String>?) {
        self.code = code
        self.declared = declared
    }

    mutating func report(_ rule: Finding.Rule, at offset: UInt32, _ message: String) {
        let place = TemplateError(.runtime(""), template: "", source: code.source, at: Int(offset))
        findings.append(Finding(rule: rule, line: place.line, column: place.column, message: message))
    }

    mutating func run() {
        if let declared { checkNames(declared) }
        for node in code.nodes where node.operation == .unknown {
            let name = code.names[Int(node.a)].string
            let known = node.flag == 1 ? Tests.names : Filters.names
            let hint = nearest(to: name, among: known).map { ", did you mean '\($0)'?" } ?? ""
            report(
                node.flag == 1 ? .unknownTest : .unknownFilter, at: node.at,
                "no \(node.flag == 1 ? "test" : "filter") named '\(name)'\(hint)")
        }
        checkReachability()
    }

    // MARK: Names

    /// Reads of slots that no statement ever writes come from the context.
    private mutating func checkNames(_ declared: Set<String>) {
        // What the template itself sets at its top level, its blocks and macros find too.
        let set = code.nodes.filter { ($0.operation == .store || $0.operation == .storeCell) && $0.flag != 0 }
        let known = declared.union(Global.allCases.map(\.rawValue)).union(
            set.map { code.names[Int($0.b)].string })
        for (name, at) in code.freeNames where !known.contains(name.string) {
            let hint = nearest(to: name.string, among: known.sorted()).map { ", did you mean '\($0)'?" } ?? ""
            report(.undefinedVariable, at: at, "'\(name.string)' is not declared\(hint)")
        }
    }

    // MARK: Reachability

    private mutating func checkReachability() {
        for function in code.functions { checkRun(function.body) }
        for body in code.bodies { checkRun(body) }
        for node in code.nodes where node.operation == .branch { checkBranch(node) }
        if code.hasExtends { checkBlocks() }
    }

    /// Nothing after `break` or `continue` is ever reached, and no output after `extends`.
    private mutating func checkRun(_ body: Body) {
        var stop: String?
        for position in 0..<body.count {
            let node = code.nodes[Int(code.lists[Int(body.first + position)])]
            if let tag = stop {
                if isBlank(node) || (tag == "extends" && node.operation != .output && node.operation != .text)
                {
                    continue
                }
                report(.unreachable, at: node.at, "this is never rendered, as it stands after '\(tag)'")
                return
            }
            switch node.operation {
            case .breakLoop: stop = "break"
            case .continueLoop: stop = "continue"
            case .extends: stop = "extends"
            default: break
            }
        }
    }

    private func isBlank(_ node: Node) -> Bool {
        node.operation == .text && code.source[Int(node.a)..<Int(node.b)].allSatisfy(\.isSpace)
    }

    private mutating func checkBranch(_ node: Node) {
        for pair in 0..<node.b {
            let test = code.nodes[Int(code.lists[Int(node.a + pair * 2)])]
            guard test.operation == .constant else { continue }
            let value = code.constants[Int(test.a)]
            if value == true, pair + 1 < node.b || node.c >= 0 {
                report(.unreachable, at: test.at, "the branches after this one are never reached")
            } else if value == false {
                report(.unreachable, at: test.at, "this branch is never reached")
            }
        }
    }

    /// A block within a block of a template that extends another is fine; a macro's is not looked at.
    private mutating func checkBlocks() {
        for node in code.nodes where node.operation == .block && node.flag == 0 {
            let site = code.blockSites[Int(node.a)]
            if site.isRequired {
                report(.unreachable, at: node.at, "a required block within a template that extends another")
            }
        }
    }
}

extension Code {
    /// Names that are read from the context, each where it is first read.
    var freeNames: [(name: Text, at: UInt32)] {
        var seen: Set<Int32> = []
        var free: [(name: Text, at: UInt32)] = []
        for node in nodes where node.flag == 1 {
            guard node.operation == .local || node.operation == .cell || node.operation == .free else {
                continue
            }
            if seen.insert(node.b).inserted { free.append((names[Int(node.b)], node.at)) }
        }
        return free
    }
}
