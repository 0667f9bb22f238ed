/// The words that begin or make up signatures, folded.
enum SignaturePhrases {
    /// Written only to close a letter.
    static let closings: [StaticPhrase] = [
        "best regards", "kind regards", "warm regards", "warmest regards", "many regards", "with regards",
        "with best regards",
        "with kind regards", "best wishes", "kindest regards", "regards", "rgds", "br", "kr", "sincerely",
        "yours sincerely",
        "sincerely yours", "yours faithfully", "yours truly", "respectfully", "cordially",
        "thanks and regards",
        "thanks & regards", "thank you and regards", "thanks and best regards", "thank you and best regards",
        "many thanks and best regards",
        "best", "all the best", "very best", "cheers", "mit freundlichen grussen", "mit freundlichem gruss",
        "mit besten grussen", "freundliche grusse", "beste grusse",
        "viele grusse", "liebe grusse", "herzliche grusse", "schone grusse", "mfg", "vg", "lg", "bg", "gruss",
        "grusse", "viele gruesse", "freundliche gruesse", "mit freundlichen gruessen",
        "beste gruesse", "hochachtungsvoll", "cordialement", "bien cordialement", "tres cordialement",
        "bien a vous", "sinceres salutations",
        "meilleures salutations", "salutations distinguees", "cdlt", "cdt", "je vous prie d'agreer",
        "veuillez agreer",
        "saludos", "un saludo", "saludos cordiales", "cordiales saludos", "un cordial saludo", "atentamente",
        "atte", "cordialmente",
        "atenciosamente", "att", "abracos", "com os melhores cumprimentos", "melhores cumprimentos",
        "cumprimentos", "cordiali saluti",
        "distinti saluti", "un cordiale saluto", "saluti", "met vriendelijke groet",
        "met vriendelijke groeten", "mvg", "vriendelijke groet", "hartelijke groet",
        "groeten", "groet", "med vanlig halsning", "med vanliga halsningar", "vanliga halsningar", "mvh",
        "med venlig hilsen",
        "venlig hilsen", "med vennlig hilsen", "vennlig hilsen", "hilsen", "halsningar",
        "ystavallisin terveisin", "terveisin", "z powazaniem", "pozdrawiam",
        "z wyrazami szacunku", "s pozdravem", "s uctou", "s pozdravom", "udvozlettel", "tisztelettel",
        "cu stima", "cu respect",
        "saygilarimla", "iyi calismalar", "с уважением", "с наилучшими пожеланиями", "з повагою",
        "с уважение", "με εκτιμηση", "此致", "祝好", "顺祝商祺", "敬具", "よろしくお願いいたします", "よろしくお願い致します", "宜しくお願い",
        "何卒よろしく", "감사합니다", "드림", "tran trong", "hormat saya", "salam", "s lepim pozdravom", "srdacan pozdrav",
        "pagarbiai", "lugupidamisega", "ar cienu",
    ]
    /// Written to close, and in many other places.
    static let weakClosings: [StaticPhrase] = [
        "thanks", "thank you", "thanks a lot", "thanks again", "many thanks", "thanks in advance",
        "thank you in advance", "thx", "thank you very much",
        "danke", "vielen dank", "danke im voraus", "vielen dank im voraus", "merci", "merci d'avance",
        "gracias", "muchas gracias", "gracias de antemano", "obrigado", "obrigada", "grazie", "grazie mille",
        "bedankt",
        "alvast bedankt", "tack", "tak", "takk", "kiitos", "dziekuje", "dekuji", "koszonom", "multumesc",
        "tesekkurler", "спасибо", "谢谢", "謝謝",
        "xie xie", "yours", "later", "talk soon", "have a nice day", "have a great day", "schonen tag",
        "bonne journee", "bonne reception",
    ]
    /// After a closing formula on the same line these show that a sentence goes on.
    static let notNames: [StaticPhrase] = [
        "for", "to", "you", "your", "we", "i", "the", "is", "are", "it", "that", "price", "offer", "fur",
        "ihr", "sie", "pour", "votre", "por", "su",
        "para", "per", "la", "and", "but", "if",
    ]
    static let footers: [StaticPhrase] = [
        "sent from my", "sent from mail for", "sent from outlook", "sent from yahoo", "sent from samsung",
        "sent from a mobile", "sent from windows mail", "sent from proton",
        "sent from mobile", "sent from iphone", "sent from gmail mobile", "sent from fastmail",
        "sent from nine", "sent from bluemail", "sent via ", "get outlook for", "get bluemail",
        "download outlook", "sent with ",
        "sent using ", "sent on the go", "sent by my", "typed on", "from my iphone", "von meinem",
        "gesendet von meinem", "gesendet von mail", "gesendet mit der", "gesendet mit", "gesendet aus",
        "diese nachricht wurde von meinem", "envoye de mon", "envoye depuis", "envoye a partir de",
        "obtenir outlook", "enviado desde", "enviado de mi", "enviado do meu", "enviado a partir",
        "enviado via",
        "obtener outlook", "obter o outlook", "inviato da", "inviato dal mio", "ottieni outlook",
        "verzonden vanaf", "verstuurd vanaf", "verzonden met", "outlook voor", "skickat fran", "sendt fra",
        "lahetetty ",
        "wyslane z", "wyslano z", "odeslano z", "odoslane z", "elkuldve a", "trimis de pe",
        "iphone'umdan gonderildi", "отправлено с", "отправлено из", "надiслано з", "发自我的", "从我的", "發自我的",
        "来自我的",
        "iphoneから送信", "私のiphoneから", "나의 iphone", "내 iphone", "στάλθηκε από", "σταλθηκε απο",
        "holen sie sich outlook", "outlook fur ios", "outlook fur android", "outlook for ios",
        "outlook for android", "outlook pour",
    ]
    static let footerTails: [StaticPhrase] = [
        "von meinem iphone gesendet", "von meinem ipad gesendet", "telefonumdan gonderildi",
        "iphone'umdan gonderildi", "から送信", "에서 보냄", "从我的 iphone 发送", "发送自我的", "發送",
    ]
    static let disclaimers: [StaticPhrase] = [
        "this e-mail", "this email", "this message and any", "this message is intended",
        "this message contains", "this message may contain", "this communication", "this transmission",
        "the information contained in this", "the information in this e", "the contents of this e",
        "the content of this e", "confidentiality notice", "confidentiality:", "confidential:",
        "confidentiality", "disclaimer", "important notice",
        "legal notice", "notice:", "please consider the environment", "consider the environment",
        "before printing", "think before you print", "any views or opinions", "privileged",
        "if you are not the intended", "if you have received this",
        "our terms", "all prices in our", "diese e-mail", "diese nachricht", "der inhalt dieser e-mail",
        "vertraulichkeits", "haftungsausschluss", "bitte denken sie an die umwelt", "ce message",
        "ce courriel", "cet e-mail", "le present message",
        "avis de confidentialite", "este mensaje", "este correo", "aviso legal", "aviso de confidencialidad",
        "este e-mail", "esta mensagem", "questo messaggio", "questa e-mail", "le informazioni contenute",
        "dit bericht", "deze e-mail", "de informatie in", "detta meddelande", "denne e-mail", "denne mail",
        "ta wiadomosc", "niniejsza wiadomosc", "tento e-mail", "это сообщение", "настоящее сообщение", "本邮件",
        "此邮件", "このメール",
    ]
    static let contactMarks: [StaticPhrase] = [
        "tel:", "tel.", "tel ", "phone", "mobile", "mobil", "fax", "www.", "http://", "https://", "cell",
        "telefon", "e-mail:", "email:", "mail:", "gmbh", " ltd", " inc", " llc", "b.v.", "s.a.", "s.r.l",
        "linkedin", "skype",
        "handelsregister", "amtsgericht", "geschaftsfuhrer", "ust-id", "vat no", "hrb", "registered", "t:",
        "m:", "p:", "+1", "+3", "+4", "+8", "+9",
    ]
    static let postscripts: [StaticPhrase] = [
        "ps:", "ps.", "p.s.", "p.s:", "ps ", "pps", "p.p.s.", "nb:", "n.b.",
    ]
}
