/// Control words of RTF that stand for something else (RTF 1.9.1, "Special Characters" and "Destinations").
enum RTFWords {
    /// Words that stand for one character.
    static let characters: [String: Unicode.Scalar] = [
        "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "column": "\n", "nestrow": "\n",
        "tab": "\t", "cell": "\t", "nestcell": "\t", "emdash": "\u{2014}", "endash": "\u{2013}",
        "bullet": "\u{2022}", "lquote": "\u{2018}", "rquote": "\u{2019}", "ldblquote": "\u{201C}",
        "rdblquote": "\u{201D}", "emspace": "\u{2003}", "enspace": "\u{2002}", "qmspace": "\u{2005}",
        "zwj": "\u{200D}", "zwnj": "\u{200C}", "ltrmark": "\u{200E}", "rtlmark": "\u{200F}",
    ]

    /// Words that begin what is not part of the text. Those that come after `\*` need not be among them.
    static let skipped: Set<String> = [
        "annotation", "author", "buptim", "colortbl", "comment", "company", "creatim", "doccomm", "fldinst",
        "footer", "footerf", "footerl", "footerr", "ftncn", "ftnsep", "ftnsepc", "header", "headerf",
        "headerl", "headerr", "info", "keywords", "listtable", "mhtmltag", "nonshppict", "object", "operator",
        "pict", "printim", "private", "revtbl", "revtim", "rxe", "stylesheet", "subject", "tc", "template",
        "title", "txe", "xe",
    ]
}
