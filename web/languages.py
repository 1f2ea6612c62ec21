"""Names of languages for people: the English name and the language's own.

Autonyms and English names are those of the Unicode CLDR for the languages news is commonly written in; any
other code is shown as the code it is.
"""

from __future__ import annotations

LANGUAGES: dict[str, tuple[str, str]] = {
    "af": ("Afrikaans", "Afrikaans"), "am": ("Amharic", "አማርኛ"), "ar": ("Arabic", "العربية"),
    "az": ("Azerbaijani", "azərbaycan"), "be": ("Belarusian", "беларуская"), "bg": ("Bulgarian", "български"),
    "bn": ("Bangla", "বাংলা"), "bs": ("Bosnian", "bosanski"), "ca": ("Catalan", "català"),
    "cs": ("Czech", "čeština"), "cy": ("Welsh", "Cymraeg"), "da": ("Danish", "dansk"),
    "de": ("German", "Deutsch"), "el": ("Greek", "Ελληνικά"), "en": ("English", "English"),
    "es": ("Spanish", "español"), "et": ("Estonian", "eesti"), "eu": ("Basque", "euskara"),
    "fa": ("Persian", "فارسی"), "fi": ("Finnish", "suomi"), "fr": ("French", "français"),
    "ga": ("Irish", "Gaeilge"), "gl": ("Galician", "galego"), "gu": ("Gujarati", "ગુજરાતી"),
    "he": ("Hebrew", "עברית"), "hi": ("Hindi", "हिन्दी"), "hr": ("Croatian", "hrvatski"),
    "hu": ("Hungarian", "magyar"), "hy": ("Armenian", "հայերեն"), "id": ("Indonesian", "Indonesia"),
    "is": ("Icelandic", "íslenska"), "it": ("Italian", "italiano"), "ja": ("Japanese", "日本語"),
    "ka": ("Georgian", "ქართული"), "kk": ("Kazakh", "қазақ тілі"), "km": ("Khmer", "ខ្មែរ"),
    "kn": ("Kannada", "ಕನ್ನಡ"), "ko": ("Korean", "한국어"), "lt": ("Lithuanian", "lietuvių"),
    "lv": ("Latvian", "latviešu"), "mk": ("Macedonian", "македонски"), "ml": ("Malayalam", "മലയാളം"),
    "mr": ("Marathi", "मराठी"), "ms": ("Malay", "Melayu"), "nb": ("Norwegian Bokmål", "norsk bokmål"),
    "ne": ("Nepali", "नेपाली"), "nl": ("Dutch", "Nederlands"), "nn": ("Norwegian Nynorsk", "norsk nynorsk"),
    "no": ("Norwegian", "norsk"), "pa": ("Punjabi", "ਪੰਜਾਬੀ"), "pl": ("Polish", "polski"),
    "ps": ("Pashto", "پښتو"), "pt": ("Portuguese", "português"), "ro": ("Romanian", "română"),
    "ru": ("Russian", "русский"), "sk": ("Slovak", "slovenčina"), "sl": ("Slovenian", "slovenščina"),
    "sq": ("Albanian", "shqip"), "sr": ("Serbian", "српски"), "sv": ("Swedish", "svenska"),
    "sw": ("Swahili", "Kiswahili"), "ta": ("Tamil", "தமிழ்"), "te": ("Telugu", "తెలుగు"),
    "th": ("Thai", "ไทย"), "tr": ("Turkish", "Türkçe"), "uk": ("Ukrainian", "українська"),
    "ur": ("Urdu", "اردو"), "uz": ("Uzbek", "o‘zbek"), "vi": ("Vietnamese", "Tiếng Việt"),
    "zh": ("Chinese", "中文"), "zu": ("Zulu", "isiZulu"),
}  # fmt: skip
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur", "yi", "dv", "ug", "sd", "ckb"})


def language_label(tag: str) -> str:
    """What people call the language; the tag itself when it is none of ours.

    >>> language_label("ko"), language_label("en"), language_label("pt-BR"), language_label("tlh")
    ('Korean (한국어)', 'English', 'Portuguese (português), BR', 'tlh')
    """
    base, _, rest = tag.partition("-")
    names = LANGUAGES.get(base.casefold())
    if names is None:
        return tag
    english, own = names
    label = english if own == english else f"{english} ({own})"
    return f"{label}, {rest}" if rest else label


def direction(tag: str) -> str:
    """`rtl` or `ltr` for a language; `auto`, by the text's first strong letter, when it is not known.

    >>> direction("ar-EG"), direction("ko"), direction("")
    ('rtl', 'ltr', 'auto')
    """
    base = tag.partition("-")[0].casefold()
    if not base:
        return "auto"
    return "rtl" if base in RIGHT_TO_LEFT else "ltr"
