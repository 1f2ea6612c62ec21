"""The server binds to this machine unless told, and answers on a real socket."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.settings import Settings
from tests.fakes import ListEngine
from tests.web.conftest import ARTICLES
from web import create_app
from web.cli import LOOPBACK_NAMES, cli


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "news.example.org"])
def test_listening_beyond_this_machine_takes_an_option(host: str) -> None:
    done = CliRunner().invoke(cli, ["serve", "--host", host])

    assert done.exit_code == 2
    assert "--public" in done.output


def test_a_private_server_answers_to_no_foreign_name() -> None:
    client = create_app(Settings(), ListEngine(ARTICLES), hosts=LOOPBACK_NAMES).test_client()

    assert client.get("/", base_url="http://127.0.0.1:8642").status_code == 200
    assert client.get("/", base_url="http://[::1]:8642").status_code == 200
    refused = client.get("/api/v1/search", base_url="http://evil.example")
    assert refused.status_code == 404
    assert "--public" in refused.get_json()["detail"]


def test_the_demo_serves_the_samples_on_a_free_port(tmp_path: Path) -> None:
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "from web.cli import main; main()", "demo"]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            lines = [server.stdout.readline(), server.stdout.readline()]
            address = re.search(r"http://127\.0\.0\.1:\d+/", lines[1])
            assert address, lines
            with urllib.request.urlopen(f"{address[0]}search?q=ferry", timeout=30) as answer:
                html = answer.read().decode()
        finally:
            server.terminate()

    assert re.search(r"<title>\d+ articles for ferry", html)
