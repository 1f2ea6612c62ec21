"""The default engine: articles in segments that Whoosh can open, answers from arrays of their postings.

    Article -> columnar.writer.ColumnarWriter -> segments -> columnar.open_segment       (writing, opening)
    Query -> compile.Compiler -> plan.Plan -> execute.Executor -> searching.Search.page  (reading)

schema.py says what lies in which of Whoosh's fields, segment.py what a segment gives, columns.py holds
what filters and counts, marks.py and snippets.py show why an article was found. No other folder imports
whoosh.
"""
