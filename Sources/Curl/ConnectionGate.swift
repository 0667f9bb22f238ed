internal import CLibcurl

/// An address that a connection is about to be made to, after a name was resolved.
public struct PeerAddress: Hashable, Sendable {
    /// 4 octets of IPv4 or 16 of IPv6, in network order.
    public let octets: [UInt8]
    public let port: Int

    public init(octets: [UInt8], port: Int) {
        self.octets = octets
        self.port = port
    }

    init?(_ address: UnsafePointer<curl_sockaddr>) {
        var (octets, port) = ([UInt8](repeating: 0, count: 16), Int32(0))
        let count = parley_curl_octets(address, &octets, &port)
        guard count > 0 else { return nil }
        self.init(octets: Array(octets.prefix(Int(count))), port: Int(port))
    }
}

extension PeerAddress: CustomStringConvertible {
    /// The address without the port: `192.0.2.1`, or `2001:db8:0:0:0:0:0:1`.
    public var description: String {
        guard octets.count == 16 else { return octets.map { "\($0)" }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}

/// Stands where connections are made, and lets pass only what may be connected to.
///
/// Belongs to the queue of one client, which keeps it alive as long as the handle that it watches.
final class ConnectionGate {
    private let mayConnect: @Sendable (PeerAddress) -> Bool
    /// The last address that was refused.
    private(set) var refused: PeerAddress?

    init(_ mayConnect: @escaping @Sendable (PeerAddress) -> Bool) { self.mayConnect = mayConnect }

    func forget() { refused = nil }

    func watch(_ handle: Handle) {
        let open: parley_curl_open = { context, _, address in
            guard let context, let address else { return parley_curl_no_socket }
            return Unmanaged<ConnectionGate>.fromOpaque(context).takeUnretainedValue().open(address)
        }
        handle.set(open: open, context: Unmanaged.passUnretained(self).toOpaque())
    }

    private func open(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        // What is neither IPv4 nor IPv6 is nobody's address on the internet.
        guard let peer = PeerAddress(address) else { return parley_curl_no_socket }
        guard mayConnect(peer) else {
            refused = peer
            return parley_curl_no_socket
        }
        return parley_curl_open_socket(address)
    }
}
