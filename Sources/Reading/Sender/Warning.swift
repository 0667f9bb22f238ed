/// Something about the sender of a message that a person should know.
public enum Warning: Hashable, Sendable {
    /// The domain's owner says that the message did not come from there: DMARC failed, or SPF did and no
    /// signature holds.
    case authenticationFailed(domain: String)
    /// The domain resembles one of the vendor's.
    case lookalikeDomain(String, of: String)
    /// The display name shows an address that is not the sender's, or the vendor's name beside somebody
    /// else's address.
    case displayNameImpersonation(String)
    /// Answers would go to somebody who does not belong to the vendor.
    case replyToDiffers(String)
    /// The message names several authors, and programs differ in which one they show.
    case severalAuthors
    /// A signature of the domain does not match the message; mailing lists and some servers break them.
    case signatureBroken(domain: String)
    /// The address is not the vendor's.
    case otherAddress(String)
    /// The address is not the vendor's, and its domain belongs to everybody.
    case sharedProvider(String)
    /// Nothing shows that the message came from the domain.
    case unproven(domain: String)

    /// Whether the sender may be somebody who pretends to be the vendor: nothing in the message may bind
    /// then.
    public var isSuspicious: Bool {
        switch self {
        case .authenticationFailed, .lookalikeDomain, .displayNameImpersonation, .replyToDiffers,
            .severalAuthors:
            true
        case .signatureBroken, .otherAddress, .sharedProvider, .unproven: false
        }
    }

    /// A sentence for people. What the sender chose stands in it without control characters, shortened.
    public var sentence: String {
        switch self {
        case .authenticationFailed(let domain):
            "\(domain) says that this message was not sent from there."
        case .lookalikeDomain(let domain, let known):
            "The domain \(domain) looks like \(known), but it is another one."
        case .displayNameImpersonation(let name):
            "The sender is shown as “\(Self.plain(name))”, but the address belongs to somebody else."
        case .replyToDiffers(let address):
            "Answers would go to \(Self.plain(address)), which does not belong to the vendor."
        case .severalAuthors:
            "The message names several authors, so it is not certain who wrote it."
        case .signatureBroken(let domain):
            "The signature of \(domain) does not match the message; it was changed on its way, or forged."
        case .otherAddress(let address):
            address.isEmpty
                ? "The message names no author." : "\(Self.plain(address)) is not an address of the vendor."
        case .sharedProvider(let domain):
            "Anybody can have an address at \(domain), and this one is not the vendor's."
        case .unproven(let domain):
            "Nothing proves that this message came from \(domain)."
        }
    }
}

extension Warning {
    /// Characters of what the sender chose that are shown.
    static let longestDetail = 320

    /// The kind of warning as it is stored, for example `lookalike_domain`.
    public var code: String {
        switch self {
        case .authenticationFailed: "authentication_failed"
        case .lookalikeDomain: "lookalike_domain"
        case .displayNameImpersonation: "display_name_impersonation"
        case .replyToDiffers: "reply_to_differs"
        case .severalAuthors: "several_authors"
        case .signatureBroken: "signature_broken"
        case .otherAddress: "other_address"
        case .sharedProvider: "shared_provider"
        case .unproven: "unproven"
        }
    }

    /// Text without what moves or hides its neighbours, and not too long.
    fileprivate static func plain(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(longestDetail).map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: " "
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
