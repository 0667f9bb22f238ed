import ArgumentParser
import Desk
import Embedded
import Glibc
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a command says: results to standard output, everything else to standard error.
enum Console {
    /// A result, one line.
    static func result(_ line: String) { print(line) }

    /// A result as JSON on one line.
    static func result(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// A message for whoever watches.
    static func note(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        // Where even the messages cannot be written, there is nobody left to tell.
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Runs the body of a command; what goes wrong is told in one line, with exit code 1.
    static func run(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ExitCode {
            throw error
        } catch {
            note("parley: \(oneLine("\(error)"))")
            throw ExitCode.failure
        }
        fflush(nil)
    }

    /// The text with its line breaks turned into blanks.
    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// The whole standard input, at most `limit` bytes, without the line break at its end.
    static func input(limit: Int) throws -> String {
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count <= limit {
            let read = bytes[count...].withUnsafeMutableBytes { Glibc.read(0, $0.baseAddress, $0.count) }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { break }
            count += read
        }
        guard count <= limit else {
            throw ConfigurationError.invalid("standard input", "it has more than \(limit) bytes")
        }
        var text = bytes[..<count]
        while text.last == 10 || text.last == 13 { text = text.dropLast() }
        return String(decoding: text, as: UTF8.self)
    }
}
