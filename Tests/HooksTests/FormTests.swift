import Secrets
import Testing

@testable import Hooks

@Suite("Forms")
struct FormTests {
    private func fields(_ body: String, _ type: String = "multipart/form-data; boundary=X") throws
        -> [[String?]]
    {
        try FormData(contentType: type, body: Array(body.utf8)).fields.map {
            [$0.name, String(decoding: $0.value, as: UTF8.self), $0.fileName, $0.contentType]
        }
    }

    @Test("fields, files and odd but allowed boundaries are read")
    func multipart() throws {
        let body =
            "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n"
            + "--X  \r\ncontent-type: image/png\r\nX-Y: z\r\nCONTENT-DISPOSITION: form-data; name=b; filename=\"a \\\"b\\\".png\"\r\n\r\n"
            + "\r\n--X-not\r\n--Y\r\n\r\n--X--\r\n"
        let expected: [[String?]] = [["a", "1\r\n2", nil, nil]]
        let read = try fields(body.replacing("\r\n--X-not\r\n--Y\r\n", with: "--Y\r\n"))
        #expect(read.first == expected.first)
        #expect(read.last == ["b", "--Y\r\n", "a \"b\".png", "image/png"])
        #expect(throws: HooksError.self, "a delimiter is one wherever its line begins so (RFC 2046, 5.1.1)") {
            try fields(body)
        }
        #expect(try fields("--X--\r\n").isEmpty)
        #expect(
            try fields("\r\n--X\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n\r\n--X--") == [
                ["", "", nil, nil]
            ])
        let quoted = "multipart/form-data; charset=utf-8; Boundary=\"a b:c\""
        #expect(
            try fields("--a b:c\r\nContent-Disposition: form-data; name=x\r\n\r\ny\r\n--a b:c--", quoted) == [
                ["x", "y", nil, nil]
            ])
    }

    @Test(
        "a form that is cut, ambiguous or endless is refused",
        arguments: [
            "", "--X", "--X\r\n", "--X\r\n\r\n",
            "junk\r\n--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X--",
            "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1",
            "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X",
            "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X--\r\nmore",
            "--X\nContent-Disposition: form-data; name=a\n\n1\n--X--\n",
            "--X\r\nContent-Disposition: form-data\r\n\r\n1\r\n--X--",
            "--X\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--X--",
            "--X\r\nContent-Type: text/plain\r\n\r\n1\r\n--X--", "--X\r\nno colon\r\n\r\n1\r\n--X--",
            "--X\r\n\r\n1\r\n--X--",
            "--X\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\n1\r\n--X--",
            "--X\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n--X--",
            "--X\r\nContent-Disposition: form-data; name=\"" + String(repeating: "a", count: 9000)
                + "\"\r\n\r\n1\r\n--X--",
            String(repeating: "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n", count: 1001)
                + "--X--",
        ])
    func refused(body: String) {
        let error = #expect(throws: HooksError.self) { try fields(body) }
        #expect(error?.status == 400)
    }

    @Test(
        "a form needs a proper type and boundary",
        arguments: [
            "", "application/json", "multipart/mixed; boundary=X", "multipart/form-data",
            "multipart/form-data; boundary=\"X \"",
            "multipart/form-data; boundary=X\u{e9}",
            "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
        ])
    func types(type: String) { #expect(throws: HooksError.self) { try fields("--X--", type) } }

    @Test("URL-encoded pairs are read, broken escapes refused")
    func encoded() throws {
        let type = "application/x-www-form-urlencoded; charset=UTF-8"
        #expect(try fields("a=1&b=%C3%BC+%2B&&c&=d", type).map { $0[0] ?? "" } == ["a", "b", "c", ""])
        #expect(try fields("a=1&b=%C3%BC+%2B", type)[1][1] == "ü +")
        for broken in ["a=%", "a=%1", "a=%zz", "%=1"] {
            #expect(throws: HooksError.self) { try fields(broken, type) }
        }
        let many = String(repeating: "a=1&", count: 1001)
        #expect(throws: HooksError.self) { try fields(many, type) }
    }

    @Test("a field that should be there once is refused twice")
    func repeated() throws {
        let form = try FormData(
            contentType: "application/x-www-form-urlencoded", body: Array("a=1&a=1&b=2".utf8))
        #expect(throws: HooksError.self) { try form.text("a") }
        #expect(try form.text("b") == "2")
        #expect(try form.text("c") == nil)
    }

    @Test("a block of headers is split at line ends only, and no value can begin a header")
    func headerBlock() throws {
        let block = "A: 1\r\nB: x\u{2028}Bcc: y\n\t folded\n stray\nno colon\nC:z\r"
        let headers = RecomposedMail.headers(ofBlock: block)
        #expect(headers.map(\.name) == ["A", "B", "C"])
        #expect(headers.map(\.value) == ["1", "x\u{2028}Bcc: y folded stray", "z"])
        var mail = RecomposedMail()
        mail.headers = [("A", "1\r\nBcc: victim@example.org\0"), ("B\r\nC", "2"), ("D:", "3"), ("", "4")]
        mail.texts = [.init(contentType: "text/plain\r\nX: y", bytes: [])]
        let text = String(decoding: mail.bytes(), as: UTF8.self)
        #expect(
            text == "A: 1  Bcc: victim@example.org \r\nMIME-Version: 1.0\r\n"
                + "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n")
    }

    @Test("the search for delimiters finds what a naive one finds")
    func search() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...2, using: &random)
            }
            let pattern = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                UInt8.random(in: 0...2, using: &random)
            }
            let start = Int.random(in: 0...text.count, using: &random)
            let naive = (start...text.count).first { text[$0...].starts(with: pattern) }
            #expect(BytePattern(pattern).first(in: text, from: start) == naive)
        }
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
