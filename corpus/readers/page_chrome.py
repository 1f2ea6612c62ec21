"""The page's own lines in copied text, by kind and with the reason why each is no part of a story.

Every pattern must fit a whole line, and most are bounded in length: a line of the story is lost for good,
a line of chrome is merely an eyesore.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of line: `why` it is no part of the story, the patterns, and the longest it may be."""

    why: str
    patterns: tuple[str, ...]
    most: int = 60


CHROME = (
    Row("links to places on the page and in the site", (
        r"(?:skip|go|jump|back|return) to (?:the )?(?:main |page )?(?:contents?|navigation|top|home ?page"
        r"|menu|search|footer)",
        r"(?:main )?(?:menu|navigation|search|home|homepage|site index|sections|contents)", r"(?:open|close"
            r"|toggle) (?:menu|search|navigation)",
        r"본문\s?(?:바로가기|영역)|메뉴|홈|검색|전체\s?메뉴|바로가기|이전\s?기사|다음\s?기사|목록|맨\s?위로"
        r"|메인\s?메뉴로? ?바로가기|뒤로가기",
        r"zum (?:inhalt|hauptinhalt|seitenanfang)(?: springen)?|startseite|suche|aller au (?:contenu"
        r"|menu)(?: principal)?|accueil|rechercher",
        r"(?:ir|saltar) al contenido(?: principal)?|inicio|buscar|pular para o conteúdo|本文へ(?:移動"
        r"|スキップ)?|ホーム|メニュー|検索|首页|導航|导航|搜索",
        r"(?:next|previous|prev)(?: (?:article|story|post))?|previous next|page \d+ of \d+|\d+ of \d+|top"
        r"|back",
    )),
    Row("buttons for an account and for money", (
        r"(?:log|sign) ?(?:in|out|up)(?: / (?:register|subscribe|sign up))?|register|my account|my profile"
        r"|profile|subscribe(?: now| today| here)?",
        r"subscribe to (?:continue|read|our|the|us|[a-z0-9]+'s).{0,60}|already a (?:subscriber"
        r"|member)\?.{0,30}|become a (?:member|subscriber|supporter).{0,30}",
        r"(?:donate|support us|support our journalism|contribute)(?: now| today)?"
        r"|start your free trial.{0,30}|e-?paper|newsletters?|today's paper",
        r"sign up (?:for|to) (?:our|the|[a-z ]{1,30}) ?(?:newsletters?|emails?|briefing|updates"
        r"|alerts).{0,60}|get (?:our|the) (?:app|newsletter|latest news).{0,60}",
        r"download (?:our|the) .{0,20}app.{0,20}|follow us(?: on .{1,40})?|like us on facebook|join (?:our"
        r"|us on) (?:whatsapp|telegram).{0,40}|enable notifications",
        r"로그인|회원가입|구독(?:하기|신청)?|뉴스레터(?: 구독| 신청)?|anmelden|abonnieren|jetzt abonnieren"
        r"|newsletter abonnieren|registrieren|mein konto",
        r"se connecter|s'abonner|s’abonner|abonnez-vous.{0,40}|iniciar sesión|suscríbete.{0,40}|suscribirse"
        r"|assine(?: já)?|entrar|ログイン|会員登録|登录|注册|订阅",
    ), 120),
    Row("buttons to pass the page on, and their counters", (
        r"(?:share|save|print|e-?mail|copy(?: link| url)?|link copied!?|bookmark|listen|tweet|pin(?: it)?"
        r"|post|send|comment|gift|gift article|more|reprints?|text size|font size)",
        r"(?:share|save|print|email|tweet|listen|comment|copy link|facebook|twitter|x|whatsapp|linkedin"
        r"|reddit|[\s,|/·•]|and)+",
        r"(?:share|send|print|email|save|listen to|gift|copy|republish|download)(?: (?:this"
        r"|the))? (?:article|story|page|post|link)"
            r"(?: (?:on|via|by|with|to) .{1,25})?",
            r"(?:share|send|post|tweet)(?: (?:this|it))? (?:on|via|by|with|to) (?:facebook|twitter|x"
            r"|whatsapp|linkedin|e-?mail"
            r"|reddit|telegram|friends|others|link)",
        r"(?:facebook|twitter|x|instagram|whatsapp|linkedin|reddit|pinterest|telegram|youtube|tiktok"
        r"|flipboard|messenger|threads|bluesky|rss|kakao ?talk|line|naver|wechat|weibo|xing)",
        r"(?:view|show|hide|read|leave|post|add|see) (?:all )?(?:a |the )?(?:\d+ )?comments?(?: \(\d+\))?"
        r"|\d[\d,.]*k? (?:comments?|shares?|likes?|views?|reads?)|comments? ?\(?\d*\)?",
        r"(?:estimated )?(?:reading time|read time):? ?\d+ ?min(?:ute)?s?|\d+[- ]min(?:ute)?s?(?: read"
        r"| listen)?|listen(?: to (?:this )?article)?[\s·(]*\d+:?\d* ?(?:min(?:ute)?s?)?\)?|audio"
        r"|a[-+]? ?a[+]?|aa",
        r"공유(?:하기)?|인쇄(?:하기)?|프린트|스크랩|댓글 ?\d*|글자\s?크기(?: ?(?:조절|설정|변경).{0,10})?"
        r"|글씨\s?(?:크기|키우기|줄이기)|카카오톡|페이스북|트위터|네이버(?: ?블로그)?|밴드|URL ?복사"
        r"|좋아요 ?\d*|기사원문|본문듣기|음성으로 듣기|가|가가",
        r"teilen|drucken|merken|per e-mail(?: teilen)?|artikel (?:teilen|merken|drucken|anhören)"
        r"|kommentare? ?\(?\d*\)?|lesezeit:? ?\d+ min(?:uten)?|\d+ min(?:uten)? lesezeit|vorlesen",
        r"partager(?: (?:sur|l'article|l’article).{0,20})?|imprimer|envoyer par e-?mail|commenter"
        r"|temps de lecture ?:? ?\d+ ?min.{0,10}|lecture \d+ min\.?|écouter|lire plus tard|offrir",
        r"compartir(?: en .{1,20})?|imprimir|guardar|comentarios? ?\(?\d*\)?|enviar por correo|escuchar"
        r"|compartilhar|condividi|stampa|commenta|deel|delen|シェア(?:する)?|ツイート|印刷|保存|共有|分享"
        r"|打印|收藏|字号",
        r"click (?:here )?to share on .{1,40}|opens? in (?:a )?new (?:window|tab)",
    )),
    Row("a time told from the moment of copying", (
        r"(?:(?:published|updated|posted|last updated)[: ]*)?(?:just now|(?:about )?(?:an?"
        r"|\d+) (?:min(?:ute)?|hour|hr|day|week)s? ago)",
        r"(?:vor|hace|il y a|há) (?:\w+ )?\d+ \w+|\d+\s?(?:분|시간|일|주)\s?전|\d+\s?(?:分|時間|小时|小時"
        r"|日|天)前",
    )),
    Row("advertising", (
        r"advertisement\s?[·|:].{1,40}",
        r"(?:\[?(?:advertisements?|advertising|ads?|sponsored(?: content)?|promoted(?: content)?"
        r"|paid content|promotion|partner content)\]?)(?: by .{1,30})?",
        r"(?:story|article|scroll|content|report) continues? (?:below|after|down).{0,40}"
        r"|continue reading below.{0,30}|(?:this )?ad(?:vertisement)? (?:will|ends|can).{0,40}"
        r"|report (?:this )?ad|skip ad|why (?:am i seeing|this) .{0,20}ad\??",
        r"광고|AD|스폰서(?:드)?|anzeige|werbung|nach der anzeige.{0,40}|publicité|la suite après (?:la"
        r"|cette) publicité|publicidad|pubblicità|advertentie|annonse?|реклама|広告|廣告|广告|إعلان|PR",
    )),
    Row("questions about cookies", (
        r"(?:we|this (?:web)?site|our (?:partners|site)) (?:and our partners )?uses? cookies.{0,400}"
        r"|by (?:continuing|using|clicking).{0,80}cookies.{0,200}|(?:cookies?|privacy) (?:policy|settings"
        r"|preferences|notice|banner).{0,40}",
        r"(?:accept|reject|manage|allow)(?: all)?(?: cookies| options| preferences)?|i agree"
        r"|agree(?: and close)?|got it|ok|(?:diese|unsere) (?:web)?seite verwendet cookies.{0,300}"
        r"|alle akzeptieren|ablehnen",
        r"(?:ce site|nous) (?:utilise|utilisons) des cookies.{0,300}|tout accepter|(?:este sitio|utilizamos"
        r"|usamos) .{0,20}cookies.{0,300}|aceptar(?: todo)?|쿠키 ?(?:설정|정책)?",
    ), 500),
    Row("the foot of the site", (
        r"(?:terms(?: of (?:use|service))?|privacy|contact(?: us)?|about(?: us)?|careers|jobs"
        r"|advertise(?: with us)?|help|faq|accessibility|sitemap|site map|feedback|impressum|datenschutz"
        r"|agb|mentions légales|aviso legal|이용약관|개인정보처리방침)(?: ?[|·•/] ?.{1,150})?",
        r"(?:report (?:a |an )?(?:typo|error|correction)|suggest a correction|got a tip\?"
        r"|send (?:us )?(?:a )?(?:tip|news tips?)|contact the (?:author|reporter|editor)).{0,80}",
        r"(?:our standards:? )?the thomson reuters trust principles\.?,?(?: opens new tab)?"
        r"|purchase licensing rights(?:,? opens new tab)?",
        r"제보(?:는|하기).{0,60}|▶.{1,80}|☞.{1,80}|(?:責任編集|责任编辑|責任編輯|编辑|編輯)[:：].{1,30}"
        r"|【?(?:編集|打印本页|关闭窗口|纠错).{0,20}】?",
        r"(?:this article|a version of this article) (?:was|appears?) (?:originally |first )?(?:published"
        r"|in print).{0,160}",
    ), 200),
    Row("a link to other stories, with its title", (
        r"(?:read more|read also|also read|read next|see also|related|more|watch|don't miss"
        r"|you may also like|must read|recommended)\s?[:：>»→|].{1,150}",
        r"(?-i:READ MORE|READ ALSO|ALSO READ|RELATED|WATCH|SEE ALSO|READ NEXT"
        r"|MUST READ)\s?[:|>»-]?\s.{1,150}",
        r"(?:lesen sie auch|lesen sie hier|lesen sie dazu|mehr zum thema|à lire aussi|lire aussi|a lire"
        r"|lee también|lea también|leia também|leggi anche|lees ook|читайте также|あわせて読みたい|関連記事"
        r"|관련\s?기사|관련\s?뉴스|延伸阅读|延伸閱讀|相关阅读|اقرأ أيضا)\s?[:：>»→|].{1,150}",
        r"(?:read more|read full story|continue reading|show more|load more|see more|more (?:on"
        r"|from) .{2,40}|click here.{0,40}|read the full (?:story|article).{0,40}|더\s?보기|mehr(?: lesen)?"
        r"|weiterlesen|lire la suite|leer más|続きを読む|もっと見る|查看更多)(?: ?[›»→>…]+|\.{3})?",
    ), 200),
)  # fmt: skip

