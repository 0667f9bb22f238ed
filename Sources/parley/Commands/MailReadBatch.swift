#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where messages come from, and where records go.
enum MailReadSource {
    /// Octets of one file at most.
    static let mostOctets = 100_000_000
    /// Octets of one read.
    static let chunk = 1 << 16

    struct Problem: Error {
        let message: String
    }

    /// The content of a file; `-` is standard input.
    static func octets(atPath path: String) -> Result<[UInt8], Problem> {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            return .failure(Problem(message: "\(path): \(String(cString: strerror(errno)))"))
        }
        defer { if descriptor != 0 { close(descriptor) } }
        var result: [UInt8] = []
        while result.count <= mostOctets {
            let count = append(from: descriptor, to: &result)
            if count == 0 { return .success(result) }
            if count < 0 { return .failure(Problem(message: "\(path): \(String(cString: strerror(errno)))")) }
        }
        return .failure(Problem(message: "\(path): more than \(mostOctets) octets"))
    }

    /// Reads what is there, at most one chunk; 0 at the end, negative for an error.
    static func append(from descriptor: Int32, to result: inout [UInt8]) -> Int {
        var count = 0
        repeat {
            count = withUnsafeTemporaryAllocation(byteCount: chunk, alignment: 1) { buffer in
                let count = read(descriptor, buffer.baseAddress, chunk)
                if count > 0 { result += buffer[..<count] }
                return count
            }
        } while count < 0 && errno == EINTR
        return count
    }

    /// Writes one record and its line end at once; an error of the output ends the process's usefulness
    /// quietly.
    static func print(_ record: MailReadJSON) {
        var line: [UInt8] = []
        record.write(to: &line)
        line.append(0x0A)
        var start = 0
        while start < line.count {
            let written = line.withUnsafeBytes {
                write(1, $0.baseAddress.map { $0 + start }, line.count - start)
            }
            if written < 0 && errno != EINTR { return }
            start += max(0, written)
        }
    }
}

/// `parley mail read --batch`.
enum MailReadBatch {
    /// Octets of one line of input: a message of the largest size in base64.
    private static let longestLine = 150_000_000

    /// Reads lines until the input ends.
    static func run() {
        var lines = InputLines(limit: longestLine)
        while let line = lines.next() {
            switch line {
            case .bytes(let bytes): answer(bytes)
            case .tooLong: MailReadSource.print(MailReadRecord.json(id: .null, error: "line too long"))
            }
        }
    }

    private static func answer(_ line: [UInt8]) {
        guard line.contains(where: { $0 > 0x20 }) else { return }
        guard let request = try? JSONDecoder().decode(Request.self, from: Data(line)) else {
            MailReadSource.print(
                MailReadRecord.json(id: .null, error: "not a JSON object with id and path or raw_base64"))
            return
        }
        switch request.octets() {
        case .success(let octets):
            MailReadSource.print(MailReadRecord.json(id: request.id.json, octets: octets))
        case .failure(let problem):
            MailReadSource.print(MailReadRecord.json(id: request.id.json, error: problem.message))
        }
    }

    /// One line of input.
    private struct Request: Decodable {
        let id: RequestID
        let path: String?
        let raw: String?

        enum CodingKeys: String, CodingKey {
            case id, path
            case raw = "raw_base64"
        }

        func octets() -> Result<[UInt8], MailReadSource.Problem> {
            if let path { return MailReadSource.octets(atPath: path) }
            guard let raw else {
                return .failure(MailReadSource.Problem(message: "neither path nor raw_base64"))
            }
            guard let data = Data(base64Encoded: raw, options: .ignoreUnknownCharacters) else {
                return .failure(MailReadSource.Problem(message: "raw_base64 is not base64"))
            }
            return .success(Array(data))
        }
    }

    /// An id comes back as it came: text, a number, or nothing.
    private enum RequestID: Decodable {
        case text(String)
        case whole(Int)
        case none

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let number = try? container.decode(Int.self) {
                self = .whole(number)
            } else {
                self = .none
            }
        }

        var json: MailReadJSON {
            switch self {
            case .text(let text): .string(text)
            case .whole(let number): .int(number)
            case .none: .null
            }
        }
    }
}
