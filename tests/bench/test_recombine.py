"""The large archive that is made out of a small one."""

from __future__ import annotations

import itertools
import json
import re
import statistics
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.bench.recombine import main, recombined, sentences
from tests.bench.records import Record, record_of, records

MADE = 1_200


@pytest.fixture(scope="module")
def made(sixty: Path) -> list[dict[str, Any]]:
    return list(recombined(sixty, MADE, seed=1, block=30))


@pytest.fixture(scope="module")
def source(sixty: Path) -> list[Record]:
    return list(records(sixty))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def test_a_seed_makes_the_same_articles_and_another_seed_others(sixty: Path, tmp_path: Path) -> None:
    files = []
    for place, seed in enumerate("112"):
        files.append(tmp_path / f"{place}.jsonl")
        options = ["--articles", "100", "--seed", seed, "--out", str(files[-1])]
        assert CliRunner().invoke(main, [str(sixty), *options], catch_exceptions=False).exit_code == 0
    one, again, other = (file.read_bytes() for file in files)
    assert one == again
    assert one != other


def test_no_article_is_one_of_the_source_or_another_one_made(
    made: list[dict[str, Any]], source: list[Record]
) -> None:
    bodies = {item["body"] for item in made}
    assert len(bodies) == MADE
    assert not bodies & {record.body.strip() for record in source}


def test_sentences_of_different_articles_stand_side_by_side(
    made: list[dict[str, Any]], source: list[Record]
) -> None:
    origin = {sentence.strip(): record.id for record in source for sentence in sentences(record.body)}
    mixed = []
    for item in made:
        origins = [origin[each.strip()] for each in sentences(item["body"]) if each.strip() in origin]
        if len(origins) > 3:
            mixed.append(len(set(origins)) > 1)
    assert len(mixed) > MADE / 4
    assert statistics.mean(mixed) > 0.95


def test_about_one_word_in_fifty_is_new_and_new_words_keep_coming(
    made: list[dict[str, Any]], source: list[Record]
) -> None:
    known = {word for record in source for word in words(f"{record.headline} {record.body}")}
    all_words = [word for item in made for word in words(item["body"])]
    new = [word for word in all_words if word not in known]
    assert 0.015 < len(new) / len(all_words) < 0.025
    half = len(new) // 2
    assert len(new) * 0.3 < len(set(new)) < len(new) * 0.9
    assert len(set(new[half:]) - set(new[:half])) > half * 0.2


def test_dates_sections_and_sources_are_those_of_real_articles_together(
    made: list[dict[str, Any]], source: list[Record]
) -> None:
    real = {(record.published, record.section, record.source) for record in source}
    drawn = {
        (record.published, record.section, record.source) for record in (record_of(item, 0) for item in made)
    }
    assert drawn <= real
    assert len(drawn) > len(real) / 2


def test_every_article_has_an_id_of_its_own_and_states_its_language(made: list[dict[str, Any]]) -> None:
    assert len({item["id"] for item in made}) == MADE
    assert all(item["language"] for item in made)


def test_articles_are_as_long_as_the_real_ones(made: list[dict[str, Any]], source: list[Record]) -> None:
    mean = statistics.mean(len(words(item["body"])) for item in made)
    assert mean == pytest.approx(statistics.mean(len(words(record.body)) for record in source), rel=0.1)


def test_some_are_near_copies_of_another(made: list[dict[str, Any]]) -> None:
    """They share most runs of five words with one of those before, as no two others of that length do."""
    shingles = [_shingles(item["body"]) for item in made]
    copies = 0
    for at, mine in enumerate(shingles):
        near = (other for other in shingles[max(0, at - 200) : at] if len(mine & other) > 0.5 * len(mine))
        copies += len(mine) > 100 and next(near, None) is not None
    assert 5 <= copies <= 40


def _shingles(text: str) -> set[tuple[str, ...]]:
    listed = words(text)
    return set(zip(*(listed[at:] for at in range(5)), strict=False))


def test_a_million_is_begun_at_once(sixty: Path) -> None:
    assert len(list(itertools.islice(recombined(sixty, 10**9), 10))) == 10


def test_a_file_without_articles_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_text(json.dumps({"id": "1", "title": "No text"}) + "\n")
    done = CliRunner().invoke(main, [str(file), "--articles", "5", "--out", str(tmp_path / "out.jsonl")])
    assert done.exit_code == 1
    assert "empty.jsonl holds no articles to recombine" in done.output
