import Desk
import Yams

/// Settings of an organization that `parley.yaml` describes: the same members as the API takes, and the slug.
struct OrganizationEntry: Sendable {
    let slug: String
    let settings: SettingsChange

    /// Entries that are read.
    static let most = 1_000

    /// Reads the list under `organizations`.
    static func list(_ node: Node, in file: String) throws(ConfigurationError) -> [OrganizationEntry] {
        guard let sequence = node.sequence, sequence.count <= most else {
            throw .invalid("organizations", "in \(file) it must be a list of at most \(most) organizations")
        }
        var entries: [OrganizationEntry] = []
        for (number, entry) in sequence.enumerated() {
            let map = try YAMLMap(entry, at: "organizations[\(number)]", in: file)
            try map.allow(["slug", "undo_seconds", "vendor_daily_limit"])
            entries.append(
                OrganizationEntry(
                    slug: try map.needed("slug"),
                    settings: SettingsChange(
                        undoSeconds: try map.whole("undo_seconds"),
                        vendorDailyLimit: try map.whole("vendor_daily_limit"))))
        }
        return entries
    }
}
