/// What was said in a conversation that libcurl leads: how far it came, and what the server said to each step. Nothing of
/// what signs in is kept.
final class Dialogue {
    /// How far the sending of a message has come.
    enum Step: Hashable {
        /// Greeting, encryption, signing in.
        case opening
        case sender
        case recipient(Int)
        /// Permission to send the message was asked for.
        case data
        /// The first byte of the message was handed over: from here on the server may have it.
        case message
    }

    private(set) var step = Step.opening
    private(set) var replies: [Step: SMTPReply] = [:]
    private var lines: [String] = []
    private var recipients = 0
    /// Whether this side has taken its leave, so that what still comes is no answer to any step.
    private var isOver = false
    /// The last line that the server said, whole.
    private(set) var lastLine: String?
    /// What the server offers (RFC 5321, section 4.1.1.1): keywords in upper case, and what stands behind them. Empty before
    /// it was greeted on this connection.
    private(set) var extensions: [String: String] = [:]
    /// Whether what comes next answers a greeting.
    private var isGreeting = false

    /// Lines that are kept of one reply, and bytes of one line; the rest is of no use to a reader.
    private static let mostLines = 50
    private static let longestLine = 1000

    var hasBegun: Bool { lastLine != nil }

    /// What the server said last.
    var lastWords: String? {
        // Where it says why in the middle of signing in, it does so in Base64 (RFC 7628, section 3.2.3).
        if replies[step]?.code == 334 { return "the access token is not accepted" }
        return replies[step]?.description ?? lastLine
    }

    func begin() {
        step = .opening
        replies = [:]
        lines = []
        recipients = 0
        isOver = false
        lastLine = nil
    }

    func messageBegan() { step = .message }

    /// Forgets the server, before another connection to it.
    func forget() { extensions = [:] }

    func sent(_ bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: "EHLO ".utf8) {
            isGreeting = true
        } else if bytes.starts(with: "MAIL FROM:".utf8) {
            step = .sender
        } else if bytes.starts(with: "RCPT TO:".utf8) {
            step = .recipient(recipients)
            recipients += 1
        } else if recipients > 0, bytes.elementsEqual("DATA\r\n".utf8) {
            step = .data
        } else if bytes.elementsEqual("QUIT\r\n".utf8) {
            isOver = true
        }
    }

    func received(_ bytes: UnsafeRawBufferPointer) {
        guard !isOver else { return }
        for line in bytes.split(separator: 0x0A) {
            let text = String(decoding: line.prefix(Self.longestLine), as: UTF8.self)
            take(text.last?.isNewline == true ? String(text.dropLast()) : text)
        }
    }

    private func take(_ line: String) {
        lastLine = line
        guard let code = Int(line.prefix(3)), (200...599).contains(code) else { return }
        let separator = line.dropFirst(3).first
        if lines.count < Self.mostLines { lines.append(String(line.dropFirst(4))) }
        guard separator != "-" else { return }
        replies[step] = SMTPReply(code: code, text: lines.joined(separator: "\n"))
        if isGreeting { learn(lines.dropFirst()) }
        isGreeting = false
        lines = []
    }

    private func learn(_ offered: ArraySlice<String>) {
        extensions = [:]
        for line in offered {
            let words = line.split(separator: " ", maxSplits: 1)
            if let keyword = words.first {
                extensions[keyword.uppercased()] = words.dropFirst().first.map(String.init) ?? ""
            }
        }
    }
}
