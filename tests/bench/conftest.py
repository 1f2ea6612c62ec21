"""Keeps doctests away from a peer that is not installed: `.[test]` does without `.[bench]`."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("tantivy") else ["with_tantivy.py"]
