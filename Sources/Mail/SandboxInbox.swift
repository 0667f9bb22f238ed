import Desk
import Negotiation
import Reading

/// Receives what is dropped into the sandbox inbox, through the same door as everything else.
public actor SandboxInbox {
    private let inbox: Maildir
    private let office: Office
    private let report: @Sendable (String) -> Void
    /// Files that were there at the last look; one is taken when it has not changed since, because a person may copy
    /// a file into `new` that is not whole yet.
    private var seen: [String: FileStamp] = [:]

    /// The name of the source in the database.
    public static let source = "sandbox"

    /// - Parameter report: takes one line about a file that could not be received.
    public init(inbox: Maildir, office: Office, report: @escaping @Sendable (String) -> Void) {
        self.inbox = inbox
        self.office = office
        self.report = report
    }

    /// Looks once: takes every file that has stopped growing, then moves it to `cur`. How many were taken.
    public func look() async throws -> Int {
        var taken = 0
        var stamps: [String: FileStamp] = [:]
        for name in inbox.unread() {
            guard let stamp = inbox.stamp(of: name) else { continue }
            stamps[name] = stamp
            guard seen[name] == stamp else { continue }
            try await receive(name, stamp)
            taken += 1
        }
        seen = stamps
        return taken
    }

    private func receive(_ name: String, _ stamp: FileStamp) async throws {
        guard stamp.size <= Maildir.largestFile, let raw = inbox.read(name) else {
            report(
                "\(name) has \(stamp.size) bytes, more than \(Maildir.largestFile); it was set aside as too large"
            )
            return try inbox.set(aside: name, in: "too-large")
        }
        let organizations = try await office.books.people.organizations()
        // What cannot even be parsed goes to the only organization there is, where it is quarantined and shown.
        let message = (try? office.mail.read(raw)) ?? Reading.Message()
        guard let organization = SandboxAddress.organization(for: message, among: organizations) else {
            report("\(name) is for no organization of this server; it was set aside as unrouted")
            return try inbox.set(aside: name, in: "unrouted")
        }
        let digest = office.secrets.hexDigest(raw)
        try await office.take(raw, source: Self.source, externalID: digest, for: organization)
        try inbox.markRead(name)
    }
}
