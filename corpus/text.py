"""Text as people wrote it: markup out, entities resolved, white space folded, Unicode NFC."""

from __future__ import annotations

import re
import unicodedata
from html.entities import html5
from itertools import pairwise
from typing import Any

import numpy as np

# What UTF-8 looks like when it was read as Latin-1 or windows-1252: a lead byte's character and as many
# characters of continuation bytes as the lead asks for. It only opens the way to ftfy, which decides.
_CONTINUES = (
    "[\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_MOJIBAKE = re.compile(f"[\xc2-\xdf]{_CONTINUES}|[\xe0-\xef]{_CONTINUES}{{2}}|[\xf0-\xf4]{_CONTINUES}{{3}}")
# In UTF-8 each of those leads is C3 and one more byte, and a C2, C5, C6, CB or E2 begins what continues.
_MAYBE_MOJIBAKE = re.compile(rb"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]")
# The letter stands first, what goes before it is looked at from there: fifty times as fast.
_LOST_APOSTROPHE = re.compile(
    r"â(?:(?<=[A-Za-z]â)(?=(?:s|t|re|ve|ll|d|m)\b)|(?<=[a-z]sâ)(?=\s)|(?<=\bOâ)(?=[A-Z]))"
)
_LOST_MARKS = (
    (re.compile(r"â(?:(?<=[.,!?]â)\??(?=\s|$)|(?<=\wâ)\?)"), "”"),
    (re.compile(r"â(?:(?<=\sâ)|(?<=^â))(?=[A-Z])", re.MULTILINE), "“"),
    (re.compile(r"â(?<=\sâ)(?=\s)"), "—"),
)
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Dropped: controls, soft hyphen, zero-width space, word joiner, byte order mark, and the marks that turn
# the direction of text. Kept: tab and line ends (they are space), joiners, private use.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# The joiners belong to Persian, to Indic scripts and to emoji; between Latin letters they are litter.
_JOINERS = re.compile(
    "[\u200c\u200d](?<![\u0590-\u1fff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff][\u200c\u200d])"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n\s*\n")
# Scripts written without spaces between words; a word of them is counted as one character of Han or
# Kana. Hangul has spaces and counts by them.
_UNSPACED = re.compile(
    "[\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)

# The pattern takes 20 microseconds for 2,700 characters, a look for these bytes in its UTF-8 form two: with
# one of them Han and Kana begin, and no letter of Europe. The last two begin emoji too, and what stands for a
# lost character.
_UNSPACED_LEADS = tuple(bytes([lead]) for lead in (*range(0xE3, 0xEA), 0xEF, 0xF0))
_MAYBE_UNSPACED = re.compile(rb"[\xe3-\xe9]|\xef[\xa4-\xab]|\xf0[\xa0-\xbf]")
# Of a text of 2,500 characters numpy sees in 6 microseconds what methods of str see in 16; below so many
# characters it is the slower one.
_SHORT = 400
# Of each byte of UTF-8 whether it is a space or line end, or else another control.
_CONTROL = b"\2"
_KINDS = bytes(1 if code in b" \n" else 2 if code < 0x20 or code == 0x7F else 0 for code in range(256))
# Dashes between spaces, no two of which share one. The hyphen or dash stands first in each pattern, because
# the letter before is looked at only where there is one.
_LONE_HYPHEN = re.compile(rb"-(?<= -)(-?)(?= )(?: -\1(?= ))?")
_LONE_DASH = re.compile(rb"\xe2(?<= \xe2)\x80([\x93\x94])(?= )(?: \xe2\x80\1(?= ))?")

_HTML_SKIPPED = {
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "head", "title",
    "select", "button", "textarea", "form",
}  # fmt: skip
_HTML_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "br", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li",
    "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
}  # fmt: skip


def repair(text: str) -> str:
    """Mojibake undone, line by line, where ftfy is sure of it; good text is the same object again.

    >>> repair("Beijingâ\\x80\\x99s answer"), repair("Élysée, “MENÜ”")
    ('Beijing’s answer', 'Élysée, “MENÜ”')
    """
    return text if text.isascii() else _repaired(text, _utf8(text))


def _repaired(text: str, encoded: bytes) -> str:
    if not _MAYBE_MOJIBAKE.search(encoded):
        return text
    if _MOJIBAKE.search(text):
        from ftfy import fix_encoding

        text = "\n".join(fix_encoding(line) if _MOJIBAKE.search(line) else line for line in text.split("\n"))
    # windows-1252 has no character for 9D, the last byte of a closing quotation mark: what goes missing.
    return text.replace("â€", "”") if "â€" in text else text


def restore_lost(text: str) -> str:
    """English whose typographic marks were cut down to their first byte, read as Latin-1 ("thatâs").

    Only where an apostrophe was lost before an English ending, which no English word with â looks like;
    then the text's quotation marks and dashes were lost too.

    >>> restore_lost("âIt wonât,â? she said â twice."), restore_lost("a château, s’il vous plaît")
    ('“It won’t,” she said — twice.', 'a château, s’il vous plaît')
    """
    if "â" not in text or not _LOST_APOSTROPHE.search(text):
        return text
    text = _LOST_APOSTROPHE.sub("’", text)
    for pattern, mark in _LOST_MARKS:
        text = pattern.sub(mark, text)
    return text


def unescape(text: str) -> str:
    """Character references resolved once, only whole ones that exist.

    >>> unescape("AT&T &amp; Q&A;&#8217;s 1 < 2 &notit; &amp;lt;")
    'AT&T & Q&A;’s 1 < 2 &notit; &lt;'
    """
    return _ENTITY.sub(_resolved, text) if "&" in text else text


def _resolved(match: re.Match[str]) -> str:
    name = match[1]
    if name[0] != "#":
        return html5.get(name + ";", match[0])
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    if 0x80 <= number <= 0x9F:
        # Pages mean windows-1252 by these (HTML Standard, numeric character reference end state).
        return bytes([number]).decode("cp1252", "ignore")
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def clean(text: str) -> str:
    """The text on one line: repaired, entities resolved, controls dropped, white space folded, NFC.

    >>> clean(" AT&amp;T\\u00a0says\\n1 < 2\\u200b ")
    'AT&T says 1 < 2'
    """
    if text.isascii() and text.isprintable() and "&" not in text and "  " not in text:
        return text.strip(" ")
    return tidy(unescape(repair(text)))


def tidy(text: str) -> str:
    """The text on one line without resolving entities; giving it its own result changes nothing."""
    # Printable text holds no control, no zero-width character and no space but " ".
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip(" ")
    return " ".join(normal(text).split())


def paragraphs(text: str) -> str:
    """The text's paragraphs, one a line, cleaned as `clean` does.

    A blank line parts paragraphs, and lines that were wrapped at a width between blank lines are joined
    again. Without blank lines every line is a paragraph.

    >>> paragraphs("One.\\n\\n  Two\\u00a0words.\\n"), paragraphs("One.\\nTwo.")
    ('One.\\nTwo words.', 'One.\\nTwo.')
    """
    return paragraphs_and_words(text)[0]


def paragraphs_and_words(text: str) -> tuple[str, int]:
    """What `paragraphs` and `word_count` say of the text, in one look at it."""
    encoded, given = _utf8(text), text
    if len(encoded) != len(text):
        text = _repaired(text, encoded)
    text = _trimmed(unescape(text))
    if text is not given:
        encoded = _utf8(text)
    gaps = _gaps(text, encoded)
    if gaps is None:
        text = _tidied(text, unwrap=True)
        return text, word_count(text, tidied=True)
    return text, _words(text, encoded, gaps)


def tidy_paragraphs(text: str, *, unwrap: bool = True) -> str:
    """Paragraphs without resolving entities; giving it its own result changes nothing."""
    text = _trimmed(text)
    return text if _gaps(text, _utf8(text)) is not None else _tidied(text, unwrap)


def _trimmed(text: str) -> str:
    # What most often keeps a text from being tidy; to all that follows it is a space.
    return text.replace("\xa0", " ").strip(" \n")


def _gaps(text: str, encoded: bytes) -> int | None:
    """How many spaces and line ends are in these paragraphs if they are tidy; None if they are not."""
    if len(text) < _SHORT:
        flat = text.replace("\n", " ")
        # Of a flat text every untidiness is two spaces.
        tidy = flat.isprintable() and "  " not in flat and unicodedata.is_normalized("NFC", text)
        return flat.count(" ") if tidy else None
    kinds = encoded.translate(_KINDS)
    gap = np.frombuffer(kinds, np.bool_)
    if _CONTROL in kinds or np.count_nonzero(gap[1:] & gap[:-1]):
        return None
    gaps = int(np.count_nonzero(gap))
    if len(encoded) == len(text):
        return gaps
    tidy = text.replace("\n", "").isprintable() and unicodedata.is_normalized("NFC", text)
    return gaps if tidy else None


def _tidied(text: str, unwrap: bool) -> str:
    text = normal(text)
    wrapped = unwrap and _BLANK_LINES.search(text.strip())
    return "\n".join(filter(None, _unwrapped(text) if wrapped else map(_tidy_line, text.split("\n"))))


def _tidy_line(line: str) -> str:
    return " ".join(line.split())


def normal(text: str) -> str:
    """NFC, line ends as "\\n", controls and zero-width characters dropped; spaces stay as they are."""
    # All that is dropped or replaced is not printable.
    if not text.replace("\n", "").isprintable():
        text = _LINE_ENDS.sub("\n", text)
        text = _DROPPED.sub("", text)
        if "\u200c" in text or "\u200d" in text:
            text = _JOINERS.sub("", text)
        text = _SURROGATES.sub("\ufffd", text)
    return unicodedata.normalize("NFC", text)


def _unwrapped(text: str) -> list[str]:
    blocks = [[_tidy_line(line) for line in block.split("\n")] for block in _BLANK_LINES.split(text)]
    width = max((len(line) for block in blocks for line in block), default=0)
    joined: list[str] = []
    for block in blocks:
        block = [line for line in block if line]
        if len(block) > 1 and _is_wrapped(block, width):
            joined.append(_joined(block))
        else:
            joined.extend(block)
    return joined


def _is_wrapped(lines: list[str], width: int) -> bool:
    # A line was wrapped when the next line's first word would not have fitted; tools differ by a few
    # columns, and above 120 columns nobody wraps by hand.
    if not 40 <= width <= 120:
        return False
    return all(
        len(line) + 1 + len(following.split(" ", 1)[0]) > width - 6 for line, following in pairwise(lines)
    )


def _joined(lines: list[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        unspaced = _UNSPACED.match(text[-1]) or _UNSPACED.match(line[0])
        hyphen = text[-1] == "-" and text[-2:-1].isalpha() and line[0].islower()
        text += line if unspaced or hyphen else " " + line
    return text


def markup_out(markup: str) -> str:
    """The paragraphs of a piece of HTML; what script, style and forms hold is left out.

    >>> markup_out("<p>Tea &amp; toast<script>x()</script></p>two<br>three")
    'Tea & toast\\ntwo\\nthree'
    """
    if "<" not in markup and "&" not in markup and markup.isprintable():
        # Most lines of a body that has a few tags, each 20 microseconds of lxml.
        return _shown(markup)
    from lxml import etree, html

    if not markup.strip():
        return ""
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.fromstring(f"<div>{normal(markup)}</div>", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return tidy_paragraphs(re.sub(r"<[^>]*>", " ", markup))
    return _shown(_pieces(root).replace("\n", " "))


def text_of(root: Any) -> str:
    """The paragraphs of parsed HTML, an lxml element, in which a line end of any kind is a space."""
    return _shown(" ".join(_pieces(root).splitlines()))


# Where a line ends in HTML; no text that lxml parsed has this character.
_BREAK = "\0"


def _shown(pieces: str) -> str:
    return tidy_paragraphs(repair(pieces.replace(_BREAK, "\n")), unwrap=False)


def _pieces(root: Any) -> str:
    from lxml import etree

    pieces: list[str] = []
    skipping = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
        tag = element.tag
        block = tag in _HTML_BLOCKS
        if event == "start":
            skipping += tag in _HTML_SKIPPED
            if skipping:
                continue
            if block:
                pieces.append(_BREAK)
            if element.text:
                text = element.text
                pieces.append(_LINE_ENDS.sub(_BREAK, text).replace("\n", _BREAK) if tag == "pre" else text)
        else:
            skipping -= tag in _HTML_SKIPPED
            if skipping:
                continue
            if block:
                pieces.append(_BREAK)
            if element.tail and element is not root:
                pieces.append(element.tail)
    return "".join(pieces)


def word_count(text: str, *, tidied: bool = False) -> int:
    """How many words: what stands between spaces, dashes aside; each character of Han or Kana is one.

    `tidied` text has been through `clean` or `paragraphs`, which makes counting twice as fast.

    >>> word_count("Seoul — 서울 시장 said"), word_count("東京で会う")
    (4, 5)
    """
    if not text:
        return 0
    encoded = _utf8(text)
    return _words(text, encoded, _gaps(text, encoded) if tidied else None)


def _words(text: str, encoded: bytes, gaps: int | None) -> int:
    if not text:
        return 0
    unspaced = 0
    if len(encoded) != len(text) and _may_be_unspaced(encoded):
        text, unspaced = _UNSPACED.subn(" ", text)
        encoded, gaps = _utf8(text), gaps if not unspaced else None
    # Every run of text that `tidy` left has one space or line end before it.
    words = len(text.split()) if gaps is None else gaps + 1
    return words - _lone_dashes(encoded) + unspaced


def _lone_dashes(encoded: bytes) -> int:
    dashes = 0 if encoded.isascii() else len(_LONE_DASH.findall(encoded))
    return dashes + len(_LONE_HYPHEN.findall(encoded))


def _may_be_unspaced(encoded: bytes) -> bool:
    found = any(map(encoded.__contains__, _UNSPACED_LEADS))
    return found and _MAYBE_UNSPACED.search(encoded) is not None


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
