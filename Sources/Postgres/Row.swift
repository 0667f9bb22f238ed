#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One row. Columns are read by position, from 0, as the type the statement selects.
///
/// Each reader throws ``PostgresError/decoding(column:reason:)`` when the column is NULL (unless its name begins with
/// `optional`), has another type, or holds what the Swift type cannot hold exactly.
public struct Row: Sendable {
    let result: ServerResult
    let index: Int

    /// A `uuid`.
    public func uuid(_ column: Int) throws(PostgresError) -> UUID { try value(column, UUID.init) }
    /// A `uuid` or NULL.
    public func optionalUUID(_ column: Int) throws(PostgresError) -> UUID? { try optional(column, UUID.init) }

    /// Any type whose binary form is text: `text`, `varchar`, enumerations; `jsonb` as its text.
    public func text(_ column: Int) throws(PostgresError) -> String { try value(column, textOf) }
    /// Text or NULL.
    public func optionalText(_ column: Int) throws(PostgresError) -> String? { try optional(column, textOf) }

    /// A `smallint`, `integer` or `bigint`.
    public func int(_ column: Int) throws(PostgresError) -> Int { Int(try int64(column)) }
    /// A whole number or NULL.
    public func optionalInt(_ column: Int) throws(PostgresError) -> Int? {
        try optionalInt64(column).map { Int($0) }
    }

    /// A `smallint`, `integer` or `bigint`.
    public func int64(_ column: Int) throws(PostgresError) -> Int64 { try value(column, integerOf) }
    /// A whole number or NULL.
    public func optionalInt64(_ column: Int) throws(PostgresError) -> Int64? {
        try optional(column, integerOf)
    }

    /// A `boolean`.
    public func bool(_ column: Int) throws(PostgresError) -> Bool { try value(column, boolOf) }
    /// A `boolean` or NULL.
    public func optionalBool(_ column: Int) throws(PostgresError) -> Bool? { try optional(column, boolOf) }

    /// A `bytea`.
    public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] { try value(column, bytesOf) }
    /// A `bytea` or NULL.
    public func optionalBytes(_ column: Int) throws(PostgresError) -> [UInt8]? {
        try optional(column, bytesOf)
    }

    /// A `timestamptz` (or a `timestamp`, taken as UTC) in microseconds since 1970-01-01T00:00:00Z.
    public func timestamp(_ column: Int) throws(PostgresError) -> Int64 { try value(column, timestampOf) }
    /// A `timestamptz` or NULL, in microseconds since the Unix epoch.
    public func optionalTimestamp(_ column: Int) throws(PostgresError) -> Int64? {
        try optional(column, timestampOf)
    }

    /// A `date` in days since 1970-01-01.
    public func date(_ column: Int) throws(PostgresError) -> Int { try value(column, dateOf) }
    /// A `date` or NULL, in days since 1970-01-01.
    public func optionalDate(_ column: Int) throws(PostgresError) -> Int? { try optional(column, dateOf) }

    /// A `numeric` as a whole number of its smallest unit: with scale 4, 123.45 is 1,234,500. A value with more
    /// decimal places than `scale` (0…18) is refused, never rounded.
    public func numeric(_ column: Int, scale: Int) throws(PostgresError) -> Int64 {
        try value(column) { (bytes, type) throws(Mismatch) in try scaledOf(bytes, type, scale) }
    }
    /// A `numeric` or NULL as a whole number of its smallest unit.
    public func optionalNumeric(_ column: Int, scale: Int) throws(PostgresError) -> Int64? {
        try optional(column) { (bytes, type) throws(Mismatch) in try scaledOf(bytes, type, scale) }
    }

    /// A `numeric` as exact decimal text with the places the server keeps: `123.4500`.
    public func numericText(_ column: Int) throws(PostgresError) -> String {
        try value(column, decimalTextOf)
    }
    /// A `numeric` or NULL as exact decimal text.
    public func optionalNumericText(_ column: Int) throws(PostgresError) -> String? {
        try optional(column, decimalTextOf)
    }

    /// A `real` or `double precision`: scores and rates, never money.
    public func double(_ column: Int) throws(PostgresError) -> Double { try value(column, doubleOf) }
    /// A floating-point number or NULL.
    public func optionalDouble(_ column: Int) throws(PostgresError) -> Double? {
        try optional(column, doubleOf)
    }

    /// A `json` or `jsonb` as the UTF-8 bytes of its text.
    public func json(_ column: Int) throws(PostgresError) -> [UInt8] { try value(column, jsonOf) }
    /// JSON bytes or NULL.
    public func optionalJSON(_ column: Int) throws(PostgresError) -> [UInt8]? { try optional(column, jsonOf) }

    /// A `text[]` of one dimension without NULLs inside.
    public func textArray(_ column: Int) throws(PostgresError) -> [String] { try value(column, textArrayOf) }
    /// A `text[]` or NULL.
    public func optionalTextArray(_ column: Int) throws(PostgresError) -> [String]? {
        try optional(column, textArrayOf)
    }

    /// A `uuid[]` of one dimension without NULLs inside.
    public func uuidArray(_ column: Int) throws(PostgresError) -> [UUID] { try value(column, uuidArrayOf) }

    /// Whether the column is NULL.
    public func isNull(_ column: Int) throws(PostgresError) -> Bool {
        try optional(column) { (_, _) throws(Mismatch) in true } == nil
    }

    private func value<Value>(
        _ column: Int, _ decode: (UnsafeRawBufferPointer, ColumnType) throws(Mismatch) -> Value
    ) throws(PostgresError) -> Value {
        guard let value = try optional(column, decode) else {
            throw .decoding(column: column, reason: "it is NULL")
        }
        return value
    }

    private func optional<Value>(
        _ column: Int, _ decode: (UnsafeRawBufferPointer, ColumnType) throws(Mismatch) -> Value
    ) throws(PostgresError) -> Value? {
        guard (0..<result.columnCount).contains(column) else {
            throw .decoding(column: column, reason: "the statement has \(result.columnCount) columns")
        }
        guard let bytes = result.value(row: index, column: column) else { return nil }
        // The bytes belong to the result, which must outlive the decoding.
        return try withExtendedLifetime(result) { () throws(PostgresError) in
            do throws(Mismatch) { return try decode(bytes, result.type(column)) } catch {
                throw .decoding(column: column, reason: error.reason)
            }
        }
    }
}
