/// What the results say of the domain in an author's address.
struct DomainProof: Equatable {
    private(set) var isProven = false
    private(set) var isRefuted = false
    private(set) var hasBrokenSignature = false

    init(of domain: DomainName?, by results: [AuthenticationResult], from source: SenderEvidence.Source) {
        guard source != .none, let domain else { return }
        func has(_ method: AuthenticationResult.Method, _ outcome: AuthenticationResult.Outcome) -> Bool {
            results.contains {
                $0.method == method && $0.outcome == outcome
                    && $0.domain.flatMap(DomainName.init)?.isAligned(with: domain) == true
            }
        }
        // Parley itself does not see where a message came from, so a result about that is not its own.
        let isServer = source == .receivingServer
        let passes = has(.dkim, .pass) || isServer && (has(.dmarc, .pass) || has(.spf, .pass))
        // DMARC is about the author's domain by definition; in doubt about which, a failure counts.
        let fails = isServer && results.contains { $0.method == .dmarc && $0.outcome == .fail }
        isRefuted = fails || isServer && !passes && has(.spf, .fail)
        isProven = passes && !isRefuted
        hasBrokenSignature = !passes && has(.dkim, .fail)
    }
}
