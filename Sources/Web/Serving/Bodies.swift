import Hummingbird
import NIOCore
import Secrets

extension Request {
    /// The whole body. Throws ``Problem`` when it is too large, and when less came than was announced: what was cut
    /// off may mean something else.
    func wholeBody(upTo largest: Int) async throws -> [UInt8] {
        let announced = headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > largest { throw Problem.tooLarge }
        let buffer = try await body.collect(upTo: largest)
        try Task.checkCancellation()
        guard announced == nil || announced == buffer.readableBytes else {
            throw Problem(400, "body_cut_off", "The body is shorter than its Content-Length says.")
        }
        return Array(buffer.readableBytesView)
    }

    /// The fields of a form that files may come along with.
    func formWithFiles(upTo largest: Int) async throws -> Form {
        let type = headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else { return try await form(upTo: largest) }
        guard let form = Form(multipart: try await wholeBody(upTo: largest), contentType: type) else {
            throw Problem(400, "not_a_form", "The body cannot be read as a form with files.")
        }
        return form
    }

    /// The fields of a form.
    func form(upTo largest: Int) async throws -> Form {
        let type = headers[.contentType]?.split(separator: ";").first?.lowercased() ?? ""
        guard type.isEmpty || type == "application/x-www-form-urlencoded" else {
            throw Problem(415, "wrong_type", "A form must come as application/x-www-form-urlencoded.")
        }
        guard let form = Form(encoded: try await wholeBody(upTo: largest)) else {
            throw Problem(400, "not_a_form", "The body cannot be read as a form.")
        }
        return form
    }

    /// The parameters of the query. Throws ``Problem`` for one that is unknown or comes twice.
    func query(knowing names: [String]) throws(Problem) -> [String: String] {
        guard let query = uri.query, !query.isEmpty else { return [:] }
        var values: [String: String] = [:]
        for pair in query.split(separator: "&") {
            guard let part = Form(encoded: Array(pair.utf8)) else { throw .query("query", "cannot be read") }
            let raw = pair.split(separator: "=").first.map(String.init) ?? ""
            guard let name = names.first(where: { part[$0] != nil }), let value = part[name] else {
                let known = names.isEmpty ? "Nothing is." : "Known are \(names.joined(separator: ", "))."
                throw .query(String(raw.prefix(100)), "is not known here. \(known)")
            }
            guard values[name] == nil else { throw .query(name, "stands in the query twice") }
            values[name] = value
        }
        return values
    }
}

extension Response {
    /// JSON that is nobody else's business.
    static func json(_ json: StrictJSON, status: Int) -> Response {
        Response(
            status: HTTPResponse.Status(code: status),
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text())))
    }
}
