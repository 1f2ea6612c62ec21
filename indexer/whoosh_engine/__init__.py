"""The default engine: articles in Whoosh's segments, answers from arrays of their postings.

    Article -> documents.document_of -> writer.WhooshWriter -> Whoosh's segments         (writing)
    Query -> compile.Compiler -> plan.Plan -> execute.Executor -> searching.Search.page  (reading)

schema.py says what lies in which of Whoosh's fields, store.py turns segments into arrays, columns.py holds
what filters and counts, marks.py and snippets.py show why an article was found. No other folder imports
whoosh.
"""
