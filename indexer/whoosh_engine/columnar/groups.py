"""Small numbers in few bits: the kernels' own building blocks, compiled into each kernel that calls them.

A *group* is up to 128 numbers below 2**32, packed end to end in as many bits each as most of them need, the
few that need more kept apart as exceptions (patched frame of reference: Zukowski et al. 2006, "Super-scalar
RAM-CPU cache compression"; Lemire and Boytsov 2015, "Decoding billions of integers per second through
vectorization", section 2). In 32-bit words:

    head             bits 0-5 the width, bit 7 whether exceptions are wide, bits 8-15 their number
    packed           n numbers of that width, lowest bits first
    exceptions       narrow: 16 bits each, 7 for the place and 9 for the missing high bits; wide: 32, 7 and 25

A *varint* is seven bits a byte, lowest first, the eighth bit saying that more follow.

Whatever the words and bytes are, what reads them reads and writes within its arrays and comes to an end.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numba.core.types import boolean
from numba.extending import intrinsic
from numpy.typing import NDArray

from indexer.whoosh_engine.columnar.compiled import inlined

Array = NDArray[Any]
Int: TypeAlias = Any
"""An int64 in compiled code."""

BLOCK = 128
"""Numbers in a full group, postings in a full block."""
GROUP_WORDS = BLOCK + 1
"""Words that a group takes at most."""
OK, DAMAGED = 0, -1

# High bits that an exception has room for.
_NARROW, _WIDE = 9, 25


def _zeros(_context: Any, number: Any) -> Any:
    """Tells numba how to count the zero bits above the highest bit of a number: one instruction."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], context.get_constant(boolean, False))

    return number(number), code


_leading_zeros: Any = intrinsic(_zeros)


@inlined
def width_of(number: Any) -> Int:
    """The bits of a number, 0 for 0."""
    return 64 - np.int64(_leading_zeros(np.uint64(number)))


@inlined
def put_group(numbers: Array, n: Int, words: Array, at: Int) -> Int:
    """Pack numbers[:n] at words[at:]; the end. The width is the one that takes the fewest words."""
    every = np.uint64(0)
    for i in range(n):
        every |= np.uint64(numbers[i])
    top = width_of(every)
    if top == 0:  # half of all groups: weights of 1, the commonest mask
        words[at] = np.uint32(0)
        return at + 1
    of_width = np.zeros(33, np.int64)
    for i in range(n):
        of_width[width_of(numbers[i])] += 1
    width, least, exceptions, above = top, (n * top + 31) >> 5, 0, 0
    for tried in range(top - 1, -1, -1):
        above += of_width[tried + 1]
        missing = top - tried
        if missing > _WIDE or above >> 1 >= least:
            break
        extra = (above + 1) >> 1 if missing <= _NARROW else above
        taken = ((n * tried + 31) >> 5) + extra
        if taken < least:
            width, least, exceptions = tried, taken, above
    wide = exceptions > 0 and top - width > _NARROW
    words[at] = np.uint32(width | (128 if wide else 0) | exceptions << 8)
    at += 1
    low = np.uint64((1 << width) - 1)
    held, bits = np.uint64(0), 0
    for i in range(n):
        held |= (np.uint64(numbers[i]) & low) << np.uint64(bits)
        bits += width
        if bits >= 32:
            words[at] = np.uint32(held & np.uint64(0xFFFFFFFF))
            held >>= np.uint64(32)
            bits -= 32
            at += 1
    if bits:
        words[at] = np.uint32(held)
        at += 1
    if exceptions:
        # Found without a branch, which would be foretold wrongly for most of them.
        found, put = np.empty(BLOCK + 1, np.uint32), 0
        for i in range(n):
            high = np.int64(numbers[i]) >> width
            found[put] = np.uint32(i | high << 7)
            put += high > 0
        if wide:
            for k in range(put):
                words[at + k] = found[k]
            at += put
        else:
            found[put] = np.uint32(0)
            for k in range(0, put, 2):
                words[at] = found[k] | found[k + 1] << np.uint32(16)
                at += 1
    return at


@inlined
def get_group(words: Array, at: Int, stop: Int, n: Int, numbers: Array) -> Int:
    """Unpack n numbers from words[at:stop]; the end, or DAMAGED."""
    if at < 0 or at >= stop or stop > len(words) or n > len(numbers):
        return DAMAGED
    head = np.int64(words[at])
    width, wide, exceptions = head & 63, head & 128, (head >> 8) & 255
    at += 1
    first_exception = at + ((n * width + 31) >> 5)
    end = first_exception + (exceptions if wide else (exceptions + 1) >> 1)
    if width > 32 or end > stop:
        return DAMAGED
    low = np.uint64((1 << width) - 1)
    held = np.uint64(0)
    bits: Int = 0
    for i in range(n):
        if bits < width:
            held |= np.uint64(words[at]) << np.uint64(bits)
            bits += 32
            at += 1
        numbers[i] = np.uint32(held & low)
        held >>= np.uint64(width)
        bits -= width
    for k in range(exceptions):
        if wide:
            exception = np.int64(words[first_exception + k])
        else:
            exception = (np.int64(words[first_exception + (k >> 1)]) >> (16 * (k & 1))) & 0xFFFF
        place = exception & 127
        if place >= n:
            return DAMAGED
        numbers[place] |= np.uint32((exception >> 7) << width)
    return end


@inlined
def group_end(words: Array, at: Int, stop: Int, n: Int) -> Int:
    """The end of a group of n numbers that begins at words[at], or DAMAGED."""
    if at < 0 or at >= stop or stop > len(words):
        return DAMAGED
    head = np.int64(words[at])
    width, wide, exceptions = head & 63, head & 128, (head >> 8) & 255
    end = at + 1 + ((n * width + 31) >> 5) + (exceptions if wide else (exceptions + 1) >> 1)
    return end if width <= 32 and end <= stop else DAMAGED


@inlined
def put_varint(number: Any, data: Array, at: Int) -> Int:
    """Seven bits a byte, lowest first, the eighth saying that more follow; the end."""
    left = np.uint64(number)
    while left >= np.uint64(128):
        data[at] = np.uint8(left & np.uint64(127) | np.uint64(128))
        left >>= np.uint64(7)
        at += 1
    data[at] = np.uint8(left)
    return at + 1


@inlined
def get_varint(data: Array, at: Int, stop: Int) -> tuple[Int, Int]:
    """A number of up to 56 bits and the end; the end is DAMAGED when it does not stop before `stop`."""
    number: Int = np.int64(0)
    shift = 0
    while at < stop and shift < 56:
        byte = np.int64(data[at])
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7
    return np.int64(0), np.int64(DAMAGED)
