/// What a text looks like at a glance: texts that people mistake for one another have the same skeleton.
///
/// The idea is that of Unicode's confusables (UTS 39, 4), cut down to what fits into names: Latin with any
/// marks, Cyrillic, Greek and Armenian letters that look Latin, digits that look like letters, and pairs of
/// letters that look like one.
enum Confusables {
    /// The skeleton, in ASCII as far as that is possible. Not meant to be read.
    static func skeleton(_ text: some StringProtocol) -> String {
        var letters: [UInt8] = []
        for scalar in FoldedText(text).string.unicodeScalars { append(scalar, to: &letters) }
        var joined: [UInt8] = []
        for letter in letters {
            switch (joined.last, letter) {
            case (UInt8(ascii: "r"), UInt8(ascii: "n")): joined[joined.count - 1] = UInt8(ascii: "m")
            case (UInt8(ascii: "v"), UInt8(ascii: "v")): joined[joined.count - 1] = UInt8(ascii: "w")
            case (UInt8(ascii: "c"), UInt8(ascii: "l")): joined[joined.count - 1] = UInt8(ascii: "d")
            default: joined.append(letter)
            }
        }
        return String(
            decoding: joined.map { $0 == UInt8(ascii: "i") ? UInt8(ascii: "l") : $0 }, as: UTF8.self)
    }

    private static func append(_ scalar: Unicode.Scalar, to letters: inout [UInt8]) {
        switch scalar.value {
        case 0x30: letters.append(UInt8(ascii: "o"))
        case 0x31, 0x7C: letters.append(UInt8(ascii: "l"))
        case 0x35: letters.append(UInt8(ascii: "s"))
        case 0..<0x80: letters.append(UInt8(scalar.value))
        case 0x180..<0x2B0: append(extended[Int(scalar.value) - 0x180], scalar, &letters)
        case 0x1E00..<0x1F00: append(additional[Int(scalar.value) - 0x1E00], scalar, &letters)
        default:
            let isMark = [.nonspacingMark, .enclosingMark, .format].contains(
                scalar.properties.generalCategory)
            if !isMark { letters += lookalikes[scalar] ?? Array(String(scalar).utf8) }
        }
    }

    /// A `*` in the tables is a letter that resembles nothing.
    private static func append(_ letter: UInt8, _ scalar: Unicode.Scalar, _ letters: inout [UInt8]) {
        letters += letter == UInt8(ascii: "*") ? Array(String(scalar).utf8) : [letter]
    }

    /// Latin Extended-B and IPA, from U+0180.
    private static let extended = Array(
        """
        bbbbbb*ccdddd*e**ffg***ikkl**nn*oo**pp*****ttttuu*vyyzz*************dddlllnn\
        naaiioouuuuuuuuuu*aaaa****ggkkoooo**jdddgg**nnaa****aaaaeeeeiiiioooorrrruuuu\
        sstt**hh*d**zzaaeeooooooooyylntj**accltsz**bu*eejjqqrryyaa*b*cdd***e****ggg*\
        **h*iiilll***mnnno******rrr*r*s*****tu*v***yzz*******b**h**lq***************
        """.utf8)

    /// Latin Extended Additional, from U+1E00.
    private static let additional = Array(
        """
        aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnn\
        oooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzht\
        wyas****aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooo\
        uuuuuuuuuuuuuuyyyyyyyy******
        """.utf8)

    /// Lower-case letters of other scripts, each before the Latin one that it looks like.
    private static let lookalikes: [Unicode.Scalar: [UInt8]] = {
        let pairs = """
            аa вb сc ԁd еe ёe ѐe ғf ԍg һh нh іi їi ѝi ӏl јj кk қk ҝk мm пn ңn оo ӧo өo рp ԛq гr ѕs тt цu ѵv \
            ԝw шw хx ҳx уy ўy ӯy ҙ3 з3 ӡ3 ьb ъb бb ӓa ӑa ҫc ҽe ҏp үy ұy αa άa βb ςc δd εe έe ϵe ηn ήn ιi ίi ϊi \
            κk λl νv οo όo ρp σo τt υu ύu φo χx γy ωw ώw ϲc ϳj ѡw ѿw օo ոn սu հh ցg \
            զq քp կl ⅼl ⅰi ⅽc ⅾd ⅿm ⅴv ⅹx
            """
        var table: [Unicode.Scalar: [UInt8]] = [:]
        for pair in pairs.split(separator: " ") {
            guard let first = pair.unicodeScalars.first, let last = pair.utf8.last, last < 0x80 else {
                continue
            }
            table[first] = [last]
        }
        return table
    }()
}
