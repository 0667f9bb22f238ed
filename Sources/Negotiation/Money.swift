/// A currency by its ISO 4217 code: three capital letters.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    /// The code, such as `USD`.
    public let code: String

    /// A currency from three ASCII letters in either case; anything else is `nil`.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(Substring(text).utf8)
        guard bytes.count == 3 else { return nil }
        let capitals = bytes.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 - 32 : $0 }
        guard capitals.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else {
            return nil
        }
        code = String(decoding: capitals, as: UTF8.self)
    }

    public var description: String { code }

    /// The United States dollar, the platform's default.
    public static let usd = Currency(trusted: "USD")
    /// The euro.
    public static let eur = Currency(trusted: "EUR")

    private init(trusted code: String) { self.code = code }
}

/// An exact amount in a currency. Amounts in different currencies do not compare and do not add.
public struct Money: Hashable, Sendable, CustomStringConvertible {
    /// How much.
    public let amount: Amount
    /// Of what.
    public let currency: Currency

    /// Money of an amount in a currency.
    public init(_ amount: Amount, _ currency: Currency) {
        self.amount = amount
        self.currency = currency
    }

    /// `USD 950.00`.
    public var description: String { "\(currency.code) \(amount)" }
}
