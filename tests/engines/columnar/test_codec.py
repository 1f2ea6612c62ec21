"""Whoosh on columnar files says what Whoosh on its own files says."""

from __future__ import annotations

import datetime
import pickle
import random
from contextlib import contextmanager

import pytest
from whoosh import analysis, columns, fields, formats, query, scoring, sorting
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, create_in, open_dir
from whoosh.reading import TermNotFound
from whoosh.searching import Searcher

from indexer.errors import IndexDamaged
from indexer.stems import Stemmer
from indexer.whoosh_engine.codec import INDEX_NAME
from indexer.whoosh_engine.columnar.codec import ColumnarCodec, segment_from
from indexer.whoosh_engine.columnar.inverting import Batch
from indexer.whoosh_engine.columnar.open_segment import OpenSegment
from indexer.whoosh_engine.columnar.segment_files import write_segment
from indexer.whoosh_engine.columnar.vocabulary import Vocabulary
from indexer.whoosh_engine.doc_set import DocSet, bits_of
from indexer.whoosh_engine.documents import document_of
from indexer.whoosh_engine.schema import make_schema
from tests.engines.columnar.articles import made_articles
from tests.engines.columnar.texts import INDEXED

WORDS = ["ferry", "sinks", "off", "naxos", "harbour", "crew", "saved", "storm", "été", "서울"]


def foreign_schema():
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        text=fields.TEXT(stored=True, vector=formats.Frequency(), spelling=True),
        chars=fields.TEXT(chars=True),
        stemmed=fields.TEXT(analyzer=analysis.StemmingAnalyzer(), spelling=True),
        tags=fields.KEYWORD(scorable=True, commas=True, stored=True),
        number=fields.NUMERIC(sortable=True, stored=True),
        real=fields.NUMERIC(float, sortable=True),
        when=fields.DATETIME(stored=True, sortable=True),
        flag=fields.BOOLEAN(stored=True),
        shape=fields.COLUMN(columns.RefBytesColumn()),
        name=fields.COLUMN(columns.VarBytesColumn()),
        tiny=fields.COLUMN(columns.NumericColumn("b", default=-3)),
        boosts=fields.FieldType(
            formats.PositionBoosts(), fields.TEXT().analyzer, scorable=True, stored=False
        ),
        grams=fields.NGRAM(minsize=2, maxsize=3),
    )


def foreign_document(at, chance):
    text = " ".join(chance.choices(WORDS, k=chance.randint(0, 40)))
    document = {
        "id": str(at), "text": text, "chars": text[:50], "stemmed": text,
        "tags": ",".join(chance.sample(WORDS, 2)),
        "number": at % 7, "real": at / 4, "when": datetime.datetime(2020, 1, 1 + at % 28),
        "flag": bool(at % 2), "boosts": text, "grams": text[:20],
    }  # fmt: skip
    if at % 3:
        document |= {"shape": b"round", "name": WORDS[at % 5].encode("utf-8"), "tiny": at % 50}
        document["_text_boost"] = 1.5
    return document


