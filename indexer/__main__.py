"""`python -m indexer rebuild PATH`: the command line without a server."""

from indexer.cli import main

main()
