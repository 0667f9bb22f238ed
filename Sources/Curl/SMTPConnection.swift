internal import CLibcurl

/// A connection to an SMTP server, opened when it is first needed and kept for the next message.
public actor SMTPConnection {
    private let queue = BlockingQueue("parley.smtp")
    private let server: ServerAddress
    private let hello: String
    private let dialogue = Dialogue()
    private var handle: Handle?
    /// Whether the connection has carried a message before.
    private var isUsed = false

    /// Seconds for one message, whatever happens: connecting, signing in, sending, and the server's last word.
    static let mostSeconds = 1800

    public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - server: `replySeconds` should be above 600, which RFC 5321, section 4.5.3.2.6, grants a server after the
    ///     final dot.
    ///   - hello: the domain that this side calls itself, letters, digits, dots and hyphens.
    public init(to server: ServerAddress, hello: String) {
        self.server = server
        self.hello = hello
    }

    /// Sends a message as it is; lines end in CRLF, dots are doubled on the way. All recipients get it or none.
    ///
    /// - Parameter deadline: when its first byte may not leave any more. A process that was stopped for hours goes on in
    ///   the middle of its work, when others may long have decided what becomes of the message.
    public func send(
        _ raw: [UInt8], to envelope: MailEnvelope, before deadline: ContinuousClock.Instant? = nil
    ) -> SMTPOutcome {
        let wasUsed = isUsed
        let outcome = attempt(raw, to: envelope, before: deadline)
        guard wasUsed, hasEndedMeanwhile(outcome) else { return outcome }
        close()
        return attempt(raw, to: envelope, before: deadline)
    }

    /// Whether the server had closed a connection that waited for the next message. Nothing of the message has left.
    private func hasEndedMeanwhile(_ outcome: SMTPOutcome) -> Bool {
        guard dialogue.step != .message, case .notAccepted(let refusal) = outcome else { return false }
        // RFC 5321, section 3.8: a server that closes says so with this code.
        return refusal.reply?.code == 421 || refusal.error.mayPass
    }

    private func attempt(
        _ raw: [UInt8], to envelope: MailEnvelope, before deadline: ContinuousClock.Instant?
    ) -> SMTPOutcome {
        let demands = SMTPDemands(raw, envelope)
        do {
            if demands.areSpecial, dialogue.extensions.isEmpty { try check() }
            dialogue.begin()
            if let obstacle = demands.obstacle(at: server.name, offering: dialogue.extensions) {
                return Self.unsendable(obstacle, nil)
            }
            let handle = try opened()
            handle.set(CURLOPT_MAIL_FROM, envelope.sender)
            handle.set(CURLOPT_MAIL_RCPT, list: envelope.recipients)
            handle.set(CURLOPT_CUSTOMREQUEST, nil)
            handle.set(CURLOPT_NOBODY, 0)
            handle.set(CURLOPT_UPLOAD, 1)
            handle.set(CURLOPT_INFILESIZE_LARGE, size: raw.count)
            let upload = Upload(raw, before: deadline, dialogue)
            let failure = upload.perform(on: handle)
            isUsed = true
            if upload.isTooLate {
                close()
                return .notAccepted(Self.tooLate(server))
            }
            let outcome = outcome(of: failure.map(CURLcodeError.init), envelope)
            // Asked on the way, the server knew it before this side did.
            if dialogue.step == .sender, case .notAccepted(let refusal) = outcome, refusal.isPermanent,
                let excess = demands.excess(at: server.name, offering: dialogue.extensions)
            {
                return Self.unsendable(excess, refusal.reply)
            }
            return outcome
        } catch {
            return .notAccepted(SMTPRefusal(error: error, reply: nil, recipient: nil, isPermanent: false))
        }
    }

    /// What this server would never take as it is.
    private static func unsendable(_ why: String, _ reply: SMTPReply?) -> SMTPOutcome {
        .notAccepted(SMTPRefusal(error: .unsendable(why), reply: reply, recipient: nil, isPermanent: true))
    }

    /// Connects and signs in, without sending anything.
    public func check() throws(CurlError) {
        dialogue.begin()
        let handle = try opened()
        handle.set(CURLOPT_UPLOAD, 0)
        handle.set(CURLOPT_NOBODY, 1)
        handle.set(CURLOPT_CUSTOMREQUEST, "NOOP")
        handle.set(CURLOPT_MAIL_RCPT, list: [])
        if let code = handle.perform() { throw CURLcodeError(code).failure(with: server, dialogue) }
    }

    /// Ends the connection; the next message opens another.
    public func close() {
        handle = nil
        isUsed = false
        dialogue.forget()
    }

    private func opened() throws(CurlError) -> Handle {
        if let handle { return handle }
        guard !hello.isEmpty, hello.utf8.allSatisfy({ $0.isDomainByte }) else {
            throw .unsendable("“\(hello.prefix(80))” is no domain to greet a server with")
        }
        let new = try Handle()
        try new.set(server, scheme: "smtp", path: hello)
        new.set(CURLOPT_TIMEOUT, Self.mostSeconds)
        new.trace(to: dialogue)
        handle = new
        return new
    }

    private func outcome(of failure: CURLcodeError?, _ envelope: MailEnvelope) -> SMTPOutcome {
        let reply = dialogue.replies[dialogue.step]
        if dialogue.step == .message {
            // What the server said after the final dot counts, whatever became of the connection afterwards.
            switch reply?.code {
            case .some(200..<300):
                return .accepted(reply ?? SMTPReply(code: 250, text: ""))
            case .some(400...): return .notAccepted(refusal("the message", reply, nil))
            default:
                let silent = CurlError.brokenOff(server: server.name, reason: "it ended without an answer")
                return .unknown(failure?.failure(with: server, dialogue) ?? silent)
            }
        }
        switch (dialogue.step, reply) {
        case (.sender, .some(let reply)) where reply.code >= 400:
            return .notAccepted(refusal("the sender \(envelope.sender)", reply, nil))
        case (.recipient(let position), .some(let reply)) where reply.code >= 400:
            let recipient = envelope.recipients[min(position, envelope.recipients.count - 1)]
            return .notAccepted(refusal("the recipient \(recipient)", reply, recipient))
        case (.data, .some(let reply)) where reply.code >= 400:
            return .notAccepted(refusal("the message", reply, nil))
        default:
            let silent = CurlError.brokenOff(
                server: server.name, reason: "it ended before the message was sent")
            let error = failure?.failure(with: server, dialogue) ?? silent
            return .notAccepted(SMTPRefusal(error: error, reply: reply, recipient: nil, isPermanent: false))
        }
    }

    private static func tooLate(_ server: ServerAddress) -> SMTPRefusal {
        let reason = "the time for handing it the message was over"
        return SMTPRefusal(
            error: .brokenOff(server: server.name, reason: reason), reply: nil, recipient: nil,
            isPermanent: false)
    }

    private func refusal(_ what: String, _ reply: SMTPReply?, _ recipient: String?) -> SMTPRefusal {
        SMTPRefusal(
            error: .refused(command: what, reply: reply?.description ?? "without a word"), reply: reply,
            recipient: recipient, isPermanent: reply?.isPermanent ?? false)
    }
}

