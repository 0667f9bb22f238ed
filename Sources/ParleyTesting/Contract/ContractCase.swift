import Desk
import Negotiation
import Testing

/// One thing that books have to do, whoever keeps them. A suite runs all of them with its own books:
///
/// ```swift
/// @Test("the books keep their contract", arguments: BooksContract.cases)
/// func contract(_ contract: ContractCase) async throws { try await contract.check(books) }
/// ```
public struct ContractCase: Sendable, CustomTestStringConvertible {
    /// What is so, as a sentence.
    public let sentence: String
    /// Founds organizations of its own in the books, and records an issue where the sentence is not true.
    public let check: @Sendable (Books) async throws -> Void

    init(_ sentence: String, _ check: @escaping @Sendable (Books) async throws -> Void) {
        self.sentence = sentence
        self.check = check
    }

    public var testDescription: String { sentence }
}

/// What every keeper of books owes to the use cases.
public enum BooksContract {
    /// Each founds organizations of its own, so they may run at the same time over the same books.
    public static var cases: [ContractCase] {
        negotiations + purchaseOrders + emails + automaticMail + gate + sending + approvals + approvalRules
            + threads + people + journal + mailboxes + sendingTime + doubts + subscriptions + followUps
            + inbound
    }
}

/// Expects a commit to be refused, for a reason of a certain kind.
func expectRefusal(
    _ what: String, _ isExpected: (CommitRefusal) -> Bool, sourceLocation: SourceLocation = #_sourceLocation,
    _ commit: () async throws -> Void
) async {
    do {
        try await commit()
        Issue.record("\(what): it was not refused", sourceLocation: sourceLocation)
    } catch let refusal as CommitRefusal {
        #expect(isExpected(refusal), "\(what): \(refusal)", sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, "\(what)", sourceLocation: sourceLocation)
    }
}

extension CommitRefusal {
    var isStale: Bool { self == .stale }
    var isDuplicate: Bool { if case .duplicate = self { true } else { false } }
    var isForbidden: Bool { if case .forbidden = self { true } else { false } }
    var isMissing: Bool { if case .missing = self { true } else { false } }
}
