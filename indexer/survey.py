"""Which files there are, and what has become of those the ledger knows: size and time first, then hash."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import UnreadableSource
from corpus.source import printable, walk
from indexer.errors import BuildRefused
from indexer.files import Candidate, shown
from indexer.ledger import Ledger
from indexer.report import Problem

# A file may change again within its time stamp's grain without the stamp telling. FAT's is 2 seconds.
RACY_NS = 2_000_000_000

_FOUND = """
CREATE TEMP TABLE found (
    place INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, root BLOB NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL)
"""
_CANDIDATES = """
FROM temp.found f LEFT JOIN files k ON k.path = f.path
WHERE (? OR k.id IS NULL OR NOT (
    (k.size, k.mtime_ns, k.root) = (f.size, f.mtime_ns, f.root) AND k.read_ns - k.mtime_ns > ?))
"""


@dataclass(slots=True)
class Survey:
    """The files under the looked-at paths, kept in the ledger's temporary table `found`."""

    ledger: Ledger
    roots: list[Path]
    looked: list[Path]
    files: int = 0
    bytes: int = 0
    unreadable: list[tuple[str, Problem]] = field(default_factory=list)
    _full: set[Path] = field(default_factory=set)

    def extent(self, *, everything: bool) -> tuple[int, int]:
        """How many files `candidates` gives, and their bytes."""
        query = f"SELECT count(*), coalesce(sum(f.size), 0) {_CANDIDATES}"
        files, size = self.ledger.db.execute(query, (everything, RACY_NS)).fetchone()
        return files, size

    def candidates(self, *, everything: bool) -> Iterator[Candidate]:
        """Files in reading order: all of them, or those that size, time or root say may have changed."""
        query = f"""
            SELECT f.place, f.path, f.root, f.size, f.mtime_ns, k.id, k.hash, k.root {_CANDIDATES}
            AND f.place > ? ORDER BY f.place LIMIT 1000"""
        place = 0
        # In portions, because whoever takes the candidates writes to the tables meanwhile.
        while rows := self.ledger.db.execute(query, (everything, RACY_NS, place)).fetchall():
            for _, path, root, size, mtime_ns, known, known_hash, known_root in rows:
                yield Candidate(
                    path=_path(path), root=_path(root), size=size, mtime_ns=mtime_ns, known=known,
                    known_hash=known_hash, known_root=None if known_root is None else _path(known_root),
                )  # fmt: skip
            place = rows[-1][0]

    def vanished(self, *, everywhere: bool) -> list[int]:
        """Ledger ids of files that are gone: `everywhere`, or only under what was looked at whole."""
        gone = "SELECT id, path FROM files WHERE path NOT IN (SELECT path FROM temp.found)"
        if everywhere:
            return [row[0] for row in self.ledger.db.execute(gone)]
        hidden = [uri for uri, _ in self.unreadable]
        found = []
        for looked in self.looked:
            for number, path in self.ledger.db.execute(f"{gone} AND {_UNDER}", _under(looked)):
                # What lies in a folder that could not be opened is out of sight, not gone.
                uri = printable(os.fsdecode(path))
                if not any(uri == each or uri.startswith(f"{each}/") for each in hidden):
                    found.append(number)
        return list(dict.fromkeys(found))

    def bytes_by_suffix(self, suffixes: Iterable[str]) -> dict[str, int]:
        """How many bytes the files with each of these suffixes have."""
        ask = "SELECT coalesce(sum(size), 0) FROM temp.found WHERE lower(CAST(path AS TEXT)) LIKE ?"
        return {each: self.ledger.db.execute(ask, (f"%{each}",)).fetchone()[0] for each in suffixes}

    def refuse_unsafe(self, *, update: bool) -> None:
        """Raise BuildRefused when a looked-at path is unreadable or, where it once held files, empty."""
        reasons = {uri: problem.reason for uri, problem in self.unreadable}
        for path in self.looked:
            reason = reasons.get(printable(str(path)))
            if reason:
                raise BuildRefused(f"{shown(path)}: {reason}; mend it, or go on without it by --force")
            if path not in self._full and not (update and not self._knows(path)):
                raise BuildRefused(f"{shown(path)}: there is no file in it; go on all the same with --force")

    def _knows(self, path: Path) -> bool:
        found = self.ledger.db.execute(f"SELECT 1 FROM files WHERE {_UNDER} LIMIT 1", _under(path))
        return found.fetchone() is not None


