import ArgumentParser
import Jinja

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `parley template`: templates from the command line.
struct TemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Renders, checks and measures templates.",
        subcommands: [TemplateRender.self, TemplateLint.self, TemplateBench.self])
}

/// What can go wrong with the files of a template command; none of it goes away by itself.
enum TemplateCommandError: Error, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case contextIsNotAnObject(path: String)

    var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .contextIsNotAnObject(let path): "\(path): the context must be a JSON object"
        }
    }
}

/// Files as the template commands read them.
enum TemplateFiles {
    static func bytes(_ path: String) throws -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw TemplateCommandError.unreadable(
                path: path, reason: exists ? "cannot be read" : "there is no such file")
        }
    }

    static func context(_ path: String?) throws -> Value {
        guard let path else { return [:] }
        let value = try Value(json: bytes(path))
        guard case .dict = value else { throw TemplateCommandError.contextIsNotAnObject(path: path) }
        return value
    }

    /// The folder of a file and its name within it.
    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        return (folder, String(path[path.index(after: slash)...]))
    }

    /// Templates of a folder; names that lead out of it do not exist.
    static func loader(root: String) -> Loader {
        Loader { name in
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard !name.isEmpty, !parts.contains(".."), !parts.contains(""), !name.contains("\0") else {
                return nil
            }
            guard let data = try? Data(contentsOf: URL(filePath: root + "/" + name)) else { return nil }
            return String(decoding: data, as: UTF8.self)
        }
    }
}
