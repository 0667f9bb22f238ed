/// The words by which mail programs introduce quoted history, folded.
enum HistoryPhrases {
    /// Between dashes: `-----Original Message-----`.
    static let separators: [StaticPhrase] = [
        "original message", "original appointment", "forwarded message", "reply message",
        "reply above this line",
        "please reply above", "ursprungliche nachricht", "originalnachricht", "weitergeleitete nachricht",
        "urspr. nachricht", "message d'origine", "message original", "message transfere", "mensaje original",
        "mensaje reenviado", "mensagem original", "mensagem encaminhada", "messaggio originale",
        "messaggio inoltrato",
        "oorspronkelijk bericht", "doorgestuurd bericht", "ursprungligt meddelande", "ursprungsmeddelande",
        "vidarebefordrat meddelande", "oprindelig meddelelse", "opprinnelig melding", "videresendt melding",
        "alkuperainen viesti", "wiadomosc oryginalna", "oryginalna wiadomosc", "przekazana wiadomosc",
        "puvodni zprava", "povodna sprava", "eredeti uzenet", "mesaj original", "orijinal mesaj",
        "ozgun ileti",
        "исходное сообщение", "пересылаемое сообщение", "пересылаемое письмо", "конец пересылаемого",
        "αρχικο μηνυμα", "原始邮件", "原始郵件", "转发的邮件", "转发邮件", "元のメッセージ", "転送されたメッセージ", "원본 메시지", "원본 메일",
        "original mail", "tin nhan goc", "pesan asli",
    ]
    /// Alone on a line, without dashes.
    static let bareSeparators: [StaticPhrase] = [
        "begin forwarded message:", "anfang der weitergeleiteten nachricht:",
        "anfang der weitergeleiteten e mail:",
        "debut du message reexpedie :", "debut du message transfere :", "inicio del mensaje reenviado:",
        "inizio messaggio inoltrato:", "begin doorgestuurd bericht:", "inicio da mensagem reencaminhada:",
        "vidarebefordrat brev:", "videresendt besked:", "reply above this line",
    ]
    static let attributionStarts: [StaticPhrase] = [
        "on ", "am ", "le ", "el ", "em ", "il ", "op ", "den ", "dne ", "dna ", "dnia ", "w dniu ", "pa ",
        "pe ", "in data ",
        "il giorno ", "a ", "ha ", "vao ", "pada ", "в ", "на ", "στις ", "в сообщении", "من ", "في ",
        "-- on ", "at ",
        "from ", "von ", "de ", "da ", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "mon", "tue", "wed",
        "thu", "fri",
        "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so", "пн", "вт", "ср", "чт", "пт", "сб", "вс",
        "בתאריך",
        "quoting ", "zitat von", "citation de", "citando a", "ke ", "ons", "tor", "tir", "man", "fre", "lor",
        "son",
    ]
    static let attributionVerbs: [StaticPhrase] = [
        "wrote", "writes", "said", "quoting", "schrieb", "schrieben", "geschrieben", "zitat von", "a ecrit",
        "ecrit", "ecrivait", "escribio",
        "escribia", "escreveu", "ha scritto", "scritto", "scrive", "schreef", "heeft geschreven",
        "geschreven", "napisal", "napisala",
        "napisal(a)", "pisze", "skrev", "skriver", "kirjoitti", "napsal", "napsal(a)", "napisal(-a)", "irta",
        "scris",
        "yazdi", "sunlari yazdi", "писал", "писала", "написал", "написала", "пишет", "написа", "написав",
        "пише", "εγραψε", "γραψε", "写道",
        "寫道", "写到", "写了", "さんは書きました", "のメール", "書きました", "が書いた", "님이 작성", "작성:", "작성", "كتب", "כתב", "כתבה",
        "da viet",
        "đã viết", "menulis", "เขียน", "rase", "parase", "kirjutas", "rakstija", "je napisao", "je napisal",
        "pise", "σημειωσε",
    ]

    static let labels: [String: HeaderLabel] = {
        let groups: [(HeaderLabel, String)] = [
            (
                .author,

                """
                from|von|de|da|van|fra|fran|od|kimden|gonderen|lahettaja|от|от кого|发件人|寄件者|寄件人|差出人|\
                送信者|보낸 사람|보낸사람|발신|expediteur|mittente|remitente|afzender|avsandare|απο|felado|de la|\
                מאת|من|nadawca|odesilatel|送信元|tu|dari|saatja|nuo|no
                """,
            ),
            (
                .date,

                """
                sent|date|gesendet|datum|envoye|envoye le|enviado|enviado el|enviado em|enviada em|\
                enviada|fecha|data|inviato|verzonden|sendt|dato|skickat|wyslano|data wyslania|\
                gonderilme|tarih|lahetetty|paivamaara|paivays|отправлено|дата|发送时间|寄件日期|日期|时间|送信日時|\
                日時|日付|보낸 날짜|날짜|odeslano|odoslane|elkuldve|trimis|ημερομηνια|εσταλη|נשלח|sent at|\
                sent on|dikirim|ngay|saadetud
                """,
            ),
            (
                .recipient,

                """
                to|an|a|para|aan|til|till|do|kime|alici|vastaanottaja|кому|收件人|宛先|받는 사람|받는사람|수신|\
                destinataire|destinatario|cimzett|komu|προς|אל|catre|den|kepada|pour|gui
                """,
            ),
            (
                .copy,
                """
                cc|kopie|copie|copia|kopia|kopi|bilgi|копия|抄送|副本|참조|bcc|cci|dw|co|masolat|kopio|\
                κοιν|עותק
                """
            ),
            (
                .subject,

                """
                subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|amne|temat|konu|aihe|\
                тема|主题|主題|主旨|件名|제목|predmet|targy|subiect|θεμα|נושא|subyek|chu de
                """,
            ),
            (
                .other,

                """
                reply-to|importance|attachments|anlagen|pieces jointes|priority|antwort an|\
                repondre a|responder a|organization|wichtigkeit
                """,
            ),
        ]
        var labels: [String: HeaderLabel] = [:]
        for (label, words) in groups {
            for word in words.split(separator: "|") { labels[String(word)] = label }
        }
        return labels
    }()
}
