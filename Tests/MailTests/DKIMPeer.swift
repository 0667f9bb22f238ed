import Foundation
import Testing

/// Runs `Tests/Peers/dkim/peer.py` with requests and returns its answers in order.
///
/// The interpreter is `PARLEY_PYTHON`, or `python3`; it needs what `requirements.txt` beside it lists.
enum DKIMPeer {
    /// What a request may hold; what an operation does not know is left out.
    struct Request: Encodable {
        let op: String
        var algorithm: String?
        var bits: Int?
        var message: Data?
        var domain: String?
        var selector: String?
        var key: String?
        var forms: [String]?
        var length: Bool?
        var records: [String: String]?
    }

    /// A key as dkimpy has it, and its DNS record.
    struct Key: Decodable {
        let key: String
        let record: String
    }

    private struct Answer<Result: Decodable>: Decodable {
        let result: Result?
        let refused: String?
    }

    /// The peer did not take what it was given.
    struct Refusal: Error { let reason: String }

    static func ask<Result: Decodable>(_ requests: [Request], for: Result.Type) throws -> [Result] {
        let process = try start("peer.py")
        let input = try #require(process.standardInput as? Pipe).fileHandleForWriting
        let output = try #require(process.standardOutput as? Pipe).fileHandleForReading
        for request in requests { try input.write(contentsOf: JSONEncoder().encode(request) + [10]) }
        try input.close()
        let answers = try output.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the Python peer failed: is requirements.txt installed?")
        return try answers.split(separator: 10).map { line in
            let answer = try JSONDecoder().decode(Answer<Result>.self, from: line)
            guard let result = answer.result else { throw Refusal(reason: answer.refused ?? "") }
            return result
        }
    }

    /// A script of the peer that runs, with pipes as its input and output.
    static func start(_ script: String) throws -> Process {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let python = ProcessInfo.processInfo.environment["PARLEY_PYTHON"] ?? "python3"
        process.arguments = [python, tests.appending(path: "Peers/dkim/\(script)").path()]
        process.standardInput = Pipe()
        process.standardOutput = Pipe()
        try process.run()
        return process
    }
}
