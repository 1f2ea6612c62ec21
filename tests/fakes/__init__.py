"""Small engines for tests: the whole contract of indexer/engine.py by looking at every article.

`ListEngine` answers from a list in memory. `ListFormat` writes and opens generations on disk for it, in
segments that later generations link, so that builds can be tested without any search engine.
"""

from tests.fakes.articles import an_article
from tests.fakes.engine import BUILT, ListEngine
from tests.fakes.on_disk import FORMAT, ListFormat, ListWriter

__all__ = ["BUILT", "FORMAT", "ListEngine", "ListFormat", "ListWriter", "an_article"]
