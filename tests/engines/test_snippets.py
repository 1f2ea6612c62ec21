"""Where a passage begins: at a sentence, looked for no further back than a passage may reach."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from indexer.whoosh_engine.snippets import _sentence_start

bits = st.sampled_from(
    [
        "The ferry sank",
        "Mr",
        "J",
        "K",
        "3",
        ". ",
        ".",
        "? ",
        '!" ',
        "... ",
        "。",
        "。」",
        "  ",
        ",",
        " was ",
        "saved",
        "」",
    ]
)


@given(st.lists(bits, max_size=20).map("".join), st.integers(0, 40), st.data())
def test_looking_back_only_so_far_finds_the_sentence_that_looking_at_all_of_it_finds(text, reach, data):
    words = [found.start() for found in re.finditer(r"\b\w", text)]
    if not words:
        return
    high = data.draw(st.sampled_from(words))
    low = data.draw(st.integers(0, high))

    whole = _sentence_start(text, low, high, len(text))
    near = _sentence_start(text, low, high, reach)

    assert near == whole if high - whole <= reach else high - near > reach
