"""What can go wrong with an index or a question.

    NewsdexError
    +-- IndexerError
        +-- IndexMissing         nothing built yet; the message gives the command
        +-- IndexOutdated        built by another layout, other fields or another analysis: rebuild
        +-- IndexDamaged         a file is not what was written: rebuild
        +-- IndexBusy            another writer holds the lock
        +-- BuildRefused         a guard of rebuild or update said no; --force overrules it
        +-- BuildBroken          a process that read for a build died; nothing was changed
        +-- QueryTooBroad        a wildcard that fits too many words; the page offers a narrower one
        +-- CursorInvalid        a cursor that this product did not make, or made for another sort
        +-- SearchTimeout        the time limit passed before there was anything to show
        +-- EngineUnavailable    the engine cannot answer now; the cause is attached
        +-- SettingsInvalid      a setting that cannot be used; names its place, key and remedy
"""

from __future__ import annotations

from pathlib import Path

from corpus.errors import NewsdexError


class IndexerError(NewsdexError):
    """Something is wrong with the index or with what was asked of it."""


class IndexMissing(IndexerError):
    def __init__(self, directory: Path | str):
        super().__init__(f"there is no index in {directory}; make one with: newsdex rebuild PATH")
        self.directory = str(directory)


class IndexOutdated(IndexerError):
    """The index was written for another layout, field table or analysis than this version has."""

    def __init__(self, directory: Path | str, found: str, wanted: str):
        super().__init__(
            f"the index in {directory} was made for {found}, this version of newsdex needs {wanted}; "
            "make it again with: newsdex rebuild"
        )
        self.directory, self.found, self.wanted = str(directory), found, wanted


class IndexDamaged(IndexerError):
    def __init__(self, file: Path | str, reason: str):
        super().__init__(f"{file} is damaged ({reason}); make the index again with: newsdex rebuild")
        self.file, self.reason = str(file), reason


class IndexBusy(IndexerError):
    """Another process is writing; `holder` says who as far as the lock file tells."""

    def __init__(self, directory: Path | str, holder: str):
        super().__init__(f"another newsdex is writing to {directory} ({holder}); try again when it is done")
        self.directory, self.holder = str(directory), holder


class BuildRefused(IndexerError):
    """A guard against losing articles stopped the build before anything was changed."""


class BuildBroken(IndexerError):
    """A process of the build died under `work`; `how` it did."""

    def __init__(self, process: int, how: str, work: str):
        super().__init__(
            f"process {process} of this build {how} {work}; what was there before is still in use. If the "
            "computer ran out of memory, lower the settings memory or jobs"
        )
        self.process, self.how, self.work = process, how, work


class QueryTooBroad(IndexerError):
    def __init__(self, clause: str, terms: int, most: int):
        super().__init__(f"{clause} fits {terms:,} words, more than {most:,}; add a letter or two")
        self.clause, self.terms, self.most = clause, terms, most


class CursorInvalid(IndexerError):
    def __init__(self) -> None:
        super().__init__("this cursor does not belong to this search; start again without it")


class SearchTimeout(IndexerError):
    def __init__(self, limit_ms: int):
        super().__init__(f"nothing was found within {limit_ms:,} ms; narrow it or raise time_limit_ms")
        self.limit_ms = limit_ms


class EngineUnavailable(IndexerError):
    def __init__(self, reason: str):
        super().__init__(f"the search engine cannot answer: {reason}")
        self.reason = reason


class SettingsInvalid(IndexerError):
    """A setting that cannot be used; `where` is the file, variable or option it came from."""

    def __init__(self, where: str, key: str, remedy: str):
        super().__init__(f"{where}: {key}: {remedy}" if key else f"{where}: {remedy}")
        self.where, self.key, self.remedy = where, key, remedy
