import Reading

/// The text of a message inside a TNEF stream, in the up to three forms in which Outlook keeps it.
struct TNEFBody {
    /// Text and HTML, as far as there are any.
    struct Forms {
        var text: String?
        var html: String?
    }

    /// The value of attBody.
    var plain: ArraySlice<UInt8>?
    var properties = TNEFProperties()
    /// The code page of texts that are not Unicode.
    var codePage: Int?

    /// Whether there is none in any form.
    var isEmpty: Bool {
        plain == nil && properties[.body] == nil && properties[.html] == nil
            && properties[.compressedRTF] == nil
    }

    /// Reads the text and the HTML; the RTF, which takes most work, only where there is neither. At most `limit`
    /// octets are decoded of each form and of all but the RTF together.
    func read(limit: Int, notes: inout [ParseNote]) -> Forms {
        var forms = Forms()
        var room = limit
        forms.text = plainText(&room, &notes)
        forms.html = page(&room, &notes)
        guard forms.text == nil && forms.html == nil, let value = properties[.compressedRTF],
            let rtf = CompressedRTF(value.octets, limit: room)
        else { return forms }
        let document = RTFText(rtf.octets, limit: room)
        if rtf.isCut || document.isCut { notes.append(.truncated) }
        if rtf.isDamaged { notes.append(.damaged) }
        guard !Self.isBlank(document.text) else { return forms }
        if document.isHTML { forms.html = document.text } else { forms.text = document.text }
        return forms
    }

    /// Whether nobody would see anything of the text.
    static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0 == "\u{FEFF}" || $0 == "\u{200B}" }
    }

    private func plainText(_ room: inout Int, _ notes: inout [ParseNote]) -> String? {
        let values = [properties[.body], plain.map { .init(kind: TNEFProperties.Kind.string, octets: $0) }]
        for case .some(let value) in values {
            let text = value.text(codePage: codePage, limit: take(value.octets, &room, &notes), notes: &notes)
            if let text, !Self.isBlank(text) { return text }
        }
        return nil
    }

    /// The HTML, whose octets are in the code page of the internet form if they are binary ([MS-OXCMSG], 2.2.1.56).
    private func page(_ room: inout Int, _ notes: inout [ParseNote]) -> String? {
        guard let value = properties[.html] else { return nil }
        let limit = take(value.octets, &room, &notes)
        let text: String?
        if value.kind == TNEFProperties.Kind.binary {
            let octets = value.octets.prefix(limit)
            let part = MimePart()
            (part.subtype, part.content) = ("html", .leaf(Array(octets)))
            let charset =
                properties.number(.internetCodePage).flatMap(CodePage.charset)
                ?? HTMLText.charset(of: part) ?? codePage.flatMap(CodePage.charset)
            text = Charset.decode(part.octets, charset: charset, notes: &notes)
        } else {
            text = value.text(codePage: codePage, limit: limit, notes: &notes)
        }
        return text.flatMap { Self.isBlank($0) ? nil : $0 }
    }

    /// How many of the octets there is room for.
    private func take(_ octets: ArraySlice<UInt8>, _ room: inout Int, _ notes: inout [ParseNote]) -> Int {
        let taken = min(octets.count, room)
        if taken < octets.count { notes.append(.truncated) }
        room -= taken
        return taken
    }
}
