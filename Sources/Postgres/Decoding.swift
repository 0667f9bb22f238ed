#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why bytes of a column are not the value that was asked for.
struct Mismatch: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    init(expected: String, type: ColumnType) { reason = "type \(type.rawValue) is not \(expected)" }
}

extension FixedWidthInteger {
    /// Reads network byte order.
    init(_ bytes: UnsafeRawBufferPointer) throws(Mismatch) {
        guard bytes.count == Self.bitWidth / 8 else { throw Mismatch("\(bytes.count) bytes") }
        self = Self(bigEndian: bytes.loadUnaligned(as: Self.self))
    }
}

extension UUID {
    init(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) {
        guard type == .uuid, bytes.count == 16 else { throw Mismatch(expected: "uuid", type: type) }
        self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

func textOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> String {
    if type == .jsonb { return String(decoding: try jsonOf(bytes, type), as: UTF8.self) }
    guard type.isText else { throw Mismatch(expected: "text", type: type) }
    return String(decoding: bytes, as: UTF8.self)
}

func integerOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> Int64 {
    switch type {
    case .int8: try Int64(bytes)
    case .int4: Int64(try Int32(bytes))
    case .int2: Int64(try Int16(bytes))
    case .oid: Int64(try UInt32(bytes))
    default: throw Mismatch(expected: "a whole number", type: type)
    }
}

func boolOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> Bool {
    guard type == .bool else { throw Mismatch(expected: "boolean", type: type) }
    return try UInt8(bytes) != 0
}

func bytesOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> [UInt8] {
    guard type == .bytea else { throw Mismatch(expected: "bytea", type: type) }
    return Array(bytes)
}

func timestampOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> Int64 {
    guard type == .timestamptz || type == .timestamp else {
        throw Mismatch(expected: "timestamptz", type: type)
    }
    let moved = try Int64(bytes)
    guard moved != .max, moved != .min else { throw Mismatch("infinity is no point in time") }
    let (value, overflow) = moved.addingReportingOverflow(ColumnType.epochMicroseconds)
    guard !overflow else { throw Mismatch("beyond what 64-bit microseconds can say") }
    return value
}

func dateOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> Int {
    guard type == .date else { throw Mismatch(expected: "date", type: type) }
    let days = try Int32(bytes)
    guard days != .max, days != .min else { throw Mismatch("infinity is no day") }
    return Int(days) + ColumnType.epochDays
}

func doubleOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> Double {
    switch type {
    case .float8: Double(bitPattern: try UInt64(bytes))
    case .float4: Double(Float(bitPattern: try UInt32(bytes)))
    default: throw Mismatch(expected: "floating point", type: type)
    }
}

func jsonOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> [UInt8] {
    switch type {
    case .json: return Array(bytes)
    case .jsonb:
        // jsonb_send: a version number, 1 so far, before the text.
        guard bytes.first == 1 else { throw Mismatch("unknown version of jsonb") }
        return Array(bytes.dropFirst())
    default: throw Mismatch(expected: "json", type: type)
    }
}

func scaledOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType, _ scale: Int) throws(Mismatch) -> Int64 {
    guard (0...18).contains(scale) else { throw Mismatch("scale \(scale) is not within 0…18") }
    return try decimal(bytes, type) { number throws(DecimalFormat.Fault) in try number.scaled(scale) }
}

func decimalTextOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> String {
    try decimal(bytes, type) { number throws(DecimalFormat.Fault) in number.text }
}

private func decimal<Value>(
    _ bytes: UnsafeRawBufferPointer, _ type: ColumnType,
    _ read: (DecimalFormat) throws(DecimalFormat.Fault) -> Value
) throws(Mismatch) -> Value {
    guard type == .numeric else { throw Mismatch(expected: "numeric", type: type) }
    do { return try read(try DecimalFormat(bytes)) } catch {
        switch error {
        case .notFinite: throw Mismatch("NaN and infinity are no amounts")
        case .malformed: throw Mismatch("malformed numeric")
        case .tooLarge: throw Mismatch("the number does not fit 64 bits")
        case .tooPrecise(let places):
            throw Mismatch("the number has \(places) decimal places, more than asked for")
        }
    }
}

func textArrayOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> [String] {
    guard [.textArray, .varcharArray, .nameArray].contains(type) else {
        throw Mismatch(expected: "text[]", type: type)
    }
    return try elements(bytes) { element throws(Mismatch) in String(decoding: element, as: UTF8.self) }
}

func uuidArrayOf(_ bytes: UnsafeRawBufferPointer, _ type: ColumnType) throws(Mismatch) -> [UUID] {
    guard type == .uuidArray else { throw Mismatch(expected: "uuid[]", type: type) }
    return try elements(bytes) { element throws(Mismatch) in try UUID(element, .uuid) }
}

/// The elements of the binary form of an array (`array_send`): a header of three words, two words per dimension, then
/// each element behind its length, -1 for NULL.
private func elements<Element>(
    _ bytes: UnsafeRawBufferPointer, _ decode: (UnsafeRawBufferPointer) throws(Mismatch) -> Element
) throws(Mismatch) -> [Element] {
    func word(_ offset: Int) throws(Mismatch) -> Int {
        guard offset + 4 <= bytes.count else { throw Mismatch("malformed array") }
        return Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
    }
    let dimensions = try word(0)
    if dimensions == 0 { return [] }
    guard dimensions == 1 else { throw Mismatch("an array of \(dimensions) dimensions") }
    var offset = 20
    var decoded: [Element] = []
    for _ in 0..<(try word(12)) {
        let count = try word(offset)
        guard count >= 0 else { throw Mismatch("a NULL inside the array") }
        guard offset + 4 + count <= bytes.count else { throw Mismatch("malformed array") }
        decoded.append(
            try decode(UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + count)])))
        offset += 4 + count
    }
    return decoded
}
