"""What an article is, and how a file becomes one.

    walk -> unpack -> detect -> the format's reader -> make_article -> Article

Start with article.py, then reading.py, the one entry. Formats are rows of readers/__init__.py; what holds
for every article whatever its format stands in making.py. README.md has the map of fields.
"""
