/// The tags that begin a statement.
enum Tag {
    case `for`, `if`, set, block, extends, print, macro, include, from, `import`, with, autoescape, call
    case filter, `do`, `break`, `continue`

    /// The tag of that name, told by its first letter before any other is looked at.
    init?(_ name: ArraySlice<UInt8>) {
        func named(_ word: StaticString) -> Bool {
            name.count == word.utf8CodeUnitCount
                && name.elementsEqual(
                    UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
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
