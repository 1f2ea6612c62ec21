"""Whoosh's storages as folders for files.py: those of the file system are mapped, others held in memory."""

from __future__ import annotations

from typing import Any, BinaryIO

from indexer.whoosh_engine.columnar.files import DiskFolder, Folder


class StorageFolder:
    """A storage of Whoosh's that is no folder on disk, such as RamStorage."""

    def __init__(self, storage: Any):
        self._storage = storage

    def create(self, name: str) -> BinaryIO:
        file: BinaryIO = self._storage.create_file(name)
        return file

    def open(self, name: str) -> bytes:
        if not self._storage.file_exists(name):
            raise FileNotFoundError(2, "no such file in the storage", name)
        file = self._storage.open_file(name)
        return bytes(file.read(self._storage.file_length(name)))

    def shown(self, name: str) -> str:
        return f"{name} in {self._storage!r}"


def folder_of(storage: Any) -> Folder:
    path = getattr(storage, "folder", None)
    return DiskFolder(path) if path else StorageFolder(storage)


def has_file(storage: Any, name: str) -> bool:
    return bool(storage.file_exists(name))
