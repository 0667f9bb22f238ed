import Desk
import Secrets

extension Operation.Parameter {
    static let cursor = Operation.Parameter(
        name: "cursor", schema: .text, note: "The next_cursor of the page before.")
    static let limit = Operation.Parameter(
        name: "limit", schema: .whole(1...Page<Int>.largestLimit), note: "50 unless told.")

    /// Only those with a status.
    static func status(_ values: [String]) -> Operation.Parameter {
        Operation.Parameter(name: "status", schema: .oneOf(values), note: "")
    }
}

extension Operation.Success {
    static func list(of name: String) -> Operation.Success {
        Operation.Success(status: 200, schema: Shapes.list(of: name), note: "A page of the list.")
    }

    static func one(_ name: String) -> Operation.Success {
        Operation.Success(status: 200, schema: .named(name), note: "The record.")
    }

    static func created(_ name: String) -> Operation.Success {
        Operation.Success(status: 201, schema: .named(name), note: "What was made.")
    }

    static let nothing = Operation.Success(status: 204, schema: nil, note: "Done.")
}

extension Array where Element: Sendable {
    /// One page of a list that is at hand as a whole and only ever grows at its end, so that a position stays what it
    /// is.
    func page(_ request: PageRequest) throws(Problem) -> Page<Element> {
        var start = 0
        if let cursor = request.cursor {
            guard let position = Int(cursor), position >= 0 else {
                throw .query("cursor", "is none of Parley's")
            }
            start = Swift.min(position, count)
        }
        let end = Swift.min(start + request.limit, count)
        return Page(items: Array(self[start..<end]), nextCursor: end < count ? "\(end)" : nil)
    }
}
