"""`newsdex search --json` and the endpoint give one answer; the endpoint's has addresses besides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer.cli import cli
from indexer.settings import Settings
from web import create_app

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
FACETS = ("source", "section", "year")
FIND_NOTHING = ("fery", "harbour -section:sport titel:tariffs")
# A terminal has no addresses to give, since they belong to the server that publishes the archive; and no
# two runs take the same time.
ONLY_OVER_HTTP = {"links", "uri", "url"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    index = tmp_path_factory.mktemp("same-answer") / "index"
    papers = [str(SAMPLES / name) for name in ("harbour-gazette", "lenn-valley-post", "umikaze-shimbun")]
    made = CliRunner().invoke(cli, ["--index", str(index), "rebuild", *papers])
    assert made.exit_code == 0, made.output
    return index


@pytest.fixture(scope="module")
def client(index: Path) -> FlaskClient:
    return create_app(Settings(index=index), None).test_client()


def paths_of(value: Any, at: str = "") -> dict[str, Any]:
    """Every value that is no list or object, and every empty one, by the names that lead to it, in order."""
    if isinstance(value, dict) and value:
        pairs = [(f"{at}.{name}", inner) for name, inner in value.items()]
    elif isinstance(value, list) and value:
        pairs = [(f"{at}[{number}]", inner) for number, inner in enumerate(value)]
    else:
        return {at: value}
    return {path: leaf for name, inner in pairs for path, leaf in paths_of(inner, name).items()}


def without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: without(inner, names) for name, inner in value.items() if name not in names}
    return [without(inner, names) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        ("ferry", {}),
        ("ferry", {"page": 2, "page_size": 3}),
        ("ferry", {"match": "any", "sort": "oldest"}),
        ('the OR "the ferry"~3', {"sort": "longest"}),
        ("harbour -section:sport titel:tariffs", {}),
        ("奈良", {}),
        ("fery", {}),
        ("", {"sort": "newest", "page_size": 100}),
        ("date:2026 “ferry", {"match": "any"}),
    ],
)
def test_the_terminal_and_the_endpoint_give_the_same_answer(
    index: Path, client: FlaskClient, words: str, parameters: dict[str, Any]
) -> None:
    options = [f"--{name.replace('_', '-')}={value}" for name, value in parameters.items()]
    told = CliRunner().invoke(cli, ["--index", str(index), "search", *options, "--json", *words.split()])
    if told.exit_code:
        pytest.fail(told.output)
    asked = {"q": words, "facets": ",".join(FACETS), "page_size": 10, **parameters}
    over_http = client.get("/api/v1/search", query_string=asked).get_json()

    terminal = paths_of(without(json.loads(told.stdout), {"took_ms"}))
    endpoint = paths_of(without(over_http, {"took_ms", *ONLY_OVER_HTTP}))
    assert terminal == endpoint
    assert over_http["total"] > 0 or words in FIND_NOTHING


def test_every_member_has_its_place_in_both_answers(index: Path, client: FlaskClient) -> None:
    told = json.loads(CliRunner().invoke(cli, ["--index", str(index), "search", "ferry", "--json"]).stdout)
    over_http = client.get("/api/v1/search?q=ferry&facets=source,section,year").get_json()

    assert list(told) == [name for name in over_http if name not in ONLY_OVER_HTTP]
    for terminal, endpoint in zip(told["results"], over_http["results"], strict=False):
        assert list(terminal) == [name for name in endpoint if name not in ONLY_OVER_HTTP]
