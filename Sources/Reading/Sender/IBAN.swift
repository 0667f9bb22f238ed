/// An International Bank Account Number (ISO 13616): country, check digits, and the country's own account
/// number.
struct IBAN: Equatable {
    /// Most characters of any country's.
    static let longest = 33

    /// Upper case, without spaces.
    let description: String

    /// Takes letters and digits without spaces, in any case; `nil` unless the country uses IBANs of that
    /// length and the check digits are right (ISO 7064, MOD 97-10).
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.uppercased().utf8)
        guard let length = Self.length(ofCountry: bytes.prefix(2)), bytes.count == length else { return nil }
        var rest = 0
        for byte in bytes[4...] + bytes[..<4] {
            switch byte {
            case 0x30...0x39: rest = (rest * 10 + Int(byte) - 0x30) % 97
            case 0x41...0x5A: rest = (rest * 100 + Int(byte) - 0x41 + 10) % 97
            default: return nil
            }
        }
        guard rest == 1 else { return nil }
        description = String(decoding: bytes, as: UTF8.self)
    }

    /// Characters of a country's IBANs; `nil` where it has none. `code` is its two letters in upper case.
    static func length(ofCountry code: some Sequence<UInt8>) -> Int? {
        lengths[String(decoding: Array(code), as: UTF8.self)]
    }

    /// The IBAN registry of SWIFT.
    private static let lengths: [String: Int] = {
        let registry = """
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 \
            DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 \
            IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 \
            MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 \
            SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
            """
        return Dictionary(
            registry.split(separator: " ").compactMap { entry in
                Int(entry.dropFirst(2)).map { (String(entry.prefix(2)), $0) }
            }, uniquingKeysWith: { first, _ in first })
    }()
}
