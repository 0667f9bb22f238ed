import Foundation
import Testing

@testable import Curl

@Suite("Exchanges by HTTPS")
struct HTTPSTests {
    private func status(_ url: String, trusting trust: ServerAddress.Trust) async throws -> Int {
        try await HTTPClient(trust: trust).exchange(HTTPRequest(.get, url)).status
    }

    private func isUnsafe(_ error: any Error) -> Bool {
        if case .unsafe? = error as? CurlError { true } else { false }
    }

    @Test("a certificate is believed if an authority has signed it that is trusted")
    func trusted() async throws {
        let server = try HTTPSServer.shared.get()
        let url = "https://127.0.0.1:\(server.port)/"
        #expect(try await status(url, trusting: server.authority) == 200)
        await #expect { try await status(url, trusting: .system) } throws: { isUnsafe($0) }
    }

    @Test("a certificate for another name is not believed, whoever has signed it")
    func otherName() async throws {
        let server = try HTTPSServer.shared.get()
        await #expect {
            try await status(
                "https://localhost:\(server.port)/", trusting: server.authority)
        } throws: {
            isUnsafe($0)
        }
    }

    @Test("a file of authorities that is not there trusts nobody")
    func noAuthority() async throws {
        let server = try HTTPSServer.shared.get()
        await #expect {
            try await status(
                "https://127.0.0.1:\(server.port)/", trusting: .authorities(file: "/nowhere.pem"))
        } throws: {
            isUnsafe($0)
        }
    }
}

/// A server for all tests of this process that speaks TLS; it stops when the process ends.
private final class HTTPSServer: Sendable {
    private struct Description: Decodable {
        let port: Int
        let authority: String
    }

    private let described: Description
    private let process = Process()
    /// Closed when the process ends, which is what the server waits for.
    private let input = Pipe()

    static let shared = Result { try HTTPSServer() }

    private init() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Peers/servers/https_server.py")
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-B", script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte.first != 0x0A {
            line += byte
        }
        described = try JSONDecoder().decode(Description.self, from: line)
    }

    var port: Int { described.port }
    var authority: ServerAddress.Trust { .authorities(file: described.authority) }
}
