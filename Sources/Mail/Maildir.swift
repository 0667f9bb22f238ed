import Glibc

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder in Maildir format: `tmp` for files that are being written, `new` for what nobody has looked at, `cur` for
/// the rest. A file appears in `new` whole or not at all.
public struct Maildir: Sendable {
    /// The folder that holds `tmp`, `new` and `cur`.
    public let path: String

    /// The largest file that is read, in bytes; a larger one is left alone and reported.
    public static let largestFile = 35 * 1024 * 1024
    /// Files looked at in one scan of `new`; the rest waits for the next.
    public static let mostFilesPerScan = 1000

    /// Opens a Maildir and makes its folders where they are missing.
    public init(at path: String) throws(MailError) {
        self.path = path
        for folder in ["tmp", "new", "cur"] {
            do {
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
            } catch {
                throw .folder(
                    "\(path)/\(folder) cannot be made (\(error)). Give Parley a folder that it may write to.")
            }
        }
    }

    /// Puts a message into `new` under a name that is the message's own: writes it to `tmp`, makes it durable, and
    /// moves it. A message of that name that is there already is left as it is.
    public func deliver(_ bytes: [UInt8], as name: String) throws(MailError) {
        if contains(name) { return }
        let temporary = "\(path)/tmp/\(name)"
        try write(bytes, to: temporary)
        guard rename(temporary, "\(path)/new/\(name)") == 0 else { throw .system("rename", temporary, errno) }
        try synchronize("\(path)/new")
    }

    /// Whether a message of that name has been delivered, whether or not a reader has moved it to `cur`.
    public func contains(_ name: String) -> Bool {
        if access("\(path)/new/\(name)", F_OK) == 0 { return true }
        return names(in: "cur").contains { $0 == name || $0.hasPrefix("\(name):") }
    }

    /// The names in `new`, in order.
    public func unread() -> [String] { Array(names(in: "new").sorted().prefix(Self.mostFilesPerScan)) }

    /// The names of every message, in order, `new` and `cur` together.
    public func all() -> [String] { (names(in: "new") + names(in: "cur")).sorted() }

    /// What a message consists of; `nil` when it is gone or too large.
    public func read(_ name: String) -> [UInt8]? {
        for folder in ["new", "cur"] {
            let file = "\(path)/\(folder)/\(name)"
            guard let facts = facts(of: file) else { continue }
            guard facts.size <= Self.largestFile else { return nil }
            if let data = FileManager.default.contents(atPath: file) { return Array(data) }
        }
        return nil
    }

    /// Moves a message from `new` to `cur`, flagged as seen; one that is gone already is no error.
    public func markRead(_ name: String) throws(MailError) {
        let source = "\(path)/new/\(name)"
        guard rename(source, "\(path)/cur/\(name):2,S") == 0 || errno == ENOENT else {
            throw .system("rename", source, errno)
        }
    }

    /// Moves a message out of the way, into a folder beside `new`.
    public func set(aside name: String, in folder: String) throws(MailError) {
        let target = "\(path)/\(folder)"
        guard mkdir(target, 0o700) == 0 || errno == EEXIST else { throw .system("mkdir", target, errno) }
        let source = "\(path)/new/\(name)"
        guard rename(source, "\(target)/\(name)") == 0 || errno == ENOENT else {
            throw .system("rename", source, errno)
        }
    }

    /// What tells whether a file is still being written; `nil` when it is gone or no plain file.
    func stamp(of name: String) -> FileStamp? { facts(of: "\(path)/new/\(name)") }

    private func names(in folder: String) -> [String] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
        return found.filter { !$0.hasPrefix(".") }
    }

    private func facts(of file: String) -> FileStamp? {
        var status = stat()
        guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return FileStamp(
            size: Int(status.st_size), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: status.st_mtim.tv_nsec)
    }

    private func write(_ bytes: [UInt8], to file: String) throws(MailError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open", file, errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("write", file, errno) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw .system("fsync", file, errno) }
    }

    private func synchronize(_ folder: String) throws(MailError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", folder, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("fsync", folder, errno) }
    }
}

/// Size and time of the last change of a file.
struct FileStamp: Equatable {
    let size: Int
    let seconds: Int
    let nanoseconds: Int
}
