/// How a language announces other bank details, in folded form.
struct ChangePhrases {
    /// What pays: bank details, account, payment instructions.
    let nouns: [StaticPhrase]
    /// Words that stand before the noun, perhaps with a few others between: `new`, `change of`.
    let before: [StaticPhrase]
    /// Words that stand behind it: `have changed`.
    let after: [StaticPhrase]
    /// Announcements that need no other word.
    let whole: [StaticPhrase]
    /// What takes a change back when it stands directly before it.
    var negations: [StaticPhrase] = []
    /// What takes a change back when it stands directly behind it.
    var negationsAfter: [StaticPhrase] = []
    /// What makes a warning of fraud out of it when it stands in the same sentence.
    var warnings: [StaticPhrase] = []

    static let languages: [ChangePhrases] = [
        english, german, french, spanish, italian, dutch, polish, portuguese, chinese, japanese,
    ]

    /// Words between that show that something else is new: "the updated invoice with our bank details".
    static let somethingElse: [StaticPhrase] = [
        "with", "invoice", "proforma", "pro forma", "quote", "quotation", "offer", "order", "price", "prices",
        "from",
        "by", "via", "mit", "rechnung", "angebot", "preis", "preise", "avec", "facture", "devis", "prix",
        "con",
        "factura", "oferta", "precio", "fattura", "offerta", "prezzo", "met", "factuur", "offerte", "prijs",
        "faktura",
        "fatura", "proposta", "preco",
    ]

