import Reading

/// An attachment inside a TNEF stream.
struct TNEFAttachment {
    /// What an attached message begins with: the identifier of IMessage. A TNEF stream of its own follows
    /// ([MS-OXTNEF], 2.1.3.3.15).
    private static let messageInterface: [UInt8] = [
        0x07, 0x03, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46,
    ]
    /// Octets of a name that is read.
    private static let longestName = 2_000

    var title: ArraySlice<UInt8> = []
    /// The value of attAttachData.
    var data: ArraySlice<UInt8>?
    /// The value of attAttachment; `nil` before it came.
    var properties: TNEFProperties?

    /// The octets of the file, or of the object without the identifier of its interface. What the properties hold
    /// goes before attAttachData, in which some senders leave a placeholder.
    var octets: ArraySlice<UInt8> {
        guard let value = properties?[.attachmentData] else { return data ?? [] }
        switch value.kind {
        case TNEFProperties.Kind.object: return value.octets.dropFirst(TNEFProperties.identifier)
        case TNEFProperties.Kind.binary: return value.octets
        default: return data ?? []
        }
    }

    /// Whether the stream said nothing about it but that it is there.
    var isEmpty: Bool { data == nil && properties == nil }

    /// The name to show, the longest form first; control characters are left out.
    func filename(codePage: Int?, notes: inout [ParseNote]) -> String? {
        let texts: [TNEFProperties.Value?] = [
            properties?[.longFilename], .init(kind: TNEFProperties.Kind.string, octets: title),
            properties?[.shortFilename], properties?[.displayName],
        ]
        for value in texts {
            guard let value,
                let text = value.text(codePage: codePage, limit: Self.longestName, notes: &notes)
            else { continue }
            let name = String(text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "\u{7F}" })
            if name.contains(where: { !$0.isWhitespace }) { return name }
        }
        return nil
    }

    /// The type as the sender stated it, otherwise as the name has it.
    func contentType(filename: String?) -> String {
        if let value = properties?[.attachmentData], value.kind == TNEFProperties.Kind.object,
            value.octets.starts(with: Self.messageInterface)
        {
            return "application/ms-tnef"
        }
        var notes: [ParseNote] = []
        let stated = properties?[.contentType]?.text(codePage: nil, limit: Self.longestName, notes: &notes)
        return stated.flatMap(FileType.stated) ?? FileType.guessed(from: filename)
    }
}

extension TNEFProperties.Value {
    /// The value as text, of which at most `limit` octets are decoded; `nil` for a value that is none.
    func text(codePage: Int?, limit: Int, notes: inout [ParseNote]) -> String? {
        let page: Int?
        switch kind {
        case TNEFProperties.Kind.unicode: page = CodePage.utf16
        case TNEFProperties.Kind.string: page = codePage
        default: return nil
        }
        return CodePage.text(octets.prefix(limit), page: page, notes: &notes)
    }
}
