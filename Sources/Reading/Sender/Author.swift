/// The author of a message beside the vendor.
struct Author {
    /// Addresses of Reply-To that are looked at.
    private static let mostReplies = 20

    let evidence: SenderEvidence
    let address: String
    let domain: DomainName?
    /// The domain of the vendor's address and the others that are known, shared ones among them.
    let vendorDomains: [DomainName]
    let proof: DomainProof

    init(_ evidence: SenderEvidence) {
        self.evidence = evidence
        address = evidence.message.from?.comparable ?? ""
        domain = evidence.message.from.flatMap { DomainName($0.domain) }
        let names = [Address(address: evidence.vendorAddress).domain] + evidence.knownDomains.sorted()
        vendorDomains = names.compactMap(DomainName.init)
        proof = DomainProof(of: domain, by: evidence.results, from: evidence.source)
    }

    private static func isShared(_ domain: DomainName) -> Bool {
        MailProviders.isShared(domain.description)
            || MailProviders.isShared(domain.organizational.description)
    }

    var isVendor: Bool { isMailbox(address, evidence.vendorAddress) }
    var isColleague: Bool { !isVendor && !localPart(address).isEmpty && isOfVendor(domain) }

    /// Whether both are one mailbox: the same domain in either form, and the same local part in any case.
    private func isMailbox(_ one: String, _ other: String) -> Bool {
        let (one, other) = (one.lowercased(), other.lowercased())
        if one == other { return !one.isEmpty }
        guard let domain = DomainName(Address(address: one).domain) else { return false }
        return domain == DomainName(Address(address: other).domain) && localPart(one) == localPart(other)
    }

    private func localPart(_ address: String) -> Substring {
        address.lastIndex(of: "@").map { address[..<$0] } ?? address[...]
    }

    /// Whether the domain is the vendor's; a shared one is nobody's.
    private func isOfVendor(_ domain: DomainName?) -> Bool {
        guard let domain, !Self.isShared(domain) else { return false }
        return vendorDomains.contains(where: domain.isAligned)
    }

    /// The gravest first.
    var warnings: [Warning] {
        let name = domain?.unicode ?? ""
        let belongs = isVendor || isColleague
        var warnings: [Warning] = []
        if hasSeveralAuthors { warnings.append(.severalAuthors) }
        if proof.isRefuted { warnings.append(.authenticationFailed(domain: name)) }
        warnings += lookalikes
        if let shown = impersonation { warnings.append(.displayNameImpersonation(shown)) }
        if belongs, let other = foreignReply { warnings.append(.replyToDiffers(other)) }
        if proof.hasBrokenSignature { warnings.append(.signatureBroken(domain: name)) }
        if belongs {
            if !proof.isProven, !proof.isRefuted { warnings.append(.unproven(domain: name)) }
        } else {
            let isShared = domain.map(Self.isShared) ?? false
            warnings.append(isShared ? .sharedProvider(name) : .otherAddress(address))
        }
        return warnings
    }

    /// RFC 5322 (3.6) allows one From; programs that find two show different ones.
    private var hasSeveralAuthors: Bool { evidence.message.headers("From").count > 1 }

    /// Domains of the author and of Reply-To that resemble the vendor's.
    private var lookalikes: [Warning] {
        let known = vendorDomains.map(\.description)
        let replies = evidence.message.replyTo.prefix(Self.mostReplies).compactMap { DomainName($0.domain) }
        let candidates = ([domain].compactMap { $0 } + replies).withoutRepeats
        return candidates.compactMap { candidate in
            Lookalike(of: candidate.description, among: known).map {
                .lookalikeDomain(candidate.unicode, of: DomainName($0.known)?.unicode ?? $0.known)
            }
        }
    }

    /// A display name that claims more than the address: another address, or the vendor's name beside a
    /// foreign one.
    private var impersonation: String? {
        guard let from = evidence.message.from else { return nil }
        let claimed = DisplayName.addresses(in: from.name).contains { shown in
            !isMailbox(shown.address, address) && !isSameOwner(DomainName(shown.domain))
        }
        let isVendorsName =
            !isVendor && !isColleague && DisplayName.isSame(from.name, evidence.vendorName)
        return claimed || isVendorsName ? from.name : nil
    }

    /// Whether the domain has the author's owner, and one that is not everybody.
    private func isSameOwner(_ other: DomainName?) -> Bool {
        guard let domain, let other, !Self.isShared(other) else { return false }
        return domain.isAligned(with: other) || isOfVendor(domain) && isOfVendor(other)
    }

    /// The first address of Reply-To that is neither the author's nor the vendor's.
    private var foreignReply: String? {
        evidence.message.replyTo.prefix(Self.mostReplies).map(\.address).first { reply in
            let domain = DomainName(Address(address: reply).domain)
            return !isMailbox(reply, address) && !isMailbox(reply, evidence.vendorAddress)
                && !isOfVendor(domain)
        }
    }
}
