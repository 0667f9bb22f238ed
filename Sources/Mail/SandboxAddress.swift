import Desk
import Negotiation
import Reading

/// The addresses of organizations that have no mailbox of their own: a domain for each under a name that RFC 2606
/// keeps free, so that nothing sent there by mistake can reach anybody.
public enum SandboxAddress {
    private static let parent = "parley.test"
    private static let mailbox = "purchasing"
    /// A label of a domain name has at most 63 characters (RFC 1035, 2.3.4).
    private static let longestLabel = 63

    /// Where an organization writes from, with the token of a negotiation in it if there is one.
    public static func address(of organization: Organization, token: String?) -> MailAddress {
        let plain = "\(mailbox)@\(domain(slug: organization.slug, id: organization.id))"
        let withToken = token.flatMap { ReplyToken($0)?.address(at: plain) }
        return MailAddress(name: organization.name, address: withToken ?? plain)
    }

    /// The domain of an organization.
    public static func domain(slug: String, id: OrganizationID) -> String {
        guard slug.utf8.count > longestLabel else { return "\(slug).\(parent)" }
        return "\(slug.prefix(longestLabel - 9))-\("\(id)".suffix(8)).\(parent)"
    }

    /// To which of the organizations a message belongs: by its recipients, then by what it answers. With one
    /// organization only, everything is for it.
    public static func organization(
        for message: Reading.Message, among organizations: [(id: OrganizationID, slug: String)]
    ) -> OrganizationID? {
        if organizations.count == 1 { return organizations.first?.id }
        let known = Dictionary(
            organizations.map { (domain(slug: $0.slug, id: $0.id), $0.id) },
            uniquingKeysWith: { first, _ in first })
        let delivered = message.headers("Delivered-To") + message.headers("X-Original-To")
        let recipients = (message.to + message.cc).map(\.address) + delivered
        let answered = [message.inReplyTo].compactMap { $0 } + message.references.reversed()
        return (recipients + answered).lazy.compactMap { known[VendorAddress.domain(of: $0)] }.first
    }
}
