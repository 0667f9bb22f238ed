import Foundation
import Synchronization

/// A receiver on loopback that hears one request for each answer, and gives it.
final class Receiver: Sendable {
    let port: Int
    private let heard = Mutex<[String]>([])

    /// The requests, whole.
    var requests: [String] { heard.withLock { $0 } }

    init(_ answers: [String]) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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
        Thread.detachNewThread { [self] in
            for answer in answers {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                let request = Self.request(from: client)
                heard.withLock { $0.append(request) }
                let bytes = Array(answer.utf8)
                _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                Glibc.close(client)
            }
            Glibc.close(listener)
        }
    }

    /// Reads until the body has as many bytes as its head says.
    private static func request(from client: Int32) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 1 << 16, read(client, &byte, 1) == 1 {
            bytes.append(byte)
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let head = text[..<end.lowerBound].lowercased()
            let length = head.range(of: "content-length: ").flatMap { mark in
                Int(head[mark.upperBound...].prefix { $0.isNumber })
            }
            if text[end.upperBound...].utf8.count >= length ?? 0 { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
