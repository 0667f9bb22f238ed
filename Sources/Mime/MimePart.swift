/// A part of a message, as either parser delivers it.
final class MimePart {
    enum Content {
        case leaf([UInt8])
        case multipart([MimePart])
    }

    var type = "text"
    var subtype = "plain"
    var charset: String?
    var filename: String?
    /// Lower case; `nil` without a Content-Disposition.
    var disposition: String?
    var content = Content.leaf([])

    var contentType: String { "\(type)/\(subtype)" }

    var children: [MimePart] {
        if case .multipart(let children) = content { children } else { [] }
    }

    var octets: [UInt8] {
        if case .leaf(let octets) = content { octets } else { [] }
    }
}
