import Curl
import Foundation
import Synchronization

/// Sends messages, or fetches a folder, and prints the seconds that it took. What is compared with is the script's concern.
///
/// usage: CurlBench smtp PORT COUNT CONNECTIONS BYTES | CurlBench imap PORT CA USER PASSWORD
@main
struct CurlBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "smtp" where arguments.count == 6: try await send(arguments.dropFirst(2).compactMap { Int($0) })
        case "imap" where arguments.count == 6: try await fetch(Array(arguments.dropFirst(2)))
        default:
            throw Failure("usage: CurlBench smtp PORT COUNT CONNECTIONS BYTES | imap PORT CA USER PASSWORD")
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private static func send(_ numbers: [Int]) async throws {
        guard numbers.count == 4 else { throw Failure("PORT, COUNT, CONNECTIONS and BYTES are numbers") }
        let (count, connections, bytes) = (numbers[1], numbers[2], numbers[3])
        let server = ServerAddress(host: "127.0.0.1", port: numbers[0], security: .none)
        let line = String(repeating: "x", count: 78) + "\r\n"
        let head = "From: <bench@parley.test>\r\nTo: <bench@discard.test>\r\nSubject: bench\r\n\r\n"
        let message = Array(
            (head + String(repeating: line, count: max(1, (bytes - head.utf8.count) / 80))).utf8)
        let envelope = try MailEnvelope(sender: "bench@parley.test", recipients: ["bench@discard.test"])
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    let connection = SMTPConnection(to: server, hello: "parley.test")
                    for _ in 0..<(count / connections) {
                        let outcome = await connection.send(message, to: envelope)
                        guard case .accepted = outcome else { throw Failure("\(outcome)") }
                    }
                }
            }
            try await group.waitForAll()
        }
        print((ContinuousClock.now - began) / .seconds(1))
    }

    private static func fetch(_ arguments: [String]) async throws {
        let server = ServerAddress(
            host: "localhost", port: Int(arguments[0]) ?? 0, security: .tls,
            credentials: ServerAddress.Credentials(user: arguments[2], secret: .password(arguments[3])),
            trust: .authorities(file: arguments[1]))
        let began = ContinuousClock.now
        let connection = IMAPConnection(to: server, longestMessage: 35 << 20)
        try await connection.open()
        _ = try await connection.select("INBOX", readOnly: true)
        let count = Atomic(0)
        let bytes = Atomic(0)
        try await connection.fetch(try await connection.uids(from: 1)) { message in
            guard case .bytes(let raw) = message.content else { return }
            count.add(1, ordering: .relaxed)
            bytes.add(raw.count, ordering: .relaxed)
        }
        print(
            (ContinuousClock.now - began) / .seconds(1), count.load(ordering: .relaxed),
            bytes.load(ordering: .relaxed))
    }
}
