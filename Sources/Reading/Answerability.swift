import Negotiation

/// Whether a machine may answer a message by itself (RFC 3834, section 2).
public enum Answerability {
    /// What stands in the way of an answer that no person decided on; `nil` where nothing does.
    ///
    /// - Parameters:
    ///   - kind: what the message was read as.
    ///   - ours: the organization's own addresses.
    public static func obstacle(
        to message: Message, read kind: Kind, ours: [String]
    ) -> AutomaticMailObstacle? {
        switch kind {
        case .bounce, .complaint: return .report
        case .autoReply: return .machine
        case .reply, .other: break
        }
        let senders = [message.from, message.sender].compactMap { $0 }
        if senders.contains(where: { isOurs($0.address, among: ours) }) { return .ourselves }
        // The null sender asks for no answer of any kind (RFC 5321, section 4.5.5).
        if message.returnPath == "" || message.report != nil { return .report }
        if senders.isEmpty || senders.contains(where: isMachine) { return .machine }
        return isFromList(message, senders) ? .list : nil
    }

    /// Whether an address is one of the organization's own, with a reply token in it or without.
    public static func isOurs(_ address: String, among ours: [String]) -> Bool {
        let plain = withoutDetail(address)
        return ours.contains { withoutDetail($0) == plain }
    }

    /// Without what stands behind a plus in the local part, in lower case.
    private static func withoutDetail(_ address: String) -> String {
        let address = address.lowercased()
        guard let at = address.lastIndex(of: "@") else { return address }
        return String(address[..<at].prefix { $0 != "+" } + address[at...])
    }

    /// Local parts of those who are no people.
    private static let machines: Set<String> = [
        "mailer-daemon", "postmaster", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply",
        "do_not_reply", "bounce", "bounces", "daemon", "nobody", "root",
    ]

    private static func isMachine(_ sender: Address) -> Bool {
        let local = withoutDetail(sender.address).prefix { $0 != "@" }
        return machines.contains(String(local))
    }

    private static func isFromList(_ message: Message, _ senders: [Address]) -> Bool {
        // RFC 2369 and 2919; and what lists said before there were headers for it.
        if message.headers.contains(where: { $0.name.lowercased().hasPrefix("list-") }) { return true }
        if message.header("Mailing-List") != nil || message.header("X-Mailing-List") != nil { return true }
        let precedence = message.header("Precedence").map { FoldedText($0).trimmed.string } ?? ""
        if ["list", "bulk", "junk"].contains(precedence) { return true }
        return senders.contains { sender in
            let local = sender.address.lowercased().prefix { $0 != "@" }
            return local.hasPrefix("owner-") || local.hasSuffix("-request") || local.hasSuffix("-bounces")
        }
    }
}
