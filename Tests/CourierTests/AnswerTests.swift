import Negotiation
import Testing

@testable import Courier

@Suite("What receivers answer")
struct AnswerTests {
    private let now = Instant(seconds: 784_111_777)

    @Test(
        "Retry-After is read as seconds or as a date, and nothing else",
        arguments: [
            ("120", 120), ("0", 0), ("Sun, 06 Nov 1994 08:50:37 GMT", 60),
            ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
            ("-1", nil), ("soon", nil), ("Sun, 31 Feb 1994 08:50:37 GMT", nil),
            ("Sun, 06 Nov 1994 25:50:37 GMT", nil), ("", nil), ("1.5", nil),
            ("99999999999999999999", nil),
        ] as [(String, Int64?)])
    func retryAfter(text: String, seconds: Int64?) {
        #expect(RetryAfter.seconds(text, now: now) == seconds)
    }

    @Test("an answer is kept as text in which nothing acts")
    func safeText() {
        #expect(SafeText.of(Array("ok\n\u{1B}[31mred\u{0}\u{202E}x".utf8)) == "ok\n [31mred  x")
        #expect(SafeText.of([0x61, 0xC3]) == "a\u{FFFD}")
        #expect(SafeText.of([]) == "")
    }
}
