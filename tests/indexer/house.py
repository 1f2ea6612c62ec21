"""A folder of files and its index, with short words for what tests of builds do with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from indexer.build import rebuild, update
from indexer.ledger import open_ledger
from indexer.opening import open_engine
from indexer.settings import Settings
from tests.fakes import FORMAT


class House:
    """A folder of files, its index, and short words for what tests do with them."""

    def __init__(self, folder: Path, jobs: int = 1):
        self.files = folder / "files"
        self.files.mkdir()
        self.settings = Settings(index=folder / "index", jobs=jobs)

    def write(self, name: str, *records: dict) -> Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        return path

    def rebuild(self, *paths: Path, **options):
        return rebuild(paths or [self.files], self.settings, engine=FORMAT, **options)

    def update(self, *paths: Path, **options):
        return update(paths, self.settings, engine=FORMAT, **options)

    def held(self) -> dict[str, str]:
        """Headlines and bodies by id, as they are found."""
        engine = open_engine(self.settings, FORMAT)
        try:
            return {article.id: f"{article.headline}: {article.body}" for article in engine.articles()}
        finally:
            engine.close()

    def texts(self) -> list[str]:
        return sorted(self.held().values())

    def fresh(self, folder: Path) -> dict[str, str]:
        """What an index made anew of the same files holds."""
        other = Settings(index=folder)
        rebuild([self.files], other, engine=FORMAT, force=True)
        engine = open_engine(other, FORMAT)
        try:
            return {article.id: f"{article.headline}: {article.body}" for article in engine.articles()}
        finally:
            engine.close()
            shutil.rmtree(folder)

    def ledger(self):
        return open_ledger(self.settings.index)


def a_record(key: str, body: str = "All were saved.", **more) -> dict:
    stated = {"source": "Naxos Post", "language": "en"}
    return {"id": key, "headline": f"Story {key}", "body": body, **stated, **more}
