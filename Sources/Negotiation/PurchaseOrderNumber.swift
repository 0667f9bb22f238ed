/// The number of a purchase order: `PO-2026-001`, consecutive within an organization and a year.
public struct PurchaseOrderNumber: Hashable, Sendable, CustomStringConvertible {
    /// The year, in UTC, in which it was issued.
    public let year: Int
    /// The position within the year, from 1.
    public let position: Int

    /// A number; `nil` unless both parts are positive.
    public init?(year: Int, position: Int) {
        guard year > 0, position > 0 else { return nil }
        self.year = year
        self.position = position
    }

    /// `PO-<year>-<n>` with at least three digits.
    public var description: String {
        let digits = String(position)
        return "PO-\(year)-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
