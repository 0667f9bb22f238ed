import Foundation
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct TypesTests {
    private func echo(_ type: String, _ parameter: Parameter) async throws -> Row {
        try await testPool(connections: 1).transaction(tenant: nil) {
            try await $0.query(SQL(trusted: "SELECT $1::\(type)"), [parameter]).single()
        }
    }

    @Test("whole numbers come back as they went, at their limits too")
    func integers() async throws {
        for number in [Int64.min, -1, 0, 1, 1 << 40, .max] {
            #expect(try await echo("bigint", .int64(number)).int64(0) == number)
        }
        for number in [Int(Int32.min), -7, Int(Int32.max)] {
            #expect(try await echo("integer", .int(number)).int(0) == number)
        }
        #expect(try await echo("smallint", .int(-32_768)).int(0) == -32_768)
    }

    @Test("a number that does not fit an integer is refused before it is sent")
    func integerTooLarge() async throws {
        await #expect(
            throws: PostgresError.invalidParameter(number: 1, reason: "2147483648 is not a 32-bit integer")
        ) { try await echo("integer", .int(2_147_483_648)) }
    }

    @Test("text, identifiers, bytes, flags and dates come back as they went")
    func simpleTypes() async throws {
        let id = UUID()
        #expect(try await echo("uuid", .uuid(id)).uuid(0) == id)
        for text in ["", "Zürich 🧾 'quoted' \\ \"", String(repeating: "x", count: 100_000)] {
            #expect(try await echo("text", .text(text)).text(0) == text)
        }
        let bytes = (0...255).map { UInt8($0) }
        #expect(try await echo("bytea", .bytes(bytes)).bytes(0) == bytes)
        #expect(try await echo("bytea", .bytes([])).bytes(0) == [])
        #expect(try await echo("boolean", .bool(true)).bool(0))
        #expect(try await echo("boolean", .bool(false)).bool(0) == false)
        #expect(try await echo("date", .date(-1)).date(0) == -1)
        #expect(try await echo("double precision", .double(-0.1)).double(0) == -0.1)
        #expect(try await echo("inet", .text("10.0.0.1/8")).isNull(0) == false)
    }

    @Test("the server reads dates and times as meant")
    func timesAsText() async throws {
        let pool = try await testPool()
        let row = try await pool.transaction(tenant: nil) {
            try await $0.query(
                "SELECT $1::timestamptz::text, $2::date::text, '1969-12-31 23:59:59.999999Z'::timestamptz",
                [.timestamp(1_700_000_000_123_456), .date(0)]
            ).single()
        }
        #expect(try row.text(0) == "2023-11-14 22:13:20.123456+00")
        #expect(try row.text(1) == "1970-01-01")
        #expect(try row.timestamp(2) == -1)
    }

    @Test("points in time come back to the microsecond, and none beyond the range is sent")
    func times() async throws {
        for moment in [
            Int64(0), -1, 1_700_000_000_123_456, -62_135_596_800_000_000, 253_402_300_799_999_999, .max,
        ] {
            #expect(try await echo("timestamptz", .timestamp(moment)).timestamp(0) == moment)
        }
        await #expect(throws: PostgresError.self) { try await echo("timestamptz", .timestamp(.min)) }
    }

    @Test("what is no single value is refused: infinities and NaN")
    func infinities() async throws {
        let pool = try await testPool()
        let row = try await pool.transaction(tenant: nil) {
            try await $0.query(
                "SELECT 'infinity'::timestamptz, '-infinity'::date, 'NaN'::numeric, 'Infinity'::numeric"
            ).single()
        }
        #expect(throws: PostgresError.decoding(column: 0, reason: "infinity is no point in time")) {
            try row.timestamp(0)
        }
        #expect(throws: PostgresError.decoding(column: 1, reason: "infinity is no day")) { try row.date(1) }
        for column in [2, 3] {
            #expect(throws: PostgresError.decoding(column: column, reason: "NaN and infinity are no amounts"))
            {
                try row.numeric(column, scale: 4)
            }
            #expect(throws: PostgresError.self) { try row.numericText(column) }
        }
        await #expect(throws: PostgresError.self) { try await echo("float8", .double(.infinity)) }
        await #expect(throws: PostgresError.self) { try await echo("numeric", .numericText("NaN")) }
    }

    @Test("U+0000 in text is refused in clear words, wherever it stands")
    func nulCharacter() async throws {
        let reason = PostgresError.invalidParameter(number: 1, reason: "text contains U+0000")
        await #expect(throws: reason) { try await echo("text", .text("a\0b")) }
        await #expect(throws: reason) { try await echo("text[]", .textArray(["a", "b\0"])) }
        await #expect(throws: reason) { try await echo("jsonb", .json(Array("{\"a\":\0}".utf8))) }
        await #expect(throws: PostgresError.invalidStatement(reason: "it contains a NUL byte")) {
            try await testPool().script("SELECT '\0'")
        }
    }

    @Test("JSON comes back with the same meaning, and broken JSON is the server's to refuse")
    func json() async throws {
        let row = try await echo("jsonb", .json(Array(#"{"b": [1.50, "ü"], "a": null}"#.utf8)))
        #expect(String(decoding: try row.json(0), as: UTF8.self) == #"{"a": null, "b": [1.50, "ü"]}"#)
        #expect(try row.text(0) == #"{"a": null, "b": [1.50, "ü"]}"#)
        let plain = try await testPool().transaction(tenant: nil) {
            try await $0.query("SELECT '{ }'::json").single()
        }
        #expect(String(decoding: try plain.json(0), as: UTF8.self) == "{ }")
        let error = await #expect(throws: PostgresError.self) {
            try await echo("jsonb", .json(Array("{".utf8)))
        }
        #expect(error?.refusal == .invalidValue)
    }

    @Test("lists come back as they went, the empty one too, and none with a NULL inside")
    func arrays() async throws {
        for list in [[], [""], ["a", "b,c", "\"d\"", "{e}", "NULL", "ü"]] {
            #expect(try await echo("text[]", .textArray(list)).textArray(0) == list)
            #expect(try await echo("varchar[]", .textArray(list)).textArray(0) == list)
        }
        let ids = [UUID(), UUID()]
        #expect(try await echo("uuid[]", .uuidArray(ids)).uuidArray(0) == ids)
        let row = try await testPool().transaction(tenant: nil) {
            try await $0.query(
                "SELECT ARRAY['a', NULL], ARRAY[['a'], ['b']], 3 = ANY($1)", [.int64Array([1, 2, 3])]
            ).single()
        }
        #expect(throws: PostgresError.decoding(column: 0, reason: "a NULL inside the array")) {
            try row.textArray(0)
        }
        #expect(throws: PostgresError.decoding(column: 1, reason: "an array of 2 dimensions")) {
            try row.textArray(1)
        }
        #expect(try row.bool(2))
    }

    @Test("NULL goes in as every type and comes out as nothing")
    func nulls() async throws {
        let parameters: [(String, Parameter)] = [
            ("uuid", .uuid(nil)), ("text", .text(nil)), ("integer", .int(nil)), ("bigint", .int64(nil)),
            ("boolean", .bool(nil)), ("bytea", .bytes(nil)), ("timestamptz", .timestamp(nil)),
            ("date", .date(nil)),
            ("numeric", .numeric(nil, scale: 4)), ("numeric", .numericText(nil)), ("float8", .double(nil)),
            ("jsonb", .json(nil)), ("text[]", .textArray(nil)), ("uuid[]", .uuidArray(nil)), ("text", .null),
        ]
        for (type, parameter) in parameters { #expect(try await echo(type, parameter).isNull(0), "\(type)") }
        let row = try await echo("text", .text(nil))
        #expect(try row.optionalText(0) == nil)
        #expect(throws: PostgresError.decoding(column: 0, reason: "it is NULL")) { try row.text(0) }
    }

    @Test("a column read as the wrong type, or one that is not there, is refused")
    func wrongType() async throws {
        let row = try await echo("bigint", .int64(5))
        #expect(throws: PostgresError.decoding(column: 0, reason: "type 20 is not text")) { try row.text(0) }
        #expect(throws: PostgresError.decoding(column: 0, reason: "type 20 is not uuid")) { try row.uuid(0) }
        #expect(throws: PostgresError.decoding(column: 1, reason: "the statement has 1 columns")) {
            try row.int(1)
        }
        #expect(throws: PostgresError.decoding(column: -1, reason: "the statement has 1 columns")) {
            try row.int(-1)
        }
    }
}
