import Desk
import Negotiation

/// Jobs of all organizations for `/metrics`, looked up once in a while however often they are asked for.
actor JobFigures {
    private let office: Office
    private var known: [JobCount] = []
    private var knownUntil = Instant(seconds: 0)

    /// How long figures are good for, in seconds.
    private static let freshness: Int64 = 15
    /// Organizations that are looked at; of more, those whose slugs come first.
    private static let mostOrganizations = 1_000

    init(office: Office) { self.office = office }

    /// What is known; older figures where the database cannot be asked.
    func counts() async -> [JobCount] {
        let now = office.clock.now()
        guard now >= knownUntil else { return known }
        // Others who ask meanwhile get what is known.
        knownUntil = now.advanced(bySeconds: Self.freshness)
        if let counts = try? await lookUp(now) { known = counts }
        return known
    }

    private func lookUp(_ now: Instant) async throws -> [JobCount] {
        var sums: [String: [JobCount.Depth: Int]] = [:]
        for organization in try await office.books.people.organizations().prefix(Self.mostOrganizations) {
            for count in try await office.books.jobs.counts(organization.id, now) {
                sums[count.kind, default: [:]][count.depth, default: 0] += count.count
            }
        }
        return sums.sorted { $0.key < $1.key }.flatMap { kind, depths in
            JobCount.Depth.allCases.compactMap { depth in
                depths[depth].map { JobCount(kind: kind, depth: depth, count: $0) }
            }
        }
    }
}
