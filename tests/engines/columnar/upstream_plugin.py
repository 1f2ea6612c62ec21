"""Makes the columnar codec Whoosh's default: `pytest -p upstream_plugin` on Whoosh's own tests.

See UPSTREAM.md and test_upstream.py.
"""

import whoosh.codec

from indexer.whoosh_engine.columnar.codec import ColumnarCodec


def _default_codec(*_args: object, **_options: object) -> ColumnarCodec:
    return ColumnarCodec()


# Whoosh's writer looks it up when it is made.
whoosh.codec.default_codec = _default_codec
