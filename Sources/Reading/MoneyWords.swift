/// Words of money and of number, in the plain form of the scan.
enum MoneyWords {
    static func reason(for token: ScanToken, next: ScanToken?) -> AmountFinding.Reason? {
        if isCurrency(token.text, isCapital: token.isCapital) { return .currency }
        if percents.contains(token.text) { return .percent }
        if strong.contains(token.text) || FoldedText(token.text).containsAny(of: stems) {
            return .numberWord
        }
        if small.contains(token.text), let next, next.shape == .word {
            if small.contains(next.text) || perWords.contains(next.text) { return .numberWord }
        }
        if isIdeographicNumber(token.text) { return .numberWord }
        return mixesScripts(token.text) ? .disguised : nil
    }

    /// Whether a word is a currency's and nothing else.
    static func isCurrency(_ word: String, isCapital: Bool) -> Bool {
        if everyday.contains(word) { return false }
        if ["usd", "eur", "gbp"].contains(word) { return true }
        if word.utf8.count == 3, !isCapital,
            CurrencyNames.currency(ofWord: word, isCapital: false)?.code.lowercased() == word
        {
            return false
        }
        return CurrencyNames.isCurrencyWord(word, isCapital: isCapital)
    }

    static func isNumberWord(_ word: String) -> Bool { strong.contains(word) || small.contains(word) }

    /// Capitals before a number that do not make a reference of it.
    static func couldPrecedeAPrice(_ word: String) -> Bool {
        CurrencyNames.isCurrencyWord(word, isCapital: true) || CurrencyNames.dollars[word] != nil
            || beforePrices.contains(word)
            || isNumberWord(word)
    }

    /// Currency words that are everyday words too; beside a number the number is found anyway.
    private static let everyday: Set<String> = [
        "us", "real", "won", "lei", "sen", "ore", "ct", "cts", "fr", "ft", "tl", "dm", "bs", "kr", "rm", "rs",
        "kc", "zl", "rand", "top", "all",
        "try", "cup", "mop", "pen", "sos", "mad", "gel", "cop", "bob", "bam", "ang", "lak", "원",
    ]
    private static let percents: Set<String> = [
        "percent", "prozent", "pourcent", "procent", "percento", "процент", "процента", "процентов", "pct",
        "prosenttia", "szazalek", "パーセント", "百分",
    ]
    private static let perWords: Set<String> = [
        "each", "apiece", "per", "pro", "je", "par", "por", "bucks", "grand", "point",
    ]
    private static let beforePrices: Set<String> = [
        "for", "at", "is", "of", "to", "by", "do", "it", "or", "and", "in", "we", "up", "on", "price",
        "offer", "total", "pay", "cost", "sum", "amount", "value", "sub", "net",
        "gross", "max", "min", "only", "just", "bid", "ask", "fix", "deal", "preis", "prix", "nur", "unit",
        "each", "approx", "ca", "about", "around", "under", "over", "below",
    ]

    /// They count wherever they stand.
    static let strong: Set<String> = Set(
        """
        ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty
        fourty fifty sixty seventy eighty ninety
        hundred hundreds thousand thousands million millions billion trillion lakh lakhs crore crores dozen
        dozens grand
        zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreissig
        vierzig funfzig fuenfzig sechzig siebzig achtzig neunzig hundert
        tausend million millionen dutzend
        dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante septante
        huitante octante nonante cent cents mille millier milliers douzaine
        diez once doce trece catorce quince veinte treinta cuarenta cincuenta sesenta setenta ochenta
        noventa cien ciento doscientos trescientos cuatrocientos quinientos
        seiscientos setecientos ochocientos novecientos mil millon millones docena
        dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti
        trenta quaranta cinquanta sessanta settanta ottanta novanta cento duecento
        trecento quattrocento cinquecento seicento settecento ottocento novecento mila milione milioni dozzina
        dez doze treze quatorze quinze dezesseis dezessete dezoito dezenove vinte trinta quarenta cinquenta
        sessenta oitenta cem duzentos trezentos quatrocentos quinhentos
        seiscentos setecentos oitocentos novecentos milhao milhoes duzia
        tien twaalf dertien veertien vijftien twintig dertig veertig vijftig zestig zeventig tachtig
        negentig honderd duizend miljoen
        tio elva tolv tjugo trettio fyrtio femtio sextio sjuttio attio nittio hundra tusen ti tyve tredive
        hundrede tusind
        kymmenen sata tuhat dziesiec dwadziescia trzydziesci czterdziesci piecdziesiat szescdziesiat
        siedemdziesiat osiemdziesiat dziewiecdziesiat sto dwiescie trzysta
        czterysta piecset szescset siedemset osiemset dziewiecset tysiac tysiace tysiecy deset dvacet
        tricet ctyricet padesat sedesat sedmdesat osmdesat devadesat tisic
        tiz husz harminc negyven otven hatvan hetven nyolcvan kilencven szaz ezer zece douazeci suta sute
        mie kirk elli altmis yetmis seksen doksan yuz milyon
        десять двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто двести
        триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот тысяча тысячи тысяч миллион
        сотня сотни δεκα εικοσι τριαντα σαραντα πενηντα εκατο χιλια χιλιαδες ألف مئة مائة مليون सौ हजार लाख
        พน รอย หมน אלף מאה nghin trieu ribu ratus juta
        """.split(whereSeparator: \.isWhitespace).map {
            String(String.UnicodeScalarView(PlainText(String($0)).scalars))
        })

