/// Why the web server cannot start. None of it goes away by trying again at once.
public enum WebError: Error, Hashable, Sendable {
    /// Somebody listens there already: host and port.
    case addressInUse(host: String, port: Int)
    /// The address cannot be used: host, port and the system's words.
    case cannotListen(host: String, port: Int, String)
    /// A page template or the stylesheet is not there: its path.
    case templateMissing(String)
    /// A page template cannot be read or compiled: its name and what is wrong where.
    case template(String, String)
}

extension WebError: CustomStringConvertible {
    /// One line that says how to mend it.
    public var description: String {
        switch self {
        case .addressInUse(let host, let port):
            """
            \(host):\(port) is in use by another program. Stop it, or set PARLEY_LISTEN to another port, \
            for instance \(host):\(port < 65535 ? port + 1 : 8080).
            """
        case .cannotListen(let host, let port, let why):
            "Cannot listen on \(host):\(port): \(why). Set PARLEY_LISTEN to an address of this machine."
        case .templateMissing(let path):
            "The page template \(path) is not there. Install the folder Templates beside the program again."
        case .template(let name, let what): "The page template \(name) cannot be used: \(what)"
        }
    }
}
