import Desk

extension Gateway {
    /// Sees to it that the settings of `parley.yaml` hold.
    ///
    /// - Parameter report: takes one line about an organization that does not exist yet.
    func provideSettings(report: (String) -> Void) async throws {
        for entry in configuration.organizations {
            guard let organization = try await office.books.people.organizationBySlug(entry.slug) else {
                report(
                    "parley.yaml has settings of the organization \(entry.slug), which does not exist: create it with "
                        + "parley org create, then start again")
                continue
            }
            do {
                _ = try await office.changeSettings(entry.settings, of: organization.id, origin: .parley)
            } catch let error as DeskError {
                throw ConfigurationError.invalid("organizations", "\(entry.slug): \(error)")
            }
        }
    }

    /// Sees to it that the mailboxes of `parley.yaml` are there as it describes them.
    ///
    /// - Parameter report: takes one line about a mailbox of an organization that does not exist yet.
    func provideMailboxes(report: (String) -> Void) async throws {
        for entry in configuration.mailboxes {
            guard let organization = try await office.books.people.organizationBySlug(entry.organization)
            else {
                report(
                    "parley.yaml describes a mailbox of the organization \(entry.organization), which does not exist: "
                        + "create it with parley org create, then start again")
                continue
            }
            do {
                _ = try await office.provideMailbox(entry.draft, for: organization.id)
            } catch let error as DeskError {
                throw ConfigurationError.invalid("mailboxes", "\(entry.draft.name): \(error)")
            }
        }
    }
}
