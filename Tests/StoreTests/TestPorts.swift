import Desk
import Foundation
import Jinja
import Negotiation
import Reading
import Synchronization

/// A mail server that takes everything, or answers as it is told.
final class MailServer: Sendable {
    private struct State {
        var taken: [EmailID] = []
        var letters: [StaffLetter] = []
        var answer: SendResult = .accepted("250 ok")
    }
    private let state = Mutex(State())

    var taken: [EmailID] { state.withLock { $0.taken } }
    var letters: [StaffLetter] { state.withLock { $0.letters } }

    func answer(_ result: SendResult) { state.withLock { $0.answer = result } }

    var port: MailPort {
        MailPort(
            address: { organization, token in
                MailAddress(
                    name: organization.name, address: "buy\(token.map { "+r-\($0)" } ?? "")@acme.example")
            },
            compose: { letter in Array("\(letter.messageID)\n\(letter.subject)\n\(letter.text)".utf8) },
            files: { _ in [] },
            send: { email in
                self.state.withLock {
                    $0.taken.append(email.emailID)
                    return $0.answer
                }
            },
            wasSent: { _, _, _ in false },
            sendToStaff: { letter in
                self.state.withLock { $0.letters.append(letter) }
                return .accepted("250 ok")
            },
            probe: { _, _ in [] },
            read: { raw in
                // From, In-Reply-To, Message-ID, Subject, then the text.
                let lines = String(decoding: raw, as: UTF8.self).split(
                    separator: "\n", maxSplits: 4, omittingEmptySubsequences: false
                ).map(String.init)
                guard lines.count == 5 else { throw DeskError.unreadable("it has \(lines.count) lines") }
                var message = Reading.Message()
                message.from = Address(name: "Sales", address: lines[0])
                message.inReplyTo = lines[1].isEmpty ? nil : lines[1]
                message.messageID = lines[2]
                message.subject = lines[3]
                message.text = lines[4]
                return message
            }, receivedFiles: { _ in [] }, safeHTML: { _ in "" }, checkSignatures: { _, _ in [] })
    }
}

extension SecretsPort {
    static let forTests = SecretsPort(
        newToken: { UUID().uuidString.lowercased() + UUID().uuidString.lowercased() },
        newReplyToken: {
            let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
            return String((0..<26).map { _ in alphabet[Int.random(in: 0..<32)] })
        },
        // 32 octets that differ where the input does: enough for a test.
        sha256: { bytes in
            (0..<4).flatMap { round -> [UInt8] in
                var hash: UInt64 = 0xcbf2_9ce4_8422_2325 &+ UInt64(round)
                for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
                return withUnsafeBytes(of: hash) { Array($0) }
            }
        },
        verifyPassword: { password, hash in hash == "hash of \(password)" },
        hashPassword: { "hash of \($0)" },
        signingKey: { pem in (pem ?? "new key", "v=DKIM1; p=public") },
        seal: { $0.outgoingPassword ?? "" },
        unseal: { MailboxSecrets(outgoingPassword: $0) })
}

extension TemplatePort {
    static let forTests = TemplatePort(
        email: { _, kind in EmailTemplate(name: kind, subject: "Bolts", body: kind) },
        render: { template, variables, _ in
            func text(_ name: String) -> String {
                if case .string(let text) = variables[name] { text.string } else { "" }
            }
            let link = text("link").isEmpty ? "" : "\nlink: \(text("link"))"
            return (template.subject, "\(template.body): \(text("unit_price"))\(link)")
        })
}
