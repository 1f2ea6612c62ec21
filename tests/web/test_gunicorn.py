"""Several processes behind one port: gunicorn over web.wsgi."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from indexer.build import rebuild, update
from indexer.settings import Settings
from tests.web.test_generations import write
from web.wsgi import application

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 120.0

needs_gunicorn = pytest.mark.skipif(
    importlib.util.find_spec("gunicorn") is None,
    reason="no gunicorn: pip install '.[gunicorn]'",
)


@contextmanager
def two_workers(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """gunicorn with our settings for it over the index in the folder, and where it is."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    compiled = os.environ.get("NUMBA_CACHE_DIR") or str(platformdirs.user_cache_path("newsdex") / "compiled")
    env = {**os.environ, "NUMBA_CACHE_DIR": compiled, "PYTHONPATH": str(ROOT), "HOME": str(folder),
           "NEWSDEX_INDEX": "index", "NEWSDEX_PORT": str(port), "NEWSDEX_THREADS": "4"}  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "python:web.deploy.gunicorn_conf", "--workers", "2"]
    with (
        (folder / "told").open("w") as told,
        subprocess.Popen(command, cwd=folder, env=env, stdout=told, stderr=told, text=True) as server,
    ):
        try:
            yield server, f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def asked(address: str) -> tuple[int, str]:
    """Status and text of an answer; the status 0 while nobody listens."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def until(true: Callable[[], bool]) -> bool:
    """Ask again and again until it is true; False when that takes too long."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if true():
            return True
    return False


@needs_gunicorn
def test_two_processes_answer_follow_an_update_and_end_when_told(tmp_path: Path) -> None:
    articles, settings = tmp_path / "articles", Settings(index=tmp_path / "index")
    write(articles, "first", "Ferry sinks")
    rebuild([articles], settings)
    with two_workers(tmp_path) as (server, at):
        assert until(lambda: asked(f"{at}/healthz")[0] == 200), (tmp_path / "told").read_text()
        paths = ("/healthz", "/api/v1/search?q=ferry", "/search?q=ferry", "/")
        with ThreadPoolExecutor(4) as clients:
            under_way = [clients.submit(asked, f"{at}{path}") for path in paths * 15]
            write(articles, "second", "Ferry found")
            generation = update([articles], settings).generation
            assert {each.result()[0] for each in under_way} == {200}

            def found(_: int) -> tuple[int, int]:
                value: dict[str, Any] = json.loads(asked(f"{at}/api/v1/search?q=ferry")[1])
                return value["index"]["generation"], value["total"]

            # Both have it when twenty answers in a row, four at once, are of it.
            assert until(lambda: set(clients.map(found, range(20))) == {(generation, 2)})
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) == 0
        assert asked(f"{at}/healthz")[0] == 0
    told = (tmp_path / "told").read_text()
    assert told.count("Booting worker") == 2
    assert "Traceback" not in told


@needs_gunicorn
def test_a_wrong_setting_is_told_in_one_line_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "newsdex.toml").write_text("port = 'eighty'\n")
    command = [sys.executable, "-m", "gunicorn", "-c", "python:web.deploy.gunicorn_conf"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("newsdex: ")
    assert "port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("public", "remote", "status"),
    [(False, "127.0.0.1", 200), (False, "", 200), (False, "192.0.2.7", 404), (True, "192.0.2.7", 200)],
)
def test_a_private_application_answers_this_machine_wherever_its_server_listens(
    public: bool, remote: str, status: int
) -> None:
    client = application(Settings(), public=public).test_client()
    assert client.get("/healthz", environ_base={"REMOTE_ADDR": remote}).status_code == status


@pytest.mark.parametrize(
    ("public", "remote", "base"),
    [
        (True, "127.0.0.1", "https://news.example.org/"),
        (True, "192.0.2.7", "http://localhost/"),
        (False, "127.0.0.1", "http://localhost/"),
    ],
)
def test_only_a_public_application_believes_a_proxy_and_only_one_on_this_machine(
    public: bool, remote: str, base: str, tmp_path: Path
) -> None:
    client = application(Settings(index=tmp_path / "none"), public=public).test_client()
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "news.example.org"}
    answer = client.get("/opensearch.xml", headers=headers, environ_base={"REMOTE_ADDR": remote})
    assert f'"{base}search' in answer.text
