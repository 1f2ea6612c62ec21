"""Stored values of foreign schemas as bytes, without pickle: nothing that is read is ever run.

A value is a letter for its kind, then, for all but the first three kinds, the length of what follows as four
bytes and that. Lists and the like are their values one after the other; a dictionary its keys and values in
turn.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

_SIZE = struct.Struct("<I")
_DOUBLE = struct.Struct("<d")
_CONSTANTS: dict[bytes, Any] = {b"0": None, b"-": False, b"+": True}


class NotStorable(TypeError, ValueError):
    """A value of a type that has no form here. As a ValueError it makes Whoosh's writer drop the document."""

    def __init__(self, value: Any):
        kind = type(value)
        super().__init__(
            f"{kind.__module__}.{kind.__qualname__} cannot be stored by the columnar codec; store one of: "
            + ", ".join(sorted(each.__name__ for each in _KINDS))
        )


def _joined(values: Iterable[Any]) -> bytes:
    return b"".join(map(encoded, values))


def _split(data: bytes) -> Iterator[Any]:
    at = 0
    while at < len(data):
        value, at = _decoded(data, at)
        yield value


def _mapping(data: bytes) -> dict[Any, Any]:
    values = list(_split(data))
    return dict(zip(values[::2], values[1::2], strict=True))


def _timedelta(text: str) -> timedelta:
    days, seconds, microseconds = map(int, text.split())
    return timedelta(days, seconds, microseconds)


def _text(make: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda data: make(data.decode("ascii"))


# Exact types only: a subclass would come back as something else.
_KINDS: dict[type, tuple[bytes, Callable[[Any], bytes], Callable[[bytes], Any]]] = {
    str: (
        b"s", lambda value: value.encode("utf-8", "surrogatepass"),
        lambda data: data.decode("utf-8", "surrogatepass"),
    ),
    bytes: (b"b", bytes, bytes),
    int: (
        b"i", lambda value: value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True),
        lambda data: int.from_bytes(data, "little", signed=True),
    ),
    float: (b"f", _DOUBLE.pack, lambda data: _DOUBLE.unpack(data)[0]),
    list: (b"l", _joined, lambda data: list(_split(data))),
    tuple: (b"t", _joined, lambda data: tuple(_split(data))),
    set: (b"e", _joined, lambda data: set(_split(data))),
    frozenset: (b"z", _joined, lambda data: frozenset(_split(data))),
    dict: (b"d", lambda value: _joined(each for pair in value.items() for each in pair), _mapping),
    datetime: (b"T", lambda value: value.isoformat().encode("ascii"), _text(datetime.fromisoformat)),
    date: (b"D", lambda value: value.isoformat().encode("ascii"), _text(date.fromisoformat)),
    time: (b"H", lambda value: value.isoformat().encode("ascii"), _text(time.fromisoformat)),
    timedelta: (
        b"P", lambda value: b"%d %d %d" % (value.days, value.seconds, value.microseconds), _text(_timedelta),
    ),
    Decimal: (b"n", lambda value: str(value).encode("ascii"), _text(Decimal)),
}  # fmt: skip
_READ = {letter: read for letter, _, read in _KINDS.values()}


def encoded(value: Any) -> bytes:
    """
    >>> decoded(encoded({"page": 3, "tags": ("ferry", None)}))
    {'page': 3, 'tags': ('ferry', None)}
    """
    for letter, constant in _CONSTANTS.items():
        if value is constant:
            return letter
    known = _KINDS.get(type(value))
    if known is None:
        raise NotStorable(value)
    letter, write, _ = known
    data = write(value)
    return letter + _SIZE.pack(len(data)) + data


def decoded(data: bytes) -> Any:
    """The value that `encoded` was given; ValueError for other bytes."""
    value, at = _decoded(data, 0)
    if at != len(data):
        raise ValueError(f"{len(data) - at} bytes after a stored value")
    return value


def _decoded(data: bytes, at: int) -> tuple[Any, int]:
    letter = data[at : at + 1]
    if letter in _CONSTANTS:
        return _CONSTANTS[letter], at + 1
    if letter not in _READ or at + 5 > len(data):
        raise ValueError(f"no stored value begins with {letter!r}")
    (size,) = _SIZE.unpack_from(data, at + 1)
    stop = at + 5 + size
    if stop > len(data):
        raise ValueError(f"a stored value of {size} bytes is cut short")
    return _READ[letter](data[at + 5 : stop]), stop
