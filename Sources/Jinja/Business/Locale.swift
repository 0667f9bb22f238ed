/// How a language and region write numbers, amounts and dates. Data after Unicode CLDR.
///
/// Immutable; a class so that a render takes it along at no cost.
public final class Locale: Sendable {
    /// BCP 47, such as `de-AT`.
    public let identifier: String
    let decimal: String
    let grouping: String
    /// Four-digit numbers stay ungrouped where CLDR says so.
    let groupsFrom: Int
    /// `¤` stands for the currency, `#` for the number.
    let money: String
    let percent: String
    let months: [String]
    let shortMonths: [String]
    let weekdays: [String]
    /// Patterns for dates: short, medium, long, full.
    let dates: [String]
    let time: String
    /// What joins a date and a time.
    let join: String

    /// The nearest locale that is known: the exact one, else its language, else English.
    public convenience init(_ identifier: String) {
        let wanted = identifier.replacing("_", with: "-").lowercased()
        let language = String(wanted.prefix { $0 != "-" })
        self.init(copying: Self.known[wanted] ?? Self.known[language] ?? Self.english)
    }

    private init(copying other: Locale) {
        identifier = other.identifier
        decimal = other.decimal
        grouping = other.grouping
        groupsFrom = other.groupsFrom
        money = other.money
        percent = other.percent
        months = other.months
        shortMonths = other.shortMonths
        weekdays = other.weekdays
        dates = other.dates
        time = other.time
        join = other.join
    }

    /// Whether the language of `identifier` is known.
    public static func isKnown(_ identifier: String) -> Bool {
        known[String(identifier.replacing("_", with: "-").lowercased().prefix { $0 != "-" })] != nil
    }

    public static let english = Locale(
        "en", ".", ",", "¤#", "#%", months: english12, weekdays: english7,
        dates: ["M/d/yy", "MMM d, y", "MMMM d, y", "EEEE, MMMM d, y"],
        time: "h:mm a", join: ", ")

    private static let english12 =
        "January February March April May June July August September October November December"
    private static let english7 = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday"
    private static let german12 =
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
    private static let german7 = "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"
    private static let french12 =
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    private static let french7 = "dimanche lundi mardi mercredi jeudi vendredi samedi"