RELATED = (
    r"(?:related|recommended|popular|trending|latest|further|top|more|other|featured"
    r"|similar)(?: (?:articles?|stor(?:y|ies)|news|topics?|posts?|content|links?|coverage|reading|now"
    r"|videos?|headlines))?:?",
    r"most (?:read|popular|viewed|shared|commented|watched)(?: .{1,20})?|more (?:on this(?: story| topic)?"
    r"|like this|stories|news|coverage|from .{2,30}|in .{2,30})|you (?:may|might) (?:also )?(?:like"
    r"|be interested in)|what to read next|read (?:next|more|also)|editors?[’']?s? picks?"
    r"|recommended for you|around the web|from our partners|in this story|don't miss|up next"
    r"|around the bbc",
    r"관련\s?(?:기사|뉴스)|많이\s?본\s?(?:뉴스|기사)|실시간\s?(?:뉴스|인기).{0,6}|인기\s?(?:기사|뉴스)"
    r"|추천\s?(?:기사|뉴스)|주요\s?(?:뉴스|기사)|핫\s?이슈|오늘의\s?(?:주요\s?)?뉴스"
    r"|함께\s?볼\s?만한\s?기사|이\s?시각\s?(?:주요\s?)?뉴스|헤드라인",
    r"mehr zum thema|lesen sie auch|das könnte sie (?:auch )?interessieren|meistgelesen(?:e artikel)?"
    r"|weitere (?:artikel|themen|meldungen)|verwandte (?:artikel|themen)|empfohlene artikel"
    r"|auch interessant",
    r"(?:à|a) lire (?:aussi|également)|sur le même (?:sujet|thème)|les plus lus|articles (?:liés|similaires"
    r"|recommandés)|dans la même rubrique|nos recommandations",
    r"noticias relacionadas|artículos relacionados|lo más (?:leído|visto)|te puede interesar|más noticias"
    r"|más información|lee también|notícias relacionadas|mais lidas|leia (?:também|mais)|articoli correlati"
    r"|leggi anche|i più letti|lees ook|meest gelezen|читайте также",
    r"関連(?:記事|ニュース|リンク)|あわせて読みたい|おすすめ(?:記事)?|(?:アクセス)?ランキング|相关(?:新闻"
    r"|阅读|报道|文章)|相關(?:新聞|文章|報導)|延伸(?:阅读|閱讀)|热门(?:文章|新闻)|推荐阅读|مواضيع ذات صلة"
    r"|اقرأ أيضا",
)  # fmt: skip
PAGE_END = (
    r"(?:\d[\d,]* )?comments?(?: \(\d+\))?|(?:leave|post|add|write) a (?:comment|reply)"
    r"|join the (?:conversation|discussion)|reader comments|댓글(?: ?\d+개?)?|댓글 ?쓰기|kommentare"
    r"|commentaires|comentarios|コメント|评论|評論",
    r"(?:all )?(?:site )?footer|site map|관련 태그|기자 프로필|이 기자의 (?:다른|최신) ?(?:기사"
    r"|뉴스).{0,10}",
)  # fmt: skip

