#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A numbered file of SQL: `0042_what_it_does.sql`.
public struct MigrationFile: Hashable, Sendable {
    /// Its number, from 1; files are applied in this order.
    public let version: Int
    /// The whole file name.
    public let name: String
    /// What it holds.
    let text: String

    /// The largest file that is read, in bytes.
    private static let largestFile = 4 << 20

    /// All files of a folder in their order.
    ///
    /// - Throws: ``StoreError/noMigrations(folder:_:)``, ``StoreError/misnamedMigration(_:)``
    static func all(in folder: String) throws(StoreError) -> [MigrationFile] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw .noMigrations(folder: folder, "it cannot be read")
        }
        var files: [MigrationFile] = []
        for name in names where name.hasSuffix(".sql") {
            files.append(try MigrationFile(name, in: folder))
        }
        files.sort { $0.version < $1.version }
        for (file, next) in zip(files, files.dropFirst()) where file.version == next.version {
            throw .misnamedMigration(next.name)
        }
        guard !files.isEmpty else { throw .noMigrations(folder: folder, "it holds no .sql files") }
        return files
    }

    private init(_ name: String, in folder: String) throws(StoreError) {
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        guard let version = Int(digits), version > 0, name.dropFirst(digits.count).first == "_" else {
            throw .misnamedMigration(name)
        }
        guard let bytes = FileManager.default.contents(atPath: folder + "/" + name),
            bytes.count <= Self.largestFile, let text = String(validating: bytes, as: UTF8.self)
        else { throw .noMigrations(folder: folder, "\(name) cannot be read as UTF-8 text") }
        self.version = version
        self.name = name
        self.text = text
    }
}
