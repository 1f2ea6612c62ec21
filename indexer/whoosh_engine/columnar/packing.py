"""What zstandard learns of articles before it packs them: one dictionary for all that a build writes.

A dictionary is 256 KB that packing and unpacking look into all over. Of 100,000 articles packed with six of
them, as two processes with three vocabularies each did, one took 32 microseconds to unpack beside others;
with one or two 10 to 12.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

import zstandard

from indexer.whoosh_engine.codec import INDEX_NAME

# Below some 2,000 rows a dictionary saves less than the 40 ms that it takes to learn.
AWAITED_ROWS = 2_000
_LEARNT_BYTES = 256 << 10
_LEARNT_FROM = 700
# Among the segments' files, so that it goes with those that are left over.
_FILE = f"{INDEX_NAME}_packing.dictionary"


class Packing:
    """The dictionary of a build; `dictionary` is None until one is given or learnt.

    Whoever packs into `folder` finds there what another process learnt before.
    """

    def __init__(self, folder: Path | None = None, dictionary: bytes | None = None):
        self.dictionary = dictionary
        self._folder = folder

    def learn(self, rows: list[bytes]) -> bytes | None:
        """The dictionary, learnt of rows if there is none yet; None where they are too few to learn from."""
        if self.dictionary is None:
            self.dictionary = self._found() or self._given(learnt(rows))
        return self.dictionary

    def _found(self) -> bytes | None:
        if self._folder is not None:
            with contextlib.suppress(OSError):
                return (self._folder / _FILE).read_bytes()
        return None

    def _given(self, dictionary: bytes | None) -> bytes | None:
        """Give it to the others; theirs, if one was there first."""
        if dictionary is None or self._folder is None:
            return dictionary
        with contextlib.suppress(OSError), NamedTemporaryFile(dir=self._folder) as file:
            file.write(dictionary)
            file.flush()
            # A link comes with all its bytes, and not where there is one.
            os.link(file.name, self._folder / _FILE)
        return self._found() or dictionary


def learnt(rows: list[bytes]) -> bytes | None:
    """What zstandard learns of rows, taken from all over them."""
    try:
        # Given k and d, zstandard does not try others, which takes four times as long.
        sample: list[bytes] = rows[:: max(1, len(rows) // _LEARNT_FROM)]
        return zstandard.train_dictionary(_LEARNT_BYTES, sample, k=512, d=8).as_bytes()  # type: ignore[arg-type]
    except zstandard.ZstdError:
        return None
