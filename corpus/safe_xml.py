"""XML from strangers: no entities of its own, nothing fetched, a bounded size.

A bare DOCTYPE (NITF and RSS 0.91 carry one) is let through; its DTD is never loaded. What it may not do
is declare entities: that is what billion laughs and the reading of local files are made of.
"""

from __future__ import annotations

import re
from typing import Any

from corpus.errors import UnreadableSource
from corpus.source import decode

XML_MOST = 256 * 2**20
DEPTH_MOST = 200
# feedparser looks an attribute's name up among all of the element's, which takes their number squared.
ATTRIBUTES_MOST = 1_000
_DECLARES = re.compile(r"<!(ENTITY|NOTATION)\b", re.IGNORECASE)
_COMMENTS = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)


def check(content: bytes, uri: str) -> None:
    """Raises UnreadableSource, naming the attack, when the document declares or fetches entities.

    Says nothing about whether it is well formed: a broken feed may still be readable to its reader.
    """
    if len(content) > XML_MOST:
        raise UnreadableSource(uri, f"an XML document above {XML_MOST:,} bytes; split it")
    import defusedxml.ElementTree as safe
    from defusedxml.common import (
        DefusedXmlException,
        EntitiesForbidden,
        ExternalReferenceForbidden,
    )

    parser = safe.DefusedXMLParser(target=_Depth(uri), forbid_dtd=False)
    try:
        parser.feed(content)
        parser.close()
    except EntitiesForbidden as error:
        raise UnreadableSource(
            uri, f"the XML declares its own entity {error.name!r}, which may be a bomb or read local files"
        ) from error
    except ExternalReferenceForbidden as error:
        raise UnreadableSource(uri, f"the XML refers to {error.sysid!r} outside itself") from error
    except DefusedXmlException as error:
        raise UnreadableSource(uri, f"unsafe XML: {error}") from error
    except (SyntaxError, ValueError, LookupError):
        # expat stopped at a fault or an encoding it does not know; what it did not see is looked at here.
        if _DECLARES.search(_COMMENTS.sub("", decode(content)[0])):
            raise UnreadableSource(
                uri, "the XML declares its own entities, which may be a bomb or read local files"
            ) from None


def parse(content: bytes, uri: str) -> Any:
    """The root element (lxml) of a document that `check` lets through.

    Raises UnreadableSource for an unsafe document and for one that is not well formed.
    """
    from lxml import etree

    check(content, uri)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UnreadableSource(uri, f"the XML is not well formed: {error}") from error
    if root is None:
        raise UnreadableSource(uri, "the XML holds no element")
    return root


class _Depth:
    """A parser's target that keeps nothing and refuses what is nested beyond any document."""

    def __init__(self, uri: str):
        self._uri, self._depth = uri, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH_MOST:
            raise UnreadableSource(self._uri, f"the XML is nested more than {DEPTH_MOST} deep")
        if len(attributes) > ATTRIBUTES_MOST:
            raise UnreadableSource(self._uri, f"an element has more than {ATTRIBUTES_MOST:,} attributes")

    def end(self, tag: str) -> None:
        self._depth -= 1

    def close(self) -> None:
        return None
