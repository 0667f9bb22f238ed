import Negotiation

/// The ways in which people write currencies.
enum CurrencyNames {
    /// The currency of a sign that stands directly beside a number; `nil` for a sign that several countries
    /// use.
    static func currency(ofSign sign: Unicode.Scalar) -> Currency? {
        signs[sign.value].flatMap { Currency($0) }
    }

    /// Whether the scalar is a currency sign of any kind.
    static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        signs[scalar.value] != nil || scalar.properties.generalCategory == .currencySymbol
    }

    /// The currency that a word names, folded: `usd`, `dollars`, `zl`; `nil` when it names none. `isCapital`
    /// says whether it was written in capitals, which codes that are also words need.
    static func currency(ofWord word: String, isCapital: Bool) -> Currency? {
        if let code = words[word] { return Currency(code) }
        if commonCodes.contains(word) { return Currency(word) }
        return isCapital && otherCodes.contains(word) ? Currency(word) : nil
    }

    /// Whether a word is a currency's, also one of several (`kr`, `pesos`) or a small coin.
    static func isCurrencyWord(_ word: String, isCapital: Bool) -> Bool {
        currency(ofWord: word, isCapital: isCapital) != nil || shared.contains(word)
    }

    private static let signs: [UInt32: String] = [
        0x24: "USD", 0xFF04: "USD", 0xFE69: "USD", 0x20AC: "EUR", 0xA3: "GBP", 0xFFE1: "GBP", 0xA5: "JPY",
        0xFFE5: "JPY",
        0x20B9: "INR", 0x20BD: "RUB", 0x20A9: "KRW", 0xFFE6: "KRW", 0x20BA: "TRY", 0x20AA: "ILS",
        0x20AB: "VND", 0xE3F: "THB",
        0x20B4: "UAH", 0x20B1: "PHP", 0x20A6: "NGN", 0x20B8: "KZT", 0x20B2: "PYG", 0x20A1: "CRC",
        0x20BE: "GEL", 0x20BC: "AZN",
        0x20BF: "XBT", 0x5143: "CNY", 0x5186: "JPY", 0xC6D0: "KRW",
    ]
    private static let words: [String: String] = [
        "dollar": "USD", "dollars": "USD", "us dollars": "USD", "usd$": "USD", "us$": "USD", "us": "USD",
        "buck": "USD", "bucks": "USD",
        "euro": "EUR", "euros": "EUR", "eur": "EUR", "ευρω": "EUR", "евро": "EUR", "pound": "GBP",
        "pounds": "GBP", "sterling": "GBP", "quid": "GBP",
        "yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY", "rupee": "INR", "rupees": "INR",
        "rs": "INR", "inr": "INR",
        "francs": "CHF", "franken": "CHF", "fr": "CHF", "sfr": "CHF", "zloty": "PLN", "zlotych": "PLN",
        "zl": "PLN", "kc": "CZK",
        "ft": "HUF", "forint": "HUF", "lei": "RON", "reais": "BRL", "real": "BRL", "руб": "RUB",
        "рублей": "RUB", "рубля": "RUB",
        "гривень": "UAH", "грн": "UAH", "лв": "BGN", "tl": "TRY", "lira": "TRY", "baht": "THB", "won": "KRW",
        "rand": "ZAR",
        "ringgit": "MYR", "rm": "MYR", "dirham": "AED", "dirhams": "AED", "shekel": "ILS", "dolares": "USD",
        "dolar": "USD", "долларов": "USD",
        "人民币": "CNY", "元人民币": "CNY", "美元": "USD", "美金": "USD", "欧元": "EUR", "元": "CNY", "円": "JPY",
        "ドル": "USD", "ユーロ": "EUR", "원": "KRW", "달러": "USD",
    ]
    /// Codes read in either case.
    private static let commonCodes: Set<String> = [
        "usd", "eur", "gbp", "chf", "jpy", "cny", "inr", "aud", "cad", "nzd", "sgd", "hkd", "twd", "sek",
        "nok", "dkk", "pln", "czk", "huf",
        "ron", "bgn", "rub", "uah", "ils", "zar", "brl", "mxn", "krw", "thb", "idr", "myr", "php", "vnd",
        "aed", "sar", "qar", "kwd", "egp",
    ]
    /// Codes that count only in capitals.
    private static let otherCodes: Set<String> = [
        "afn", "all", "amd", "ang", "aoa", "ars", "awg", "azn", "bam", "bbd", "bdt", "bhd", "bif", "bmd",
        "bnd", "bob", "bsd", "btn", "bwp",
        "byn", "bzd", "cdf", "clp", "cop", "crc", "cup", "cve", "djf", "dop", "dzd", "ern", "etb", "fjd",
        "gel", "ghs", "gip", "gmd", "gnf",
        "gtq", "gyd", "hnl", "htg", "iqd", "irr", "isk", "jmd", "jod", "kes", "kgs", "khr", "kmf", "kyd",
        "kzt", "lak", "lbp", "lkr", "lrd",
        "lsl", "lyd", "mad", "mdl", "mga", "mkd", "mmk", "mnt", "mop", "mru", "mur", "mvr", "mwk", "mzn",
        "nad", "ngn", "nio", "npr", "omr",
        "pab", "pen", "pgk", "pkr", "pyg", "rsd", "rwf", "sbd", "scr", "sdg", "sll", "sos", "srd", "szl",
        "tjs", "tmt", "tnd", "top", "try",
        "ttd", "tzs", "ugx", "uyu", "uzs", "ves", "vuv", "wst", "xaf", "xcd", "xof", "xpf", "yer", "zmw",
        "btc",
    ]
    private static let shared: Set<String> = [
        "kr", "kronor", "kroner", "kronen", "kronas", "peso", "pesos", "cent", "cents", "pence", "penny",
        "centimes", "dinar", "dinars", "riyal",
        "riyals", "franc", "crown", "crowns", "грош", "копеек", "groszy", "ore", "rappen", "sen", "paise",
        "cts", "ct", "dm", "bs",
    ]
    /// Letters before `$` that make it another country's.
    static let dollars: [String: String] = [
        "us": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "nz": "NZD", "hk": "HKD", "s": "SGD",
        "sg": "SGD", "nt": "TWD",
        "r": "BRL", "mx": "MXN", "mex": "MXN", "j": "JMD", "tt": "TTD", "bz": "BZD", "fj": "FJD",
    ]
}
