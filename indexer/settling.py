"""The end of a build's weighing: the index comes to hold, of each id in doubt, the text that wins.

Ids are in doubt (temp.suspects) that several files give, or that a file gave which gives other things now.
Texts that are wanted and are in no part of the generation are read once more from their files.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from corpus.article import Article
from corpus.options import ReadOptions
from corpus.reading import read_source
from indexer.claims import GONE, HELD, NEW, Claims, mark_of
from indexer.files import Candidate
from indexer.ledger import Ledger, unpacked
from indexer.looking import Item, Kept
from indexer.old_texts import OldTexts
from indexer.pen import Pen
from indexer.report import Tally
from indexer.written import Written

# Suspects that hold just what the one file that gives them holds need no second look.
_DOUBTFUL = """
SELECT s.id FROM temp.suspects s WHERE NOT EXISTS (
    SELECT 1 FROM articles a JOIN gives g ON g.article = a.id AND g.file = a.file
        AND g.fingerprint = a.fingerprint AND NOT g.hidden
    WHERE a.id = s.id AND a.held IN (1, 3) AND (SELECT count(*) FROM gives x WHERE x.article = s.id) = 1)
ORDER BY s.id
"""


class Settling:
    """What is left to do when everything is taken in, and the pen has what was read for it beside."""

    def __init__(
        self, ledger: Ledger, written: Written, pen: Pen, old: OldTexts, options: ReadOptions, tally: Tally
    ):
        self._db, self._written, self._pen, self._old = ledger.db, written, pen, old
        self._claims = Claims(ledger.db)
        self._options, self._tally = options, tally

    def settle(
        self,
        later: Iterable[Item],
        lost: Mapping[int, set[tuple[str, bytes]]],
        known_bytes: set[int],
    ) -> None:
        """Let the index hold, for each id in doubt, the text that wins, and nothing that nobody gives.

        `later` are texts in parts that lost on arrival; `lost` those that lost to a rival after they were
        written, (id, mark) by the file that gives them; `known_bytes` the files that are what they were.
        """
        for item in later:
            self._written.keep_version(self._pen.text(item.kept), item.mark)
        wanted: defaultdict[int, dict[tuple[str, bytes], bool]] = defaultdict(dict)
        for (article_id,) in self._db.execute(_DOUBTFUL).fetchall():
            row, winner = self._claims.rows([article_id]).get(article_id), self._claims.winner(article_id)
            if winner is None or winner.hidden:
                if row is not None and row.held != GONE:
                    self._written.remove(article_id, row, "vanished" if winner is None else "withdrawn")
            elif article_id in self._claims.forgotten([article_id]):
                continue
            elif row is None or not row.holds(winner):
                wanted[winner.file][article_id, winner.mark] = True
        for file, texts in lost.items():
            for key in texts:
                wanted[file].setdefault(key, False)
        self._keep_lost({key for asked in wanted.values() for key, wins in asked.items() if not wins})
        for file, asked in wanted.items():
            self._fetch(file, asked)
        for article_id in self._written.not_met():
            self._written.remove(article_id, self._claims.rows([article_id])[article_id], "vanished")
        self._settle_changes(known_bytes)
        self._settle_moves()

    def _fetch(self, file: int, asked: dict[tuple[str, bytes], bool]) -> None:
        """Read a file again for texts that win (True: write them) or lost (False: keep them)."""
        missing = {key: wins for key, wins in asked.items() if wins or not self._has_version(*key)}
        found = self._db.execute("SELECT path, root FROM files WHERE id = ?", (file,)).fetchone()
        if not missing or found is None:
            return
        path, root = (Path(os.fsdecode(name)) for name in found)
        again = Candidate(
            path=path, root=root, size=0, mtime_ns=0, known=file, known_hash=None, known_root=root
        )
        for item in read_source(again.source(self._options), self._options):
            if isinstance(item, Article) and any(item.id == key[0] for key in missing):
                mark = mark_of(item)
                self._settle_text(item, mark, file, missing.pop((item.id, mark), None))
            if not missing:
                return
        # What rolled off a feed is in no file; it lost to another text once, or is what the index holds.
        for (article_id, mark), wins in missing.items():
            if text := self._text_kept(article_id, mark):
                self._settle_text(text, mark, file, wins)

    def _keep_lost(self, lost: set[tuple[str, bytes]]) -> None:
        """Keep the texts that are in parts; others cost reading their file again."""
        for article_id, kept in self._pen.adopted({article_id for article_id, _ in lost}):
            text = self._pen.text(kept)
            mark = mark_of(text)
            if (article_id, mark) in lost:
                self._written.keep_version(text, mark)

    def _settle_text(self, article: Article, mark: bytes, file: int, wins: bool | None) -> None:
        if wins:
            row = self._claims.rows([article.id]).get(article.id)
            self._written.write(article.id, Kept(article), mark, file, row, again=True)
            self._written.enter()
        elif wins is not None:
            self._written.keep_version(article, mark)

    def _text_kept(self, article_id: str, mark: bytes) -> Article | None:
        row = self._db.execute(
            "SELECT content FROM versions WHERE article = ? AND fingerprint = ?", (article_id, mark)
        ).fetchone()
        if row is not None:
            return unpacked(row[0])
        held = self._old.article(article_id)
        return held if held is not None and mark_of(held) == mark else None

    def _settle_changes(self, known_bytes: set[int]) -> None:
        """Count what is really another text than before, and keep the texts that were edited away."""
        rows = self._db.execute(
            "SELECT c.id, c.old, c.file FROM temp.changed c JOIN articles a ON a.id = c.id"
            " WHERE a.held IN (?, ?) AND a.fingerprint != c.old",
            (HELD, NEW),
        ).fetchall()
        self._tally.counts["changed"] += len(rows)
        for article_id, mark, file in rows:
            # The same bytes read otherwise are our better reading, not the paper's edit.
            held = None if file in known_bytes else self._old.article(article_id)
            if held is not None:
                self._written.keep_version(held, mark)
        self._db.execute(
            "DELETE FROM versions WHERE (article, fingerprint) IN (SELECT a.id, a.fingerprint FROM articles a"
            " JOIN versions v ON v.article = a.id WHERE a.held != ?)",
            (GONE,),
        )

    def _settle_moves(self) -> None:
        for old, new in self._written.moves:
            row = self._claims.rows([old]).get(old)
            if row is None or row.held == GONE:
                self._db.execute("UPDATE redirects SET new = ? WHERE new = ?", (new, old))
                self._db.execute("INSERT OR REPLACE INTO redirects VALUES (?, ?)", (old, new))
                self._tally.counts["moved"] += 1
        self._db.execute(
            "DELETE FROM redirects WHERE EXISTS"
            " (SELECT 1 FROM articles WHERE articles.id = redirects.old AND held != ?)",
            (GONE,),
        )
        self._db.execute("DELETE FROM tombstones WHERE id IN (SELECT old FROM redirects)")

    def _has_version(self, article_id: str, mark: bytes) -> bool:
        ask = "SELECT 1 FROM versions WHERE article = ? AND fingerprint = ?"
        return self._db.execute(ask, (article_id, mark)).fetchone() is not None
