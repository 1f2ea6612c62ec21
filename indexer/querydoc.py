"""The query language by example: what the help panel, the README's table and the tests read.

The words are those of the sample articles in corpus/samples; P7D counts from the day of asking.
"""

from __future__ import annotations

# What is typed, and what it finds.
EXAMPLES: tuple[tuple[str, str], ...] = (
    ("supply chain", "both words, anywhere in the article, in any form (chain, chains); accents are folded"),
    ('"supply chain"', "exactly these words side by side; any quotation marks will do: “ ” „ « » 「 」"),
    ("=tariffs", "the word as written, not its other forms; upper and lower case are the same"),
    ("tariffs OR ferry", "at least one of the two (AND, OR and NOT in capitals; or is a word)"),
    ("ferry -tariffs", "ferry, but no article with tariffs; the same as ferry NOT tariffs"),
    ("tariffs OR ferry Nara", "tariffs, or both ferry and Nara: NOT binds before AND, AND before OR"),
    ("(tariffs OR ferry) -Nara", "brackets say what belongs together"),
    ("headline:tariffs", "in the headline only; also by: summary: body:"),
    ('by:"Lee Jae-myung" OR "Lee Jae-myung"', "a name in the byline or in the text; the hyphen is no minus"),
    ("located:Nara", "by place; also source: section: authors: language: keywords:"),
    ("headline:(ferry OR tariffs)", "a field for all that stands in the brackets"),
    ("tariff*", "words that begin so: tariff, tariffs"),
    ("f?rry", "? stands for one letter inside a word, * for any number of them"),
    ("ferri~1", "words that differ in one letter: ferry; ~2 for two"),
    ('"chain supply"~5', "these words in any order with at most five others among them"),
    ("법원", "Korean, Chinese and Japanese are found inside longer words: 법원은"),
    ("date:2026-01", "published in that month; also date:2026 and date:2026-01-15"),
    ("date:2026-01/2026-03", "from the first day of the one to the last day of the other"),
    ("date:>=2026-01-15", "on that day or later; also date:2026-01-15/ and date:<2026"),
    ("date:P7D", "in the last seven days; also today, yesterday, last-week, last-month, P1M, P1Y"),
    ("date:2026-01-01/P1M", "one month from that day"),
    ("updated:2026", "by the date of the last change"),
    ("-headline:tariffs", "all articles but these"),
    ("*", "every article"),
)
