"""Segments as arrays: from articles to sorted term lists in memory, by compiled loops.

    articles -> inverting.Batch -> inverting.Finished   (texts to term lists, sorted as they are written)
    segments -> file_part.FilePart -> merging.Merge     (several into one, in slices)

data.py says what a segment is (data.SegmentData is one in memory); reference.py makes the same one article at
a time and is what the rest is tested against. The way of a text:

    kernels.find_chunks    code points to numbers of chunks (analysis.py's word), in a growing table
    vocabulary             each distinct chunk once: its terms by learning_kernels.learn, of unusual letters
                           by analysis.chunk_of; words: the stems of new terms, many at a time; names: both
                           as bytes in one row
    kernels.expand         chunks to terms at positions, and stems: entries.Entries
    sorting                a counting sort by term: data.FieldPostings

What a segment keeps, and why. Measured on 20,000 English articles of 440 words, bytes an article, lists
packed in blocks of 128 with exceptions, tails as varints:

    exact terms            documents 200, weights 113, positions 601, dictionary 50 before sharing prefixes
    stems                  documents 154, weights 94, field masks 8 (96 in 100 are the body alone),
                           dictionary 43
    stored text            1,266 (zstd level 1, 16 articles together; 3,177 as it is)

Stems have lists of their own: 300 bytes of some 2,500, an eighth. As unions of their forms' exact lists they
would cost no lists but a map (16 bytes), and 10 to 12 times the time: 64 microseconds against 5 for the 50
commonest stems (2.6 forms, 7 in 100 postings more to read), 13 against 1.3 and 7 against 0.6 for rarer ones.
A union also has no block bounds of its own, needs positions to tell fields apart and a column to tell
languages apart.

Weights and counts are whole numbers of small entropy (about 50 bytes an article for either list). Positions
are two thirds of what exact terms take, and only phrases, NEAR and field clauses on exact terms read them.

Sentences (14.5 an article), paragraphs (7.4) and quotations (2.4, two ends each) would be arrays of word
positions by document, some 30 bytes an article as steps, beside the postings: an interval lookup per
candidate. Shingles come from Entries.terms, which has every text's terms in reading order while a batch is
made; numbers are the vocabulary's own, so what is to be compared between segments hashes a term's bytes.

On disk a segment is five files, each of named sections with checksums (files.py):

    <segment>.terms        dictionary_file   terms front coded in blocks of 64, with frequencies and offsets
    <segment>.postings     postings_file     documents, weights, masks: blocks of 128 as words, tails as
                                             bytes; of each block its last document and what bounds its scores
    <segment>.places       postings_file     positions likewise, found without decoding those before
    <segment>.columns      columns_file      lengths, numbers, names
    <segment>.stored       stored_file       the articles' JSON, each packed by zstandard

    Finished or Merge -> segment_files.write_segment -> files -> open_segment.OpenSegment (the executor)
                                                                 -> file_part.FilePart       (a merge)
    Whoosh's IndexWriter -> codec.ColumnarCodec, whoosh_*.py    <-> files                    (Whoosh itself)

groups.py packs small numbers; encoding_kernels (written), postings_kernels (read), positions_kernels and
terms_kernels are the loops over them. encoded.py and postings_writer.py write what postings_file.py reads.
A merge joins packed lists into packed ones (joining.py), two threads a slice each, and unpacks a block of 128
at a time: unpacked, the commonest word's 25 million positions in a million articles would be 100 MB on either
side. Of some 170 parts with a million articles the process was seen at 441 MiB halfway.
20,000 real articles of 3,150 bytes take 2,536 bytes each: stored 1,119, places 705, postings 582, terms 100,
columns 30. tantivy takes 4,022 for the same fields, Whoosh's own codec 9,657 (5,000 articles). A list decodes
at 2.5 nanoseconds a posting, dense positions at 3, a look-up takes 14 microseconds, opening one millisecond.
100,000 take 2,454 each and open in two. A file that is cut short while it is mapped ends the process, as it
does to every program that maps files: nothing here shortens one once it is written.
"""
