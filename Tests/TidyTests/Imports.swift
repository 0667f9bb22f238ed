/// What a file imports, and what the package says a target depends on.
enum Imports {
    /// The modules of the import declarations, in order; of `import struct Web.Page` it is `Web`.
    static func modules(of file: SourceFile) -> [String] {
        file.code.flatMap { $0.split(separator: ";") }.compactMap { statement in
            let words = statement.split(whereSeparator: \.isWhitespace)
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy({ $0.hasPrefix("@") || visibilities.contains($0) })
            else { return nil }
            let kinds: Set<Substring> = [
                "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
            ]
            let name = kinds.contains(words[place + 1]) ? words.dropFirst(place + 2).first : words[place + 1]
            return name.map { String($0.prefix { $0 != "." }) }
        }
    }

    private static let visibilities: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
}

/// The targets of `Package.swift`, and the targets of the package itself that each depends on.
enum PackageManifest {
    static func dependencies(in manifest: String) -> [String: Set<String>] {
        var targets: [String: Set<String>] = [:]
        let target =
            #/(?:target|executableTarget|systemLibrary)\(\s*name: "(\w+)"(?:,\s*dependencies: \[([^\]]*)\])?/#
        for match in manifest.matches(of: target) {
            let own = (match.output.2 ?? "").replacing(#/\.product\([^)]*\)/#, with: "")
            targets[String(match.output.1)] = Set(own.matches(of: #/"(\w+)"/#).map { String($0.output.1) })
        }
        return targets
    }
}
