"""The words papers print before a date: `Published:`, `기사입력`, `Stand:`, `Mis à jour le`.

One table for all languages, because a page in one language often keeps its content system's English labels.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["published", "updated", ""]

# Longest forms first within a row, so that what follows a label is a date and not the rest of the label.
_PUBLISHED = (
    r"(?:first |originally |date )?(?:published|posted|issued|released|created)(?: date| time| at)?",
    r"publication(?: date)?|publish(?:ed)? date|pub(?:lication)?\.? date|web posted|date of publication",
    r"date(?: posted)?|dated|filed|time|print edition",
    r"(?:기사\s?)?(?:최초\s?)?(?:입력|등록|작성|발행|송고|게재|승인|출고)(?:\s?(?:일시|일자|일|시간|시각))?|날짜",
    r"(?:公開|掲載|投稿|配信|発行|発表|发表|发布|發布|發表|刊登|发稿|来源时间)(?:日時?|時間|时间)?|日付|日期|时间",
    r"(?:veröffentlicht|erstellt|publiziert|erschienen|datum)(?: am)?|vom",
    r"(?:publié|posté|paru|créé|mis en ligne)e?(?: le)?|publication|date de publication",
    r"(?:publicad[oa]|cread[oa]|fecha(?: de publicación)?|data(?: de publicação)?)(?: el| em| a las)?",
    r"(?:pubblicat[oa]|data)(?: il)?|gepubliceerd(?: op)?|geplaatst(?: op)?",
    r"publicerad|publisert|udgivet|julkaistu|opublikowano|publikováno|zveřejněno",
    r"közzétéve|yayınlanma(?: tarihi)?",
    r"опубликовано|дата(?: публикации)?|опубліковано",
    r"نُ?شر(?: في)?|تاريخ النشر|פורסם",
)
_UPDATED = (
    r"(?:page |page last |last |latest )?(?:updated?|modified|revised|edited)(?: date| time| on| at)?",
    r"last update|modification date|update time",
    r"(?:기사\s?)?(?:최종\s?)?(?:수정|업데이트|갱신)(?:\s?(?:일시|일자|일|시간|시각))?",
    r"(?:最終)?(?:更新|修正)(?:日時?|時間|时间)?|修改时间",
    r"(?:zuletzt |letzte )?(?:aktualisiert|aktualisierung|geändert|stand|update)(?: am)?",
    r"(?:mis à jour|modifié|actualisé)e?(?: le)?|(?:dernière )?mise à jour(?: le)?",
    r"(?:última )?(?:actualizad[oa]|actualización|modificad[oa])(?: el| a las)?",
    r"(?:última )?(?:atualizad[oa]|atualização|modificad[oa])(?: em| às)?",
    r"(?:ultimo )?aggiornat?o?(?:mento)?(?: il)?|(?:laatst )?(?:bijgewerkt|gewijzigd)(?: op)?",
    r"(?:senast )?uppdaterad|oppdatert|opdateret|päivitetty|aktualizacja",
    r"aktualizováno|frissítve|güncelleme(?: tarihi)?",
    r"обновлено|оновлено|آخر تحديث|تحديث|تم التحديث|עודכן",
)
_AFTER = r"(?=[\s:：.,|/\d(]|$)[\s:：.,|/\-–]*(?:(?:on|at|the|am|le|el|em|il|op|den)\s)?"
_BEFORE = r"^[\s|·•\-–—(\[【■▲▶]*"
# For lines where the second of two dates follows the first without a separator.
UPDATED = "|".join(_UPDATED)
_LABELS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("updated", re.compile(f"{_BEFORE}(?:{UPDATED}){_AFTER}", re.IGNORECASE)),
    ("published", re.compile(f"{_BEFORE}(?:{'|'.join(_PUBLISHED)}){_AFTER}", re.IGNORECASE)),
    ("", re.compile(f"{_BEFORE}on{_AFTER}", re.IGNORECASE)),
)
_EDGES = " \t,;|·•:：()[]【】<>-–—/"


def split_label(text: str) -> tuple[Kind, str]:
    """What a date is said to be the date of, and the text after the label.

    >>> split_label("Last updated: 3 May 2025 at 02:47 BST")
    ('updated', '3 May 2025 at 02:47 BST')
    >>> split_label("3 May 2025")
    ('', '3 May 2025')
    """
    kind: Kind = ""
    while True:
        for meaning, pattern in _LABELS:
            if (found := pattern.match(text)) and found.end():
                kind, text = kind or meaning, text[found.end() :]
                break
        else:
            return kind, text.strip(_EDGES)
