"""Addresses as values: the parameters of one search, and the links that change one thing in it.

A page's state is its URL and nothing else, so every control on the page is a link or a form made here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

# These say where in the result the reader is; any other change begins again at the first result.
PLACE = ("page", "cursor")

Pairs = tuple[tuple[str, str], ...]


# The links of one page differ in one parameter each, and a hundred of them write the others too.
@functools.lru_cache(maxsize=1024)
def _written(pair: tuple[str, str]) -> str:
    return "=".join([quote(part, safe="~:,") for part in pair])


@dataclass(frozen=True, slots=True)
class Address:
    """The parameters of a search in order, each change giving a new one.

    >>> here = Address((("q", "ferry"), ("source", "donga"), ("page", "3")))
    >>> str(here.adding("source", "gazette"))
    'q=ferry&source=donga&source=gazette'
    >>> str(here.without("source", "donga")), str(here.setting(page="4"))
    ('q=ferry', 'q=ferry&source=donga&page=4')
    """

    pairs: Pairs = ()

    def __str__(self) -> str:
        return "&".join([_written(pair) for pair in self.pairs])

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.pairs if key == name)

    def setting(self, **values: str | None) -> Address:
        """Each parameter given the one value, or taken out for None or ""."""
        kept = [(key, value) for key, value in self._kept(values) if key not in values]
        return Address((*kept, *((key, value) for key, value in values.items() if value)))

    def adding(self, name: str, value: str) -> Address:
        """The parameter given one more value."""
        kept = self._kept((name,))
        return Address(kept if (name, value) in kept else (*kept, (name, value)))

    def without(self, name: str, value: str | None = None) -> Address:
        """The parameter without that value, or without any."""
        kept = self._kept((name,))
        return Address(
            tuple((key, each) for key, each in kept if key != name or (value is not None and each != value))
        )

    def only(self, names: Iterable[str]) -> Address:
        wanted = frozenset(names)
        return Address(tuple(pair for pair in self.pairs if pair[0] in wanted))

    def _kept(self, changed: Iterable[str]) -> Pairs:
        moving = set(changed) <= set(PLACE)
        return self.pairs if moving else tuple(pair for pair in self.pairs if pair[0] not in PLACE)

    def at(self, path: str) -> str:
        """The path with these parameters."""
        return f"{path}?{self}" if self.pairs else path
