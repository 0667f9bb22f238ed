/// Object ids of the types that Parley reads and writes (`pg_type.dat`; they never change).
struct ColumnType: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt32

    static let unknown = ColumnType(rawValue: 0)
    static let bool = ColumnType(rawValue: 16)
    static let bytea = ColumnType(rawValue: 17)
    static let character = ColumnType(rawValue: 18)
    static let name = ColumnType(rawValue: 19)
    static let int8 = ColumnType(rawValue: 20)
    static let int2 = ColumnType(rawValue: 21)
    static let int4 = ColumnType(rawValue: 23)
    static let text = ColumnType(rawValue: 25)
    static let oid = ColumnType(rawValue: 26)
    static let json = ColumnType(rawValue: 114)
    static let float4 = ColumnType(rawValue: 700)
    static let float8 = ColumnType(rawValue: 701)
    static let untyped = ColumnType(rawValue: 705)
    static let nameArray = ColumnType(rawValue: 1003)
    static let textArray = ColumnType(rawValue: 1009)
    static let varcharArray = ColumnType(rawValue: 1015)
    static let int8Array = ColumnType(rawValue: 1016)
    static let bpchar = ColumnType(rawValue: 1042)
    static let varchar = ColumnType(rawValue: 1043)
    static let date = ColumnType(rawValue: 1082)
    static let timestamp = ColumnType(rawValue: 1114)
    static let timestamptz = ColumnType(rawValue: 1184)
    static let numeric = ColumnType(rawValue: 1700)
    static let uuid = ColumnType(rawValue: 2950)
    static let uuidArray = ColumnType(rawValue: 2951)
    static let jsonb = ColumnType(rawValue: 3802)

    /// Types made by users (enumerations, `citext`, domains arrive as their base type) begin here.
    static let firstUserType: UInt32 = 16_384

    /// Whether the binary form is the text itself.
    var isText: Bool {
        switch self {
        case .text, .varchar, .bpchar, .name, .character, .untyped, .json: true
        default: rawValue >= Self.firstUserType
        }
    }

    /// Microseconds from 1970-01-01 to 2000-01-01, where Postgres begins to count.
    static let epochMicroseconds: Int64 = 946_684_800_000_000
    /// Days from 1970-01-01 to 2000-01-01.
    static let epochDays = 10_957
}
