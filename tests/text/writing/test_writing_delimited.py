import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textransfer.errors import OutputError
from textransfer.text.writing.delimited import DelimitedWriter


def written(rows, names=("a", "b"), **options):
    stream = io.StringIO(newline="")
    DelimitedWriter(stream, names, **options).write(rows)
    return stream.getvalue()


@given(
    st.lists(st.text(alphabet=st.sampled_from('a,;"\n\r é\x00')), min_size=2, max_size=4),
    st.sampled_from([",", ";", "|"]),
)
def test_lines_are_those_of_the_csv_module(fields, delimiter):
    names = [f"column {place}" for place in range(len(fields))]
    text = written([dict(zip(names, fields, strict=True))], names, delimiter=delimiter)
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) == [names, fields]


def test_columns_keep_their_order_and_what_a_row_lacks_is_empty():
    assert written([{"b": 1, "a": "x"}, {"c": 2}]) == "a,b\nx,1\n,\n"


def test_cells_are_made_harmless_for_people_only():
    rows = [{"a": "=1+1", "b": -3.5}, {"a": "-3.5", "b": "@x"}]
    assert written(rows) == "a,b\n=1+1,-3.5\n-3.5,@x\n"
    assert written(rows, is_for_people=True) == "a,b\n'=1+1,-3.5\n-3.5,'@x\n"
    assert written([], ["=a", "b"], is_for_people=True) == "'=a,b\n"


def test_tsv_has_no_quotes():
    assert written([{"a": 'say "hi", you', "b": ""}], delimiter="\t") == 'a\tb\nsay "hi", you\t\n'
    for cell in ("a\tb", "a\nb", "a\rb"):
        with pytest.raises(OutputError, match=r"row 2, column 'b'.*\.csv"):
            written([{"a": "x"}, {"b": cell}], delimiter="\t")


def test_half_a_character_is_mended():
    assert written([{"a": "\ud83d", "b": ""}]) == "a,b\n\ufffd,\n"


CELLS = st.one_of(
    st.text(alphabet=st.sampled_from('a,;"\n\r é\t=-1.\ud83d')),
    st.none(),
    st.integers(),
    st.floats(),
    st.lists(st.integers()),
)


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4),
    st.sampled_from([",", ";", ".", "\t"]),
    st.booleans(),
)
def test_columns_are_written_as_rows_are(rows, delimiter, is_for_people):
    names = ("a", "b", "c", "lacking")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names[:3])}
    outcomes = []
    for write in (
        lambda table: table.write([dict(zip(names, row, strict=False)) for row in rows]),
        lambda table: table.write_columns(columns),
    ):
        stream = io.StringIO(newline="")
        table = DelimitedWriter(stream, names, delimiter, is_for_people=is_for_people)
        table.write([{"a": "first"}])
        try:
            write(table)
        except OutputError as error:
            outcomes.append(str(error))
        else:
            outcomes.append(stream.getvalue())
    assert outcomes[0] == outcomes[1]
