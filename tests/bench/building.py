"""Builds one engine's index in this process: `python -m tests.bench.building ENGINE FILE DIRECTORY`.

For the engines without a command of their own. It imports no more than the engine needs, since its start
counts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.bench.peers import contender


def main(name: str, jsonl: str, directory: str) -> None:
    """Build, and tell how many articles as a line of JSON."""
    engine: Any = contender(name)
    print(json.dumps({"articles": engine.build(Path(jsonl), Path(directory))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
