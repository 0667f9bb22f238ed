import ArgumentParser
import Desk
import Negotiation

/// `parley webhooks`.
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks", abstract: "Events that providers have delivered.",
        subcommands: [List.self, Replay.self])

    /// An event as a line of JSON.
    private struct Report: Encodable {
        let id: String
        let organization: String
        let source: String
        let eventType: String
        let externalId: String
        let state: String
        let processingAttempts: Int
        let processingError: String?
        let receivedAt: String

        init(_ event: InboundEvent, of slug: String) {
            id = "\(event.id)"
            organization = slug
            source = event.source
            eventType = event.type
            externalId = event.externalID
            state = event.state.rawValue
            processingAttempts = event.attempts
            processingError = event.error
            receivedAt = "\(event.receivedAt)"
        }

        var line: String {
            let words = processingError.map { "  \(Console.oneLine($0))" } ?? ""
            return "\(id)  \(receivedAt)  \(state)  \(source)  \(eventType)  \(externalId)\(words)"
        }
    }

    /// Lists events, newest first.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists events, newest first.")

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Only of the organization with this short name.")
        var org: String?
        @Option(help: "Only in this state: stored, processed, quarantined or ignored.")
        var state: String?
        @Option(help: "Only of this source, such as mailgun.")
        var source: String?
        @Option(help: "How many of each organization, at most 200.")
        var limit = 50
        @Flag(help: "Print JSON Lines.")
        var json = false

        func validate() throws {
            guard state.map({ InboundEvent.State(rawValue: $0) != nil }) ?? true else {
                let known = InboundEvent.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--state must be one of \(known)")
            }
            guard (1...Page<Int>.largestLimit).contains(limit) else {
                throw ValidationError("--limit must be between 1 and \(Page<Int>.largestLimit)")
            }
        }

        func run() async throws {
            try await Console.run {
                try await Gateway.using(try options.load()) { gateway in
                    var filter = InboundFilter()
                    filter.source = source
                    filter.state = state.flatMap(InboundEvent.State.init(rawValue:))
                    for (id, slug) in try await gateway.organizations(named: org) {
                        let page = try await gateway.office.books.inbound.events(
                            id, filter, PageRequest(limit: limit))
                        for event in page.items {
                            let report = Report(event, of: slug)
                            if json { try Console.result(json: report) } else { Console.result(report.line) }
                        }
                    }
                }
            }
        }
    }

    /// Processes events again.
    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay", abstract: "Processes events again, which is safe to repeat.",
            discussion: "The gateway that runs does the work; without one, the next that starts.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "Ids of events, as parley webhooks list shows them.")
        var ids: [String]
        @Flag(help: "Print JSON Lines.")
        var json = false

        func validate() throws {
            for id in ids where InboundEventID(id) == nil {
                throw ValidationError("\(id) is no id of an event: take it from parley webhooks list")
            }
        }

        func run() async throws {
            try await Console.run {
                try await Gateway.using(try options.load()) { gateway in
                    var rest = ids.compactMap { InboundEventID($0) }
                    for (organization, slug) in try await gateway.organizations(named: nil) {
                        var own: [InboundEventID] = []
                        for id in rest
                        where try await gateway.office.books.inbound.event(organization, id) != nil {
                            own.append(id)
                        }
                        guard !own.isEmpty else { continue }
                        let events = try await gateway.office.replayInbound(
                            own, in: organization, origin: .parley)
                        for event in events {
                            let report = Report(event, of: slug)
                            if json {
                                try Console.result(json: report)
                            } else {
                                Console.result("replayed \(report.id)")
                            }
                        }
                        rest.removeAll { own.contains($0) }
                    }
                    guard rest.isEmpty else {
                        let missing = rest.map(\.description).joined(separator: ", ")
                        throw DeskError.notFound("webhook event: \(missing)")
                    }
                }
            }
        }
    }
}

extension Gateway {
    /// Every organization, or the one with a short name.
    fileprivate func organizations(named slug: String?) async throws -> [(id: OrganizationID, slug: String)] {
        let all = try await office.books.people.organizations()
        guard let slug else { return all }
        guard let found = all.first(where: { $0.slug == slug }) else {
            throw DeskError.notFound("organization “\(slug)”")
        }
        return [found]
    }
}
