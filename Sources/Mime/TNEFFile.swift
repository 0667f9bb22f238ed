import Reading

/// What Outlook and Exchange wrap a message's files and formatting in: `winmail.dat` ([MS-OXTNEF]).
///
/// Everything in it is a slice of its octets, so that it takes no more memory than they do. What is damaged is
/// read as far as it goes. A message inside is one attachment and is not opened.
struct TNEFFile {
    private(set) var attachments: [TNEFAttachment] = []
    private(set) var body = TNEFBody()
    /// The code page of texts that are not Unicode.
    private(set) var codePage: Int?
    /// Whether some of it could not be read.
    private(set) var isDamaged = false
    /// Whether there were more attachments or attributes than are read.
    private(set) var isCut = false

    /// Whether a part says that it is one. A part that merely has the usual name must also begin like one.
    static func isMeant(by part: MimePart) -> Bool {
        switch part.contentType {
        case "application/ms-tnef", "application/vnd.ms-tnef": true
        default:
            part.filename?.lowercased() == "winmail.dat"
                && part.octets.starts(with: TNEFAttributes.signature)
        }
    }

    /// Reads at most that many attachments. `nil` for what is no TNEF stream, or has nothing in it.
    init?(_ octets: [UInt8], mostAttachments: Int) {
        guard var attributes = TNEFAttributes(octets[...]) else { return nil }
        while !isCut, let attribute = attributes.next() {
            read(attribute, mostAttachments: mostAttachments)
        }
        guard attributes.count > 0 else { return nil }
        isCut = isCut || attributes.isCut
        // An attachment that was begun and then neither described nor delivered: the rest was lost.
        isDamaged = isDamaged || attributes.isDamaged || attachments.contains(where: \.isEmpty)
        attachments.removeAll(where: \.isEmpty)
        body.codePage = codePage
    }

    private mutating func read(_ attribute: TNEFAttribute, mostAttachments: Int) {
        switch attribute.name {
        case .codePage:
            var cursor = TNEFCursor(attribute.octets)
            codePage = codePage ?? cursor.long()
        case .body: body.plain = body.plain ?? attribute.octets
        case .messageProperties:
            let properties = TNEFProperties(attribute.octets)
            isDamaged = isDamaged || properties.isDamaged
            body.properties.merge(properties)
        case .attachmentRendering:
            guard attachments.count < mostAttachments else {
                isCut = true
                return
            }
            attachments.append(TNEFAttachment())
        case .attachmentTitle: change { $0.title = attribute.octets }
        case .attachmentData: change { $0.data = $0.data ?? attribute.octets }
        case .attachmentProperties:
            let properties = TNEFProperties(attribute.octets)
            isDamaged = isDamaged || properties.isDamaged
            change { $0.properties = $0.properties ?? properties }
        case nil: break
        }
    }

    /// Changes the attachment that is being read. What belongs to none is damage.
    private mutating func change(_ change: (inout TNEFAttachment) -> Void) {
        guard !attachments.isEmpty else {
            isDamaged = true
            return
        }
        change(&attachments[attachments.count - 1])
    }
}
