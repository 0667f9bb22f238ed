import Foundation
import Synchronization
import Testing

@testable import Mail

@Suite("Text records in the DNS")
struct DKIMResolverTests {
    /// The head of an answer with one question and so many records, and the question: `a.` TXT IN.
    private static func head(_ records: UInt8) -> [UInt8] {
        [0, 1, 0x81, 0x80, 0, 1, 0, records, 0, 0, 0, 0, 1, 0x61, 0, 0, 16, 0, 1]
    }

    /// A record of `a.` (by a pointer), with its data.
    private static func record(_ data: [UInt8], type: UInt8 = 16, ttl: [UInt8] = [0, 0, 1, 0]) -> [UInt8] {
        [0xc0, 12, 0, type, 0, 1] + ttl + [UInt8(data.count >> 8), UInt8(data.count & 0xff)] + data
    }

    @Test("strings of a record are joined, other records are passed over, the shortest lifetime counts")
    func answers() throws {
        let message =
            Self.head(3) + Self.record([0xc0, 12], type: 5, ttl: [0, 0, 0, 9])
            + Self.record([2, 0x61, 0x62, 0, 1, 0x63]) + Self.record([1, 0x64])
        #expect(DNSAnswer(message: message) == DNSAnswer(texts: ["abc", "d"], lifetime: 9))
        let eternal = Self.head(1) + Self.record([1, 0x64], ttl: [0xff, 0, 0, 0])
        #expect(DNSAnswer(message: eternal)?.lifetime == 0)
        #expect(DNSAnswer(message: Self.head(0)) == .nothing(for: 0))
    }

    @Test("a message that is cut off or damaged anywhere is no answer, and nothing is read beyond its end")
    func damage() {
        let good = Self.head(1) + Self.record([2, 0x61, 0x62])
        for length in 0..<good.count { #expect(DNSAnswer(message: Array(good[..<length])) == nil) }
        #expect(DNSAnswer(message: Self.head(1) + Self.record([5, 0x61])) == nil)
        #expect(DNSAnswer(message: Self.head(200) + Self.record([1, 0x61])) == nil)
        #expect(DNSAnswer(message: good.prefix(12) + [0x80] + good.dropFirst(13)) == nil)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var damaged = good
            for _ in 0..<3 {
                damaged[Int.random(in: 0..<good.count, using: &generator)] = .random(in: 0...255)
            }
            _ = DNSAnswer(message: damaged)
        }
    }

    @Test("an answer is remembered as long as it is true, at most an hour; a failure is not")
    func memory() async throws {
        let asked = Mutex(0)
        let time = Atomic<Int64>(0)
        let asking: @Sendable (String) async throws(TXTResolver.Failure) -> DNSAnswer = {
            name throws(TXTResolver.Failure) in
            let count = asked.withLock { count in
                count += 1
                return count
            }
            if name == "away" { throw TXTResolver.Failure("away") }
            return DNSAnswer(texts: ["\(count)"], lifetime: name == "long" ? 1_000_000 : 10)
        }
        let resolver = TXTResolver.remembering(now: { time.load(ordering: .relaxed) }, asking: asking)
        #expect(try await resolver.lookUp("a") == ["1"])
        time.store(9, ordering: .relaxed)
        #expect(try await resolver.lookUp("a") == ["1"])
        #expect(try await resolver.lookUp("long") == ["2"])
        time.store(10, ordering: .relaxed)
        #expect(try await resolver.lookUp("a") == ["3"])
        time.store(9 + 3600, ordering: .relaxed)
        #expect(try await resolver.lookUp("long") == ["4"])
        for _ in 0..<2 {
            await #expect(throws: TXTResolver.Failure("away")) { try await resolver.lookUp("away") }
        }
        #expect(asked.withLock { $0 } == 6)
    }

    @Test("no more names are remembered than there is room for")
    func fullMemory() async {
        let memory = DNSMemory()
        for number in 0...DNSMemory.mostNames {
            await memory.keep(DNSAnswer(texts: ["x"], lifetime: number == 0 ? 1 : 100), at: "\(number)", 0)
        }
        #expect(await memory.texts(at: "1", 0) == nil)
        #expect(await memory.texts(at: "\(DNSMemory.mostNames)", 0) == ["x"])
    }

    @Test(
        "the system's resolver asks for plain, joined, aliased and long records, and knows of failures"
    )
    func server() async throws {
        let process = try DKIMPeer.start("nameserver.py")
        defer { process.terminate() }
        let output = try #require(process.standardOutput as? Pipe).fileHandleForReading
        let line = String(decoding: output.availableData, as: UTF8.self)
        let port = try #require(UInt16(line.trimmingCharacters(in: .newlines)))
        func ask(_ label: String) async throws(TXTResolver.Failure) -> DNSAnswer {
            try await SystemQuestion(name: "\(label).parley.test", server: ("127.0.0.1", port)).answer()
        }
        let key = DNSAnswer(texts: ["v=DKIM1; p=abc"], lifetime: 300)
        #expect(try await ask("plain") == key)
        #expect(try await ask("parts") == key)
        #expect(try await ask("alias") == key)
        #expect(Set(try await ask("several").texts) == ["one", "two"])
        #expect(try await ask("long").texts.map(\.utf8.count) == [2000])
        #expect(try await ask("loose").texts == [])
        #expect(try await ask("missing") == .nothing(for: 60))
        #expect(try await ask("empty") == .nothing(for: 60))
        await #expect(throws: TXTResolver.Failure("no name server answered")) { try await ask("broken") }
        let began = ContinuousClock.now
        await #expect(throws: TXTResolver.Failure.self) { try await ask("silent") }
        #expect(ContinuousClock.now - began < .seconds(TXTResolver.secondsPerAnswer + 8))
    }
}
