/// What is known of a vendor, as far as approval depends on it.
public enum VendorStanding: String, Sendable, CaseIterable, Codable {
    /// Nothing has been bought from them yet.
    case new
    /// Something has been bought from them before.
    case known
    /// Their address has changed since.
    case changedAddress = "changed_address"
}

/// What an email is about, as far as it decides who has to approve it. What is not known is `nil`, and counts as if it
/// met every condition.
public struct ApprovalFacts: Hashable, Sendable {
    /// What the email commits to.
    public var total: Money?
    /// What it is for.
    public var kind: EmailKind?
    /// What is known of the vendor.
    public var vendor: VendorStanding?
    /// How far the price is above the target, in hundredths of a percent.
    public var deviation: Int64?
    /// What has been committed to the same vendor within so many days before, this email left out.
    public var committed: [Int: Money]

    /// Facts about an email.
    public init(
        total: Money? = nil, kind: EmailKind? = nil, vendor: VendorStanding? = nil, deviation: Int64? = nil,
        committed: [Int: Money] = [:]
    ) {
        self.total = total
        self.kind = kind
        self.vendor = vendor
        self.deviation = deviation
        self.committed = committed
    }

    /// Facts about an email with these terms, or with none.
    public init(
        _ terms: Terms?, kind: EmailKind, vendor: VendorStanding?, committed: [Int: Money] = [:]
    ) {
        let above = terms.flatMap { $0.unitPrice.subtracting($0.targetPrice) }
        let deviation = terms.flatMap { terms in
            above.flatMap { Amount.basisPoints($0, of: terms.targetPrice) }
        }
        self.init(
            total: terms.map { Money($0.total, $0.currency) }, kind: kind, vendor: vendor,
            deviation: deviation, committed: committed)
    }
}

/// When a policy applies, besides the total from which it does. All conditions have to be met.
public struct ApprovalConditions: Hashable, Sendable {
    /// The total from which the policy no longer applies.
    public let below: Money?
    /// The kinds of email to which it applies; all when there is no set.
    public let kinds: Set<EmailKind>?
    /// The vendors to which it applies; all when there is no set.
    public let vendors: Set<VendorStanding>?
    /// How far above the target the price has to be at least, in percent, 1 to 1,000.
    public let deviationPercent: Int?
    /// Over how many days what is committed to one vendor adds up, 1 to 366, so that many small purchases do not slip
    /// under a limit; each total counts alone when there is no number.
    public let addsUpOverDays: Int?

    /// No condition at all.
    public static let always = ApprovalConditions()

    private init() { (below, kinds, vendors, deviationPercent, addsUpOverDays) = (nil, nil, nil, nil, nil) }

    /// Conditions; `nil` when a figure is out of its range or they could never be met.
    public init?(
        below: Money? = nil, kinds: Set<EmailKind>? = nil, vendors: Set<VendorStanding>? = nil,
        deviationPercent: Int? = nil, addsUpOverDays: Int? = nil
    ) {
        guard below.map({ $0.amount > .zero }) ?? true, kinds.map({ !$0.isEmpty }) ?? true,
            vendors.map({ !$0.isEmpty }) ?? true, (1...1_000).contains(deviationPercent ?? 1),
            (1...366).contains(addsUpOverDays ?? 1)
        else { return nil }
        self.below = below
        self.kinds = kinds
        self.vendors = vendors
        self.deviationPercent = deviationPercent
        self.addsUpOverDays = addsUpOverDays
    }

    /// Whether there is a condition besides the amount.
    var isSpecial: Bool { kinds != nil || vendors != nil || deviationPercent != nil }

    /// Whether everything but the amount is met.
    func areMet(by facts: ApprovalFacts) -> Bool {
        let isKind = facts.kind.flatMap { kind in kinds.map { $0.contains(kind) } } ?? true
        let isVendor = facts.vendor.flatMap { vendor in vendors.map { $0.contains(vendor) } } ?? true
        let deviates = facts.deviation.flatMap { deviation in
            deviationPercent.map { deviation >= Int64($0) * 100 }
        }
        return isKind && isVendor && deviates ?? true
    }

    /// The total that counts: with what has been committed before, where that adds up. `nil` when it is not known, or
    /// cannot be added.
    func spend(of facts: ApprovalFacts) -> Money? {
        guard let total = facts.total, let days = addsUpOverDays else { return facts.total }
        guard let before = facts.committed[days], before.currency == total.currency else { return nil }
        return total.amount.adding(before.amount).map { Money($0, total.currency) }
    }
}