CREDIT = (
    r"[(\[]?(?:photos?|photograph|image|picture|illustration|graphic|video|foto|fotos|bild|photo credit"
    r"|image credit|crédit photo|crédito|credits?|image source|source photo)\s?(?:by|[:：,/©]"
    r"|credit:?)\s?.{1,120}",
    r"(?:image|photo|video|media) caption,?\s?.{1,300}|(?:file|handout|representational|representative"
    r"|archive) (?:photo|image|picture)s?\.?(?: .{1,80})?|getty images|shutterstock|istock.{0,20}",
    r"\[?\(?(?:사진|그래픽|자료|영상|일러스트)\s?[=:/].{1,100}|사진\s?(?:제공|출처|은).{0,80}|/?(?:연합뉴스"
    r"|뉴스1|뉴시스|게티이미지(?:뱅크|코리아)?)(?: ?(?:제공|자료사진))?|[▲△▼▽].{1,250}",
    r"(?:©|\(c\)|ⓒ)\s?(?:reuters|afp|ap|getty|epa|dpa|imago|picture alliance|연합뉴스|뉴시스"
    r"|뉴스1)\b.{0,60}|\[?写真[:：＝=／].{1,80}|［?図解.{0,40}|(?:图|圖|图片来源|資料照片"
    r"|资料图)[:：/].{1,80}",
    r".{1,280}[\s(/\[](?:AP Photo(?:/.{1,60})?|(?:AFP|EPA|Anadolu)?(?: ?via ?)?Getty Images(?:/.{1,40})?"
    r"|REUTERS/.{1,40}|EPA-EFE.{0,40}|AFP/.{1,40}|PA Wire|PA Media|AAP Image.{0,40}"
    r"|Shutterstock(?:/.{1,30})?)[)\]]?\.?",
    r".{1,280}\((?:photo|file photo|image|picture|photo by|photo courtesy|courtesy|foto|사진|사진제공"
    r"|写真)(?:\s?[:=/＝]|\s)?.{0,80}\)\.?|.{1,280}\s(?:Photograph|Photo|Foto|Bild|Credit"
    r"|Image): ?[A-ZÀ-Þ].{1,80}",
    r".{1,280}[\[(/]?사진\s?[=:].{1,60}[\])]?|.{1,250}[\[(](?:연합뉴스|뉴시스|뉴스1|AP뉴시스|AFP연합뉴스"
    r"|로이터연합뉴스|게티이미지)(?: ?(?:제공|자료사진|사진))?[\])]",
)  # fmt: skip
COPYRIGHT = (
    r"[\[<(]?(?:copyrights?|저작권자?|著作権|版权)\b.{0,200}|[\[<(]?(?:저작권자|著作権|版权所有).{0,200}"
    r"|[\[<(]?(?:©|ⓒ|\([cC]\)).{1,200}",
    r".{0,150}(?:all rights reserved|무단\s?(?:전재|복제|배포)|無断(?:転載|複製)|禁无断转载|未经授权"
    r"|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados"
    r"|todos os direitos reservados|tutti i diritti riservati|alle rechten voorbehouden"
    r"|все права защищены).{0,120}",
    r"this material may not be published, broadcast.{0,120}",
)  # fmt: skip
