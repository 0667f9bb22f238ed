/// What an email commits to: the figures that an approver sees and that the digest covers.
public struct Terms: Hashable, Sendable {
    /// Price of one piece.
    public let unitPrice: Amount
    /// Number of pieces.
    public let quantity: Int
    /// Currency of every amount here.
    public let currency: Currency
    /// Price of one piece that the buyer hopes for.
    public let targetPrice: Amount
    /// Price of one piece above which the buyer does not buy.
    public let limitPrice: Amount?

    /// The most pieces that one purchase can have.
    public static let largestQuantity = 1_000_000_000

    /// Terms whose figures are positive and whose total fits; `nil` otherwise.
    public init?(
        unitPrice: Amount, quantity: Int, currency: Currency, targetPrice: Amount, limitPrice: Amount?
    ) {
        guard unitPrice > .zero, (1...Self.largestQuantity).contains(quantity) else { return nil }
        guard let total = unitPrice.multiplied(by: quantity) else { return nil }
        self.unitPrice = unitPrice
        self.quantity = quantity
        self.currency = currency
        self.targetPrice = targetPrice
        self.limitPrice = limitPrice
        self.total = total
    }

    /// Price of all pieces.
    public let total: Amount

    /// Whether the price of one piece is above the limit.
    public var isAboveLimit: Bool { limitPrice.map { unitPrice > $0 } ?? false }
}
