import Desk
import Foundation
import Mail
import Negotiation
import Reading
import Testing

struct SandboxAddressTests {
    private func organization(_ slug: String) -> Organization {
        Organization(id: OrganizationID(UUID()), name: "Acme", slug: slug, createdAt: Instant(seconds: 0))
    }

    @Test("an organization writes from a domain of its own under a name that is kept free")
    func address() {
        let plain = SandboxAddress.address(of: organization("acme"), token: nil)
        #expect(plain == MailAddress(name: "Acme", address: "purchasing@acme.parley.test"))
    }

    @Test("the reply address carries the token, and the token is found in it again")
    func token() throws {
        let token = try #require(ReplyToken(random: Array(0..<16)))
        let address = SandboxAddress.address(of: organization("acme"), token: token.description).address
        #expect(ReplyToken(inAddress: address) == token)
    }

    @Test("long short names that begin alike have different domains of valid length")
    func longSlugs() {
        let slug = String(repeating: "a", count: 100)
        let first = organization(slug)
        let second = organization(slug)
        let domains = [first, second].map { SandboxAddress.domain(slug: $0.slug, id: $0.id) }
        #expect(domains[0] != domains[1])
        #expect(domains.allSatisfy { $0.split(separator: ".")[0].utf8.count <= 63 })
    }

    @Test(
        "mail finds its organization by recipient, then by what it answers; with one organization it is for that"
    )
    func routing() {
        let (acme, bolt) = (organization("acme"), organization("bolt"))
        let all = [acme, bolt].map { (id: $0.id, slug: $0.slug) }
        var message = Message()
        #expect(SandboxAddress.organization(for: message, among: all) == nil)
        #expect(SandboxAddress.organization(for: message, among: [all[0]]) == acme.id)
        message.references = ["1@acme.parley.test", "2@bolt.parley.test"]
        #expect(SandboxAddress.organization(for: message, among: all) == bolt.id)
        message.to = [Address(address: "Purchasing+r-x@ACME.parley.test")]
        #expect(SandboxAddress.organization(for: message, among: all) == acme.id)
    }
}
