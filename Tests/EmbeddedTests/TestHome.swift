import Foundation
import Synchronization
import Testing

@testable import Embedded

/// Everything here starts servers and kills processes: one test at a time, so that they do not wait for each other.
@Suite(.serialized)
enum EmbeddedServers {}

/// A folder for one test, gone afterwards.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/parley-embedded-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A home within, with a cluster that is copied rather than made anew.
    func home(_ name: String = "home") async throws -> String {
        try await Template.shared.copy(to: path + "/" + name)
        return path + "/" + name
    }
}

/// A cluster that has been made once for all tests.
private actor Template {
    static let shared = Template()
    private var made: Task<TestFolder, any Error>?

    func copy(to home: String) async throws {
        let template =
            made
            ?? Task {
                let folder = try TestFolder()
                try await EmbeddedPostgres.start(home: folder.path + "/home").stop()
                // It is needed to the end of the tests, and nothing is deinitialised there.
                leftAtTheEnd.withLock { $0 = folder.path }
                atexit { leftAtTheEnd.withLock { try? FileManager.default.removeItem(atPath: $0) } }
                return folder
            }
        made = template
        let folder = try await template.value
        try run("/bin/cp", "-a", folder.path + "/home", home)
    }
}

private let leftAtTheEnd = Mutex("")

@discardableResult
func run(_ program: String, _ arguments: String...) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: printed, as: UTF8.self)
}

/// Asks the server through `psql`.
func ask(_ connectionString: String, _ sql: String) throws -> String {
    try run("/usr/bin/psql", connectionString, "-XAtqc", sql).trimmingCharacters(in: .whitespacesAndNewlines)
}

/// A gateway in a process of its own.
final class Host: @unchecked Sendable {  // used by one test at a time
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(home: String, as user: String? = nil) throws {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("EmbeddedHost").path
        let group = try user.map {
            try run("/usr/bin/id", "-g", $0).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let identity = user.map { ["--reuid=\($0)", "--regid=\(group ?? $0)", "--clear-groups"] } ?? []
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = identity + [program, home]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// The line it prints when it is ready, or why it is not.
    func line() -> String {
        var line = Data()
        while let byte = try? output.fileHandleForReading.read(upToCount: 1),
            byte.first != UInt8(ascii: "\n"), !byte.isEmpty
        {
            line += byte
        }
        return String(decoding: line, as: UTF8.self)
    }

    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func stop() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

/// Waits until something is so, looking often, for at most 20 s.
func eventually(_ condition: () throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}

/// Processes that work within a folder: the postmaster and what it started.
func processes(in folder: String) -> [Int32] {
    guard let here = status(of: folder) else { return [] }
    return names(in: "/proc").compactMap { Int32($0) }.filter { process in
        guard let there = status(of: "/proc/\(process)/cwd/") else { return false }
        return there.st_ino == here.st_ino && there.st_dev == here.st_dev
    }
}
