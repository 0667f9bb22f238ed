import Negotiation
import Testing

@Suite("Limits of what is written without a person")
struct AutomaticMailTests {
    @Test("the last one allowed is the one before the limit, for a negotiation and for an address")
    func limits() {
        let limits = AutomaticMailLimits()
        func obstacle(_ negotiation: Int, _ address: Int) -> AutomaticMailObstacle? {
            limits.obstacle(after: AutomaticMailCount(inNegotiation: negotiation, toAddress: address))
        }
        #expect(obstacle(0, 0) == nil)
        #expect(obstacle(limits.mostInNegotiation - 1, limits.mostToAddress - 1) == nil)
        #expect(obstacle(limits.mostInNegotiation, 0) == .tooManyInNegotiation)
        #expect(obstacle(0, limits.mostToAddress) == .tooManyToAddress)
        #expect(obstacle(.max, .max) == .tooManyInNegotiation)
    }

    @Test("every obstacle has words of its own")
    func words() {
        #expect(
            Set(AutomaticMailObstacle.allCases.map(\.explanation)).count
                == AutomaticMailObstacle.allCases.count)
    }
}
