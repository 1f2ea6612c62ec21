"""SQLite's FTS5: articles in a table, and two indexes over it, one of stems (porter), one exact.

It has no fuzzy search; a wildcard is looked up in its list of terms. Bare words are ranked by stems alone.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from indexer.query import AllOf, AnyOf, Clause, Near, Phrase, Prefix, Term, Wildcard
from tests.bench.peers import FACETS, HITS, SNIPPETS, Answer, Depth, Opened, Question, Unsupported
from tests.bench.records import records

name = "sqlite"

_SCHEMA = """
CREATE TABLE articles (
    doc INTEGER PRIMARY KEY, id TEXT, headline TEXT, by TEXT, summary TEXT, body TEXT, source TEXT,
    section TEXT, author TEXT, place TEXT, language TEXT, url TEXT, published INTEGER, day TEXT
);
CREATE INDEX by_date ON articles (published);
CREATE VIRTUAL TABLE stems USING fts5(
    headline, by, summary, body, content='articles', content_rowid='doc', tokenize='porter unicode61'
);
CREATE VIRTUAL TABLE exact USING fts5(
    headline, by, summary, body, content='articles', content_rowid='doc', tokenize='unicode61'
);
CREATE VIRTUAL TABLE exact_terms USING fts5vocab('exact', 'row');
"""
_WEIGHTS = "bm25(3.0, 1.0, 2.0, 1.0)"


def version() -> str:
    return f"SQLite {sqlite3.sqlite_version}"


def build(jsonl: Path, directory: Path) -> int:
    directory.mkdir(exist_ok=True)
    db = sqlite3.connect(directory / "articles.sqlite")
    db.executescript(_SCHEMA)
    count = 0
    with db:
        for count, record in enumerate(records(jsonl), start=1):
            texts = (record.headline, record.by, record.summary, record.body)
            published = int(record.published.timestamp()) if record.published else None
            day = record.published.date().isoformat() if record.published else None
            db.execute(
                f"INSERT INTO articles VALUES ({', '.join('?' * 14)})",
                (count, record.id, *texts, record.source, record.section, record.by, record.place,
                 record.language, record.url, published, day),
            )  # fmt: skip
            for table in ("stems", "exact"):
                db.execute(
                    f"INSERT INTO {table} (rowid, headline, by, summary, body) VALUES (?, ?, ?, ?, ?)",
                    (count, *texts),
                )
        for table in ("stems", "exact"):
            db.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('rank', ?)", (_WEIGHTS,))
    db.close()
    return count


class _Sqlite:
    def __init__(self, directory: Path):
        self.db = sqlite3.connect(directory / "articles.sqlite")

    def ask(self, question: Question, depth: Depth) -> Answer:
        table = "stems" if _bare(question.clause) else "exact"
        found = f"FROM {table} JOIN articles ON doc = {table}.rowid WHERE {table} MATCH ?"
        values: list[Any] = [self._query(question.clause)]
        if question.first and question.last:
            found += " AND day BETWEEN ? AND ?"
            values += [question.first.isoformat(), question.last.isoformat()]
        order = "published DESC" if question.sort == "newest" else "rank"
        total = self.db.execute(f"SELECT count(*) {found}", values).fetchone()[0]
        docs = [
            doc for (doc,) in self.db.execute(f"SELECT doc {found} ORDER BY {order} LIMIT {HITS}", values)
        ]
        hits = [self.db.execute("SELECT * FROM articles WHERE doc = ?", (doc,)).fetchone() for doc in docs]
        if depth != "top":
            hits = [(hit, self._snippets(table, values[0], hit[0])) for hit in hits]
        if depth == "whole":
            for facet in FACETS:
                self._counted(facet, found, values)
            self._counted("substr(day, 1, 7)", found, values)
        return Answer(total, hits)

    def _counted(self, value: str, found: str, values: list[Any]) -> list[Any]:
        return self.db.execute(
            f"SELECT {value}, count(*) {found} GROUP BY 1 ORDER BY 2 DESC LIMIT 10", values
        ).fetchall()

    def _snippets(self, table: str, query: str, doc: int) -> list[str]:
        # It knows one snippet a field: as many fields as snippets are wanted.
        wanted = ", ".join(
            f"snippet({table}, {column}, '[', ']', '…', 32)" for column in (3, 2, 0)[:SNIPPETS]
        )
        row = self.db.execute(
            f"SELECT {wanted} FROM {table} WHERE {table} MATCH ? AND rowid = ?", (query, doc)
        ).fetchone()
        return list(row or ())

    def _query(self, clause: Clause) -> str:
        match clause:
            case Term(word) | Phrase(word):
                return f'"{word}"'
            case Near(text, slop):
                return f"NEAR({' '.join(text.split())}, {slop})"
            case Prefix(prefix):
                return f'"{prefix}"*'
            case Wildcard(pattern):
                terms = self.db.execute("SELECT term FROM exact_terms WHERE term GLOB ?", (pattern,))
                return " OR ".join(f'"{term}"' for (term,) in terms) or '""'
            case AllOf(clauses):
                return " AND ".join(f"({self._query(each)})" for each in clauses)
            case AnyOf(clauses):
                return " OR ".join(f"({self._query(each)})" for each in clauses)
        raise Unsupported(repr(clause))

    def close(self) -> None:
        self.db.close()


def _bare(clause: Clause) -> bool:
    if isinstance(clause, AllOf | AnyOf):
        return all(_bare(each) for each in clause.clauses)
    return isinstance(clause, Term)


def open(directory: Path) -> Opened:
    return _Sqlite(directory)
