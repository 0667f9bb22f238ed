#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the files are that come with the executable, wherever it is started from: `share/parley` beside the `bin`
/// folder of an installation, or the checkout that it was built in.
struct ShareFolder: Sendable {
    /// The folder with `email` and `web`.
    let templates: String
    /// The folder with the numbered SQL files.
    let migrations: String

    /// How many folders above the executable are looked at.
    private static let mostLevels = 8

    /// Finds the files beside the running executable.
    static func find() throws -> ShareFolder {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return try find(above: executable)
    }

    static func find(above executable: String) throws -> ShareFolder {
        var folder = URL(filePath: executable).deletingLastPathComponent().path()
        for _ in 0..<mostLevels {
            let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
            let installed = ShareFolder(
                templates: "\(base)/share/parley/Templates", migrations: "\(base)/share/parley/Migrations")
            if installed.isComplete { return installed }
            let checkout = ShareFolder(
                templates: "\(base)/Templates", migrations: "\(base)/Sources/Store/Migrations")
            if checkout.isComplete { return checkout }
            guard base.contains("/") else { break }
            folder = URL(filePath: base).deletingLastPathComponent().path()
        }
        throw ConfigurationError.unreadable(
            "share/parley",
            "no folder above \(executable) holds Templates and Migrations; install them beside bin, in share/parley"
        )
    }

    private var isComplete: Bool {
        FileManager.default.fileExists(atPath: "\(templates)/email")
            && FileManager.default.fileExists(atPath: migrations)
    }
}
