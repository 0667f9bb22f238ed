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

/// `parley template bench`: CPU time of one thread, as medians over slices.
struct TemplateBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures compiling and rendering.")

    @Option(help: "The template; other templates are looked for in its folder.")
    var template: String?

    @Option(help: "A JSON file with the variables.")
    var context: String?

    @Option(help: "A folder whose *.txt files are compiled, none rendered.")
    var compileDir: String?

    @Option(help: "How long to measure, in seconds.")
    var seconds = 2.0

    /// Slices of the measured time; the median of them is the figure.
    private static let slices = 9

    func validate() throws {
        if (template == nil) == (compileDir == nil) {
            throw ValidationError("Give either --template or --compile-dir.")
        }
        guard seconds > 0, seconds <= 3_600 else {
            throw ValidationError("--seconds must be from 0 to 3600.")
        }
    }

    func run() throws {
        if let compileDir { return try benchCompiling(compileDir) }
        if let template { try benchRendering(template) }
    }

    // MARK: Rendering

    private func benchRendering(_ path: String) throws {
        let (folder, name) = TemplateFiles.split(path)
        let source = try TemplateFiles.bytes(path)
        let values = try TemplateFiles.context(context)
        let environment = Environment(
            options: Options(autoescape: path.hasSuffix(".html") ? .on : .off),
            loader: TemplateFiles.loader(root: folder))
        let compiled = try environment.compile(utf8: source, name: name)
        let output = try compiled.bytes(values)
        let share = seconds / Double(Self.slices)
        let rendering = try measure(each: share * 0.8) { _ = try compiled.bytes(values) }
        let compiling = try measure(each: share * 0.2) {
            _ = try environment.compile(utf8: source, name: name)
        }
        let median = rendering[rendering.count / 2]
        let result = Value([
            ("engine", "parley"), ("renders_per_s", Value(1e9 / median)), ("ns_per_render", Value(median)),
            ("ns_min", Value(rendering[0])), ("ns_max", Value(rendering[rendering.count - 1])),
            ("compile_us", Value(compiling[compiling.count / 2] / 1_000)),
            ("output_bytes", Value(output.count)),
            ("output_sha256", Value(TemplateDigest.sha256(output))),
        ])
        print(try result.json())
    }

    // MARK: Compiling

    private func benchCompiling(_ folder: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".txt")
        }.sorted()
        var sources: [(name: String, bytes: [UInt8])] = []
        for name in names { sources.append((name, try TemplateFiles.bytes(folder + "/" + name))) }
        let environment = Environment(options: Options(autoescape: .off), loader: .empty)
        let slices = try measure(each: seconds / Double(Self.slices)) {
            for (name, bytes) in sources { _ = try environment.compile(utf8: bytes, name: name) }
        }
        let perTemplate = slices[slices.count / 2] / 1_000 / Double(max(1, sources.count))
        let result = Value([
            ("engine", "parley"), ("templates", Value(sources.count)), ("compile_us", Value(perTemplate)),
        ])
        print(try result.json())
    }

    // MARK: Time

    /// Nanoseconds of CPU per turn, one figure per slice, in ascending order.
    private func measure(each slice: Double, _ body: () throws -> Void) throws -> [Double] {
        var figures: [Double] = []
        for _ in 0..<Self.slices {
            let start = Self.cpuNanoseconds()
            var turns = 0
            // At least one turn; the clock is read in between, which small turns share.
            repeat {
                for _ in 0..<8 { try body() }
                turns += 8
            } while Self.cpuNanoseconds() - start < slice * 1e9
            figures.append((Self.cpuNanoseconds() - start) / Double(turns))
        }
        return figures.sorted()
    }

    private static func cpuNanoseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
