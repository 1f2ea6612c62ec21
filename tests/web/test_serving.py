"""The server binds to this machine unless told, and answers on a real socket."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest
from click.testing import CliRunner

from indexer.settings import Settings
from tests.fakes import ListEngine
from tests.web.conftest import ARTICLES
from web import create_app
from web.cli import cli
from web.wsgi import LOOPBACK_NAMES


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "news.example.org"])
def test_listening_beyond_this_machine_takes_an_option(host: str) -> None:
    done = CliRunner().invoke(cli, ["serve", "--host", host])

    assert done.exit_code == 2
    assert "--public" in done.output


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(cli, ["serve", "--port", port])

    assert done.exit_code == 2
    assert f"port {port} is in use by another program; take another with --port" in done.output


@pytest.mark.parametrize("host", ["192.0.2.7", "no such host"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    done = CliRunner().invoke(cli, ["serve", "--public", "--port", "0", "--host", host])

    assert done.exit_code == 2
    assert f"{host} is no address of this machine" in done.output


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, with work and caches in the folder, but for compiled code."""
    root = Path(__file__).resolve().parents[2]
    compiled = os.environ.get("NUMBA_CACHE_DIR") or str(platformdirs.user_cache_path("newsdex") / "compiled")
    env = {**os.environ, "XDG_CACHE_HOME": str(folder), "HOME": str(folder), "PYTHONUNBUFFERED": "1",
           "NUMBA_CACHE_DIR": compiled, "PYTHONPATH": str(root)}  # fmt: skip
    command = [sys.executable, "-c", "from web.cli import main; main()", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True) as server:
        try:
            yield server
        finally:
            server.kill()


def test_without_an_index_it_serves_says_what_to_do_and_stops_at_a_key(tmp_path: Path) -> None:
    with running(tmp_path, "serve", "--port", "0") as server:
        assert server.stdout
        assert server.stderr
        address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        assert address
        assert "make one with: newsdex rebuild PATH" in server.stderr.readline()
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(address[0], timeout=30)
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
        assert server.stdout.read() == "Stopped.\n"
        assert "Traceback" not in server.stderr.read()


def test_requests_that_wait_for_a_thread_are_no_lines_in_the_terminal(tmp_path: Path) -> None:
    with running(tmp_path, "serve", "--port", "0", "--threads", "1") as server:
        assert server.stdout
        assert server.stderr
        address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
        assert address
        with ThreadPoolExecutor(20) as clients:
            asked = [clients.submit(urllib.request.urlopen, f"{address[0]}help", None, 60) for _ in range(60)]
            assert {each.result().status for each in asked} == {200}
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
        assert "queue" not in server.stderr.read()


def test_a_private_server_answers_to_no_foreign_name() -> None:
    client = create_app(Settings(), ListEngine(ARTICLES), hosts=LOOPBACK_NAMES).test_client()

    assert client.get("/", base_url="http://127.0.0.1:8642").status_code == 200
    assert client.get("/", base_url="http://[::1]:8642").status_code == 200
    refused = client.get("/api/v1/search", base_url="http://evil.example")
    assert refused.status_code == 404
    assert "--public" in refused.get_json()["detail"]


def test_the_demo_puts_its_samples_into_no_index_of_yours() -> None:
    done = CliRunner().invoke(cli, ["demo", "--index", "newsdex-index"])

    assert done.exit_code == 2
    assert "No such option" in done.output


def test_the_demo_serves_the_samples_on_a_free_port(tmp_path: Path) -> None:
    with running(tmp_path, "demo") as server:
        assert server.stdout
        lines = [server.stdout.readline(), server.stdout.readline()]
        address = re.search(r"http://127\.0\.0\.1:\d+/", lines[1])
        assert address, lines
        with urllib.request.urlopen(f"{address[0]}search?q=ferry", timeout=30) as answer:
            html = answer.read().decode()

    assert re.search(r"<title>\d+ articles for ferry", html)
