import Curl

/// What the address of a receiver may look like. Where its name leads to is another question, which is asked whenever
/// a connection is made.
enum ReceiverAddress {
    /// The longest address, in bytes.
    static let longest = 2048

    /// What is wrong with an address, as a rule that it breaks; `nil` where it may be posted to.
    static func objection(to url: String, _ policy: AddressPolicy) -> String? {
        guard url.utf8.count <= longest else { return "must have at most \(longest) bytes" }
        guard let request = try? HTTPRequest(.post, url) else {
            return
                "must be an address such as https://example.com/parley, without user, password and fragment"
        }
        let server = request.server
        if server.security == .none, policy.allowed.isEmpty {
            return "must begin with https://"
        }
        guard isReceiversPort(server.port) else {
            return "must not name port \(server.port): 443, 80 and those from 1024 on are for receivers"
        }
        if let octets = NetworkRange.octets(of: server.host) {
            return objection(to: octets, isEncrypted: server.security == .tls, policy)
        }
        return nil
    }

    /// What is wrong with the address that a name leads to.
    static func objection(to octets: [UInt8], isEncrypted: Bool, _ policy: AddressPolicy) -> String? {
        switch policy.verdict(on: octets) {
        case .allowed: nil
        case .open:
            isEncrypted ? nil : "must begin with https:// outside the networks of PARLEY_WEBHOOK_ALLOW"
        case .closed(let kind):
            "must not lead to an address that is \(kind), unless PARLEY_WEBHOOK_ALLOW names it"
        }
    }

    /// Ports below 1024 belong to services that are no receivers, such as mail and remote shells.
    private static func isReceiversPort(_ port: Int) -> Bool { port == 443 || port == 80 || port >= 1024 }
}