@contextmanager
def filled(codec, folder, *, documents=400, batches=1, schema=None, storage=None):
    folder.mkdir()
    schema = schema or foreign_schema()
    index = storage.create_index(schema) if storage else create_in(folder, schema)
    chance = random.Random(4)
    for batch in range(batches):
        writer = index.writer(codec=codec)
        for at in range(batch * documents // batches, (batch + 1) * documents // batches):
            writer.add_document(**foreign_document(at, chance))
        writer.commit(merge=False)
    yield index


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same documents in an index of the stock codec and in one of ours; not to be changed."""
    tmp_path = tmp_path_factory.mktemp("both")
    with filled(W3Codec(), tmp_path / "stock") as stock, filled(ColumnarCodec(), tmp_path / "ours") as ours:
        yield stock, ours


def postings_of(reader, field, term):
    matcher = reader.postings(field, term)
    found = []
    while matcher.is_active():
        found.append((matcher.id(), matcher.weight(), matcher.value() or b""))
        matcher.next()
    return found


def info_of(info):
    return (
        info.weight(), info.doc_frequency(), info.min_length(), info.max_length(), info.max_weight(),
        info.min_id(), info.max_id(),
    )  # fmt: skip


def assert_same_index(stock, ours):
    with stock.reader() as one, ours.reader() as other:
        assert list(other.all_terms()) == list(one.all_terms())
        assert sorted(other.indexed_field_names()) == sorted(one.indexed_field_names())
        for field, term in one.all_terms():
            found, wanted = postings_of(other, field, term), postings_of(one, field, term)
            if field.startswith("spell_"):
                # Whoosh posts values of the field itself here, in another format, and cuts them up itself.
                found, wanted = ([posting[:2] for posting in each] for each in (found, wanted))
            assert found == wanted, (field, term)
            assert info_of(other.term_info(field, term)) == pytest.approx(info_of(one.term_info(field, term)))
            assert other.doc_frequency(field, term) == one.doc_frequency(field, term)
        assert [term for term, _ in other] == [term for term, _ in one]
        assert list(other.iter_docs()) == list(one.iter_docs())
        for field in one.schema.names():
            assert other.field_length(field) == one.field_length(field)
            for doc in one.all_doc_ids():
                assert other.doc_field_length(doc, field) == one.doc_field_length(doc, field)
                assert other.has_vector(doc, field) == one.has_vector(doc, field)
                if one.has_vector(doc, field):
                    assert list(other.vector_as("frequency", doc, field)) == list(
                        one.vector_as("frequency", doc, field)
                    )
            if one.schema[field].column_type:
                # As text, in which even nan is like nan.
                held = [list(reader.column_reader(field, translate=False)) for reader in (one, other)]
                assert str(held[0]) == str(held[1])


def test_a_foreign_schema_reads_alike_in_every_part(both):
    assert_same_index(*both)


def test_several_segments_with_deletions_read_alike_and_optimize_alike(tmp_path):
    with (
        filled(W3Codec(), tmp_path / "stock", batches=3) as stock,
        filled(ColumnarCodec(), tmp_path / "ours", batches=3) as ours,
    ):
        for index, codec in ((stock, W3Codec()), (ours, ColumnarCodec())):
            writer = index.writer(codec=codec)
            assert writer.delete_by_term("tags", "naxos") > 10
            writer.commit(merge=False)
        assert_same_index(stock, ours)

        for index, codec in ((stock, W3Codec()), (ours, ColumnarCodec())):
            index.optimize(codec=codec)
        assert len(list(ours._segments())) == 1
        assert_same_index(stock, ours)


def test_a_codec_takes_over_an_index_that_another_wrote(tmp_path):
    with filled(W3Codec(), tmp_path / "one") as stock, filled(W3Codec(), tmp_path / "two") as taken:
        taken.optimize(codec=ColumnarCodec())
        writer = taken.writer(codec=ColumnarCodec())
        writer.add_document(id="new", text="ferry")
        writer.commit(optimize=True)
        writer = stock.writer()
        writer.add_document(id="new", text="ferry")
        writer.commit(optimize=True)
        assert_same_index(stock, taken)


QUERIES = [
    query.Term("text", "ferry"),
    query.And([query.Term("text", "ferry"), query.Term("text", "naxos")]),
    query.Or([query.Term("text", "ferry"), query.Term("text", "storm"), query.Term("tags", "crew")]),
    query.Phrase("text", ["ferry", "sinks"]),
    query.Phrase("chars", ["crew", "saved"], slop=3),
    query.Phrase("boosts", ["crew", "saved"]),
    query.Prefix("text", "s"),
    query.Wildcard("text", "*a?o*"),
    query.FuzzyTerm("text", "feryr", maxdist=2),
    query.TermRange("text", "a", "n"),
    query.NumericRange("number", 2, 4),
    query.Not(query.Term("text", "ferry")),
    query.Every("text"),
    query.Term("text", "no such term"),
]


@pytest.mark.parametrize("asked", QUERIES, ids=str)
def test_a_searcher_finds_and_scores_alike(both, asked):
    for weighting in (scoring.BM25F(), scoring.TF_IDF()):
        found = []
        for index in both:
            with index.searcher(weighting=weighting) as searcher:
                results = searcher.search(asked, limit=None)
                found.append([(hit.docnum, pytest.approx(hit.score), hit.fields()) for hit in results])
        assert found[0] == found[1]


@pytest.mark.parametrize("limit", [1, 10, 50])
def test_the_best_of_one_term_are_found_with_blocks_left_out(tmp_path, limit):
    with filled(ColumnarCodec(), tmp_path / "ours", documents=3_000) as index, index.searcher() as searcher:
        asked = query.Term("text", "ferry")
        whole = [hit.docnum for hit in searcher.search(asked, limit=None)][:limit]
        assert [hit.docnum for hit in searcher.search(asked, limit=limit)] == whole


def test_sorting_facets_spelling_and_suggestions_work_alike(both):
    found = []
    for index in both:
        with index.searcher() as searcher:
            by = searcher.search(query.Every(), sortedby=[
                sorting.FieldFacet("number", reverse=True), sorting.FieldFacet("when")
            ], limit=40)  # fmt: skip
            groups = searcher.search(query.Every(), groupedby="flag").groups()
            found.append(
                (
                    [hit["id"] for hit in by],
                    groups,
                    searcher.corrector("text").suggest("nasox", limit=3),
                    searcher.reader().most_frequent_terms("text", 3),
                    searcher.reader().most_distinctive_terms("text", 3),
                    [hit.highlights("text") for hit in searcher.search(query.Term("text", "naxos"), limit=3)],
                )
            )
    assert found[0] == found[1]


def test_a_cursor_stands_where_the_stock_one_does(both):
    steps = []
    for index in both:
        with index.reader() as reader:
            cursor = reader.cursor("text")
            told = [cursor.text(), cursor.next(), cursor.find("naz"), cursor.term_info().doc_frequency()]
            told += [
                cursor.find(b"zzz"),
                cursor.find("서울"),
                cursor.next(),
                cursor.is_valid(),
                cursor.first(),
            ]
            steps.append(told)
    assert steps[0] == steps[1]


def test_an_unknown_term_is_told_as_whoosh_expects(both):
    _, ours = both
    with ours.reader() as reader:
        assert reader.doc_frequency("text", "nothing") == reader.frequency("text", "nothing") == 0
        with pytest.raises(TermNotFound):
            reader.term_info("text", "nothing")
        with pytest.raises(TermNotFound):
            reader.postings("text", "nothing")
        assert ("text", b"nothing") not in reader


def test_a_term_info_is_a_new_one_each_time(both):
    _, ours = both
    with ours.reader() as reader:
        reader.term_info("text", "ferry")._minid = 10**6
        assert reader.term_info("text", "ferry").min_id() < 400


def test_a_matcher_skips_as_whoosh_expects(tmp_path):
    with filled(ColumnarCodec(), tmp_path / "ours", documents=3_000) as index, index.reader() as reader:
        docs = list(reader.postings("text", "ferry").all_ids())
        matcher = reader.postings("text", "ferry")
        for target in (0, docs[5], docs[5] + 1, docs[300], docs[10], docs[-1]):
            before = matcher.id()
            matcher.skip_to(target)
            assert matcher.id() == next(doc for doc in docs if doc >= max(before, target))
            assert matcher.copy().id() == matcher.id()
        assert matcher.next() is True
        assert not matcher.is_active()
        matcher.reset()
        assert [matcher.next() for _ in range(128)] == [False] * 127 + [True]
        assert (matcher.id(), matcher.block_max_id()) == (docs[128], docs[255])


def test_storage_in_memory_works_alike(tmp_path):
    storages = RamStorage(), RamStorage()
    with (
        filled(W3Codec(), tmp_path / "a", storage=storages[0]) as stock,
        filled(ColumnarCodec(), tmp_path / "b", storage=storages[1]) as ours,
    ):
        assert_same_index(stock, ours)


def test_a_document_whose_value_cannot_be_stored_is_left_out_and_named(tmp_path):
    index = create_in(tmp_path, fields.Schema(id=fields.ID(stored=True), thing=fields.STORED))
    writer = index.writer(codec=ColumnarCodec())
    writer.add_document(id="1", thing=[1, ("a", None)])
    with pytest.raises(ValueError, match=r"random\.Random cannot be stored"):
        writer.add_document(id="2", thing=random.Random())
    writer.commit()
    with open_dir(tmp_path).reader() as reader:
        assert reader.stored_fields(0) == {"id": "1", "thing": [1, ("a", None)]}


def test_a_segment_pickles_small_and_undeletes():
    segment = ColumnarCodec().new_segment(None, "MAIN")
    segment.set_doc_count(10)
    segment.delete_document(3)
    back = pickle.loads(pickle.dumps(segment, 2))
    assert (list(back.deleted_docs()), back.doc_count(), back == segment) == ([3], 9, True)
    assert len(pickle.dumps(segment, 2)) < 300
    back.delete_document(3, delete=False)
    assert not back.has_deletions()


def test_segments_are_named_apart_whatever_the_seed():
    names = set()
    for _ in range(3):
        random.seed(1)
        names.add(ColumnarCodec().new_segment(None, "MAIN").segment_id())
    assert len(names) == 3


def test_a_segment_made_from_arrays_is_the_one_that_whooshs_writer_makes(tmp_path):
    articles = made_articles(300)
    stock = create_in((tmp_path / "stock").mkdir() or tmp_path / "stock", make_schema())
    writer = stock.writer()
    for each in articles:
        writer.add_document(**document_of(each, Stemmer(), INDEXED))
    writer.commit()

    ours = tmp_path / "ours"
    ours.mkdir()
    batch = Batch(Vocabulary(Stemmer()))
    for each in articles:
        batch.add(each, INDEXED)
    described = write_segment(ours, "one", batch.finish())
    TOC(make_schema(), [segment_from(described)], 1).write(FileStorage(str(ours)), INDEX_NAME)

    with stock.reader() as one, open_dir(ours).reader() as other:
        assert list(other.all_terms()) == list(one.all_terms())
        for field, term in one.all_terms():
            assert postings_of(other, field, term) == postings_of(one, field, term), (field, term)
            assert info_of(other.term_info(field, term)) == pytest.approx(info_of(one.term_info(field, term)))
        assert list(other.iter_docs()) == list(one.iter_docs())
        assert other.field_length("text") == one.field_length("text")
        for name in one.schema.names():
            if one.schema[name].column_type:
                held = [list(reader.column_reader(name, translate=False)) for reader in (one, other)]
                assert held[0] == held[1], name
        assert [Searcher(other).document(id=articles[0].id)] == [Searcher(one).document(id=articles[0].id)]


def test_what_whooshs_writer_wrote_opens_for_the_executor(tmp_path):
    articles = made_articles(200)
    index = create_in(tmp_path, make_schema())
    writer = index.writer(codec=ColumnarCodec())
    for each in articles:
        writer.add_document(**document_of(each, Stemmer(), INDEXED))
    writer.commit()

    (segment,) = index._segments()
    with index.reader() as reader:
        lengths = {name: reader.field_length(name) for name in ("text", "stems")}
    described = {"segment": segment.segid, "documents": 200, "deleted": [], "lengths": lengths}
    opened = OpenSegment(tmp_path, described, 0)
    batch = Batch(Vocabulary(Stemmer()))
    for each in articles:
        batch.add(each, INDEXED)
    other = tmp_path / "other"
    other.mkdir()
    written = OpenSegment(other, write_segment(other, "one", batch.finish()), 0)
    assert [opened.stored(doc) for doc in range(200)] == [written.stored(doc) for doc in range(200)]
    assert opened.names("col_source") == written.names("col_source")
    assert opened.numbers("col_published").tolist() == written.numbers("col_published").tolist()
    assert list(opened.terms("text")) == list(written.terms("text"))
    docs = opened.postings("stems", "en:ferri").docs
    assert docs.tolist() == written.postings("stems", "en:ferri").docs.tolist()
    assert opened.length_codes().tolist() == written.length_codes().tolist()
    ferries = opened.postings("text", "ferry").docs
    holders = DocSet(bits_of(ferries, 200))
    mine, theirs = (each.positions("text", "ferry", ferries, holders) for each in (opened, written))
    assert [each.tolist() for each in mine] == [each.tolist() for each in theirs]


def test_whoosh_names_the_damaged_file(tmp_path):
    with filled(ColumnarCodec(), tmp_path / "ours", documents=3) as ours:
        (file,) = (tmp_path / "ours").glob("*.terms")
        with open(file, "r+b") as handle:
            handle.truncate(100)
        with pytest.raises(IndexDamaged, match=file.name):
            ours.reader()