    private static let known: [String: Locale] = Dictionary(
        uniqueKeysWithValues: [
            english,
            Locale(
                "en-gb", ".", ",", "¤#", "#%", months: english12, weekdays: english7,
                shortMonths: "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
                dates: ["dd/MM/y", "d MMM y", "d MMMM y", "EEEE, d MMMM y"], time: "HH:mm", join: ", "),
            Locale(
                "de", ",", ".", "#\u{A0}¤", "#\u{A0}%", months: german12, weekdays: german7,
                shortMonths: "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
                dates: ["dd.MM.yy", "dd.MM.y", "d. MMMM y", "EEEE, d. MMMM y"], time: "HH:mm", join: ", "),
            Locale(
                "de-at", ",", "\u{A0}", "¤\u{A0}#", "#\u{A0}%",
                months: german12.replacing("Januar", with: "Jänner"),
                weekdays: german7, shortMonths: "Jän. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
                dates: ["dd.MM.yy", "dd.MM.y", "d. MMMM y", "EEEE, d. MMMM y"], time: "HH:mm", join: ", "),
            Locale(
                "de-ch", ".", "’", "¤\u{A0}#", "#%", months: german12, weekdays: german7,
                shortMonths: "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
                dates: ["dd.MM.yy", "dd.MM.y", "d. MMMM y", "EEEE, d. MMMM y"], time: "HH:mm", join: ", "),
            Locale(
                "fr", ",", "\u{202F}", "#\u{A0}¤", "#\u{202F}%", months: french12, weekdays: french7,
                shortMonths: "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
                dates: ["dd/MM/y", "d MMM y", "d MMMM y", "EEEE d MMMM y"], time: "HH:mm", join: ", "),
            Locale(
                "es", ",", ".", "#\u{A0}¤", "#\u{A0}%", groupsFrom: 5,
                months:
                    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
                weekdays: "domingo lunes martes miércoles jueves viernes sábado",
                shortMonths: "ene feb mar abr may jun jul ago sept oct nov dic",
                dates: ["d/M/yy", "d MMM y", "d 'de' MMMM 'de' y", "EEEE, d 'de' MMMM 'de' y"], time: "H:mm",
                join: ", "),
            Locale(
                "it", ",", ".", "#\u{A0}¤", "#%",
                months:
                    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
                weekdays: "domenica lunedì martedì mercoledì giovedì venerdì sabato",
                shortMonths: "gen feb mar apr mag giu lug ago set ott nov dic",
                dates: ["dd/MM/yy", "d MMM y", "d MMMM y", "EEEE d MMMM y"], time: "HH:mm", join: ", "),
            Locale(
                "nl", ",", ".", "¤\u{A0}#", "#%",
                months:
                    "januari februari maart april mei juni juli augustus september oktober november december",
                weekdays: "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag",
                shortMonths: "jan feb mrt apr mei jun jul aug sep okt nov dec",
                dates: ["dd-MM-y", "d MMM y", "d MMMM y", "EEEE d MMMM y"], time: "HH:mm", join: ", "),
            Locale(
                "pl", ",", "\u{A0}", "#\u{A0}¤", "#%", groupsFrom: 5,
                months:
                    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
                weekdays: "niedziela poniedziałek wtorek środa czwartek piątek sobota",
                shortMonths: "sty lut mar kwi maj cze lip sie wrz paź lis gru",
                dates: ["d.MM.y", "d MMM y", "d MMMM y", "EEEE, d MMMM y"], time: "HH:mm", join: ", "),
            Locale(
                "pt", ",", ".", "¤\u{A0}#", "#%",
                months:
                    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
                weekdays: "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
                shortMonths: "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
                dates: ["dd/MM/y", "d 'de' MMM 'de' y", "d 'de' MMMM 'de' y", "EEEE, d 'de' MMMM 'de' y"],
                time: "HH:mm", join: ", "),
        ].map { ($0.identifier.lowercased(), $0) })

    private init(
        _ identifier: String, _ decimal: String, _ grouping: String, _ money: String, _ percent: String,
        groupsFrom: Int = 4, months: String, weekdays: String, shortMonths: String? = nil, dates: [String],
        time: String, join: String
    ) {
        self.identifier = identifier
        self.decimal = decimal
        self.grouping = grouping
        self.groupsFrom = groupsFrom
        self.money = money
        self.percent = percent
        self.months = months.split(separator: " ").map(String.init)
        self.weekdays = weekdays.split(separator: " ").map(String.init)
        self.shortMonths =
            shortMonths?.split(separator: " ").map(String.init) ?? self.months.map { String($0.prefix(3)) }
        self.dates = dates
        self.time = time
        self.join = join
    }

    /// Digits in groups of three.
    func grouped(_ whole: [UInt8]) -> String {
        guard whole.count >= groupsFrom else { return String(decoding: whole, as: UTF8.self) }
        var text = ""
        for (position, digit) in whole.enumerated() {
            if position > 0, (whole.count - position) % 3 == 0 { text += grouping }
            text.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return text
    }
}

extension String {
    /// The standard library has this only for collections in Swift 5.7 and later's string processing.
    fileprivate func replacing(_ old: String, with new: String) -> String {
        let parts = Methods.split(Text(self), Text(old), limit: -1, fromRight: false)
        return parts.map(\.string).joined(separator: new)
    }
}

/// A currency of ISO 4217.
struct Currency {
    let code: String
    let symbol: String
    /// Digits of the minor unit.
    let places: Int

    init(_ code: String) {
        self.code = code.uppercased()
        symbol = Self.symbols[self.code] ?? self.code
        places =
            Self.wholeUnits.contains(self.code) ? 0 : Self.thousandths.contains(self.code) ? 3 : 2
    }

    private static let symbols = [
        "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "KRW": "₩", "CHF": "CHF",
        "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "BRL": "R$", "MXN": "MX$", "ILS": "₪", "VND": "₫",
        "TWD": "NT$",
        "HKD": "HK$", "PHP": "₱",
    ]
    private static let wholeUnits: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
        "XOF",
        "XPF",
    ]
    private static let thousandths: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
}
