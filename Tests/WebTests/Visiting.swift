import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Secrets
import Testing

@testable import Web

/// A client of the server in a test: one program with a key, or one browser with its cookies.
struct Visitors: Sendable {
    let client: any TestClientProtocol

    func call(
        _ method: HTTPRequest.Method, _ path: String, key: String? = nil, json: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let key { headers[.authorization] = "Bearer \(key)" }
        if json != nil { headers[.contentType] = "application/json" }
        return Answer(
            try await client.executeRequest(
                uri: path, method: method, headers: headers, body: json.map { ByteBuffer(string: $0) }))
    }

    func get(_ path: String, key: String? = nil) async throws -> Answer {
        try await call(.get, path, key: key)
    }

    func post(_ path: String, key: String? = nil, _ json: String = "{}", headers: HTTPFields = [:])
        async throws
        -> Answer
    { try await call(.post, path, key: key, json: json, headers: headers) }

    /// Sends a form, with cookies.
    func form(
        _ path: String, _ fields: [(String, String)], cookies: [String] = [], headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        if !cookies.isEmpty { headers[.cookie] = cookies.joined(separator: "; ") }
        let body = fields.map { "\(PageDesk.encoded($0.0))=\(PageDesk.encoded($0.1))" }.joined(separator: "&")
        return Answer(
            try await client.executeRequest(
                uri: path, method: .post, headers: headers, body: ByteBuffer(string: body)))
    }

    func page(_ path: String, cookies: [String], method: HTTPRequest.Method = .get) async throws -> Answer {
        var headers: HTTPFields = [.accept: "text/html"]
        if !cookies.isEmpty { headers[.cookie] = cookies.joined(separator: "; ") }
        return try await call(method, path, headers: headers)
    }

    /// Signs in as a person; the session cookie.
    func signIn(_ email: String) async throws -> String {
        let page = try await page("/sign-in", cookies: [])
        let visit = try #require(page.cookie("parley_visit"))
        let answer = try await form(
            "/sign-in",
            [("email", email), ("password", Showroom.password), ("csrf_token", try page.csrfToken)],
            cookies: [visit])
        #expect(answer.status == 303)
        return try #require(answer.cookie("parley_session"))
    }
}

/// What came back.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        text = String(buffer: response.body)
    }

    var json: StrictJSON {
        get throws { try StrictJSON(Array(text.utf8)) }
    }

    /// A member of the JSON, by names parted by dots.
    func member(_ path: String) throws -> StrictJSON? {
        try path.split(separator: ".").reduce(json as StrictJSON?) { value, name in
            Int(name).map { index in value?.array.flatMap { index < $0.count ? $0[index] : nil } }
                ?? value?[String(name)]
        }
    }

    func string(_ path: String) throws -> String? { try member(path)?.string }

    /// `name=value` of a cookie that was set.
    func cookie(_ name: String) -> String? {
        headers[values: .setCookie].first { $0.hasPrefix(name + "=") }.flatMap {
            $0.split(separator: ";").first.map(String.init)
        }
    }

    /// The token of the first form of a page.
    var csrfToken: String {
        get throws {
            let parts = text.components(separatedBy: "name=\"csrf_token\" value=\"")
            let rest = try #require(parts.dropFirst().first)
            return String(try #require(rest.split(separator: "\"").first))
        }
    }
}

extension Showroom {
    /// Runs requests against the server, without a socket.
    func visiting<Value: Sendable>(_ visit: @escaping @Sendable (Visitors) async throws -> Value) async throws
        -> Value
    {
        try await server().application().test(.router) { try await visit(Visitors(client: $0)) }
    }
}
