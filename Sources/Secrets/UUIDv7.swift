import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Makes UUIDs of version 7 (RFC 9562, 5.7) that grow within the process, from any thread.
///
/// Within a millisecond the 12 bits after the version are a counter with a random start (RFC 9562, 6.2, method 1);
/// when it runs over, the timestamp borrows the next millisecond. A clock that stands still or goes back does not
/// make the ids fall, unless it goes back further than `rewindLimit`.
public final class UUIDv7Maker: Sendable {
    /// A clock that went back further than this (milliseconds) had been wrong: the ids follow it.
    public static let rewindLimit: Int64 = 60_000

    private struct Last {
        var milliseconds: Int64 = 0
        var counter: UInt16 = 0
    }

    private let last = Mutex(Last())

    /// A maker; one for the process is enough.
    public init() {}

    /// The next id. `milliseconds` is the time since 1970-01-01T00:00:00Z. Throws `noRandomness`.
    public func make(milliseconds: Int64) throws(SecretsError) -> UUID {
        make(milliseconds: milliseconds, random: try randomBytes(10))
    }

    /// The next id from a time and 10 random bytes (2 start the counter, 8 fill the end).
    func make(milliseconds: Int64, random: [UInt8]) -> UUID {
        let start = UInt16(random[0]) << 8 | UInt16(random[1])
        let (time, counter) = last.withLock { last in
            let isRewound = milliseconds < last.milliseconds - Self.rewindLimit
            if milliseconds > last.milliseconds || isRewound {
                // The counter's highest bit starts as zero, which leaves at least 2,048 ids in a millisecond.
                last = Last(milliseconds: milliseconds, counter: start & 0x7ff)
            } else if last.counter < 0xfff {
                last.counter += 1
            } else {
                last = Last(milliseconds: last.milliseconds + 1, counter: start & 0x7ff)
            }
            return (UInt64(bitPattern: last.milliseconds), last.counter)
        }
        func timeByte(_ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: time >> shift) }
        return UUID(
            uuid: (
                timeByte(40), timeByte(32), timeByte(24), timeByte(16), timeByte(8), timeByte(0),
                0x70 | UInt8(counter >> 8), UInt8(truncatingIfNeeded: counter),
                0x80 | random[2] & 0x3f, random[3], random[4], random[5],
                random[6], random[7], random[8], random[9]
            ))
    }
}
