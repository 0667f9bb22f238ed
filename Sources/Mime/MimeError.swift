/// Why a message cannot be composed. Trying again with the same message cannot help: something in it has to
/// change.
public enum MimeError: Error, Equatable, Sendable {
    /// A value has CR, LF, NUL or another control character, with which it could add a header.
    case controlCharacter(field: String)
    /// A message id that is not `left@right` in plain ASCII.
    case invalidMessageID(String)
    /// An address that is not `local@domain` in ASCII; others would need SMTPUTF8 (RFC 6531).
    case invalidAddress(String)
    /// A header name that is not a token, or that the composer writes itself.
    case invalidHeaderName(String)
    /// A content type that is not `type/subtype`.
    case invalidContentType(String)
    /// Nobody to send it to.
    case noRecipient
    /// Nothing to send: the text is blank.
    case emptyText
}
