import Negotiation

/// What has been done with a vendor besides one negotiation, as far as approval depends on it.
public struct VendorHistory: Hashable, Sendable {
    /// The address, lower-cased, with which the last deal was made; `nil` where none has been.
    public let lastDealAddress: String?
    /// What the other negotiations commit to that were written to the vendor within so many days: for each the newest
    /// email that names terms, whether it has been sent or waits for that; one amount for each currency.
    public let committed: [Int: [Money]]

    public init(lastDealAddress: String?, committed: [Int: [Money]]) {
        self.lastDealAddress = lastDealAddress
        self.committed = committed
    }

    /// What that says about a negotiation with the vendor.
    public func standing(of address: String) -> VendorStanding {
        guard let lastDealAddress else { return .new }
        return lastDealAddress == address.lowercased() ? .known : .changedAddress
    }

    /// What adds up with a total in a currency. Commitments in another currency cannot be added: then it is theirs that
    /// is told, which no total can be compared with.
    public func committed(in currency: Currency) -> [Int: Money] {
        committed.mapValues { amounts in
            amounts.first { $0.currency != currency } ?? amounts.first ?? Money(.zero, currency)
        }
    }
}
