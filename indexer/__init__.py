"""How articles become an index, and how the index answers.

    paths -> build.rebuild -> engine.Writer -> generation      (writing)
    text  -> parse.parse -> Query -> Engine.search -> ResultPage (reading)

Start with fields.py, the one table that both directions share; query.py holds what can be asked and
results.py what is answered. whoosh_engine/ is the only folder that imports whoosh.
"""
