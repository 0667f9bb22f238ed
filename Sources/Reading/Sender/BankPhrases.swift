/// The words by which bank details are known, in folded form.
enum BankPhrases {
    /// What a number after a cue must look like.
    enum Shape {
        case digits(ClosedRange<Int>)
        /// An American routing number.
        case routing
        /// A business identifier code.
        case bic
        /// An Indian branch code: four letters, a zero, six letters or digits.
        case ifsc
    }

    /// Words that announce a number of a bank.
    struct Cue {
        /// The sort of number, as it stands before it in a finding.
        let prefix: String
        let shape: Shape
        /// Whether the words are used elsewhere too, so that banks must be spoken of nearby.
        var needsContext = false
        let words: [StaticPhrase]
    }

    static let cues: [Cue] = [
        Cue(
            prefix: "ACCOUNT", shape: .digits(5...34),
            words: [
                "bank account", "bank account number", "bank account no", "bank a/c", "beneficiary account",
                "beneficiary a/c", "kontonummer", "konto-nr", "konto nr", "kontonr", "bankkonto",
                "numero de cuenta",
                "numero de compte", "compte bancaire", "cuenta bancaria", "conto corrente", "numero di conto",
                "conto bancario", "rekeningnummer", "bankrekening", "numer konta", "nr konta",
                "numer rachunku",
                "nr rachunku", "rachunek bankowy", "numero da conta", "conta bancaria", "conta corrente",
                "clabe", "cbu",
                "银行账号", "银行帐号", "银行账户", "銀行帳號", "口座番号", "普通預金", "当座預金",
            ]),
        Cue(
            prefix: "ACCOUNT", shape: .digits(5...34), needsContext: true,
            words: [
                "account", "account number", "account no", "account num", "account nr", "account #", "acct",
                "acct no",
                "acc no", "acc", "a/c", "a/c no", "konto", "compte", "cuenta", "conto", "conta", "rachunek",
                "rekening",
                "账号", "帐号", "賬號", "帳號", "账户", "帐户",
            ]),
        Cue(
            prefix: "ROUTING", shape: .routing,
            words: ["routing", "aba", "aba/routing", "rtn", "ach routing"]),
        Cue(prefix: "SORT", shape: .digits(6...6), words: ["sort code", "sort-code", "sortcode"]),
        Cue(prefix: "BSB", shape: .digits(6...6), words: ["bsb"]),
        Cue(prefix: "BLZ", shape: .digits(8...8), words: ["blz", "bankleitzahl"]),
        Cue(prefix: "TRANSIT", shape: .digits(5...9), words: ["transit number", "transit no"]),
        Cue(prefix: "IFSC", shape: .ifsc, words: ["ifsc", "ifsc code"]),
        Cue(
            prefix: "BIC", shape: .bic,
            words: [
                "bic", "bic code", "bic-code", "swift code", "swift-code", "swift/bic", "bic/swift",
                "swift bic",
                "swift no", "swift:", "swift address", "swift代码", "swiftコード", "codigo swift", "code swift",
                "codice swift", "kod swift", "kod bic",
            ]),
    ]

    /// Words that may stand between a cue and its number.
    static let fillers: Set<String> = [
        "is", "are", "no", "nr", "num", "number", "numero", "nummer", "numer", "code", "the", "our", "new",
        "now",
        "lautet", "ist", "neu", "est", "es", "e", "to", "usd", "eur", "gbp", "iban", "bic", "swift",
        "routing", "aba",
        "rtn", "ach", "for", "n°", "nº", "n", "№", "为", "是", "は", "号", "番号",
    ]

    /// What shows that an account is one of a bank.
    static let context: [StaticPhrase] = [
        "bank", "banking", "routing", "sort code", "swift", "bic", "iban", "beneficiary", "payee", "wire",
        "remit",
        "remittance", "transfer", "aba", "ach", "bsb", "blz", "bankverbindung", "uberweisung", "uberweisen",
        "virement",
        "banque", "banco", "transferencia", "banca", "bonifico", "bankrekening", "przelew", "banku", "银行",
        "開戶",
        "开户", "銀行", "汇款", "支店", "振込",
    ]

    /// What shows that an account is that of a customer.
    static let customers: [StaticPhrase] = [
        "customer", "client", "kunden", "kundenkonto", "user", "login", "member", "ups", "fedex", "dhl",
        "carrier",
        "freight", "shipping", "cliente", "klant", "klienta",
    ]

    /// Whether the word is only that of a bank holiday.
    static func isHoliday(_ text: BankText, after word: Range<Int>) -> Bool {
        text.slice(word.upperBound..<min(word.upperBound + 9, text.folded.count)).hasPrefix(" holiday")
    }

    /// Codes of countries whose banks have BICs (ISO 3166-1, and XK).
    static let countries: Set<String> = Set(
        """
        AD AE AF AG AI AL AM AO AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA
        CD CF CG CH CI CK CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FK FM
        FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IR
        IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
        MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NZ OM PA PE PF
        PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SK SL SM SN SO SR SS ST
        SV SX SY SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS
        XK YE YT ZA ZM ZW
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
