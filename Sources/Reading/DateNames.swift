import Negotiation

/// What months and weekdays are called, in folded form.
enum DateNames {
    static let months: [String: Int] = {
        let names = [
            """
            january jan januar janner janvier janv enero ene gennaio gen janeiro januari stycznia styczen
            января январь
            """,
            """
            february feb februar fevrier fevr febrero febbraio fevereiro fev februari lutego luty февраля
            февраль
            """,
            "march mar marz maerz mrz mars marzo marco maart marca marzec марта март",
            "april apr avril avr abril abr aprile kwietnia kwiecien апреля апрель",
            "may mai mayo maggio maio mei maj maja мая май",
            "june jun juni juin junio giugno junho czerwca czerwiec июня июнь",
            "july jul juli juillet juil julio luglio julho lipca lipiec июля июль",
            "august aug aout agosto augustus augusti sierpnia sierpien августа август",
            "september sept sep septembre septiembre settembre setembro wrzesnia wrzesien сентября сентябрь",
            "october oct oktober okt octobre octubre ottobre outubro pazdziernika pazdziernik октября октябрь",
            "november nov novembre noviembre novembro listopada listopad ноября ноябрь",
            """
            december dec dezember dez decembre diciembre dic dicembre dezembro desember grudnia grudzien
            декабря декабрь
            """,
        ]
        var months: [String: Int] = [:]
        for (index, words) in names.enumerated() {
            for word in words.split(whereSeparator: \.isWhitespace) { months[String(word)] = index + 1 }
        }
        return months
    }()

    static let weekdays: [String: Weekday] = {
        let names: [(Weekday, String)] = [
            (
                .monday,
                "monday mon montag lundi lunes lunedi segunda maandag mandag poniedzialek poniedzialku понедельник понедельника"
            ),
            (
                .tuesday,
                "tuesday tue tues dienstag mardi martes martedi terca dinsdag tisdag tirsdag wtorek вторник"
            ),
            (
                .wednesday,
                "wednesday wed mittwoch mercredi miercoles mercoledi quarta woensdag onsdag среда среду среды"
            ),
            (
                .thursday,
                "thursday thu thur thurs donnerstag jeudi jueves giovedi quinta donderdag torsdag czwartek четверг"
            ),
            (
                .friday,
                "friday fri freitag vendredi viernes venerdi sexta vrijdag fredag piatek пятница пятницу"
            ),
            (
                .saturday,
                "saturday sat samstag sonnabend samedi sabado sabato zaterdag lordag sobota суббота субботу"
            ),
            (.sunday, "sunday sun sonntag dimanche domingo domenica zondag sondag niedziela воскресенье"),
        ]
        var weekdays: [String: Weekday] = [:]
        for (weekday, words) in names {
            for word in words.split(separator: " ") { weekdays[String(word)] = weekday }
        }
        return weekdays
    }()

    /// `3rd`, `1er`, `3º`.
    static let ordinals: Set<String> = ["st", "nd", "rd", "th", "er", "e", "o", "º", "ª", "."]
    static let betweenDayAndMonth: Set<String> = ordinals.union(["of", "de", "d", "'"])
    static let betweenWeekdayAndDay: Set<String> = [
        ",", ".", "-", "feira", "the", "den", "dem", "der", "le", "el", "il", "dia", "de", "d", "(",
    ]
    /// After two numbers, these make a time of them.
    static let hours: Set<String> = ["uhr", "h", "am", "pm", "hrs", "%", "€", "$"]
}
