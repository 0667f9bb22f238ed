import Glibc

/// What went wrong with a mailbox.
public enum MailError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A folder that cannot be used, and what to do.
    case folder(String)
    /// A call to the operating system failed: which, on what, and `errno`.
    case system(String, String, Int32)

    public var description: String {
        switch self {
        case .folder(let what): what
        case .system(let call, let path, let code):
            "\(call) failed for \(path): \(String(cString: strerror(code))). Check the folder's rights and free space."
        }
    }

    /// Whether trying again may help: a full disk is emptied, rights are mended, a folder that cannot be is not.
    public var mayPass: Bool {
        if case .system = self { true } else { false }
    }
}
