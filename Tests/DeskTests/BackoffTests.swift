import Testing

@testable import Desk

/// How long failed work waits.
@Suite struct BackoffTests {
    @Test(
        "the wait doubles with each try, to an hour, and chance chooses within its second half",
        arguments: 1...40)
    func growth(attempt: Int) {
        let whole = min(3600, 2 << Int64(min(attempt, 11)))
        let waits = (0..<1000 as Range<UInt64>).map {
            Backoff.seconds(attempt: attempt, random: $0 &* 0x9e37_79b9_7f4a_7c15)
        }
        #expect(waits.allSatisfy { ($0 >= whole / 2) && $0 <= whole })
        #expect(waits.min().map { $0 <= whole / 2 + whole / 20 } ?? false)
        #expect(waits.max().map { $0 >= whole - whole / 20 } ?? false)
    }

    @Test("the same number gives the same wait")
    func pure() {
        #expect(Backoff.seconds(attempt: 5, random: 7) == Backoff.seconds(attempt: 5, random: 7))
        #expect(Backoff.seconds(attempt: -1, random: .max) >= 2)
    }
}
