import Negotiation

/// How automatic answers say until when somebody is away, in folded form.
enum AbsencePhrases {
    /// What the date beside a phrase means.
    enum Meaning: Sendable {
        /// The last day away.
        case until
        /// The first day back.
        case back
    }

    struct Cue: Sendable {
        let phrase: DatePhrase
        let meaning: Meaning
        let order: WrittenDate.Order
    }

    /// Phrases before a date, the longest first.
    static let before: [Cue] = longestFirst([
        (.until, .either, "until|till|through|thru|up to"),
        (.back, .either, "back|return|returning|returns|reopen|reopens|reopening|resume|available from"),
        (.back, .either, "available again|reachable again|office again|open again|work again"),
        (
            .until, .dayFirst,
            "bis|jusque|jusqu'au|jusqu'a|hasta|fino al|fino a|sino al|ate|tot|tot en met|t/m"
        ),
        (.until, .dayFirst, "do|til|til og med|till och med|t.o.m.|до|по"),
        (.back, .dayFirst, "wieder|zuruck|ruckkehr|zuruckkehren|de retour|retour|reviens|reviendrai|reprise"),
        (
            .back, .dayFirst,
            "vuelvo|volvere|regreso|regresare|vuelta|reincorporo|reincorporare|disponible a partir"
        ),
        (
            .back, .dayFirst,
            "torno|tornero|rientro|rientrero|ritorno|di nuovo|retorno|volto|voltarei|de volta"
        ),
        (
            .back, .dayFirst,
            "terug|weer|wracam|wracam do biura|wroce do biura|wracam do pracy|wroce|powrot|tilbage|tilbake|tillbaka|ater|вернусь|буду на месте"
        ),
        (.until, .monthFirst, "至|直到|到|截至"),
    ])

    /// Phrases after a date, the longest first.
    static let after: [Cue] = longestFirst([
        (.back, .either, "i will be back|i'll be back|i am back|we will be back|we'll be back|we are back"),
        (.back, .either, "i will return|i return|we will return"),
        (
            .back, .dayFirst,
            "bin ich wieder|sind wir wieder|wieder|bin ich zuruck|sind wir zuruck|ben ik weer|weer"
        ),
        (
            .back, .dayFirst,
            "je serai de retour|nous serons de retour|je reviens|estare de vuelta|saro di nuovo"
        ),
        (.back, .monthFirst, "返回|回来|回來|回到|回公司|恢复|恢復|上班|复工|返岗|起恢复|起恢復|起正常|起上班|正常上班|开始上班"),
        (.until, .monthFirst, "まで|迄|까지"),
        (.back, .monthFirst, "から出社|より出社|に出社|から出勤|より出勤|に戻|に復帰|から通常|より通常|から業務|より業務|以降に"),
        (.back, .monthFirst, "から営業|より営業|에 복귀|부터 정상|에 출근|부터 출근|부터 복귀"),
    ])

    private static func longestFirst(_ rows: [(Meaning, WrittenDate.Order, String)]) -> [Cue] {
        let cues = rows.flatMap { meaning, order, phrases in
            phrases.split(separator: "|").map {
                Cue(phrase: DatePhrase(String($0)), meaning: meaning, order: order)
            }
        }
        return cues.sorted { $0.phrase.words.count > $1.phrase.words.count }
    }

    /// Words that may stand between such a phrase and its date.
    static let fillers: Set<String> = Set(
        """
        , : ( the on in at to from office work my desk vacation holiday holidays leave and including incl inclusive of as
        our again reachable available
        am ab an zum zur vom den dem der im buro haus da hier fur sie ihnen erreichbar einschliesslich einschl inkl und
        personlich verfugbar voraussichtlich mo di mi do fr sa so
        le la les au bureau a partir du compter inclus compris y el al dia de oficina partir del incluido ufficio il lo
        dal in em no na ao escritorio partir
        op weer kantoor bureau aanwezig bereikbaar vanaf og med met en dnia w biurze od den pa kontoret fra igen fran
        включительно с в офис
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    /// Between the two ends of a range.
    static let rangeSigns: Set<String> = ["-", "~", "〜", "to", "au", "al", "ao", "a", "und", "and", "et"]

    /// Without one of these, a last day may be that of an offer.
    static let absences: [StaticPhrase] = [
        "out of office", "out-of-office", "out of the office", "away", "vacation", "holiday", "leave",
        "absen", "closed",
        "unavailable", "not available", "not in the office", "limited access", "travel", "abwesen", "urlaub",
        "nicht im", "nicht erreichbar", "nicht da", "geschlossen", "betriebsferien", "dienstreise",
        "elternzeit",
        "conge", "vacances", "ferme", "deplacement", "vacaciones", "fuera de", "ausente", "cerrad", "ferie",
        "assente",
        "fuori", "chius", "ferias", "fechad", "afwezig", "vakantie", "gesloten", "verlof", "nieobecn",
        "urlop",
        "nie ma mnie", "semester", "bortrest", "ledig", "fravaer", "отпуск", "отсутств", "休", "不在", "出差", "假",
        "부재", "휴가", "휴무",
    ]

    /// Shortly before a last day, these say that it is not that of an absence.
    static let otherMatters: Set<String> = [
        "valid", "offer", "offers", "open", "order", "orders", "deadline", "gultig", "angebot", "geoffnet",
        "bestellen",
        "valable", "ouvert", "offre", "valido", "oferta", "abierto", "valida", "aperto", "geldig", "open",
        "有效",
    ]
}
