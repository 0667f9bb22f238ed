/// The files in a message that ``compose(_:)`` wrote, in their order and as they were put in: unlike ``parse(_:limits:keepingContent:)``
/// nothing in them is opened.
public func files(in bytes: [UInt8]) -> [OutgoingAttachment] {
    var reader = GMimeReader(bytes, limits: .standard)
    guard let root = reader.root() else { return [] }
    return leaves(of: root).filter { $0.disposition == "attachment" }.map { part in
        OutgoingAttachment(
            filename: part.filename ?? "", contentType: part.contentType, content: part.octets)
    }
}

private func leaves(of part: MimePart) -> [MimePart] {
    if case .multipart(let children) = part.content { return children.flatMap { leaves(of: $0) } }
    return [part]
}
