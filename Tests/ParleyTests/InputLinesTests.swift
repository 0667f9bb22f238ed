import Testing

@testable import parley

struct InputLinesTests {
    /// The lines of a text that comes in pieces of a few bytes.
    private func lines(_ text: String, limit: Int, piece: Int) -> [InputLines.Line] {
        var rest = Array(text.utf8)[...]
        var lines = InputLines(limit: limit) { buffer in
            let count = min(piece, rest.count, buffer.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
        var found: [InputLines.Line] = []
        while let line = lines.next() { found.append(line) }
        return found
    }

    @Test("lines are the same however the input is cut", arguments: [1, 2, 3, 100])
    func pieces(piece: Int) {
        let found = lines("one\n\nthree\nlast", limit: 10, piece: piece)
        #expect(found == ["one", "", "three", "last"].map { .bytes(Array($0.utf8)) })
    }

    @Test("a line that is too long is passed over once, and the next one is read", arguments: [1, 4, 100])
    func tooLong(piece: Int) {
        let found = lines("123456\n12345\n1234567890123\nx\n", limit: 5, piece: piece)
        #expect(found == [.tooLong, .bytes(Array("12345".utf8)), .tooLong, .bytes([0x78])])
    }

    @Test("no input has no line")
    func nothing() {
        #expect(lines("", limit: 5, piece: 1).isEmpty)
    }
}
