/// What is known about the sender of a message, before it is judged.
public struct SenderEvidence: Sendable {
    /// Who checked the message's authenticity.
    public enum Source: String, Sendable, CaseIterable {
        /// The server that receives the buyer's mail, in headers that are its own.
        case receivingServer = "receiving_server"
        /// Parley, which can check signatures (DKIM) but not the way that the message took.
        case ownCheck = "own_check"
        /// Nobody; results are not looked at.
        case none
    }

    /// The message as it was parsed.
    public var message: Message
    /// What sort of mail it is.
    public var kind: Kind
    /// What that check said, from a source that the sender cannot write to.
    public var results: [AuthenticationResult]
    /// Who said so.
    public var source: Source
    /// The address that the negotiation writes to.
    public var vendorAddress: String
    /// Further domains of the vendor, in any form.
    public var knownDomains: Set<String>
    /// The name of the vendor's contact, or of the company; empty when it is not known.
    public var vendorName: String

    /// The evidence about one message.
    public init(
        message: Message, kind: Kind, results: [AuthenticationResult] = [], source: Source = .none,
        vendorAddress: String,
        knownDomains: Set<String> = [], vendorName: String = ""
    ) {
        self.message = message
        self.kind = kind
        self.results = results
        self.source = source
        self.vendorAddress = vendorAddress
        self.knownDomains = knownDomains
        self.vendorName = vendorName
    }
}
