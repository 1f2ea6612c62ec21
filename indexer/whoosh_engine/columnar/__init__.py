"""Segments as arrays: from articles to sorted term lists in memory, by compiled loops.

    articles -> inverting.Batch -> data.SegmentData          (texts to term lists)
    SegmentData, SegmentData ... -> merging -> SegmentData    (several into one)

data.py says what a segment is; reference.py makes the same one article at a time and is what the rest is
tested against.
"""
