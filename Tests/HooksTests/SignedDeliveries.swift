import Foundation
import Secrets
import Testing

@testable import Hooks

/// A delivery as `Tests/Peers/webhooks/sign.py` signed it.
struct SignedDelivery {
    var name: String
    var settings: EndpointSettings
    var request: HookRequest
    var material: HookMaterial

    /// What was verified; a handshake is a failure.
    func verified() throws -> Verified {
        guard case .verified(let verified) = try verdict() else { throw NotVerified() }
        return verified
    }

    func verdict() throws(HooksError) -> HookVerdict {
        try Endpoint(settings).verify(request, with: material)
    }

    struct NotVerified: Error {}
}

/// All signed fixtures; Python signs them once for the whole run.
enum SignedDeliveries {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/webhooks")

    private static let signed = Result { try sign() }

    static func all() throws -> [SignedDelivery] { try signed.get() }

    static func named(_ name: String) throws -> SignedDelivery {
        try #require(try all().first { $0.name == name }, "there is no delivery named \(name)")
    }

    /// Those that are to be found authentic.
    static func authentic() throws -> [SignedDelivery] { try all().filter { !$0.name.contains("-refused/") } }

    /// Those to be refused.
    static func refused() throws -> [SignedDelivery] { try all().filter { $0.name.contains("-refused/") } }

    private static func sign() throws -> [SignedDelivery] {
        let now = String(Int64(Date().timeIntervalSince1970))
        let output = try Python.run("sign.py", [fixtures.path, now])
        let json = try StrictJSON(output, limits: .delivery)
        return try (json.object?.members ?? []).map { try delivery($0.name, $0.value) }
    }

    private static func delivery(_ name: String, _ json: StrictJSON) throws -> SignedDelivery {
        func texts(_ member: String) -> [String] { json[member]?.array?.compactMap(\.string) ?? [] }
        func fields(_ member: String) -> [HookRequest.Field] {
            (json[member]?.array ?? []).compactMap { pair in
                guard let name = pair.array?[0].string, let value = pair.array?[1].string else { return nil }
                return HookRequest.Field(name, value)
            }
        }
        let provider = try #require(json["provider"]?.string.flatMap(Provider.init(rawValue:)))
        var material = HookMaterial.nothing
        if let pem = json["certificate"]?.string {
            material = .certificate(try Certificate(pem: Array(pem.utf8)))
        } else if let keys = json["jwks"] {
            material = .keySet(try KeySet(json: Array(keys.text().utf8)))
        }
        return SignedDelivery(
            name: name,
            settings: EndpointSettings(
                provider: provider, secrets: texts("secrets"), publicKeys: texts("public_keys"),
                audience: json["audience"]?.string, origins: texts("origins")),
            request: HookRequest(
                headers: fields("headers"), query: fields("query"),
                body: try #require(json["body"]?.string.flatMap { Base64.standard.decode($0) }),
                receivedAt: try #require(json["received_at"]?.integer)),
            material: material)
    }
}

/// Runs a script of `Tests/Peers/webhooks`. The interpreter is `PARLEY_PYTHON`, or `python3`, and needs what
/// `requirements.txt` beside the scripts lists.
enum Python {
    static func run(_ script: String, _ arguments: [String] = [], input: [UInt8] = []) throws -> [UInt8] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let python = ProcessInfo.processInfo.environment["PARLEY_PYTHON"] ?? "python3"
        process.arguments =
            [python, tests.appendingPathComponent("Peers/webhooks/\(script)").path] + arguments
        let (standardInput, output) = (Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input))
        try standardInput.fileHandleForWriting.close()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(script) failed: is requirements.txt installed?")
        return Array(bytes)
    }
}
