import Hummingbird

/// Which paths there are and which methods each has: to tell an unknown path from a wrong method, and pages from the
/// API.
struct RouteBook: Sendable {
    /// Who looks at the answers of a path.
    enum Reader: Sendable { case program, person }

    private struct Entry {
        let segments: [Substring]
        let reader: Reader
        var methods: [String]
    }

    private var entries: [Entry] = []

    /// Adds a method of a path; segments that begin with `:` stand for anything.
    mutating func add(_ method: HTTPRequest.Method, _ path: String, for reader: Reader) {
        let methods = method == .get ? ["GET", "HEAD"] : [method.rawValue]
        let segments = path.split(separator: "/")
        if let index = entries.firstIndex(where: { $0.segments == segments }) {
            entries[index].methods += methods
        } else {
            entries.append(Entry(segments: segments, reader: reader, methods: methods))
        }
    }

    /// The methods of the paths that match, with OPTIONS; empty when there is no such path.
    func methods(of path: String) -> [String] {
        let found = matching(path).flatMap(\.methods)
        return found.isEmpty ? [] : Array(Set(found + ["OPTIONS"])).sorted()
    }

    /// Who looks at the answers of a path; `nil` when there is no such path.
    func reader(of path: String) -> Reader? { matching(path).first?.reader }

    private func matching(_ path: String) -> [Entry] {
        let segments = path.split(separator: "/")
        return entries.filter { entry in
            entry.segments.count == segments.count
                && zip(entry.segments, segments).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
        }
    }
}
