#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Checks of what people type.
enum Field {
    /// The text without blanks around it; throws when nothing is left, when it is longer than `longest` characters
    /// (Unicode scalars), or when it holds a control character.
    static func text(_ text: String, _ field: String, longest: Int) throws -> String {
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        let result = String(trimmed)
        guard !result.isEmpty else { throw DeskError.invalid(field: field, "must not be empty") }
        guard result.unicodeScalars.count <= longest else {
            throw DeskError.invalid(field: field, "must have at most \(longest) characters")
        }
        guard !result.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw DeskError.invalid(field: field, "must be one line without control characters")
        }
        return result
    }

    /// Text of several lines with `\n` between them, without other control characters than tab.
    static func lines(_ text: String, _ field: String, longest: Int) throws -> String {
        guard text.unicodeScalars.count <= longest else {
            throw DeskError.invalid(field: field, "must have at most \(longest) characters")
        }
        var result = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in text.unicodeScalars {
            if scalar == "\n", afterReturn {
                afterReturn = false
                continue
            }
            afterReturn = scalar == "\r"
            let line: Unicode.Scalar = afterReturn ? "\n" : scalar
            guard line.value >= 32 && line.value != 127 || line == "\n" || line == "\t" else {
                throw DeskError.invalid(field: field, "must not hold control characters")
            }
            result.append(line)
        }
        let lines = String(result)
        guard lines.contains(where: { !$0.isWhitespace }) else {
            throw DeskError.invalid(field: field, "must not be empty")
        }
        return lines
    }
}

/// The address of a vendor, which is where money talk goes: one plain address, nothing clever.
public enum VendorAddress {
    /// Whether it is one address of the common form `local@domain.tld` (the dot-atom of RFC 5322, at most 254
    /// characters): no display name, no comment, no quoted local part, no list.
    public static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2 else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(isLabel) else { return false }
        let atoms = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        return parts[0].utf8.count <= 64 && atoms.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isAtomText) }
    }

    /// Whether it is such an address, or one that has letters, marks and digits beyond ASCII in it (RFC 6531), which only
    /// some mail servers take.
    public static func isWritable(_ text: String) -> Bool {
        var shape = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard scalar.isASCII || isWord(scalar) else { return false }
            shape.append(scalar.isASCII ? scalar : "x")
        }
        let local = text.prefix { $0 != "@" }
        return isValid(String(shape)) && text.utf8.count <= 254 && local.utf8.count <= 64
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            true
        default: false
        }
    }

    /// The part behind the `@`, lower-cased.
    public static func domain(of address: String) -> String {
        address.split(separator: "@").last.map { $0.lowercased() } ?? ""
    }

    private static func isLabel(_ label: Substring) -> Bool {
        let bytes = Array(label.utf8)
        guard (1...63).contains(bytes.count), bytes.first != 45, bytes.last != 45 else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 45 }
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}

/// A name as it stands in an address: lower-case letters, digits and hyphens.
public enum Slug {
    /// A slug of at most 60 characters; `vendor` where no letter or digit is left.
    public static func make(from name: String) -> String {
        var slug = ""
        for byte in name.lowercased().utf8.prefix(400) {
            if (48...57).contains(byte) || (97...122).contains(byte) {
                slug.unicodeScalars.append(Unicode.Scalar(byte))
            } else if !slug.isEmpty, slug.last != "-" {
                slug.append("-")
            }
        }
        while slug.last == "-" || slug.utf8.count > 60 { slug.removeLast() }
        return slug.isEmpty ? "vendor" : slug
    }

    /// The same with the last characters of an id behind it, where the plain one is taken.
    public static func make(from name: String, distinguishedBy id: UUID) -> String {
        make(from: name) + "-" + id.uuidString.lowercased().suffix(8)
    }

    /// Whether a text is a slug: 1 to 100 lower-case letters, digits and inner hyphens.
    public static func isValid(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && text.utf8.first != 45 && text.utf8.last != 45
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 45 }
    }
}
