"""What can go wrong with a file, and the root of every error newsdex expects.

NewsdexError
+-- CorpusError             something about the user's files
    +-- UnreadableSource    one file or item; it is reported and the rest goes on
        +-- UnknownFormat   a file no reader claims; the report may count these apart
"""


class NewsdexError(Exception):
    """Anything newsdex expects to go wrong; its message names the thing and the remedy."""


class CorpusError(NewsdexError):
    """Something is wrong with the user's files."""


class UnreadableSource(CorpusError):
    """A file, or one item in it, that gives no article."""

    def __init__(self, uri: str, reason: str):
        super().__init__(f"{uri}: {reason}")
        self.uri, self.reason = uri, reason


class UnknownFormat(UnreadableSource):
    """A file that no reader knows."""

    def __init__(self, uri: str):
        super().__init__(uri, "no reader knows this kind of file")
