"""Tables: rows of fields between commas, semicolons, tabs or bars."""

from tests.corpus.builders import read, reasons


def test_tables_are_read_whatever_parts_their_fields():
    for delimiter in ",;\t|":
        rows = [
            ["url", "title", "text"],
            ["https://a.example/1", "Ferry", '"All, were; saved|'],
            ["", "Two", "x"],
        ]
        content = "\n".join(
            delimiter.join('"' + field.replace('"', '""') + '"' for field in row) for row in rows
        )
        first, second = read(content, "a.csv")
        assert (first.headline, first.body, second.headline) == ("Ferry", '"All, were; saved|', "Two")


def test_a_field_of_a_table_may_be_huge_and_hold_line_ends():
    body = "word " * 100_000 + "\nend"
    [article] = read(f'title,body\nFerry,"{body}"\n', "a.csv")
    assert article.word_count == 100_001


def test_a_table_without_a_known_column_says_what_it_needs():
    assert "names no headline" in reasons(read("a,b\n1,2\n", "a.csv"))[0]


def test_a_row_with_too_many_fields_is_reported_and_the_next_read():
    items = read("title,body\na,b,c,d\ne,f\n", "a.csv")
    assert "header has 2" in reasons(items)[0]
    assert items[1].headline == "e"