    private static let english = ChangePhrases(
        nouns: [
            "bank details", "banking details", "bank detail", "bank information", "banking information",
            "bank info",
            "bank account", "bank accounts", "bank account details", "banking coordinates",
            "bank coordinates",
            "account details", "account information", "payment details", "payment instructions",
            "payment information",
            "payment account", "wire instructions", "wiring instructions", "wire details",
            "remittance details",
            "remittance information", "remittance instructions", "remit-to address", "beneficiary account",
            "beneficiary details", "beneficiary bank", "ach details", "iban", "account number",
            "acct details",
        ],
        before: [
            "new", "changed", "change", "changes", "changing", "change of", "change in", "change to",
            "updated",
            "update", "updating", "revised", "different", "another", "alternative", "amended", "switched",
            "switching",
            "moved to", "replaced", "modified", "old", "previous", "former",
        ],
        after: [
            "have changed", "has changed", "changed", "have been changed", "will change", "are changing",
            "is changing",
            "were updated", "are updated", "is updated", "been updated", "been amended", "been modified",
            "been replaced",
            "been closed", "is closed", "was closed", "is frozen", "under audit", "under review", "are new",
            "is new",
            "no longer valid", "no longer in use", "no longer active", "no longer accept", "are different",
            "is different", "change notice", "update notice", "has moved",
        ],
        whole: [
            "changed banks", "changed bank", "changed our bank", "changing banks", "changing our bank",
            "change of bank",
            "switched banks", "switched bank", "switched our bank", "switching banks", "our new bank",
            "a new bank",
            "to another bank", "a different bank", "moved banks",
        ],
        negations: ["not", "never", "no", "n't", "not be", "not been", "never be", "never been", "without"],
        warnings: [
            "never notify", "never inform", "never send", "never announce", "never communicate",
            "never advise",
            "never ask", "never request", "will not notify",
        ])
    private static let german = ChangePhrases(
        nouns: [
            "bankverbindung", "bankverbindungen", "bankdaten", "kontodaten", "kontoverbindung", "bankkonto",
            "kontonummer", "zahlungsdaten", "zahlungsverbindung", "iban", "hausbank",
        ],
        before: [
            "neue", "neuen", "neues", "neuer", "geanderte", "geanderten", "geandertes", "anderung", "andere",
            "anderes", "anderen", "aktualisierte", "aktualisierten", "wechsel", "umstellung", "alte", "alten",
            "gewechselt",
            "bisherige",
        ],
        after: [
            "geandert", "andert sich", "andern sich", "hat sich geandert", "gewechselt", "ist neu",
            "aktualisiert",
            "nicht mehr gultig", "nicht mehr aktiv", "geschlossen", "aufgelost", "lautet neu", "wechsel",
            "andern",
        ],
        whole: [
            "neue bank", "neuen bank", "andere bank", "anderen bank", "neues konto", "neue konto",
            "neuen konto",
            "anderes konto", "bank gewechselt", "bankwechsel", "kontowechsel", "kontoanderung",
            "wechsel der bank",
        ],
        negations: ["nicht", "keine", "nie", "keinen", "niemals"], warnings: ["niemals"])
    private static let french = ChangePhrases(
        nouns: [
            "coordonnees bancaires", "coordonnees de paiement", "compte bancaire", "rib", "iban",
            "references bancaires", "informations bancaires", "domiciliation bancaire", "details bancaires",
        ],
        before: [
            "nouvelles", "nouveau", "nouvelle", "changement", "modification", "change", "modifie",
            "mise a jour",
            "ancien", "anciennes", "changer", "autre",
        ],
        after: [
            "ont change", "a change", "changent", "change", "ont ete modifiees", "a ete modifie", "modifiees",
            "ne sont plus valables", "n'est plus valable", "n'est plus actif", "a ete cloture",
            "mises a jour",
        ],
        whole: [
            "nouvelle banque", "change de banque", "changement de banque", "autre banque",
            "changeons de banque",
        ],
        negations: ["pas", "aucun", "sans", "n'ont pas", "jamais", "aucune"])
    private static let spanish = ChangePhrases(
        nouns: [
            "datos bancarios", "cuenta bancaria", "cuentas bancarias", "datos de pago",
            "informacion bancaria",
            "numero de cuenta", "instrucciones de pago", "coordenadas bancarias", "iban",
        ],
        before: [
            "nuevos", "nueva", "nuevo", "nuevas", "cambio", "cambios", "cambiado", "cambiamos", "cambiar",
            "modificacion", "modificado", "actualizado", "actualizados", "actualizacion", "antigua", "otra",
        ],
        after: [
            "han cambiado", "ha cambiado", "cambiaron", "han sido modificados", "ha sido modificada",
            "han sido actualizados", "son nuevos", "ya no es valida", "ya no esta activa",
        ],
        whole: [
            "nuevo banco", "nueva cuenta", "otra cuenta", "otro banco", "cambiado de banco",
            "cambio de banco",
        ],
        negations: ["no", "sin", "nunca", "no han", "no ha", "ningun"])
    private static let italian = ChangePhrases(
        nouns: [
            "coordinate bancarie", "dati bancari", "conto bancario", "conto corrente", "iban",
            "dati di pagamento",
            "estremi bancari",
        ],
        before: [
            "nuove", "nuovo", "nuovi", "nuova", "variazione", "modifica", "cambio", "cambiato", "cambiamento",
            "aggiornate", "aggiornati", "aggiornamento", "vecchio", "vecchie",
        ],
        after: [
            "sono cambiate", "sono cambiati", "e cambiato", "cambiate", "cambiati", "sono state modificate",
            "sono variate", "aggiornate", "e stato chiuso", "non e piu valido", "non sono piu valide",
        ],
        whole: [
            "nuova banca", "nuovo conto", "altro conto", "cambiato banca", "cambio di banca", "altra banca",
        ],
        negations: ["non", "nessun", "nessuna", "senza", "non sono", "mai"])
    private static let dutch = ChangePhrases(
        nouns: [
            "bankgegevens", "rekeningnummer", "bankrekening", "bankrekeningnummer", "rekeninggegevens",
            "iban",
            "betaalgegevens", "betalingsgegevens",
        ],
        before: [
            "nieuwe", "nieuw", "gewijzigde", "gewijzigd", "wijziging", "wijzigingen", "andere", "ander",
            "aangepaste",
            "oude", "verandering",
        ],
        after: [
            "gewijzigd", "is veranderd", "zijn veranderd", "veranderd", "wijzigt", "wijzigen", "aangepast",
            "niet meer geldig", "niet langer geldig", "opgeheven",
        ],
        whole: ["nieuwe bank", "andere bank", "van bank veranderd", "van bank gewisseld", "nieuwe rekening"],
        negations: ["niet", "geen", "nooit", "zonder"])
    private static let polish = ChangePhrases(
        nouns: [
            "numer konta", "numeru konta", "numer rachunku", "numeru rachunku", "rachunek bankowy",
            "rachunku bankowego",
            "konto bankowe", "konta bankowego", "dane bankowe", "danych bankowych", "dane do przelewu",
            "danych do przelewu", "iban",
        ],
        before: [
            "nowy", "nowe", "nowego", "nowych", "zmiana", "zmiany", "zmianie", "zmienilismy", "zmienione",
            "zmieniony",
            "zaktualizowane", "inny", "inne", "stary", "aktualizacja",
        ],
        after: [
            "zmienil sie", "zmienilo sie", "zmienily sie", "ulegl zmianie", "ulegly zmianie", "ulega zmianie",
            "zostal zmieniony", "zostaly zmienione", "jest nieaktualny", "jest nieaktywny",
            "zostal zamkniety",
        ],
        whole: [
            "nowe konto", "nowego konta", "zmiana konta", "zmiane konta", "zmiana banku", "zmienilismy bank",
            "nowy bank",
        ],
        negations: ["nie", "bez", "nigdy", "brak"])
    private static let portuguese = ChangePhrases(
        nouns: [
            "dados bancarios", "conta bancaria", "dados de pagamento", "informacoes bancarias",
            "numero da conta",
            "conta corrente", "coordenadas bancarias", "iban",
        ],
        before: [
            "novos", "nova", "novo", "novas", "alteracao", "alteracoes", "mudanca", "mudamos", "alteramos",
            "alterado",
            "alterados", "atualizacao", "atualizados", "antiga", "outra",
        ],
        after: [
            "mudaram", "mudou", "foram alterados", "foi alterada", "foram atualizados",
            "nao e mais valida", "nao esta mais ativa", "ja nao e valida",
        ],
        whole: [
            "novo banco", "nova conta", "outra conta", "outro banco", "mudamos de banco", "mudanca de banco",
        ],
        negations: ["nao", "sem", "nunca", "nenhuma", "nao foram"])
    private static let chinese = ChangePhrases(
        nouns: [
            "银行账户", "银行帐户", "银行账号", "银行帐号", "银行信息", "银行资料", "收款账户", "收款账号", "收款帐户", "收款信息", "付款账户", "账户信息",
            "银行賬戶", "銀行賬戶", "銀行帳戶", "銀行帳號", "銀行資料", "收款帳戶", "开户行", "对公账户",
        ],
        before: ["变更", "更换", "更改", "新的", "新", "更新", "修改", "變更", "更換", "旧"],
        after: ["变更", "变了", "变化", "更换", "更改", "更新", "已改", "停用", "冻结", "修改", "變更", "更換", "凍結"],
        whole: ["新账户", "新账号", "新帐户", "新帐号", "新賬戶", "新帳戶", "换了银行"],
        negations: ["没有", "未", "不会", "不", "沒有", "无", "不會"])
    private static let japanese = ChangePhrases(
        nouns: ["振込先", "振込口座", "銀行口座", "口座情報", "口座番号", "入金先", "支払先口座", "取引銀行", "お振込先", "口座"],
        before: ["新しい", "新", "変更後の", "変更", "旧"],
        after: ["変更", "変わり", "変わる", "新しく", "更新", "切り替え", "解約", "凍結"],
        whole: ["新口座", "口座変更", "振込先変更", "取引銀行変更"],
        negationsAfter: [
            "はありません", "はございません", "なし", "はない", "ません", "しません", "はしません", "しておりません", "していません", "はしていません",
        ])
}
