"""Generations on disk: numbered folders that never change once CURRENT names them.

    <index>/
      CURRENT                        "generation-000041", replaced in one step
      lock                           see lock.py
      ledger.sqlite                  see ledger.py
      generation-000041/
        manifest.json                what the files are, with a checksum of each and one of its own
        ...                          the engine's files
      generation-000042.building/    a writer's; left over only by a killed one

A generation is made beside the current one. Files taken over from it are hard links (copies where links
fail), so a small update writes little and a reader's open files stay what they were.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from indexer.as_json import instant_json
from indexer.engine import EngineFormat
from indexer.errors import IndexDamaged, IndexMissing, IndexOutdated
from indexer.fields import fields_digest

LAYOUT = 1
"""Of the manifest and the folder; raised when either changes its meaning."""
KEPT = 2
KEPT_SECONDS = 600
CURRENT, MANIFEST = "CURRENT", "manifest.json"
_NAME = re.compile(r"generation-(\d{6,})")
_BUILDING = ".building"
_MOVING = "CURRENT.new"
# Files that are read at a time for their checksums; of the largest a generation has about so many.
_AT_A_TIME = 4

# Folders that engines of this process have open; see hold().
_held: Counter[Path] = Counter()
_held_lock = threading.Lock()


@dataclass(frozen=True, slots=True, order=True)
class Generation:
    """One published generation of an index."""

    number: int
    index: Path

    @property
    def name(self) -> str:
        return f"generation-{self.number:06d}"

    @property
    def directory(self) -> Path:
        return self.index / self.name


def current(index: Path) -> Generation:
    """The generation that CURRENT names; raises IndexMissing without one, IndexDamaged for nonsense."""
    try:
        text = (index / CURRENT).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(index) from error
    except OSError as error:
        raise IndexDamaged(index / CURRENT, f"cannot be read: {error.strerror}") from error
    match = re.fullmatch(rb"generation-(\d{6,12})\n", text)
    if match is None:
        raise IndexDamaged(index / CURRENT, "it does not name a generation")
    generation = Generation(int(match[1]), index)
    if not generation.directory.is_dir():
        raise IndexDamaged(index / CURRENT, f"it names {generation.name}, which is not there")
    return generation


def all_generations(index: Path) -> list[Generation]:
    """Every generation's folder, finished or not known to be current, oldest first."""
    matches = (_NAME.fullmatch(path.name) for path in index.iterdir()) if index.is_dir() else ()
    return sorted(Generation(int(match[1]), index) for match in matches if match)


def leftovers(index: Path) -> list[Path]:
    """What killed runs left: half-built folders and a CURRENT not yet moved into place."""
    if not index.is_dir():
        return []
    names = (path for path in index.iterdir() if path.name.endswith(_BUILDING) or path.name == _MOVING)
    return sorted(names)


def read_manifest(generation: Generation) -> dict[str, Any]:
    """The manifest, its own checksum verified; raises IndexDamaged, or IndexOutdated for another layout."""
    return _read_manifest(generation.directory)


def check_files(directory: Path, manifest: Mapping[str, Any], *, thorough: bool) -> None:
    """Hold each file against the manifest: its size, and its checksum when `thorough`.

    Raises IndexDamaged at the first that is not what was written.
    """
    files = {directory / name: told for name, told in manifest["files"].items()}
    for path, told in files.items():
        try:
            size = path.stat().st_size
        except OSError as error:
            raise IndexDamaged(path, "it is missing") from error
        if size != told["size"]:
            raise IndexDamaged(path, f"it has {size:,} bytes instead of {told['size']:,}")
    if thorough:
        for path, digest in checksums(files).items():
            if digest != files[path]["blake2b"]:
                raise IndexDamaged(path, "its checksum differs")


def open_current(index: Path, engine: EngineFormat) -> tuple[Generation, dict[str, Any]]:
    """The current generation and its manifest, fit for this engine, every file there in its full size.

    Raises IndexMissing, IndexDamaged or IndexOutdated.
    """
    generation = current(index)
    manifest = read_manifest(generation)
    check_fits(index, manifest, engine)
    check_files(generation.directory, manifest, thorough=False)
    return generation, manifest


def check_fits(index: Path, manifest: Mapping[str, Any], engine: EngineFormat) -> None:
    """Raise IndexOutdated when the index was made by another engine, layout or table of fields."""
    for what, found, wanted in (
        ("engine", manifest["engine"], engine.name),
        (f"{engine.name} layout", manifest["engine_layout"], engine.layout),
        ("fields", manifest["fields_digest"], fields_digest()),
    ):
        if found != wanted:
            raise IndexOutdated(index, f"{what} {found}", f"{what} {wanted}")


@contextmanager
def hold(generation: Generation) -> Iterator[None]:
    """Keep a generation from being pruned by this process while it is in use."""
    with _held_lock:
        _held[generation.directory] += 1
    try:
        yield
    finally:
        with _held_lock:
            _held[generation.directory] -= 1


def next_number(index: Path, least: int) -> int:
    """A number no generation has had: above every folder's and at least `least`."""
    return max([least, *(generation.number + 1 for generation in all_generations(index))])


