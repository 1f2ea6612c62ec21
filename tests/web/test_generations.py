"""A server goes on answering while its index is made anew, and shows the new one without a restart."""

from __future__ import annotations

import threading
from pathlib import Path

from indexer.build import rebuild, update
from indexer.settings import Settings
from web import create_app


def write(folder: Path, name: str, headline: str) -> None:
    folder.mkdir(exist_ok=True)
    text = f"{headline}\n\nPosted January 15, 2026 09:28\n\nThe harbour was quiet.\n"
    (folder / f"{name}.txt").write_text(text)


def test_no_request_fails_while_generations_change(tmp_path: Path) -> None:
    articles, settings = tmp_path / "articles", Settings(index=tmp_path / "index")
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/readyz").status_code == 503
    write(articles, "first", "Ferry sinks")
    rebuild([articles], settings)
    assert client.get("/readyz").status_code == 200

    statuses: list[int] = []
    done = threading.Event()

    def ask() -> None:
        reader = app.test_client()
        while not done.is_set():
            for address in ("/search?q=ferry", "/api/v1/search?q=harbour", "/", "/feed.atom"):
                statuses.append(reader.get(address).status_code)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            write(articles, f"more{number}", f"Ferry report {number}")
            update([articles], settings)
        rebuild([articles], settings)
    finally:
        done.set()
        for thread in threads:
            thread.join()

    assert set(statuses) == {200}
    found = client.get("/api/v1/search?q=ferry").get_json()
    assert found["total"] == 4
    assert found["index"]["generation"] == client.get("/api/v1/status").get_json()["index"]["generation"] >= 5
