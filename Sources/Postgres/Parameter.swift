#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A value for a place such as `$1`, together with its Postgres type.
///
/// Every constructor takes an optional: `nil` is sent as a NULL of that type. Fixed-width values travel in binary,
/// text and decimal numbers as text.
public struct Parameter: Sendable, Hashable {
    let type: ColumnType
    let content: Content

    enum Content: Sendable, Hashable {
        case null
        case text([UInt8])
        case binary([UInt8])
        case invalid(String)
    }

    private init<Value>(_ type: ColumnType, _ value: Value?, _ encode: (Value) -> Content) {
        self.type = type
        content = value.map(encode) ?? .null
    }

    /// A NULL whose type the server finds out from the statement.
    public static let null = Parameter(.unknown, nil as Int?) { _ in .null }

    /// A `uuid`.
    public static func uuid(_ value: UUID?) -> Parameter {
        Parameter(.uuid, value) { .binary($0.octets) }
    }

    /// Text. The server decides by the statement which type it is read as, so it also serves enumerations, `inet`
    /// and the like. It may not contain U+0000, which Postgres cannot store.
    public static func text(_ value: String?) -> Parameter {
        Parameter(.unknown, value) { textContent(Array($0.utf8)) }
    }

    /// An `integer`: refused when it does not fit 32 bits.
    public static func int(_ value: Int?) -> Parameter {
        Parameter(.int4, value) { value in
            Int32(exactly: value).map { .binary(bigEndian($0)) }
                ?? .invalid("\(value) is not a 32-bit integer")
        }
    }

    /// A `bigint`.
    public static func int64(_ value: Int64?) -> Parameter {
        Parameter(.int8, value) { .binary(bigEndian($0)) }
    }

    /// A `boolean`.
    public static func bool(_ value: Bool?) -> Parameter {
        Parameter(.bool, value) { .binary([$0 ? 1 : 0]) }
    }

    /// A `bytea`.
    public static func bytes(_ value: [UInt8]?) -> Parameter {
        Parameter(.bytea, value) { .binary($0) }
    }

    /// A `timestamptz` from microseconds since 1970-01-01T00:00:00Z.
    public static func timestamp(_ microseconds: Int64?) -> Parameter {
        Parameter(.timestamptz, microseconds) { value in
            let (moved, overflow) = value.subtractingReportingOverflow(ColumnType.epochMicroseconds)
            guard !overflow, moved != .min else {
                return .invalid("\(value) µs is out of the range of timestamptz")
            }
            return .binary(bigEndian(moved))
        }
    }

    /// A `date` from days since 1970-01-01.
    public static func date(_ days: Int?) -> Parameter {
        Parameter(.date, days) { value in
            guard let moved = Int32(exactly: value - ColumnType.epochDays), moved != .min, moved != .max
            else {
                return .invalid("day \(value) is out of the range of date")
            }
            return .binary(bigEndian(moved))
        }
    }

    /// A `numeric` from a whole number of its smallest unit: `.numeric(12345, scale: 2)` is 123.45. `scale` is 0…18.
    public static func numeric(_ scaled: Int64?, scale: Int) -> Parameter {
        Parameter(.numeric, scaled) { value in
            guard (0...18).contains(scale) else { return .invalid("scale \(scale) is not within 0…18") }
            return .text(Array(decimalText(value, scale: scale).utf8))
        }
    }

    /// A `numeric` from plain decimal digits such as `-12.5`: no exponent, no `NaN`, no `Infinity`.
    public static func numericText(_ value: String?) -> Parameter {
        Parameter(.numeric, value) { value in
            isPlainDecimal(value) ? .text(Array(value.utf8)) : .invalid("not a plain decimal number")
        }
    }

    /// A `double precision`, for scores and rates, never for money. NaN and infinities are refused.
    public static func double(_ value: Double?) -> Parameter {
        Parameter(.float8, value) { value in
            value.isFinite
                ? .binary(bigEndian(value.bitPattern)) : .invalid("\(value) is not a finite number")
        }
    }

    /// A `jsonb` from the UTF-8 bytes of one JSON text.
    public static func json(_ value: [UInt8]?) -> Parameter {
        Parameter(.jsonb, value) { textContent($0) }
    }

    /// A `text[]`.
    public static func textArray(_ value: [String]?) -> Parameter {
        Parameter(.textArray, value) { elements in
            let encoded = elements.map { Array($0.utf8) }
            if encoded.contains(where: { $0.contains(0) }) { return .invalid("text contains U+0000") }
            return .binary(arrayFormat(encoded, of: .text))
        }
    }

    /// A `uuid[]`, for `= ANY($1)` among others.
    public static func uuidArray(_ value: [UUID]?) -> Parameter {
        Parameter(.uuidArray, value) { .binary(arrayFormat($0.map(\.octets), of: .uuid)) }
    }

    /// A `bigint[]`.
    public static func int64Array(_ value: [Int64]?) -> Parameter {
        Parameter(.int8Array, value) { .binary(arrayFormat($0.map(bigEndian), of: .int8)) }
    }

    private static func textContent(_ bytes: [UInt8]) -> Content {
        bytes.contains(0) ? .invalid("text contains U+0000") : .text(bytes)
    }
}

extension UUID {
    /// The sixteen bytes in network order.
    var octets: [UInt8] { withUnsafeBytes(of: uuid) { Array($0) } }
}

func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

/// The binary form of a one-dimensional array without NULLs (`array_recv`): dimensions, NULL flag, element type, then
/// length and lower bound, then each element behind its length.
private func arrayFormat(_ elements: [[UInt8]], of type: ColumnType) -> [UInt8] {
    var bytes = bigEndian(Int32(elements.isEmpty ? 0 : 1)) + bigEndian(Int32(0)) + bigEndian(type.rawValue)
    guard !elements.isEmpty else { return bytes }
    bytes += bigEndian(Int32(truncatingIfNeeded: elements.count)) + bigEndian(Int32(1))
    for element in elements {
        bytes += bigEndian(Int32(truncatingIfNeeded: element.count))
        bytes += element
    }
    return bytes
}