    /// They count when another number word or "each" follows.
    static let small: Set<String> = Set(
        """
        zero oh one two three four five six seven eight nine null eins ein eine zwei drei vier funf sechs
        sieben acht neun un une deux trois quatre cinq sept huit neuf
        uno dos tres cuatro cinco seis siete ocho nueve due tre quattro cinque sei sette otto nove um dois
        quatro sete oito een twee drie vijf zes zeven negen
        en ett tva fyra fem sex sju atta nio jeden dwa trzy cztery piec szesc siedem osiem dziewiec один
        два три четыре пять шесть семь восемь девять
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    /// They count also inside longer words, as German and Dutch write numbers.
    private static let stems: [StaticPhrase] = [
        "hundert", "tausend", "zwanzig", "dreissig", "vierzig", "funfzig", "fuenfzig", "sechzig", "siebzig",
        "achtzig", "neunzig", "hundred", "thousand", "cientos", "centos",
        "honderd", "duizend", "twintig", "vijftig", "zestig", "zeventig", "tachtig", "negentig", "hundra",
        "tusen", "ninety", "eighty", "seventy", "sixty", "fifty",
        "тысяч", "dollar", "доллар",
    ]
    /// Long enough to be no accident when spaces are taken out of a line.
    static let tearable: [StaticPhrase] = [
        "hundred", "thousand", "million", "dollars", "hundert", "tausend", "ninehundred", "eurosper", "fifty",
        "ninety", "seventy",
    ]

    private static func isIdeographicNumber(_ text: String) -> Bool {
        if text.contains("折") && text.contains(where: { ideographs.contains($0) }) { return true }
        var run = ""
        for character in text + " " {
            if ideographs.contains(character) || hangul.contains(character) {
                run.append(character)
                continue
            }
            let isMoney = moneyUnits.contains(character)
            let isBig = run.count >= 2 && run.contains { bigIdeographs.contains($0) } && !idioms.contains(run)
            if !run.isEmpty && (isMoney || isBig) { return true }
            run = ""
        }
        return false
    }

    private static let ideographs: Set<Character> = Set("〇零一二三四五六七八九十百千万萬亿億兆壹贰貳叁參肆伍陆陸柒捌玖拾佰仟两兩廿壱弐参")
    private static let hangul: Set<Character> = Set("일이삼사오육칠팔구십백천만억")
    private static let bigIdeographs: Set<Character> = Set("十百千万萬亿億兆拾佰仟廿십백천만억")
    private static let moneyUnits: Set<Character> = Set("元块塊円圆圓원刀")
    private static let idioms: Set<String> = ["十分", "万一", "千万", "千萬", "萬一", "이만", "만일", "이천", "구만"]

    /// A word with letters of Latin beside Greek or Cyrillic ones.
    private static func mixesScripts(_ word: String) -> Bool {
        guard word.unicodeScalars.count >= 2 else { return false }
        var latin = false
        var other = false
        for scalar in word.unicodeScalars {
            switch scalar.value {
            case 0x61...0x7A, 0xC0...0x24F: latin = true
            case 0x370...0x3FF, 0x400...0x52F: other = true
            default: break
            }
        }
        return latin && other
    }
}
