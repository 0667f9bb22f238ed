import Negotiation

/// A letter to somebody of one's own organization. It needs no approval, because it can be addressed to a user only.
public struct StaffLetter: Sendable {
    public let organizationID: OrganizationID
    public let sender: MailAddress
    public let recipient: MailAddress
    /// Without angle brackets.
    public let messageID: String
    public let raw: [UInt8]

    fileprivate init(
        organization: Organization, sender: MailAddress, user: User, messageID: String, raw: [UInt8]
    ) {
        organizationID = organization.id
        self.sender = sender
        recipient = MailAddress(name: user.fullName, address: user.email)
        self.messageID = messageID
        self.raw = raw
    }
}

/// The mail server did not take a letter to staff; it is tried again with the job.
struct StaffLetterNotSent: Error {
    let reply: String
}

extension Office {
    /// Writes to a user. What is sent twice because a process was killed in between does no harm here.
    func writeToStaff(_ user: User, subject: String, text: String, from organization: Organization)
        async throws
    {
        let sender = try await mail.address(organization, nil)
        let messageID =
            "\(clock.newUUID().uuidString.lowercased())@\(VendorAddress.domain(of: sender.address))"
        let letter = Letter(
            messageID: messageID, date: clock.now(), from: sender,
            to: [MailAddress(name: user.fullName, address: user.email)], subject: subject, text: text,
            isAutomatic: true)
        let result = await mail.sendToStaff(
            StaffLetter(
                organization: organization, sender: sender, user: user, messageID: messageID,
                raw: try mail.compose(letter)))
        try await noteSending(result, by: try await books.mailboxes.home(of: organization.id))
        switch result {
        case .accepted: return
        case .deferred(let reply), .unreachable(let reply), .refused(let reply), .unknown(let reply):
            throw StaffLetterNotSent(reply: reply)
        }
    }
}