@dataclass(frozen=True, slots=True)
class Work:
    """A generation being made: the folder it is written in, and the one it becomes."""

    becomes: Generation
    base: Generation | None = None

    @property
    def directory(self) -> Path:
        return self.becomes.index / f"{self.becomes.name}{_BUILDING}"

    def begin(self) -> None:
        """Make the folder, with the files of the base in it."""
        self.directory.mkdir()
        if self.base is not None:
            for name in read_manifest(self.base)["files"]:
                target = self.directory / name
                target.parent.mkdir(parents=True, exist_ok=True)
                _link(self.base.directory / name, target)

    def give_up(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.directory, ignore_errors=True)

    def seal(self, engine: EngineFormat, built_at: datetime, articles: int, segments: Any) -> dict[str, Any]:
        """Write the manifest over the files that are there now, and all to disk; returns the manifest.

        Checksums of files that are still the base's own are taken from its manifest.
        """
        known = read_manifest(self.base)["files"] if self.base is not None else {}
        paths = {
            path.relative_to(self.directory).as_posix(): path
            for path in sorted(path for path in self.directory.rglob("*") if path.is_file())
        }
        digests = {
            path: known[name]["blake2b"]
            for name, path in paths.items()
            if name in known and self.base is not None and path.samefile(self.base.directory / name)
        }
        digests |= checksums([path for path in paths.values() if path not in digests], sync=True)
        files = {
            name: {"size": path.stat().st_size, "blake2b": digests[path]} for name, path in paths.items()
        }
        manifest = {
            "layout": LAYOUT,
            "generation": self.becomes.number,
            "engine": engine.name,
            "engine_layout": engine.layout,
            "fields_digest": fields_digest(),
            "built_at": instant_json(built_at),
            "articles": articles,
            "segments": segments,
            "files": files,
        }
        _write_manifest(self.directory, manifest)
        for folder in (self.directory, *(path for path in self.directory.rglob("*") if path.is_dir())):
            _sync(folder)
        return manifest

    def finish(self) -> Generation:
        """Give the folder its name; it is whole from here on, though not yet current."""
        os.rename(self.directory, self.becomes.directory)
        _sync(self.becomes.index)
        return self.becomes


def publish(generation: Generation) -> None:
    """Make it the current one, in one step that survives a loss of power."""
    moving = generation.index / _MOVING
    with open(moving, "wb") as stream:
        stream.write(f"{generation.name}\n".encode())
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(moving, generation.index / CURRENT)
    _sync(generation.index)


def clean(index: Path) -> None:
    """Take away what killed runs left. Only for a holder of the lock."""
    for path in leftovers(index):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def prune(index: Path, *, all_older: bool = False) -> None:
    """Take away old generations. Only for a holder of the lock.

    The newest two stay, any younger than ten minutes, and those this process has open; with `all_older`
    only the current one does. Folders above the current one are unfinished business of a killed run.
    """
    newest = current(index)
    others = [each for each in all_generations(index) if each != newest]
    kept = sorted((each for each in others if each.number < newest.number), reverse=True)[: KEPT - 1]
    now = time.time()
    for generation in others:
        manifest = generation.directory / MANIFEST
        with contextlib.suppress(OSError):
            young = now - manifest.stat().st_mtime < KEPT_SECONDS and generation.number < newest.number
            if not all_older and (generation in kept or young):
                continue
        with _held_lock:
            if _held[generation.directory] > 0 and not all_older:
                continue
        _remove(generation)


def remove_all(index: Path) -> None:
    """Take away folders of an index that was never published. Only for a holder of the lock."""
    for generation in all_generations(index):
        _remove(generation)


def size_of(directory: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def checksum(path: Path) -> str:
    """The file's blake2b as 32 hex digits; raises IndexDamaged when it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, _blake2b).hexdigest()
    except OSError as error:
        raise IndexDamaged(path, f"it cannot be read: {error.strerror}") from error


def checksums(paths: Iterable[Path], *, sync: bool = False) -> dict[Path, str]:
    """Of each file the checksum, several taken at a time; with `sync` each is put on the disk itself."""

    def of(path: Path) -> str:
        digest = checksum(path)
        if sync:
            _sync(path)
        return digest

    paths = list(paths)
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return dict(zip(paths, pool.map(of, paths), strict=True))


def _blake2b() -> Any:
    return hashlib.blake2b(digest_size=16)


def _remove(generation: Generation) -> None:
    # The manifest first: what remains of a removal that was cut short can never be taken for whole.
    (generation.directory / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(generation.directory, ignore_errors=True)


def _read_manifest(directory: Path) -> dict[str, Any]:
    path = directory / MANIFEST
    try:
        wrapped = json.loads(path.read_bytes())
        manifest, digest = wrapped["manifest"], wrapped["blake2b"]
    except FileNotFoundError as error:
        raise IndexDamaged(path, "it is missing") from error
    except OSError as error:
        raise IndexDamaged(path, f"it cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexDamaged(path, "it is not a manifest") from error
    if not isinstance(manifest, dict) or _digest(manifest) != digest:
        raise IndexDamaged(path, "its checksum differs")
    if manifest.get("layout") != LAYOUT:
        raise IndexOutdated(directory.parent, f"layout {manifest.get('layout')}", f"layout {LAYOUT}")
    return manifest


def _write_manifest(directory: Path, manifest: Mapping[str, Any]) -> None:
    with open(directory / MANIFEST, "w", encoding="utf-8") as stream:
        json.dump({"blake2b": _digest(manifest), "manifest": manifest}, stream, indent=1, sort_keys=True)
        stream.flush()
        os.fsync(stream.fileno())


def _digest(manifest: Mapping[str, Any]) -> str:
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _sync(path: Path) -> None:
    """Put a file or a folder's entries on the disk itself; Windows syncs no folders."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
