import Foundation
import Testing

@testable import Secrets

@Suite("UUIDs of version 7")
struct UUIDv7Tests {
    @Test("time, version, counter, variant and randomness stand where RFC 9562 has them")
    func layout() {
        let random: [UInt8] = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]
        let uuid = UUIDv7Maker().make(milliseconds: 0x017F_22E2_79B0, random: random)
        #expect(uuid.uuidString == "017F22E2-79B0-74C3-98C4-DC0C0C07398F")
    }

    @Test("ids of one millisecond grow, beyond the counter's end too")
    func sameMillisecond() throws {
        let maker = UUIDv7Maker()
        let ids = try (0..<10_000).map { _ in try maker.make(milliseconds: 1_700_000_000_000).uuidString }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }

    @Test("a clock that goes back a little does not make ids fall, one that had been wrong does not stick")
    func rewind() throws {
        let maker = UUIDv7Maker()
        let first = try maker.make(milliseconds: 1_700_000_000_000).uuidString
        let second = try maker.make(milliseconds: 1_699_999_999_000).uuidString
        let third = try maker.make(milliseconds: 1_600_000_000_000).uuidString
        #expect(first < second)
        #expect(third < first)
    }

    @Test("threads never get the same id, and each sees its own ids grow")
    func threads() async throws {
        let maker = UUIDv7Maker()
        let ids = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try (0..<2_000).map { try maker.make(milliseconds: 7 + $0 / 500).uuidString }
                }
            }
            var all: [String] = []
            for try await some in group {
                #expect(some == some.sorted())
                all += some
            }
            return all
        }
        #expect(Set(ids).count == 16_000)
    }
}
