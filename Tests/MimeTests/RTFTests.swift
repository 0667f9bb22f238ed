import Reading
import Testing

@testable import Mime

@Suite("RTF in mail")
struct RTFTests {
    private static func text(_ rtf: String, limit: Int = 100_000) -> RTFText {
        RTFText(Array(rtf.utf8), limit: limit)
    }

    private static func octets(_ hex: String) -> [UInt8] {
        hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }

    @Test("the examples of the specification of the compression are unpacked")
    func examples() {
        let simple = Self.octets(
            "2d 00 00 00 2b 00 00 00 4c 5a 46 75 f1 c5 c7 a7 03 00 0a 00 72 63 70 67 31 32 35 42 32 0a f3 20 "
                + "68 65 6c 09 00 20 62 77 05 b0 6c 64 7d 0a 80 0f a0")
        let crossing = Self.octets(
            "1a 00 00 00 1c 00 00 00 4c 5a 46 75 e2 d4 4b 51 41 00 04 20 57 58 59 5a 0d 6e 7d 01 0e b0")
        for (packed, expected) in [
            (simple, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
            (crossing, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
        ] {
            let rtf = CompressedRTF(packed[...], limit: 1_000)
            #expect(rtf?.octets == Array(expected.utf8))
            #expect(rtf?.isCut == false)
            #expect(rtf?.isDamaged == false)
            for length in 0..<packed.count {
                let cut = CompressedRTF(packed.prefix(length), limit: 1_000)
                #expect(cut == nil || cut?.isDamaged == true)
            }
        }
    }

    @Test("uncompressed RTF is taken as it is, another kind not at all")
    func uncompressed() {
        let packed = TNEFWriter.rtf(#"{\rtf1 x}"#)
        #expect(CompressedRTF(packed[...], limit: 1_000)?.octets == Array(#"{\rtf1 x}"#.utf8))
        #expect(CompressedRTF(packed[...], limit: 4)?.isCut == true)
        #expect(CompressedRTF(packed.dropLast(2), limit: 1_000)?.isDamaged == true)
        var other = packed
        other[8] = 0
        #expect(CompressedRTF(other[...], limit: 1_000) == nil)
    }

    @Test(
        "plain RTF becomes its text",
        arguments: [
            (#"{\rtf1\ansi Hello\par world}"#, "Hello\nworld"),
            (
                #"{\rtf1{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\*\generator W;}{\info{\title t}}a\tab b}"#,
                "a\tb"
            ),
            (#"{\rtf1 a\u8364 ?b\u8364\'80c\uc0\u8364 d}"#, "a€b€c€d"),
            (#"{\rtf1\uc2 \u8364 xyz{\uc0\u8364}q}"#, "€z€q"),
            (#"{\rtf1 \u-10179 ?\u-8704 ?}"#, "😀"),
            (#"{\rtf1\ansi\ansicpg1251 \'c4\'e0}"#, "Да"),
            (
                #"{\rtf1\ansi\deff0{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}\'e4\f1\'c4\'e0\f2\'93\'fa\'83A\plain\'fc}"#,
                "äДа日アü"
            ),
            (#"{\rtf1 \{a\}\\ 1\~000\_2\-x\lquote y\rquote\endash z}"#, "{a}\\ 1\u{A0}000\u{2011}2x‘y’–z"),
            (#"{\rtf1 a{\v secret}b{\pict ffd8}c{\*\unknown d}e}"#, "abce"),
            (#"{\rtf1{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt link}}}"#, "link"),
            (#"{\rtf1\trowd Qty\cell Price\cell\row 20\cell 950\cell\row}"#, "Qty\tPrice\t\n20\t950\t\n"),
            (#"{\rtf1{\listtext 1.\tab}first\par}"#, "1.\tfirst\n"),
            (#"{\rtf1 a\bin3 }}}b}"#, "ab"),
            ("{\\rtf1 a\r\nb\\\nc}", "ab\nc"),
        ])
    func plain(rtf: String, expected: String) {
        #expect(Self.text(rtf).text == expected)
        #expect(!Self.text(rtf).isHTML)
    }

    @Test("HTML that Outlook hid in RTF is brought back, without what was added for readers of RTF")
    func hidden() {
        let rtf = #"""
            {\rtf1\ANSI\ansi\ansicpg1251\fromhtml1 \deff0
            {\fonttbl {\f0\fmodern Courier New;}{\f1\fswiss\fcharset0 Arial;}}
            {\colortbl\red0\green0\blue0;\red0\green0\blue255;}
            {\*\htmltag18 <HEAD>}{\*\htmltag26 </HEAD>}
            {\*\htmltag64 <p title="\'c4">}\htmlrtf {\htmlrtf0 \f1 Gr\'fc\'dfe: 950\~{\*\htmltag84 &euro;}\par
            {\*\htmltag148 <br>}\htmlrtf \line \htmlrtf0 {\pntext\'b7\tab}{\v shown}\htmlrtf }\htmlrtf0
            {\*\mhtmltag64 <p>}{\*\htmltag72 </p>}}
            """#
        let document = Self.text(rtf)
        #expect(document.isHTML)
        #expect(
            document.text
                == "<HEAD></HEAD><p title=\"Д\">Grüße: 950\u{A0}&euro;\n<br>shown</p>")
    }

    @Test("any octets give text of no more than the limit")
    func anything() {
        let cases = [
            "", "{", "}", "\\", "\\'", "\\'x", "{\\rtf1", "\\u", "\\u99999999999999999999 x", "\\uc-5\\u5 x",
            "\\bin99999999 x", "\\bin-3 x", "\\f-1\\fcharset999999 \\'80", "\\ansicpg999999 \\'80",
            "\\deff-1 \\'80", "\\u-10179 x\\u-10179", "\\*\\*\\*x", "\\htmltag x", "\\fromhtml1\\fromhtml0 x",
            String(repeating: "}", count: 9_999), "\\ansicpg1200 \\'80\\'81",
        ]
        for rtf in cases { #expect(Self.text(rtf).text.utf8.count <= rtf.utf8.count * 3) }
        #expect(Self.text(String(repeating: "x", count: 5_000), limit: 100).text.utf8.count == 100)
        #expect(Self.text(String(repeating: "x", count: 5_000), limit: 100).isCut)
    }

    @Test("groups of any depth and many changes of code page take little time")
    func costs() {
        let deep = String(repeating: "{", count: 300_000) + "x" + String(repeating: "}", count: 300_000) + "y"
        let changes =
            #"{\rtf1{\fonttbl{\f1\fcharset204 A;}{\f2\fcharset128 B;}}"#
            + String(repeating: #"\f1\'c4\f2\'b1\u8364?"#, count: 60_000)
        for rtf in [deep, changes] {
            #expect(ContinuousClock().measure { _ = Self.text(rtf, limit: 8_000_000) } < .seconds(15))
        }
        #expect(Self.text(deep).text == "xy")
        #expect(Self.text(changes, limit: 8_000_000).isCut)
    }
}
