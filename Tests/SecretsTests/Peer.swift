import Foundation
import Testing

@testable import Secrets

/// Runs `Tests/Peers/secrets/peer.py` with requests and returns its answers in order.
///
/// The interpreter is `PARLEY_PYTHON`, or `python3`; it needs what `requirements.txt` beside the script lists.
enum Peer {
    static func ask(_ requests: [String: StrictJSON]...) throws -> [StrictJSON] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let script = tests.appendingPathComponent("Peers/secrets/peer.py").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let python = ProcessInfo.processInfo.environment["PARLEY_PYTHON"] ?? "python3"
        process.arguments = [python, script]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let lines = requests.map { request in
            StrictJSON.object(of: request.map { ($0.key, $0.value) }).text() + "\n"
        }
        try input.fileHandleForWriting.write(contentsOf: Data(lines.joined().utf8))
        try input.fileHandleForWriting.close()
        let answers = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the Python peer failed: is requirements.txt installed?")
        return try answers.split(separator: UInt8(ascii: "\n")).map { line in
            let answer = try StrictJSON(Array(line))
            if let refusal = answer["refused"]?.string { throw PeerRefusal(reason: refusal) }
            return try #require(answer["result"])
        }
    }
}

/// The peer did not take what it was given.
struct PeerRefusal: Error { let reason: String }

extension StrictJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(String(value)) }
    public init(arrayLiteral elements: StrictJSON...) { self = .array(elements) }
}

/// Bytes of base64 that a test knows to be right.
func base64(_ json: StrictJSON?) throws -> [UInt8] {
    try #require(json?.string.flatMap { Base64.standard.decode($0) })
}
