/// Who wrote a message, as far as it can be told.
public struct SenderVerdict: Equatable, Sendable {
    /// How the sender stands to the vendor; the raw values are stored and shown.
    public enum Standing: String, Sendable, CaseIterable {
        /// The vendor, and the domain of the address is proven.
        case verified
        /// The vendor's address, or one at a domain of his own, with no proof either way.
        case known
        /// Somebody else who does not pretend anything.
        case unknown
        /// Somebody who may pretend to be the vendor.
        case suspicious
    }

    /// How the sender stands to the vendor.
    public let standing: Standing
    /// Whether it is another address at a domain of the vendor's own.
    public let isColleague: Bool
    /// What a person should know, the gravest first.
    public let warnings: [Warning]
    /// Whether offers in the message may bind the vendor: a person at the vendor wrote it, as far as
    /// anybody can tell.
    public let isBinding: Bool

    init(standing: Standing, isColleague: Bool, warnings: [Warning], isBinding: Bool) {
        self.standing = standing
        self.isColleague = isColleague
        self.warnings = warnings
        self.isBinding = isBinding
    }

    /// Judges the sender. Total and pure.
    ///
    /// A pass counts only for a domain that is aligned with the author's (RFC 7489, 3.1), since the pass of
    /// a mailing list or of a bulk mailer proves the list or the mailer. A failed signature without a
    /// failed DMARC proves nothing (RFC 6376, 6.1), nor do `none`, `neutral`, `softfail` and errors.
    public init(_ evidence: SenderEvidence) {
        let author = Author(evidence)
        let isMachine = evidence.kind == .bounce || evidence.kind == .complaint
        // Reports come from mail servers, whom nobody takes for the vendor.
        warnings = isMachine ? [] : author.warnings
        isColleague = author.isColleague
        if warnings.contains(where: \.isSuspicious) {
            standing = .suspicious
        } else if author.isVendor || author.isColleague {
            standing = author.proof.isProven ? .verified : .known
        } else {
            standing = .unknown
        }
        let isAnswer = evidence.kind == .reply || evidence.kind == .other
        isBinding = isAnswer && (standing == .verified || standing == .known)
    }
}
