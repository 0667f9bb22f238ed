/// A domain that resembles a known one without belonging to its owner.
public struct Lookalike: Equatable, Sendable {
    /// What the resemblance consists of, strongest first.
    public enum Resemblance: String, Sendable, CaseIterable, Comparable {
        /// Other characters of the same looks: `acrne.com` and `аcme.com` for `acme.com`.
        case homoglyphs
        /// The known domain stands inside another: `acme.com.evil.net`.
        case subdomain
        /// The same name below another suffix: `acme.net`.
        case ending
        /// A hyphen more or less: `ac-me.com`.
        case hyphen
        /// The name beside a word that sounds official: `acme-billing.com`, `acmepayments.net`.
        case addedWord = "added_word"
        /// One letter more, less, another, or two exchanged.
        case spelling

        public static func < (left: Self, right: Self) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// The known domain that it resembles, lower case and A-labels.
    public let known: String
    /// What the resemblance consists of.
    public let resemblance: Resemblance

    /// The known domain that `domain` resembles most; `nil` when it resembles none, belongs to one of them,
    /// is a mail provider that everybody uses (`gmx.net` is no false `gmx.de`), or is no domain at all.
    public init?(of domain: String, among known: some Sequence<String>) {
        guard let candidate = DomainName(domain), !MailProviders.isShared(candidate.description) else {
            return nil
        }
        let others = known.compactMap(DomainName.init)
        guard !others.contains(where: candidate.isAligned) else { return nil }
        let looks = Looks(candidate)
        let found = others.compactMap { other in looks.resemblance(to: Looks(other)).map { ($0, "\(other)") }
        }
        guard let best = found.min(by: { $0 < $1 }) else { return nil }
        (resemblance, self.known) = best
    }
}

/// A domain as it looks.
private struct Looks {
    /// Letters of a name from which on one other letter is a resemblance; shorter ones all resemble each
    /// other.
    static let longEnough = 5
    /// Letters from which on one other letter counts below another suffix too.
    static let veryLong = 8

    let name: DomainName
    let label: String
    let skeleton: String
    let isShared: Bool

    init(_ name: DomainName) {
        self.name = name
        label = name.ownLabel
        skeleton = Confusables.skeleton(label)
        isShared = MailProviders.isShared(name.organizational.description)
    }

    func resemblance(to known: Looks) -> Lookalike.Resemblance? {
        let whole = Confusables.skeleton(name.unicode)
        let target = Confusables.skeleton(known.name.organizational.unicode)
        if Confusables.skeleton(name.organizational.unicode) == target { return .homoglyphs }
        if "." + whole != "." + target, ("." + whole).contains("." + target + ".") { return .subdomain }
        let hasName = known.label.count >= 3
        if hasName, skeleton == known.skeleton {
            guard label == known.label else { return .homoglyphs }
            // Small words such as `mail` and `live` are many companies' names.
            return known.isShared && known.label.count < Self.longEnough ? nil : .ending
        }
        if hasName, bare == known.bare { return .hyphen }
        if hasName, !known.isShared, addsWords(to: known) { return .addedWord }
        let needed = name.suffix == known.name.suffix ? Self.longEnough : Self.veryLong
        guard known.label.count >= needed else { return nil }
        let isClose = [(label, known.label), (skeleton, known.skeleton)].contains { Self.isOneEdit($0, $1) }
        return isClose ? .spelling : nil
    }

    private var bare: String { Confusables.skeleton(label.filter { $0 != "-" }) }

    /// Whether the known name stands at the beginning or end, and only official words around it.
    private func addsWords(to known: Looks) -> Bool {
        guard skeleton.count > known.skeleton.count, skeleton.count <= DomainName.longestLabel else {
            return false
        }
        let suffix = Set(known.name.suffix.split(separator: ".").map { Confusables.skeleton($0) })
        let size = known.skeleton.count
        let rests: [Substring?] = [
            skeleton.hasPrefix(known.skeleton) ? skeleton.dropFirst(size) : nil,
            skeleton.hasSuffix(known.skeleton) ? skeleton.dropLast(size) : nil,
        ]
        return rests.compactMap { $0 }.contains { rest in
            let isApart = rest.first == "-" || rest.last == "-"
            guard isApart || size >= 4 else { return false }
            let words = rest.split(separator: "-")
            return words.allSatisfy { Self.words.contains(String($0)) || suffix.contains(String($0)) }
        }
    }

    /// Whether one insertion, deletion, substitution or exchange of neighbours leads from one to the other.
    static func isOneEdit(_ one: String, _ other: String) -> Bool {
        let (short, long) = one.count <= other.count ? (Array(one), Array(other)) : (Array(other), Array(one))
        guard long.count - short.count <= 1, short != long else { return false }
        let start = zip(short, long).prefix { $0 == $1 }.count
        let left = short[start...]
        let right = long[start...]
        if short.count < long.count { return left.elementsEqual(right.dropFirst()) }
        if left.dropFirst().elementsEqual(right.dropFirst()) { return true }
        return left.prefix(2).elementsEqual(right.prefix(2).reversed())
            && left.dropFirst(2).elementsEqual(right.dropFirst(2))
    }

    private static let words = Set(
        """
        account accounting accounts ap ar auth bank banking bill billing bills buchhaltung business co \
        compta comptabilite confirm contact corp corporate customer de dept email eu europe export \
        facturacion facture facturation finance finanzen global group hello help helpdesk hq inc info \
        international intl invoice invoices invoicing kundenservice limited llc login ltd mail mailing \
        mails nl notice office official online order orders pagamenti pagos pay payable payables paying \
        payment payments portal po procurement purchase purchasing quote quotes rechnung rechnungen \
        remit remittance sales secure security server service services shop store supplier suppliers \
        support team trade trading treasury uk update us usa vendor vendors verify vertrieb web zahlung
        """.split(separator: " ").map { Confusables.skeleton($0) })
}
