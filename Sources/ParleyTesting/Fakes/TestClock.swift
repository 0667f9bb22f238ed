import Desk
import Negotiation
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A clock that is set by hand, and ids that are the same in every run.
public final class TestClock: Sendable {
    private struct State {
        var time: Instant
        var ids: UInt64 = 0
    }

    private let state: Mutex<State>
    private let tick: Int64
    private let seed: UInt16

    /// 2027-01-15T08:00:00Z, where a test says nothing else.
    public static let start = Instant(seconds: 1_800_000_000)

    /// A clock. Each look at it moves it on by `tick` microseconds, as time passes between two steps; 0 for a clock that
    /// stands still. Clocks of different seeds give different ids.
    public init(_ start: Instant = TestClock.start, tick: Int64 = 1_000, seed: UInt16 = 0) {
        state = Mutex(State(time: start))
        self.tick = tick
        self.seed = seed
    }

    /// What the clock shows; looking at it in this way does not move it.
    public var now: Instant { state.withLock { $0.time } }

    /// Sets the clock, back as well.
    public func set(_ instant: Instant) { state.withLock { $0.time = instant } }

    /// Moves the clock on.
    public func advance(bySeconds seconds: Int64) {
        state.withLock { $0.time = $0.time.advanced(bySeconds: seconds) }
    }

    /// Moves the clock on.
    public func advance(byHours hours: Int) {
        state.withLock { $0.time = $0.time.advanced(byHours: hours) }
    }

    /// The port of the use cases.
    public var clock: Clock {
        Clock(
            now: { self.look() }, newUUID: { self.newUUID() }, zone: { Self.zone($0) },
            random: { self.newRandom() })
    }

    /// The time zone database of this machine, and a zone of its own that is two hours ahead of UTC.
    private static func zone(_ name: String) -> TimeZoneRules? {
        switch name {
        case "UTC": .utc
        case "Test/Ahead": TimeZoneRules(fixedOffset: 7_200)
        default:
            FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)").flatMap {
                TimeZoneRules(tzif: [UInt8]($0))
            }
        }
    }

    /// Numbers that look random and are the same in every run (SplitMix64).
    private func newRandom() -> UInt64 {
        var number = state.withLock { state in
            state.ids += 1
            return (state.ids &+ UInt64(seed)) &* 0x9e37_79b9_7f4a_7c15
        }
        number = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ (number >> 27)) &* 0x94d0_49bb_1331_11eb
        return number ^ (number >> 31)
    }

    private func look() -> Instant {
        state.withLock { state in
            state.time = Instant(microseconds: state.time.microseconds + tick)
            return state.time
        }
    }

    /// A UUIDv7 (RFC 9562, 5.7): the milliseconds of the clock, the seed, and a count instead of randomness.
    private func newUUID() -> UUID {
        let (milliseconds, count) = state.withLock { state in
            state.ids += 1
            return (UInt64(bitPattern: state.time.microseconds / 1_000), state.ids)
        }
        func octet(_ value: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
        return UUID(
            uuid: (
                octet(milliseconds, 40), octet(milliseconds, 32), octet(milliseconds, 24),
                octet(milliseconds, 16), octet(milliseconds, 8), octet(milliseconds, 0),
                0x70 | UInt8(seed >> 8 & 15), UInt8(seed & 255), 0x80 | octet(count, 56) & 0x3f,
                octet(count, 48), octet(count, 40), octet(count, 32), octet(count, 24), octet(count, 16),
                octet(count, 8), octet(count, 0)
            ))
    }
}
