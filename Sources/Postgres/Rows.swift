internal import CLibpq

/// What one statement brought back: its rows, or none, and how many rows it touched.
public struct Rows: RandomAccessCollection, Sendable {
    private let result: ServerResult

    /// Rows inserted, updated, deleted, or selected.
    public let affected: Int

    init(_ result: ServerResult) {
        self.result = result
        affected = result.affected
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { result.rowCount }

    public subscript(index: Int) -> Row {
        precondition((0..<result.rowCount).contains(index), "row \(index) of \(result.rowCount)")
        return Row(result: result, index: index)
    }

    /// The only row.
    ///
    /// - Throws: ``PostgresError/rowCount(expected:found:)`` when there is none or more than one.
    public func single() throws(PostgresError) -> Row {
        guard count == 1 else { throw .rowCount(expected: 1, found: count) }
        return self[0]
    }

    /// The only row, or `nil` when there is none.
    ///
    /// - Throws: ``PostgresError/rowCount(expected:found:)`` when there are several.
    public func atMostOne() throws(PostgresError) -> Row? {
        guard count <= 1 else { throw .rowCount(expected: 1, found: count) }
        return first
    }
}

/// Owner of one libpq result.
///
/// `@unchecked Sendable`: libpq never changes a result after it was received ("PGresult objects are normally read-only
/// after creation, and so can be passed around freely between threads", libpq manual, 34.20), and only `deinit` frees it.
final class ServerResult: @unchecked Sendable {
    private let handle: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    init(_ handle: OpaquePointer) {
        self.handle = handle
        rowCount = Int(PQntuples(handle))
        columnCount = Int(PQnfields(handle))
    }

    deinit { PQclear(handle) }

    var status: ExecStatusType { PQresultStatus(handle) }

    var affected: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// The command that was completed, such as `COMMIT`, or `ROLLBACK` when it came to that instead.
    var command: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    func type(_ column: Int) -> ColumnType { ColumnType(rawValue: PQftype(handle, Int32(column))) }

    /// The bytes of a value, `nil` for NULL. They live as long as this object.
    func value(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        guard PQgetisnull(handle, Int32(row), Int32(column)) == 0 else { return nil }
        let count = Int(PQgetlength(handle, Int32(row), Int32(column)))
        return UnsafeRawBufferPointer(start: PQgetvalue(handle, Int32(row), Int32(column)), count: count)
    }

    /// What the server refused and why.
    func refusal(statement: Int) -> ServerRefusal {
        func field(_ read: (OpaquePointer?) -> UnsafePointer<CChar>?) -> String? {
            read(handle).map { String(cString: $0) }
        }
        return ServerRefusal(
            sqlState: field(parley_pq_sqlstate) ?? "XX000",
            message: field(parley_pq_message) ?? oneLine(String(cString: PQresultErrorMessage(handle))),
            detail: field(parley_pq_detail),
            hint: field(parley_pq_hint),
            table: field(parley_pq_table),
            column: field(parley_pq_column),
            constraint: field(parley_pq_constraint),
            position: field(parley_pq_position).flatMap { Int($0) },
            statement: statement
        )
    }
}

/// libpq ends its messages with a line break and sometimes has several lines: one of them all.
func oneLine(_ message: String) -> String {
    message.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks }.joined(separator: "; ")
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        drop { $0 == " " || $0 == "\t" }
    }
}
