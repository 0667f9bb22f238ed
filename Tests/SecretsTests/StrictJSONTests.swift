import Testing

@testable import Secrets

@Suite("Strict JSON")
struct StrictJSONTests {
    private func read(_ text: String, _ limits: StrictJSON.Limits = .init()) throws -> StrictJSON {
        try StrictJSON(Array(text.utf8), limits: limits)
    }

    @Test("values, escapes, numbers and order are kept")
    func values() throws {
        let json = try read(
            #" {"b":[1, -0.50,1e+3,true,false,null ],"a":"\u0000\u00e9\ud83d\ude00\/\"\\\b\f\n\r\t","":{}} "#)
        #expect(json.object?.members.map(\.name) == ["b", "a", ""])
        #expect(
            json["b"] == .array([1, .number("-0.50"), .number("1e+3"), .bool(true), .bool(false), .null]))
        #expect(json["a"]?.string == "\0\u{e9}\u{1F600}/\"\\\u{8}\u{c}\n\r\t")
        #expect(json[""]?.object?.members.isEmpty == true)
        #expect(json["b"]?.array?[0].integer == 1)
        #expect(json["b"]?.array?[1].integer == nil)
        #expect(json["b"]?.array?[1].double == -0.5)
    }

    @Test("written text reads back as the same value")
    func written() throws {
        let text = #"{"b":[1,-0.50,1e+3,true,false,null],"a":"\u0000é😀\"\\\u000a","":{}}"#
        #expect(try read(text).text() == text)
        #expect(try read(#"["\u0000"]"#).text(replacingNUL: true) == "[\"\u{fffd}\"]")
    }

    @Test(
        "text that is not JSON is refused",
        arguments: [
            "", " ", "{", "[", "[1,]", "{,}", "{\"a\":1,}", "{\"a\"}", "{a:1}", "'a'", "\"a", "\"\\",
            "\"\\x\"", "\"\\u12\"",
            "\"\\u12g4\"", "\"\n\"", "01", "1.", ".5", "-", "+1", "1e", "1e+", "NaN", "Infinity", "tru",
            "True", "nul",
            "[1 2]", "{\"a\" 1}", "1 2", "[]]", "\u{feff}1", "//\n1", "[1,,2]", "\"\t\"",
        ])
    func syntax(text: String) {
        let error = #expect(throws: SecretsError.self) { try read(text) }
        guard case .jsonRefused(_, .syntax) = error else {
            Issue.record("\(text): \(String(describing: error))")
            return
        }
    }

    @Test("the same name twice is refused, however it is written; equivalent Unicode is another name")
    func duplicates() throws {
        #expect(throws: SecretsError.jsonRefused(offset: 15, .duplicateName("a"))) {
            try read(#"{"a":1,"\u0061":2}"#)
        }
        #expect(throws: SecretsError.self) { try read(#"{"x":{"k":1,"j":2,"k":1}}"#) }
        let twoNames = try read("{\"K\":1,\"\u{212a}\":2}")
        #expect(twoNames["K"]?.integer == 1)
        #expect(twoNames["\u{212a}"]?.integer == 2)
    }

    @Test("invalid UTF-8 and halves of surrogate pairs are refused, the halves replaced on demand")
    func unicode() throws {
        for bytes: [UInt8] in [
            [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82],
        ] {
            #expect(throws: SecretsError.self) { try StrictJSON([0x22] + bytes + [0x22]) }
        }
        var limits = StrictJSON.Limits()
        limits.replacesLoneSurrogates = true
        for half in [#""\ud83d""#, #""\ude00""#, #""\ud83dx""#, #""\ud83d\u0041""#] {
            #expect(throws: SecretsError.self) { try read(half) }
            #expect(try read(half, limits).string?.hasPrefix("\u{fffd}") == true)
        }
        #expect(try read(#""\ud83d\ud83d\ude00""#, limits).string == "\u{fffd}\u{1F600}")
    }

    @Test("depth, length, number of values and of members are bounded")
    func limits() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: SecretsError.jsonRefused(offset: 32, .tooDeep)) { try read(deep) }
        #expect(throws: Never.self) {
            try read(String(repeating: "[", count: 32) + String(repeating: "]", count: 32))
        }
        #expect(throws: SecretsError.self) { try read("[1,2,3,4]", .init(values: 4)) }
        #expect(throws: Never.self) { try read("[1,2,3,4]", .init(values: 5)) }
        #expect(throws: SecretsError.self) { try read(#"{"a":1,"b":2}"#, .init(members: 1)) }
        #expect(throws: SecretsError.jsonRefused(offset: 3, .tooLong)) { try read("[1]\n", .init(bytes: 3)) }
    }
}
