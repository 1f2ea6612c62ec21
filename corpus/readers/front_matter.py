"""Header lines that people and scripts put above a saved text: `Title: ...`, `Author: ...`, `---` or not."""

from __future__ import annotations

import re

# The names of api.md's fields, and what people call them at the head of a file.
_KEYS = {
    "headline": "title headline heading 제목 titel titre título titolo 标题 標題 タイトル 見出し",
    "by": "author authors byline by writer reporter 기자 작성자 autor auteur autore 作者 記者 著者",
    "published": "date published pubdate datepublished publication-date posted 날짜 작성일 입력 발행일 "
    "datum fecha 日期 日付 公開日",
    "updated": "updated modified last-updated datemodified 수정 수정일 更新日",
    "source": "source publisher publication outlet newspaper site 출처 매체 언론사 quelle fuente 来源 出典 "
    "媒体",
    "original_url": "url link original-url permalink canonical 링크 주소",
    "section": "section category rubric 섹션 분류 rubrik rubrique sección",
    "keywords": "tags keywords topics 키워드 태그 schlagwörter",
    "summary": "summary description subtitle standfirst abstract dek 요약 부제 부제목",
    "located": "location dateline place 장소",
    "language": "language lang 언어",
    "copyright": "copyright rights",
    "body": "body text content article 본문 내용",
}
_FIELD_OF = {word: field for field, words in _KEYS.items() for word in words.split()}
_LINE = re.compile(r"^(?P<key>[^\W\d_][\w \-]{0,22}?)\s?[:：]\s*(?P<value>.*)$")


def split_front_matter(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The fields of the header lines, and the lines below them.

    It is a header when it stands between two `---`, or begins with a title, or has two lines or more with
    a source, an author or a link among them; a copied page's own `Published: ...` is none.

    >>> split_front_matter(["Title: Fog", "Author: Jane Doe", "All was grey."])
    ({'headline': 'Fog', 'by': 'Jane Doe'}, ['All was grey.'])
    """
    fenced = bool(lines) and re.fullmatch(r"-{3,}|\+{3,}", lines[0]) is not None
    fields: dict[str, str] = {}
    at = int(fenced)
    field: str | None = None
    while at < len(lines):
        if fenced and field and lines[at].startswith("- "):
            fields[field] = ", ".join(filter(None, (fields.get(field, ""), lines[at][2:].strip("\"' "))))
            at += 1
            continue
        found = _LINE.match(lines[at])
        field = _FIELD_OF.get(found["key"].strip().casefold().replace(" ", "-")) if found else None
        if found is None or (field is None and not fenced):
            break
        if field == "body":
            rest = [found["value"], *lines[at + 1 :]]
            return (fields, [line for line in rest if line]) if fields else ({}, lines)
        if field and found["value"]:
            fields.setdefault(field, found["value"].strip().strip("\"'"))
        at += 1
    if fenced:
        # Items of a list stand below their key; anything else between the fences makes it a story's rule.
        while at < len(lines) and (lines[at].startswith("- ") or _LINE.match(lines[at])):
            at += 1
        closed = bool(fields) and at < len(lines) and re.fullmatch(r"-{3,}|\+{3,}", lines[at])
        return (fields, lines[at + 1 :]) if closed else ({}, lines)
    telling = {"headline", "source", "original_url"} & fields.keys()
    if "headline" in fields or (telling and len(fields) >= 2):
        return fields, lines[at:]
    return {}, lines
