/// What went wrong in a conversation with a server, in words for the person who can mend it.
public enum CurlError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No connection came about: the name is unknown, nobody listens, the server did not answer in time.
    case unreachable(server: String, reason: String)
    /// The name leads to an address to which no connection may be made; the server has heard nothing.
    case forbidden(server: String, address: String)
    /// The connection could not be made safe: no TLS where it is asked for, or a certificate that is not to be trusted.
    case unsafe(server: String, reason: String)
    /// The server did not let the user in; `reply` are its own words.
    case signIn(server: String, reply: String)
    /// The server said no to a command; `reply` are its own words.
    case refused(command: String, reply: String)
    /// The connection ended, or the server fell silent, in the middle of something.
    case brokenOff(server: String, reason: String)
    /// The server said something that the protocol does not allow.
    case protocolViolation(server: String, reason: String)
    /// A text that must not be sent to a server, such as a folder's name with a line break in it.
    case unsendable(String)

    public var description: String {
        switch self {
        case .unreachable(let server, let reason):
            "\(server) cannot be reached: \(reason). Check host, port and network."
        case .forbidden(let server, let address):
            "\(server) leads to \(address), to which no connection may be made."
        case .unsafe(let server, let reason):
            "\(server) cannot be talked to safely: \(reason). Check the kind of encryption and the certificate."
        case .signIn(let server, let reply):
            "\(server) did not accept user and password: \(reply)"
        case .refused(let command, let reply): "The server refused \(command): \(reply)"
        case .brokenOff(let server, let reason): "The connection to \(server) broke off: \(reason)."
        case .protocolViolation(let server, let reason):
            "\(server) said something unexpected: \(reason)."
        case .unsendable(let what): "\(what)."
        }
    }

    /// Whether trying again later may help without anybody mending anything.
    public var mayPass: Bool {
        switch self {
        case .unreachable, .brokenOff: true
        case .forbidden, .unsafe, .signIn, .refused, .protocolViolation, .unsendable: false
        }
    }
}