/// The bytes of one message on their way.
private final class Upload {
    private let bytes: [UInt8]
    private let deadline: ContinuousClock.Instant?
    private let dialogue: Dialogue
    private var offset = 0
    /// Whether the message was kept back because its time was over.
    private(set) var isTooLate = false

    init(_ bytes: [UInt8], before deadline: ContinuousClock.Instant?, _ dialogue: Dialogue) {
        self.bytes = bytes
        self.deadline = deadline
        self.dialogue = dialogue
    }

    func perform(on handle: Handle) -> CURLcode? {
        handle.set(
            CURLOPT_READFUNCTION,
            transfer: { buffer, size, count, context in
                guard let buffer, let context else { return 0 }
                let upload = Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue()
                return upload.fill(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
            })
        handle.set(CURLOPT_READDATA, context: Unmanaged.passUnretained(self).toOpaque())
        defer { handle.set(CURLOPT_READDATA, context: nil) }
        return withExtendedLifetime(self) { handle.perform() }
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        if offset == 0, let deadline, ContinuousClock.now >= deadline {
            isTooLate = true
            return Int(CURL_READFUNC_ABORT)
        }
        dialogue.messageBegan()
        let count = min(buffer.count, bytes.count - offset)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)]))
        }
        offset += count
        return count
    }
}

extension UInt8 {
    /// A letter, digit, dot or hyphen.
    fileprivate var isDomainByte: Bool {
        (0x30...0x39).contains(self) || (0x61...0x7A).contains(self | 0x20) || self == 0x2D || self == 0x2E
    }
}
