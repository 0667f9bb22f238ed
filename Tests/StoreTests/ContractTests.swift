import ParleyTesting
import Testing

/// The books in a database keep the same contract as those in memory.
@Suite(.serialized) struct ContractTests {
    private static let shared = Task { try await StoreDatabase.make("books_contract") }

    @Test("the books in the database keep the contract", arguments: BooksContract.cases)
    func books(_ contract: ContractCase) async throws {
        try await contract.check(try await Self.shared.value.books)
    }

    // A claim takes work of any organization, so each case has a database of its own.
    @Test(
        "the queue in the database keeps the contract",
        arguments: Array(QueueContract.cases.enumerated()).map(Numbered.init))
    func queue(_ contract: Numbered) async throws {
        try await contract.contract.check(
            try await StoreDatabase.make("queue_contract_\(contract.number)").books)
    }

    struct Numbered: Sendable, CustomTestStringConvertible {
        let number: Int
        let contract: ContractCase
        var testDescription: String { contract.sentence }

        init(_ pair: (offset: Int, element: ContractCase)) {
            (number, contract) = (pair.offset, pair.element)
        }
    }
}
