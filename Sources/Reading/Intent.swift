/// What the sender wants, towards our last proposal; the raw values are stored.
public enum Intent: String, Sendable, CaseIterable {
    /// Agrees without changing terms.
    case accept
    /// Names or asks another price, quotes for the first time, or agrees on changed terms.
    case counter
    /// Refuses and offers nothing instead.
    case decline
    /// Needs an answer before anything can be said.
    case question
    case other

    /// The intent of a reply text with the offers read in it. A first version by phrases in several
    /// languages: a refusal with a price is a counter-offer, an agreement with "but" or another price is one
    /// too.
    init(of text: String, offers: [ReadOffer]) {
        let folded = FoldedText(text)
        let refuses = folded.containsAnyWord(of: IntentPhrases.refusals)
        let agrees = !refuses && folded.containsAnyWord(of: IntentPhrases.agreements)
        let conditions = folded.containsAnyWord(of: IntentPhrases.conditions)
        if agrees {
            self = conditions ? .counter : .accept
        } else if !offers.isEmpty {
            self = .counter
        } else if refuses {
            self = .decline
        } else {
            let asks = text.unicodeScalars.contains {
                $0 == "?" || $0 == "？" || $0 == "؟" || $0 == ";" && false
            }
            self = asks || folded.containsAnyWord(of: IntentPhrases.questions) ? .question : .other
        }
    }
}

/// The words by which people agree, refuse and ask, folded.
enum IntentPhrases {
    static let agreements: [StaticPhrase] = [
        "we accept", "i accept", "accepted", "we agree", "i agree", "agreed", "it's a deal",
        "you have a deal", "deal", "we have a deal", "we confirm", "i confirm", "that works", "works for us",
        "works for me",
        "happy to accept", "glad to accept", "pleased to accept", "pleased to confirm", "happy to confirm",
        "sounds good", "we can accept", "i can accept", "we can agree", "go ahead", "please proceed",
        "einverstanden", "wir akzeptieren", "akzeptieren wir",
        "wir nehmen ihr angebot", "wir bestatigen", "angenommen", "das passt", "nous acceptons", "j'accepte",
        "d'accord", "c'est d'accord", "nous confirmons", "marche conclu", "aceptamos", "acepto", "de acuerdo",
        "confirmamos", "trato hecho", "accettiamo", "accetto", "d'accordo", "confermiamo", "affare fatto",
        "akkoord", "wij accepteren", "we gaan akkoord", "aceitamos", "concordamos", "combinado",
        "vi accepterar", "vi accepterer", "vi aksepterer", "hyvaksymme", "akceptujemy", "zgadzamy sie",
        "souhlasime", "elfogadjuk", "acceptam", "kabul ediyoruz", "согласны", "мы принимаем",
        "принимаем ваше", "договорились", "我们接受", "同意", "成交", "可以接受", "承知しました", "了承", "お受けします", "동의합니다", "수락",
    ]
    static let refusals: [StaticPhrase] = [
        "cannot accept", "can't accept", "can not accept", "unable to accept", "not accept", "we decline",
        "must decline", "have to decline", "i decline", "not interested", "no longer available",
        "discontinued", "out of stock", "not able to", "unable to offer", "cannot offer", "can't offer",
        "cannot go lower", "can't go lower", "cannot go any lower", "cannot reduce",
        "too low", "not possible", "we reject", "no deal", "do not agree", "don't agree", "cannot agree",
        "can't agree", "cannot do", "can't do", "cannot meet", "can't meet", "cannot match", "can't match",
        "unfortunately we cannot", "unfortunately not", "nicht akzeptieren", "nicht annehmen",
        "lehnen wir ab", "ablehnen", "leider nicht", "konnen wir nicht", "nicht moglich",
        "nous ne pouvons pas", "ne pouvons pas", "nous refusons", "malheureusement",
        "no podemos", "no aceptamos", "rechazamos", "lamentablemente", "non possiamo", "purtroppo",
        "niet akkoord", "helaas", "kunnen wij niet", "nao podemos", "infelizmente", "tyvarr", "desvaerre",
        "dessverre", "niestety", "nie mozemy", "bohuzel", "sajnos", "din pacate", "maalesef", "к сожалению",
        "не можем", "отказ", "无法接受", "不能接受", "抱歉", "お断り", "残念ながら", "できません", "불가",
    ]
    static let conditions: [StaticPhrase] = [
        "but", "provided that", "on condition", "on the condition", "if you", "however", "only if",
        "as long as", "subject to", "aber", "jedoch", "sofern", "vorausgesetzt", "wenn sie", "mais",
        "a condition", "pero", "siempre que", "sin embargo", "ma ", "a condizione", "maar", "mits", "mas",
        "desde que", "men ", "ale", "но ", "при условии", "但", "ただし", "하지만",
    ]
    static let questions: [StaticPhrase] = [
        "please let us know", "let me know", "could you", "can you tell", "please advise", "please confirm",
        "please clarify", "we need to know", "bitte teilen sie", "konnten sie", "pouvez-vous",
        "pourriez-vous", "merci de nous", "podria", "puede", "potrebbe", "kunt u", "poderia", "请问", "请告知",
        "教えて", "ご教示", "подскажите", "уточните",
    ]
}
