/// The words around prices, folded.
enum OfferPhrases {
    /// Directly before an amount they say that it is no offer.
    static let otherBefore: [StaticPhrase] = [
        "shipping", "freight", "delivery cost", "delivery costs", "delivery charge", "postage", "handling",
        "tax", "taxes", "vat", "mwst", "tva", "iva", "gst",
        "duty", "customs", "deposit", "down payment", "anzahlung", "acompte", "anticipo", "fee", "fees",
        "surcharge", "discount", "rabatt", "remise",
        "descuento", "sconto", "korting", "list price", "listenpreis", "prix catalogue", "precio de lista",
        "retail price", "msrp", "rrp", "uvp", "instead of",
        "statt", "au lieu de", "en lugar de", "anstelle von", "was", "were", "originally", "previously",
        "old price", "formerly", "before:", "minimum order value", "minimum order",
        "mindestbestellwert", "your target", "your offer of", "your price of", "your budget", "your proposed",
        "you offered", "you proposed", "you asked", "competitor", "competitors",
        "competing", "versand", "versandkosten", "fracht", "frais de port", "gastos de envio", "spedizione",
        "verzendkosten", "save", "saving", "savings", "optional", "option:",
        "reduced by", "less than", "up from", "down from", "increase of", "difference of", "ihr angebot von",
        "ihrem angebot von", "votre offre de", "su oferta de", "运费", "税", "定金", "送料", "消費税", "原价",
    ]
    /// Directly behind an amount they say that it is no offer.
    static let otherAfter: [StaticPhrase] = [
        "discount", "rabatt", "off", "shipping", "freight", "for shipping", "for freight", "for delivery",
        "delivery fee", "vat", "tax", "deposit", "handling", "fee", "surcharge",
        "less", "cheaper", "more", "minimum order", "remise", "de remise", "descuento", "sconto", "korting",
        "versand", "fracht", "mwst", "tva", "iva",
    ]
    /// Anywhere before in the sentence they say that the amount is refused.
    static let refusals: [StaticPhrase] = [
        "cannot accept", "can't accept", "can not accept", "cannot do", "can't do", "cannot go", "can't go",
        "not possible at", "unable to accept", "unable to offer", "cannot offer", "can't offer",
        "cannot meet", "can't meet", "cannot match", "can't match", "too low", "not able to",
        "nicht annehmen", "konnen wir nicht", "kann ich nicht", "ne pouvons pas accepter",
        "ne peux pas accepter", "no podemos aceptar",
        "no puedo aceptar", "non possiamo accettare", "niet accepteren", "无法接受", "不能接受",
    ]
    /// They make a bare number a price.
    static let prices: [StaticPhrase] = [
        "price", "prices", "offer", "quote", "quotation", "we can do", "i can do", "could do", "can offer",
        "go down to", "go as low as", "lower to", "we can go", "best we can do", "preis", "angebot",
        "anbieten", "prix", "offre", "proposons", "precio", "oferta", "ofrecer", "prezzo", "offerta", "prijs",
        "aanbod", "preco", "pris", "cena", "цена", "предложить", "报价", "价格", "単価", "価格", "가격", "cost",
        "costs", "meet you at", "settle at", "settle for", "agree to", "agree on", "let's say", "how about",
    ]
    static let perUnit: [StaticPhrase] = [
        "per unit", "per piece", "per pc", "per item", "per each", "/unit", "/ unit", "/pc", "/ pc", "/piece",
        "/ piece", "/ea", "/ ea", " each", "each", "a piece", "apiece", "a unit", "pro stuck", "je stuck",
        "/stuck", "/ stuck", "/stk", "/ stk", "pro stk", "per stuk", "/stuk",
        "l'unite", "par unite", "par piece", "la piece", "/piece", "/unite", "por unidad", "cada uno", "c/u",
        "/ud", "la unidad", "por pieza", "l'uno", "cadauno", "al pezzo", "/pz", "a unidade", "por unidade",
        "za sztuke", "/szt", "za kus", "/ks", "per st", "/st", "styck", "pr. stk", "per stk", "за шт", "/шт",
        "за единицу", "/台", "/个", "/個", "/件", "每台", "每个", "每件", "1個", "a pop", "per set", "per license",
        "per seat", "/set",
    ]
    static let unitBefore: [StaticPhrase] = [
        "unit price", "price per unit", "per unit", "per piece", "einzelpreis", "stuckpreis", "prix unitaire",
        "precio unitario", "prezzo unitario", "stuksprijs", "単価", "单价", "each",
    ]
    static let total: [StaticPhrase] = [
        "total", "in total", "totally", "altogether", "all in", "all-in", "for all", "for the lot",
        "for everything", "insgesamt", "gesamt", "gesamtpreis", "au total", "en total", "in totale", "totaal",
        "lump sum", "pauschal", "合计", "总价", "总计", "合計", "итого", "всего", "razem",
    ]
    /// Words for pieces behind a count.
    static let pieces: [StaticPhrase] = [
        "units", "unit", "pcs", "pc", "pieces", "piece", "items", "item", "stuck", "stueck", "stk", "unites",
        "unite", "pieces", "unidades", "unidad", "uds", "piezas", "pezzi", "pz", "unita", "stuks", "stuk",
        "st", "sztuk", "szt", "kusu", "ks", "шт", "штук", "台", "个", "個", "件", "本", "枚", "대", "개", "sets",
        "set", "licenses", "seats", "x", "ea", "boxes", "cartons", "adet", "db",
    ]
    /// Words for other things that are counted.
    static let otherUnits: [StaticPhrase] = [
        "day", "week", "month", "year", "hour", "minute", "business", "working", "calendar", "tag", "woche",
        "monat", "jahr", "werktag", "arbeitstag", "jour", "semaine", "mois", "an ", "ans", "dia", "semana",
        "mes", "ano", "giorn", "settiman", "anni", "dagen", "weken", "%", "percent", "prozent", "kg", "mm",
        "cm", "gb", "tb", "天", "日", "周", "週", "月", "年", "дн", "недел",
    ]
}
