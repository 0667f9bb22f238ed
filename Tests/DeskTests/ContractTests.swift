import Desk
import Negotiation
import ParleyTesting
import Testing

/// The books in memory keep the same contract as those in a database, which is what makes tests with them worth anything.
@Suite struct ContractTests {
    private static let shared = InMemoryBooks()

    @Test("the books in memory keep the contract", arguments: BooksContract.cases)
    func books(_ contract: ContractCase) async throws { try await contract.check(Self.shared.books) }

    @Test("the queue in memory keeps the contract", arguments: QueueContract.cases)
    func queue(_ contract: ContractCase) async throws { try await contract.check(InMemoryBooks().books) }

    @Test("digests are those of the standard (FIPS 180-4)")
    func digests() {
        let port = FakeSecrets().port
        #expect(
            port.hexDigest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            port.hexDigest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            port.hexDigest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            port.hexDigest([UInt8](repeating: 97, count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("ids of a clock are all different, in order, and the same in every run")
    func ids() {
        let (first, second) = (TestClock(), TestClock())
        let ids: [NegotiationID] = (0..<1_000).map { _ in first.clock.newID() }
        #expect(Set(ids).count == 1_000)
        #expect(ids.map(\.description) == ids.map(\.description).sorted())
        #expect(ids == (0..<1_000).map { _ in second.clock.newID() })
        #expect(ids[0] != TestClock(seed: 1).clock.newID())
        #expect(
            ids.allSatisfy { Array($0.description)[14] == "7" && "89ab".contains(Array($0.description)[19]) })
    }
}
