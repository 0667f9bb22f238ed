import CResolv
import Dispatch
import Synchronization

/// Looks up TXT records in the DNS.
public struct TXTResolver: Sendable {
    /// Why there is no answer. A later attempt may have one.
    public struct Failure: Error, Equatable, Sendable {
        /// In words.
        public let reason: String

        /// Fails for a reason.
        public init(_ reason: String) { self.reason = reason }
    }

    /// The texts of the records at a name (without a final dot), the strings of each joined; none where the
    /// name or its records do not exist. Throws where that cannot be known now.
    public var lookUp: @Sendable (String) async throws(Failure) -> [String]

    /// A resolver that does as the function says.
    public init(lookUp: @escaping @Sendable (String) async throws(Failure) -> [String]) {
        self.lookUp = lookUp
    }

    /// Asks the system's resolver, and remembers what it said as long as that is true, up to an hour.
    ///
    /// An answer takes at most ``secondsPerAnswer``.
    ///
    /// - Parameter now: seconds since any moment, on a clock that does not go back.
    public static func system(now: @escaping @Sendable () -> Int64) -> TXTResolver {
        remembering(now: now) { name throws(Failure) in try await SystemQuestion(name: name).answer() }
    }

    /// Knows these records by their names, and no others.
    public static func fixed(_ records: [String: [String]]) -> TXTResolver {
        TXTResolver { name throws(Failure) in records[name] ?? [] }
    }

    /// Seconds after which a name counts as not answered.
    public static let secondsPerAnswer = 5

    static func remembering(
        now: @escaping @Sendable () -> Int64,
        asking: @escaping @Sendable (String) async throws(Failure) -> DNSAnswer
    ) -> TXTResolver {
        let memory = DNSMemory()
        return TXTResolver { name throws(Failure) in
            if let texts = await memory.texts(at: name, now()) { return texts }
            let answer = try await asking(name)
            await memory.keep(answer, at: name, now())
            return answer.texts
        }
    }
}

/// What the DNS has answered.
actor DNSMemory {
    /// Names that are remembered; at one more, everything is forgotten that is out of date, or else
    /// everything.
    static let mostNames = 1000
    /// Seconds for which an answer is remembered at most.
    private static let longest: Int64 = 3600

    private var known: [String: (texts: [String], until: Int64)] = [:]

    func texts(at name: String, _ now: Int64) -> [String]? {
        known[name].flatMap { $0.until > now ? $0.texts : nil }
    }

    func keep(_ answer: DNSAnswer, at name: String, _ now: Int64) {
        if known.count >= Self.mostNames { known = known.filter { $0.value.until > now } }
        if known.count >= Self.mostNames { known = [:] }
        known[name] = (answer.texts, now + min(answer.lifetime, Self.longest))
    }
}

/// One question to the system's resolver, which blocks a thread of its own.
struct SystemQuestion: Sendable {
    /// Questions at once: threads that a DNS without answers can take.
    private static let most = 32
    /// Seconds for which it is remembered that there is nothing.
    private static let lifetimeOfNothing: Int64 = 60
    private static let longestAnswer = 65_536
    private static let waiting = Atomic<Int>(0)

    let name: String
    /// An IPv4 address and a port to ask instead of the system's servers.
    var server: (address: String, port: UInt16)?

    func answer() async throws(TXTResolver.Failure) -> DNSAnswer {
        guard Self.waiting.add(1, ordering: .relaxed).newValue <= Self.most else {
            Self.waiting.subtract(1, ordering: .relaxed)
            throw TXTResolver.Failure("\(Self.most) other names wait for an answer")
        }
        let seconds = TXTResolver.secondsPerAnswer
        let first = await withCheckedContinuation { continuation in
            let reply = FirstReply(continuation)
            // A serial queue gets a thread of its own, so that no question waits for another.
            DispatchQueue(label: "parley.dns").async {
                reply.give(ask())
                Self.waiting.subtract(1, ordering: .relaxed)
            }
            DispatchQueue(label: "parley.dns.alarm").asyncAfter(deadline: .now() + .seconds(seconds)) {
                reply.give(.failure(TXTResolver.Failure("no answer within \(seconds) seconds")))
            }
        }
        return try first.get()
    }

    private func ask() -> Result<DNSAnswer, TXTResolver.Failure> {
        var outcome = Int32(PARLEY_RESOLV_FAILED.rawValue)
        let message = [UInt8](unsafeUninitializedCapacity: Self.longestAnswer) { buffer, count in
            var length = buffer.count
            outcome = parley_resolv_txt(name, server?.address, server?.port ?? 0, buffer.baseAddress, &length)
            if outcome == PARLEY_RESOLV_ANSWER.rawValue { count = length }
        }
        switch UInt32(outcome) {
        case PARLEY_RESOLV_NOTHING.rawValue: return .success(.nothing(for: Self.lifetimeOfNothing))
        case PARLEY_RESOLV_ANSWER.rawValue:
            guard let answer = DNSAnswer(message: message) else { return .failure(.init("a damaged answer")) }
            return .success(answer)
        default: return .failure(.init("no name server answered"))
        }
    }
}

/// Resumes with what comes first, the answer or the alarm.
private final class FirstReply: Sendable {
    typealias Reply = Result<DNSAnswer, TXTResolver.Failure>

    private let waiting: Mutex<CheckedContinuation<Reply, Never>?>

    init(_ continuation: CheckedContinuation<Reply, Never>) { waiting = Mutex(continuation) }

    func give(_ reply: Reply) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: reply)
    }
}
