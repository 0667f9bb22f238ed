/// An exact decimal number with four places, as `NUMERIC(18,4)` holds it: the unit of every price in Parley.
///
/// It is an integer count of ten-thousandths, so that adding and comparing never round. The magnitude is below
/// 10^14, the range of the database's type; whatever would leave it is refused by returning `nil`.
public struct Amount: Hashable, Comparable, Sendable {
    /// How many decimal places every amount carries.
    public static let scale = 4
    /// Ten-thousandths in one whole unit.
    public static let unitsPerWhole: Int64 = 10_000
    /// The largest magnitude, in ten-thousandths: 99,999,999,999,999.9999.
    public static let largestMagnitude: Int64 = 999_999_999_999_999_999
    /// Nothing.
    public static let zero = Amount(trusted: 0)

    /// The number of ten-thousandths.
    public let tenThousandths: Int64

    private init(trusted tenThousandths: Int64) { self.tenThousandths = tenThousandths }

    /// An amount from ten-thousandths; `nil` outside the range of `NUMERIC(18,4)`.
    public init?(tenThousandths: Int64) {
        guard tenThousandths.magnitude <= Self.largestMagnitude.magnitude else { return nil }
        self.tenThousandths = tenThousandths
    }

    /// An amount of whole units; `nil` when it is out of range.
    public init?(whole: Int64) {
        let (product, overflow) = whole.multipliedReportingOverflow(by: Self.unitsPerWhole)
        guard !overflow else { return nil }
        self.init(tenThousandths: product)
    }

    /// Reads a plain decimal such as `950`, `950.00` or `-0.125`: ASCII digits, at most one point, no grouping,
    /// no exponent, at most four places that are not zero. Anything else is `nil`.
    public init?(_ text: some StringProtocol) {
        var digits = Array(text.utf8.prefix(Self.longestText + 1))[...]
        guard digits.count <= Self.longestText else { return nil }
        let negative = digits.first == UInt8(ascii: "-")
        if negative { digits = digits.dropFirst() }
        let point = digits.firstIndex(of: UInt8(ascii: "."))
        let whole = digits[..<(point ?? digits.endIndex)]
        var places = point.map { digits[($0 + 1)...] } ?? []
        guard !whole.isEmpty, point == nil || !places.isEmpty else { return nil }
        while places.count > Self.scale, places.last == UInt8(ascii: "0") { places = places.dropLast() }
        guard places.count <= Self.scale else { return nil }
        let padding = Array(repeating: UInt8(ascii: "0"), count: Self.scale - places.count)
        guard let total = Self.integer(whole + places + padding) else { return nil }
        self.init(tenThousandths: negative ? -total : total)
    }

    /// The longest text that is looked at, in bytes.
    private static let longestText = 40

    private static func integer(_ digits: some Sequence<UInt8>) -> Int64? {
        var total: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (shifted, overflowed) = total.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflowed, !carried else { return nil }
            total = sum
        }
        return total
    }

    public static func < (left: Amount, right: Amount) -> Bool { left.tenThousandths < right.tenThousandths }

    /// The exact sum; `nil` when it is out of range.
    public func adding(_ other: Amount) -> Amount? {
        Amount(tenThousandths: tenThousandths + other.tenThousandths)
    }

    /// The exact difference; `nil` when it is out of range.
    public func subtracting(_ other: Amount) -> Amount? {
        Amount(tenThousandths: tenThousandths - other.tenThousandths)
    }

    /// The exact product with a number of pieces; `nil` when it is out of range.
    public func multiplied(by pieces: Int) -> Amount? {
        let (product, overflow) = tenThousandths.multipliedReportingOverflow(by: Int64(pieces))
        return overflow ? nil : Amount(tenThousandths: product)
    }

    /// The share `part` has of `whole` in hundredths of a percent, rounded towards zero; `nil` for nothing.
    public static func basisPoints(_ part: Amount, of whole: Amount) -> Int64? {
        guard whole.tenThousandths != 0 else { return nil }
        let (product, overflow) = part.tenThousandths.multipliedReportingOverflow(by: 10_000)
        return overflow ? nil : product / whole.tenThousandths
    }
}

extension Amount: CustomStringConvertible {
    /// The shortest decimal with at least two places: `950.00`, `0.125`, `-3.50`.
    public var description: String { decimal(minimumPlaces: 2) }

    /// The shortest decimal that keeps every place that is not zero, and at least `minimumPlaces` of them.
    public func decimal(minimumPlaces: Int) -> String {
        let magnitude = tenThousandths.magnitude
        let whole = String(magnitude / UInt64(Self.unitsPerWhole))
        let rest = String(magnitude % UInt64(Self.unitsPerWhole))
        var places = String(repeating: "0", count: Self.scale - rest.count) + rest
        while places.count > minimumPlaces, places.last == "0" { places.removeLast() }
        return (tenThousandths < 0 ? "-" : "") + whole + (places.isEmpty ? "" : "." + places)
    }
}
