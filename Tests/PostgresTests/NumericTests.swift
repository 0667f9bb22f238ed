import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct NumericTests {
    @Test("amounts come back to the last digit: as scaled number, as text, and as the server writes them")
    func roundTrip() async throws {
        let pool = try await testPool()
        var generator = SplitMix(seed: 7)
        for round in 0..<40 {
            let scale = Int.random(in: 0...18, using: &generator)
            let amounts =
                edges
                + (0..<10).map { _ in
                    Int64.random(in: .min ... .max, using: &generator)
                        >> Int64.random(in: 0...62, using: &generator)
                }
            let rows = try await pool.transaction(tenant: nil) { transaction in
                try await transaction.pipeline(
                    amounts.map {
                        Statement("SELECT $1::numeric, $1::numeric::text", [.numeric($0, scale: scale)])
                    })
            }
            for (amount, rows) in zip(amounts, rows) {
                let row = try rows.single()
                #expect(try row.numeric(0, scale: scale) == amount, "round \(round), scale \(scale)")
                let written = try row.text(1)
                #expect(try row.numericText(0) == written)
                #expect(decimalText(amount, scale: scale) == written)
            }
        }
    }

    private var edges: [Int64] {
        [
            0, 1, -1, 9, 10, 9_999, 10_000, 10_001, 99_990_000, 1_000_000_000_000, 999_999_999_999_999_999,
            .max, .min,
        ]
    }

    @Test(
        "text of every magnitude is what the server writes",
        arguments: [
            "0", "0.0000", "0.0001", "-0.5", "1", "10000", "100000000",
            "123456789012345678901234567890.123456789",
            "0.00000000000000000001", "9999.9999", "10000.0001", "-99999999999999.9999", "1200.00", "5000000",
        ])
    func text(number: String) async throws {
        let row = try await testPool().transaction(tenant: nil) {
            try await $0.query("SELECT $1::numeric, $1::numeric::text", [.numericText(number)]).single()
        }
        #expect(try row.numericText(0) == number)
        #expect(try row.text(1) == number)
    }

    @Test("the whole range of NUMERIC(18,4) fits")
    func money() async throws {
        let row = try await testPool().transaction(tenant: nil) {
            try await $0.query(
                "SELECT 99999999999999.9999::numeric(18,4), (-99999999999999.9999)::numeric(18,4), 12.3::numeric(18,4)"
            ).single()
        }
        #expect(try row.numeric(0, scale: 4) == 999_999_999_999_999_999)
        #expect(try row.numeric(1, scale: 4) == -999_999_999_999_999_999)
        #expect(try row.numeric(2, scale: 4) == 123_000)
        #expect(try row.numericText(2) == "12.3000")
    }

    @Test("no digit is dropped and no number wraps around")
    func refused() async throws {
        let row = try await testPool().transaction(tenant: nil) {
            try await $0.query(
                "SELECT 1.00005, 9223372036854775808, 1e60, 0.00000001, 9223372036854775807, -9223372036854775808"
            ).single()
        }
        for column in [0, 3] { #expect(throws: PostgresError.self) { try row.numeric(column, scale: 4) } }
        for column in [1, 2] { #expect(throws: PostgresError.self) { try row.numeric(column, scale: 0) } }
        #expect(try row.numeric(0, scale: 5) == 100_005)
        #expect(throws: PostgresError.self) { try row.numeric(4, scale: 1) }
        #expect(throws: PostgresError.self) { try row.numeric(0, scale: 19) }
    }

    @Test(
        "only plain decimals are sent",
        arguments: ["", "-", ".", "1.", ".5", "1e5", "+1", " 1", "Infinity", "1,0", "--1"])
    func notPlain(text: String) {
        #expect(Parameter.numericText(text).content == .invalid("not a plain decimal number"))
    }

    @Test("malformed binary never crashes")
    func malformed() {
        var generator = SplitMix(seed: 11)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...24, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if count >= 8 { bytes.replaceSubrange(0..<2, with: [0, UInt8((count - 8) / 2)]) }
            if count >= 8, Bool.random(using: &generator) { bytes.replaceSubrange(4..<6, with: [0, 0]) }
            bytes.withUnsafeBytes { buffer in
                for scale in [0, 4, 18] { _ = try? DecimalFormat(buffer).scaled(scale) }
            }
        }
    }
}

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
