/// The tags that begin a statement.
enum Tag {
    case `for`, `if`, set, block, extends, print, macro, include, from, `import`, with, autoescape, call
    case filter, `do`, `break`, `continue`

    /// The tag of that name, told by its first letter before any other is looked at.
    init?(_ name: ArraySlice<UInt8>) {
        func named(_ word: StaticString) -> Bool {
            name.count == word.utf8CodeUnitCount && name.withUnsafeBytes { $0.equals(word.bytes) }
        }
        let tag: Tag? =
            switch name.first {
            case 0x69: named("if") ? .if : named("include") ? .include : named("import") ? .import : nil
            case 0x66: named("for") ? .for : named("from") ? .from : named("filter") ? .filter : nil
            case 0x62: named("block") ? .block : named("break") ? .break : nil
            case 0x63: named("call") ? .call : named("continue") ? .continue : nil
            case 0x73: named("set") ? .set : nil
            case 0x65: named("extends") ? .extends : nil
            case 0x70: named("print") ? .print : nil
            case 0x6D: named("macro") ? .macro : nil
            case 0x77: named("with") ? .with : nil
            case 0x61: named("autoescape") ? .autoescape : nil
            case 0x64: named("do") ? .do : nil
            default: nil
            }
        guard let tag else { return nil }
        self = tag
    }
}

/// The tags that end the body of another, or a part of it.
struct EndTags: OptionSet {
    let rawValue: UInt16

    static let endfor = EndTags(rawValue: 1 << 0)
    static let elif = EndTags(rawValue: 1 << 1)
    static let `else` = EndTags(rawValue: 1 << 2)
    static let endif = EndTags(rawValue: 1 << 3)
    static let endset = EndTags(rawValue: 1 << 4)
    static let endblock = EndTags(rawValue: 1 << 5)
    static let endmacro = EndTags(rawValue: 1 << 6)
    static let endwith = EndTags(rawValue: 1 << 7)
    static let endautoescape = EndTags(rawValue: 1 << 8)
    static let endcall = EndTags(rawValue: 1 << 9)
    static let endfilter = EndTags(rawValue: 1 << 10)
    static let none: EndTags = []

    /// In the order in which messages name them.
    private static let all: [(tag: EndTags, name: StaticString)] = [
        (.endfor, "endfor"), (.elif, "elif"), (.else, "else"), (.endif, "endif"), (.endset, "endset"),
        (.endblock, "endblock"), (.endmacro, "endmacro"), (.endwith, "endwith"),
        (.endautoescape, "endautoescape"), (.endcall, "endcall"), (.endfilter, "endfilter"),
    ]

    /// The tag of that name.
    init?(_ name: ArraySlice<UInt8>) {
        guard name.first == 0x65 else { return nil }
        let tag = name.withUnsafeBytes { name in
            Self.all.first { name.count == $0.name.utf8CodeUnitCount && name.equals($0.name.bytes) }?.tag
        }
        guard let tag else { return nil }
        self = tag
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The names of all of them.
    var names: [String] { Self.all.filter { contains($0.tag) }.map { "\($0.name)" } }
}

extension StaticString {
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
