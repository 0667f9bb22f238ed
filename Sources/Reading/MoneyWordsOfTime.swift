extension MoneyWords {
    static let months: Set<String> = Set(
        """
        january february march april may june july august september october november december jan feb mar
        apr jun jul aug sep sept oct nov dec
        januar februar marz maerz mai juni juli oktober dezember janner okt dez janvier fevrier mars avril
        juin juillet aout septembre octobre novembre decembre janv fevr avr juil
        enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre ene abr
        ago dic gennaio febbraio aprile maggio giugno luglio settembre ottobre
        dicembre janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro januari
        februari maart mei augustus
        stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
        января февраля марта апреля мая июня июля августа сентября октября ноября декабря
        maj augusti kesakuuta ledna unora brezna dubna kvetna cervna cervence srpna zari rijna listopadu
        prosince
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    static let ordinals: Set<String> = [
        "st", "nd", "rd", "th", "er", "ere", "eme", "e", "o", "a", "º", "ª", "ste", "de", "го",
    ]

    static let timeUnits: Set<String> = Set(
        """
        day days week weeks month months year years hour hours hr hrs minute minutes min mins weekday
        weekdays workday workdays fortnight
        tag tage tagen tages woche wochen monat monate monaten jahr jahre jahren stunde stunden minuten
        werktag werktage werktagen arbeitstag arbeitstage arbeitstagen
        jour jours semaine semaines mois an ans annee annees heure heures dia dias semana semanas mes meses
        ano anos hora horas minutos giorno giorni settimana settimane mese mesi anno anni ore
        mes mês meses dag dagen werkdagen weken maand maanden jaar jaren uur uren dagar veckor manader dage
        uger maneder dni tygodni tygodnie miesiecy miesiace godzin
        дней дня день недели недель неделя месяца месяцев месяц часов часа года лет nap hetek zile
        saptamani gun hafta ay
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    static let gluedTimeUnits = [
        "天", "日", "个工作日", "個工作日", "工作日", "周", "週", "个月", "個月", "か月", "ヶ月", "カ月", "小时", "小時", "時間", "分钟",
        "营业日", "営業日", "일", "주", "개월", "시간",
    ]

    static let durationFillers: Set<String> = [
        "to", "or", "and", "bis", "oder", "und", "a", "ou", "et", "o", "y", "e", "business", "working",
        "calendar", "consecutive", "full", "more", "bank", "labour", "ouvres", "ouvrables", "laborables",
        "habiles",
        "utiles", "lavorativi", "uteis", "roboczych", "рабочих", "календарных",
    ]

    /// Words that make a duration a term of payment.
    static let paying: Set<String> = [
        "pay", "pays", "paid", "payable", "payment", "payments", "net", "invoice", "deposit", "prepayment",
        "terms", "discount", "credit", "instalment", "installment", "zahlung", "zahlbar", "zahlungsziel",
        "netto", "skonto", "rechnung",
        "paiement", "payer", "facture", "escompte", "pago", "pagar", "factura", "pagamento", "pagare",
        "fattura", "betaling", "betalen", "factuur", "оплата", "оплаты", "platnosc", "betalning", "付款", "支払",
        "支払い", "결제",
    ]

    /// Words that settle a price without naming one.
    static let commitments: [StaticPhrase] = written.map { StaticPhrase($0.replacing("'", with: " ")) }

    private static let written: [String] = [
        "accept your offer", "accept your price", "accept your quote", "accept your quotation",
        "accept your proposal", "accept your terms", "accept the offer", "accept the price",
        "accept the quote", "accept the quotation", "accept the proposal", "accept your last offer",
        "accept your latest offer", "accept your counter",
        "accept your final offer", "agree to your price", "agree to your offer", "agree to your terms",
        "agree to the price", "agree with your price", "agree on your price", "agree to your proposal",
        "your price is accepted", "your offer is accepted", "we accept", "i accept",
        "it's a deal", "its a deal", "it s a deal", "we have a deal", "you have a deal", "half price",
        "half the price", "half of the price", "half of your price", "price by half", "price in half",
        "double the price", "twice the price", "a third off", "a quarter off", "half off", "free of charge",
        "for free", "at no cost", "same price as", "match their price",
        "place the order", "place an order", "we will buy", "we'll buy", "we will take it", "we'll take it",
        "we will pay", "we'll pay", "i will pay", "ready to pay", "willing to pay",
        "nehmen ihr angebot an", "akzeptieren ihr angebot", "akzeptieren ihren preis", "nehmen wir an",
        "halber preis", "zum halben preis", "halfte des preises", "kostenlos", "wir bestellen",
        "acceptons votre offre", "acceptons votre prix", "moitie prix", "moitie du prix", "gratuit",
        "aceptamos su oferta", "aceptamos su precio", "mitad de precio", "mitad del precio",
        "accettiamo la vostra offerta", "accettiamo il prezzo", "meta prezzo", "aceitamos a sua oferta",
        "metade do preco", "gaan akkoord met uw", "halve prijs", "принимаем ваше предложение", "полцены",
        "接受您的报价", "接受你的报价", "半价", "半額",
    ]
}
