/// Mail providers whose domains belong to everybody, so that a shared domain proves nothing.
public enum MailProviders {
    /// Whether anybody can have an address there. The domain may be in any case.
    public static func isShared(_ domain: String) -> Bool { shared.contains(domain.lowercased()) }

    private static let shared: Set<String> = {
        var names = Set(single.split(whereSeparator: \.isWhitespace).map(String.init))
        for (name, endings) in families {
            for ending in endings.split(separator: " ") { names.insert("\(name).\(ending)") }
        }
        return names
    }()

    /// Providers with a domain in many countries.
    private static let families: [(String, String)] = [
        ("aol", "com de fr it co.uk es"),
        ("gmx", "de net com at ch fr org us co.uk es it info biz eu"),
        ("hotmail", "com co.uk fr de it es nl be ca co.jp com.br com.ar com.tr se no dk fi gr ch at"),
        ("live", "com co.uk fr de it nl be ca se no dk com.au com.mx com.ar com.pt ie at jp cn ru in hk"),
        ("mail", "com ru ee ua bg de"),
        (
            "outlook",
            "com de fr it es be at ie dk pt co.id com.br com.ar com.au com.tr cl cz gr hu in jp kr sk sa"
        ),
        (
            "yahoo",
            """
            com co.uk fr de it es ca ie in co.in co.id co.jp co.kr co.nz co.th co.za com.ar com.au \
            com.br com.cn com.co com.hk com.mx com.my com.pe com.ph com.sg com.tr com.tw com.vn gr nl no \
            pl pt ro se dk at be cz
            """
        ),
        ("yandex", "ru com ua by kz com.tr"),
    ]

    private static let single = """
        gmail.com googlemail.com msn.com passport.com windowslive.com ymail.com rocketmail.com
        myyahoo.com aim.com icloud.com me.com mac.com web.de t-online.de freenet.de arcor.de online.de
        1und1.de email.de posteo.de posteo.net mailbox.org proton.me protonmail.com protonmail.ch pm.me
        tutanota.com tutanota.de tuta.io tuta.com zoho.com zohomail.com zohomail.eu fastmail.com
        fastmail.fm hey.com hushmail.com inbox.com inbox.ru inbox.lv bk.ru list.ru internet.ru ya.ru
        rambler.ru ukr.net i.ua orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr
        libero.it virgilio.it tiscali.it alice.it tin.it email.it fastwebnet.it telefonica.net terra.es
        terra.com.br uol.com.br bol.com.br ig.com.br globo.com sapo.pt wp.pl o2.pl onet.pl op.pl
        interia.pl interia.eu gazeta.pl tlen.pl seznam.cz email.cz centrum.cz centrum.sk azet.sk
        zoznam.sk freemail.hu citromail.hu abv.bg bluewin.ch hispeed.ch ziggo.nl kpnmail.nl planet.nl
        xs4all.nl home.nl hetnet.nl telenet.be skynet.be proximus.be btinternet.com btopenworld.com
        sky.com talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk eircom.net comcast.net
        verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com
        optonline.net rogers.com shaw.ca sympatico.ca bigpond.com bigpond.net.au optusnet.com.au
        xtra.co.nz qq.com foxmail.com 163.com 126.com yeah.net 139.com 189.cn wo.cn 21cn.com sina.com
        sina.cn sohu.com tom.com aliyun.com naver.com hanmail.net daum.net kakao.com nate.com
        docomo.ne.jp ezweb.ne.jp softbank.ne.jp nifty.com biglobe.ne.jp hinet.net pchome.com.tw
        rediffmail.com walla.co.il walla.com mynet.com hotmail.nl telia.com comhem.se spray.se online.no
        """
}
