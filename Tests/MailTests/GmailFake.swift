import Foundation
import Negotiation
import Synchronization

@testable import Mail

/// A mailbox of a Gmail of our own, which one process plays for all tests.
final class GmailFake: Sendable {
    private let described: GmailProcess.Description
    /// Seconds that the clock of this side is ahead.
    let ahead = Mutex<Int64>(0)

    init(tokenSeconds: Int = 3599) throws {
        described = try GmailProcess.shared.get().open(tokenSeconds: tokenSeconds)
    }

    var now: @Sendable () -> Instant {
        { Instant(seconds: Int64(Date().timeIntervalSince1970) + self.ahead.withLock { $0 }) }
    }

    var account: GmailAccount {
        GmailAccount(
            address: described.address, clientID: described.clientID,
            clientSecret: described.clientSecret, refreshToken: described.refreshToken,
            tokenURL: "http://127.0.0.1:\(described.port)/token",
            apiURL: "http://127.0.0.1:\(described.port)", watchTopic: described.topic)
    }

    /// The interface, with tokens of its own.
    func api(_ change: (inout GmailAccount) -> Void = { _ in }) -> GmailAPI {
        var account = account
        change(&account)
        return GmailAPI(account, tokens: OAuthTokens(now: now))
    }

    /// A message as a vendor writes it.
    static func letter(_ id: String, from: String = "vendor@acme.test", to: String = "buyer@parley.test")
        -> String
    {
        "From: \(from)\r\nTo: \(to)\r\nSubject: Offer\r\nMessage-ID: <\(id)@acme.test>\r\n\r\nHello ü \(id)\r\n"
    }

    // MARK: What the test wants

    /// Has a message come in; its id.
    @discardableResult
    func deliver(
        _ raw: String, labels: [String] = ["INBOX", "UNREAD"], thread: String? = nil, at: Int64? = nil
    ) throws -> String {
        var wish: [String: Any] = ["raw": raw, "labels": labels]
        wish["thread"] = thread
        wish["at"] = at
        return try steer("deliver", wish)["id"] as? String ?? ""
    }

    /// Has the next requests answered so, whose path has `path` in it.
    func answer(
        _ status: Int, reason: String? = nil, retryAfter: String? = nil, count: Int = 1, path: String = ""
    )
        throws
    {
        var wish: [String: Any] = ["status": status, "count": count, "path": path]
        wish["reason"] = reason
        wish["retryAfter"] = retryAfter
        try steer("answer", wish)
    }

    func drop(_ when: String, path: String) throws { try steer("drop", ["when": when, "path": path]) }

    /// Every call so far whose line has `part` in it, as `GET /path`.
    func calls(_ part: String) throws -> [String] {
        (try steer("calls")["calls"] as? [String] ?? []).filter { $0.contains(part) }
    }

    /// Ports of this side from which calls came whose line has `part` in it.
    func connections(_ part: String) throws -> [Int] {
        (try steer("calls")["connections"] as? [[Any]] ?? []).compactMap { pair in
            (pair[1] as? String)?.contains(part) == true ? pair[0] as? Int : nil
        }
    }

    /// The messages that were sent, as they are.
    var sent: [[String: Any]] { get throws { try steer("sent")["sent"] as? [[String: Any]] ?? [] } }

    @discardableResult
    func steer(_ what: String, _ wish: [String: Any] = [:]) throws -> [String: Any] {
        let body = try JSONSerialization.data(withJSONObject: wish)
        let head =
            "POST /_test/\(what) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n"
        let answer = try LoopbackCall.answer(to: Data(head.utf8) + body, port: described.port)
        guard let end = answer.firstRange(of: Data("\r\n\r\n".utf8)) else { throw POSIXError(.EPROTO) }
        return try JSONSerialization.jsonObject(with: answer[end.upperBound...]) as? [String: Any] ?? [:]
    }
}

/// The process that plays Gmail; it ends with the tests.
private final class GmailProcess: Sendable {
    struct Description: Decodable {
        let port: Int
        let address: String
        let refreshToken: String
        let clientID: String
        let clientSecret: String
        let topic: String

        enum CodingKeys: String, CodingKey {
            case port, address, topic
            case refreshToken = "refresh_token"
            case clientID = "client_id"
            case clientSecret = "client_secret"
        }
    }

    private let process = Process()
    /// Closed when the tests end, which is what the server waits for.
    private let input = Pipe()
    private let output = Pipe()
    private let turn = Mutex(())

    static let shared = Result { try GmailProcess() }

    private init() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Peers/servers/gmail_fake.py")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-B", script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        _ = try described()
    }

    /// Opens a mailbox on a port of its own.
    func open(tokenSeconds: Int) throws -> Description {
        try turn.withLock { _ in
            try input.fileHandleForWriting.write(
                contentsOf: Data("{\"token_seconds\": \(tokenSeconds)}\n".utf8))
            return try described()
        }
    }

    private func described() throws -> Description {
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte.first != 0x0A {
            line += byte
        }
        return try JSONDecoder().decode(Description.self, from: line)
    }
}

/// Says something to a port of this machine, and hears everything until it closes.
private enum LoopbackCall {
    static func answer(to question: Data, port: Int) throws -> Data {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw POSIXError(.ECONNREFUSED) }
        let handle = FileHandle(fileDescriptor: socket, closeOnDealloc: false)
        try handle.write(contentsOf: question)
        return try handle.readToEnd() ?? Data()
    }
}
