import Foundation

@testable import Curl

/// A server on loopback that plays a script to everybody who connects, one after the other, and closes at its end.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        case say(String)
        /// Reads until what was read ends with this, at most a mebibyte.
        case hear(String)
        /// Says nothing for so long.
        case wait(Double)
    }

    let port: Int
    private let listener: Int32

    /// One script for each connection; after the last nobody answers any more.
    init(_ scripts: [Step]...) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread {
            for script in scripts {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Self.play(script, to: client)
                Glibc.close(client)
            }
            Glibc.close(listener)
        }
    }

    func address(replySeconds: Int = 5) -> ServerAddress {
        ServerAddress(
            host: "127.0.0.1", port: port, security: .none, connectSeconds: 5, replySeconds: replySeconds)
    }

    private static func play(_ script: [Step], to client: Int32) {
        for step in script {
            switch step {
            case .say(let text):
                let bytes = Array(text.utf8)
                var sent = 0
                while sent < bytes.count {
                    let count = bytes[sent...].withUnsafeBytes {
                        send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { return }
                    sent += count
                }
            case .hear(let end): if !hear(end, from: client) { return }
            case .wait(let seconds): usleep(UInt32(seconds * 1_000_000))
            }
        }
    }

    private static func hear(_ end: String, from client: Int32) -> Bool {
        var heard: [UInt8] = []
        var byte: UInt8 = 0
        while heard.count < 1 << 20 {
            guard read(client, &byte, 1) == 1 else { return false }
            heard.append(byte)
            if heard.suffix(end.utf8.count).elementsEqual(end.utf8) { return true }
        }
        return false
    }
}

extension [ScriptedServer.Step] {
    /// The first words of an SMTP server, up to its permission to send a message.
    static var untilMessage: [ScriptedServer.Step] {
        [.say("220 mx.test ESMTP\r\n"), .hear("\r\n"), .say("250-mx.test\r\n250 SIZE 50000\r\n")]
            + nextMessage
    }

    /// The same for one more message on the same connection.
    static var nextMessage: [ScriptedServer.Step] {
        [
            .hear("\r\n"), .say("250 2.1.0 Ok\r\n"), .hear("\r\n"), .say("250 2.1.5 Ok\r\n"),
            .hear("DATA\r\n"),
            .say("354 Go ahead\r\n"), .hear("\r\n.\r\n"),
        ]
    }
}
