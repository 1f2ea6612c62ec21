"""An article as it is stored beside the index: one JSON object, UTF-8, the fields of corpus.article.Article.

Programs that open the index with Whoosh read it as JSON. msgspec writes and reads it without a step in
Python; what RFC 3339 or UTF-8 cannot say (an offset with seconds, half of a surrogate pair) is written as
article_to_dict gives it.
"""

from __future__ import annotations

import json

import msgspec

from corpus.article import Article, Dated, article_from_dict, article_to_dict

# All fields in their order, empty ones too: 2.3 microseconds to write an article of 3,150 bytes, 5.2 to read
# it. Without the empty ones it is 2.5 and 7.3; by way of dictionaries and the json module 17 and 34.
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Article)


def encode(article: Article) -> bytes:
    """The bytes that `decode` reads."""
    try:
        if _plain(article.published) and _plain(article.updated):
            return _encoder.encode(article)
    except UnicodeEncodeError:
        pass
    text = json.dumps(article_to_dict(article), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def decode(stored: bytes) -> Article:
    """The article that `encode` was given; ValueError or TypeError when the bytes hold none."""
    try:
        return _decoder.decode(stored)
    except ValueError:
        values = json.loads(stored.decode("utf-8", "surrogatepass"))
        if not isinstance(values, dict):
            raise
        try:
            return article_from_dict(values)
        except AttributeError as error:
            raise TypeError(str(error)) from error


def _plain(dated: Dated | None) -> bool:
    """Whether the offset is one of whole minutes, as those of RFC 3339 are."""
    if dated is None or dated.value is None:
        return True
    offset = dated.value.utcoffset()
    return offset is not None and not offset.seconds % 60
