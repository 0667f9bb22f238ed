import Negotiation
import Reading

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file that goes with an email. Whoever approves the email approves its bytes, this file among them.
public struct EmailFile: Hashable, Sendable {
    public let filename: String
    /// `type/subtype` in lower case.
    public let contentType: String
    public let content: [UInt8]

    /// The most files of one email.
    public static let mostFiles = 10
    /// The most octets of all files of one email together: in base64 they are 14 MiB, which most mail servers take.
    public static let mostOctets = 10 * 1024 * 1024
    /// The longest name, in characters (Unicode scalars).
    public static let longestName = 150
    /// The longest type, in characters.
    static let longestType = 100

    public init(filename: String, contentType: String, content: [UInt8]) {
        self.filename = filename
        self.contentType = contentType
        self.content = content
    }
}

// MARK: - What may be attached

extension EmailFile {
    /// The files as they are attached: names and types checked, and bounded in number and size. `field` names the list,
    /// for whoever has to mend it.
    static func checked(_ files: [EmailFile], field: String) throws -> [EmailFile] {
        guard files.count <= mostFiles else {
            throw DeskError.invalid(field: field, "must be at most \(mostFiles) files")
        }
        guard files.reduce(0, { $0 + $1.content.count }) <= mostOctets else {
            throw DeskError.invalid(
                field: field, "must have at most \(mostOctets / 1024 / 1024) MiB together")
        }
        var names: Set<String> = []
        return try files.enumerated().map { position, file in
            let place = "\(field)[\(position)]"
            let checked = try file.checked(place)
            guard names.insert(checked.filename.lowercased()).inserted else {
                throw DeskError.invalid(
                    field: "\(place).filename", "“\(checked.filename)” is attached already")
            }
            return checked
        }
    }

    private func checked(_ place: String) throws -> EmailFile {
        let name = try Field.text(filename, "\(place).filename", longest: Self.longestName)
        let isPath = name.contains { $0 == "/" || $0 == "\\" } || name.hasPrefix(".")
        guard !isPath else {
            throw DeskError.invalid(
                field: "\(place).filename", "must be a plain name without / and \\ that begins with no point")
        }
        // Characters that turn the direction of writing or are not seen make a name look like another one.
        let isHonest = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .format }
        guard isHonest, !name.contains("=?") else {
            throw DeskError.invalid(
                field: "\(place).filename", "must not hold invisible characters nor “=?”")
        }
        let type = contentType.lowercased()
        guard Self.isType(type) else {
            throw DeskError.invalid(
                field: "\(place).content_type",
                "must be the type of a file, such as application/pdf; neither multipart/… nor message/…")
        }
        guard !content.isEmpty else {
            throw DeskError.invalid(field: "\(place).content", "“\(name)” is empty")
        }
        return EmailFile(filename: name, contentType: type, content: content)
    }

    /// Whether a text is two tokens in lower case (RFC 2045, section 5.1) that name the type of one part.
    public static func isType(_ type: String) -> Bool {
        let names = type.split(separator: "/", omittingEmptySubsequences: false)
        guard type.utf8.count <= longestType, names.count == 2, names[0] != "multipart", names[0] != "message"
        else { return false }
        return names.allSatisfy { name in
            !name.isEmpty
                && name.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || ".+-_".utf8.contains($0)
                }
        }
    }
}

// MARK: - What they say

extension EmailFile {
    /// The longest file that is looked through for amounts, in octets.
    private static let longestScanned = 200_000

    /// Whether it may speak of money: a text does when name or content names an amount; of anything else nobody can
    /// tell, and in doubt it does.
    var mayMentionMoney: Bool {
        guard let text else { return true }
        return AmountScanner.mentionsMoney(filename) || AmountScanner.mentionsMoney(text)
    }

    /// The content where it is text that a person could read, and not too long to be looked through.
    private var text: String? {
        guard content.count <= Self.longestScanned,
            let text = String(validating: content, as: UTF8.self)
        else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.value >= 32 && $0.value != 127 || $0 == "\t" || $0 == "\n" || $0 == "\r"
        }
        return isPlain ? text : nil
    }
}

extension Office {
    /// The files that an email takes along, read out of the very bytes that would leave.
    public func files(of content: EmailContent) -> [EmailFile] { mail.files(content.raw) }

    /// The same without their content.
    public func attachments(of content: EmailContent) -> [ThreadMessage.Attachment] {
        files(of: content).map { file in
            ThreadMessage.Attachment(
                filename: file.filename, contentType: file.contentType, size: file.content.count,
                sha256: secrets.hexDigest(file.content))
        }
    }

    /// One of them, counted from 1 in their order.
    public func file(_ number: Int, of content: EmailContent) throws -> EmailFile {
        let files = files(of: content)
        guard files.indices.contains(number - 1) else { throw DeskError.notFound("attachment") }
        return files[number - 1]
    }
}
