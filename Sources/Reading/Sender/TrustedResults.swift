extension AuthenticationResults {
    /// Headers of a message that are looked at.
    static let mostHeaders = 500
    /// Authentication-Results headers of a message that are read.
    static let mostRead = 20

    /// The results of the server that receives the buyer's mail, and of nobody else; `nil` when no server
    /// is configured, or none of its headers with a result is found: then Parley checks the signatures
    /// itself.
    ///
    /// `authservID` holds one or more names, separated by blanks or commas: first the one that the server
    /// signs its headers with (`mx.example.org`), where it has many `*.` and what they have in common
    /// (`*.icloud.com`, `*.yahoo.com`), and where the receiving hosts live elsewhere, also their domain
    /// (`example.org *.hoster.net`). Exchange Online names no server: its header counts as that of the host
    /// whose Received line it stands on (`*.protection.outlook.com *.office365.com`).
    ///
    /// Anybody can write such a header into a message (RFC 8601, 7.1), so it counts only where the sender
    /// cannot have put it. Every hop puts its lines on top of those that it received, hence:
    ///
    /// 1. Every Received line above it was written by a host of the configured names' domains, or by one
    ///    that only has an inner name or an IP address. A message that came another way shows a foreign
    ///    host there.
    /// 2. Only the topmost run of the server's headers counts; the first Received line below ends it. A
    ///    server that puts its headers on top of its own Received line thus separates them from forged
    ///    ones.
    /// 3. Some put them just below that line, where forged ones may follow if the server does not strip
    ///    them (RFC 8601, 5). So a method is answered by the first header that names it, and a header that
    ///    answers for several methods is the whole answer of its server: nothing below it counts.
    public static func trusted(in message: Message, from authservID: String?) -> [AuthenticationResult]? {
        let server = ReceivingServer(names: authservID ?? "")
        let headers = message.headers.prefix(mostHeaders)
        var found: [AuthenticationResult] = []
        var (read, isInside) = (0, false)
        for (index, header) in headers.enumerated() {
            if header.isNamed("Received") {
                guard !isInside, server.isOwn(hop: header.value) else { break }
            } else if header.isNamed("Authentication-Results"), read < mostRead {
                read += 1
                let next = AuthenticationResults(header: header.value)
                let below = headers[(index + 1)...].first { $0.isNamed("Received") }?.value
                guard let id = next.authservID ?? below.flatMap(ReceivingServer.host), server.isNamed(id)
                else { continue }
                isInside = true
                let answered = Set(found.map(\.method))
                found += next.results.filter { !answered.contains($0.method) }
                // What a damaged header said of a method is unknown, so nothing below may answer for it.
                if next.isDamaged || Set(next.results.map(\.method)).count > 1 { break }
            }
        }
        return found.isEmpty ? nil : found
    }
}

/// The server that receives the buyer's mail, by the names that it is configured with.
private struct ReceivingServer {
    private static let mostNames = 10
    /// Top-level domains that are used inside of networks only.
    private static let innerDomains: Set<Substring> = [
        "arpa", "corp", "home", "internal", "intern", "intranet", "lan", "local", "localdomain", "localhost",
        "private",
    ]

    private let names: [Substring]
    private let domains: Set<DomainName>

    init(names text: String) {
        names = text.lowercased().split { $0 == "," || $0.isWhitespace }.prefix(Self.mostNames).map { $0 }
        domains = Set(
            names.compactMap { DomainName(String($0.hasPrefix("*.") ? $0.dropFirst(2) : $0))?.organizational }
        )
    }

    /// Whether the server calls itself so. `*.example.org` stands for every name below `example.org`.
    func isNamed(_ id: String) -> Bool {
        names.contains { $0.hasPrefix("*.") ? id.hasSuffix($0.dropFirst()) : $0 == id }
    }

    /// Whether a Received line was written by a host of this server's site.
    func isOwn(hop line: String) -> Bool {
        guard let host = Self.host(line), !isNamed(host), let domain = DomainName(host) else { return true }
        if Self.innerDomains.contains(domain.labels.last ?? "") { return true }
        return domains.contains(domain.organizational)
    }

    /// The host behind `by`, in lower case (RFC 5321, 4.4).
    static func host(_ line: String) -> String? {
        let words = ClauseReader(line.utf8.prefix(2_000)).clauses.first ?? []
        guard let place = words.firstIndex(where: { $0.value == nil && $0.name.lowercased() == "by" }) else {
            return nil
        }
        return words.dropFirst(place + 1).first?.name.lowercased()
    }
}
