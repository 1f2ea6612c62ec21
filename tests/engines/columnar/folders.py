"""Files of segments without a disk."""

from __future__ import annotations

from io import BytesIO


class MemoryFolder:
    """A files.Folder that keeps its files in a dictionary."""

    def __init__(self):
        self.files: dict[str, bytes] = {}

    def create(self, name):
        return _File(self.files, name)

    def open(self, name):
        try:
            return self.files[name]
        except KeyError as error:
            raise FileNotFoundError(2, "no such file", name) from error

    def shown(self, name):
        return name


class _File(BytesIO):
    def __init__(self, files, name):
        super().__init__()
        self._files, self._name = files, name

    def close(self):
        self._files[self._name] = self.getvalue()
        super().close()
