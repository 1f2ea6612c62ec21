"""Names are numbered in order of first meeting and sorted by their bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.whoosh_engine.columnar.names import Names

# Many that share their first eight or sixteen bytes.
name = st.builds(
    str.__add__,
    st.sampled_from(["", "en:", "constitut", "a" * 8, "a" * 16, "서울특별시"]),
    st.text(st.characters(blacklist_characters="\n\0"), max_size=20),
)


@given(st.lists(st.lists(name, max_size=30), max_size=5))
def test_names_keep_the_number_they_were_first_given(batches):
    names, known = Names(), {}
    for batch in batches:
        expected = [known.setdefault(each, len(known)) for each in batch]

        assert names.numbers(batch).tolist() == expected
    assert [each.decode("utf-8", "surrogatepass") for each in names.strings] == list(known)


@given(st.lists(name, unique=True))
def test_names_are_sorted_by_their_bytes(held):
    names = Names()
    names.numbers(held)

    assert list(names.strings.take(names.order())) == sorted(
        each.encode("utf-8", "surrogatepass") for each in held
    )


def test_tables_grow_as_names_come():
    names = Names()
    held = [f"name {at}" for at in range(20_000)]
    for first in range(0, len(held), 700):
        names.numbers(held[first : first + 700])

    assert names.numbers(held).tolist() == list(range(20_000))