def survey(ledger: Ledger, roots: Sequence[Path], looked: Sequence[Path], index: Path) -> Survey:
    """Walk the `looked` paths; all paths are absolute. The index's own folder is left out."""
    ledger.db.execute("DROP TABLE IF EXISTS temp.found")
    ledger.db.execute(_FOUND)
    result = Survey(ledger, list(roots), list(looked))
    where = _Where(roots, looked, index)
    rows: list[tuple[bytes, bytes, int, int]] = []
    for source in walk(looked):
        if isinstance(source, UnreadableSource):
            result.unreadable.append((source.uri, Problem(shown(Path(source.uri)), source.reason)))
            continue
        assert source.path is not None
        root, above, is_own = where.of(str(source.path))
        if is_own:
            continue
        try:
            status = source.path.stat()
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            result.unreadable.append((source.uri, Problem(shown(source.path), reason)))
            continue
        result._full |= above
        result.files += 1
        result.bytes += status.st_size
        rows.append((os.fsencode(source.path), os.fsencode(root), status.st_size, status.st_mtime_ns))
        if len(rows) == 1_000:
            _insert(ledger, rows)
    _insert(ledger, rows)
    return result


def changed_since(ledger: Ledger, index: Path) -> list[str]:
    """Files that look new, changed or gone since they were read; nothing is opened."""
    roots = ledger.roots()
    seen = survey(ledger, roots, roots, index)
    rows = ledger.db.execute(
        "SELECT f.path FROM temp.found f LEFT JOIN files k ON k.path = f.path WHERE k.id IS NULL"
        " OR k.size != f.size OR k.mtime_ns != f.mtime_ns ORDER BY f.place"
    )
    changed = [shown(_path(path)) for (path,) in rows]
    gone = set(seen.vanished(everywhere=False))
    paths = ledger.db.execute("SELECT id, path FROM files").fetchall() if gone else []
    return changed + sorted(shown(_path(path)) for number, path in paths if number in gone)


# A separator and the byte after it bound all that lies below a path.
_UNDER = "(path = ? OR (path > ? AND path < ?))"


def _under(path: Path) -> tuple[bytes, bytes, bytes]:
    name, separator = os.fsencode(path).rstrip(os.fsencode(os.sep)), os.fsencode(os.sep)
    return name, name + separator, name + bytes([separator[0] + 1])


class _Where:
    """Of a file: its root, the looked-at paths at or above it, and whether it is the index's own."""

    def __init__(self, roots: Sequence[Path], looked: Sequence[Path], index: Path):
        self._roots = {str(root): root for root in roots}
        self._looked = {str(path): path for path in looked}
        self._own = os.path.realpath(index)
        self._folders: dict[str, tuple[Path | None, set[Path], bool]] = {}

    def of(self, path: str) -> tuple[Path, set[Path], bool]:
        folder = os.path.dirname(path)
        if folder not in self._folders:
            self._folders[folder] = self._of_folder(folder)
        root, above, is_own = self._folders[folder]
        root = self._roots.get(path, root)
        if root is None:
            raise LookupError(path)
        return root, above | {self._looked[path]} if path in self._looked else above, is_own

    def _of_folder(self, folder: str) -> tuple[Path | None, set[Path], bool]:
        real = os.path.realpath(folder)
        is_own = real == self._own or real.startswith(f"{self._own}{os.sep}")
        root: Path | None = None
        above = set()
        while True:
            root = root or self._roots.get(folder)
            if folder in self._looked:
                above.add(self._looked[folder])
            if os.path.dirname(folder) == folder:
                return root, above, is_own
            folder = os.path.dirname(folder)


def _insert(ledger: Ledger, rows: list[tuple[bytes, bytes, int, int]]) -> None:
    ledger.db.executemany(
        "INSERT OR IGNORE INTO temp.found (path, root, size, mtime_ns) VALUES (?, ?, ?, ?)", rows
    )
    rows.clear()


def _path(name: bytes) -> Path:
    return Path(os.fsdecode(name))
