import Glibc
import Secrets

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The keys of this gateway: given by the operator, or made once and kept in the home folder with mode 0600.
struct Keys: Sendable {
    let ring: FernetKeyRing
    let secret: SecretKey

    static func load(_ configuration: Configuration) throws -> Keys {
        let encryption =
            try configuration.encryptionKeys
            ?? kept("encryption.key", in: configuration.home) {
                try FernetKey.generate()
            }
        let secret =
            try configuration.secretKey
            ?? kept("secret.key", in: configuration.home) { try Token.make().text }
        return Keys(ring: try FernetKeyRing(encryption), secret: try SecretKey(secret))
    }

    /// The largest key file that is read, in bytes.
    private static let largest = 4096

    private static func kept(_ name: String, in home: String, make: () throws -> String) throws -> String {
        let folder = "\(home)/keys"
        let path = "\(folder)/\(name)"
        if let text = try read(path) { return text }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw ConfigurationError.unreadable(folder, String(cString: strerror(errno)))
        }
        // Two processes may get here at once: the first link wins and both read what it says.
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ConfigurationError.unreadable(temporary, String(cString: strerror(errno)))
        }
        let text = Array(try make().utf8)
        let written = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        let isDurable = written == text.count && fsync(descriptor) == 0
        close(descriptor)
        defer { unlink(temporary) }
        guard isDurable, link(temporary, path) == 0 || errno == EEXIST, let kept = try read(path) else {
            throw ConfigurationError.unreadable(path, String(cString: strerror(errno)))
        }
        return kept
    }

    private static func read(_ path: String) throws -> String? {
        guard access(path, F_OK) == 0 else { return nil }
        guard let data = FileManager.default.contents(atPath: path), (1...largest).contains(data.count) else {
            throw ConfigurationError.unreadable(path, "it is empty, too large, or not readable for this user")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
