"""Tables as people have them: delimiters, quotes, bad rows."""

import logging
import warnings

import pytest

from textransfer.errors import ConfigError, CorpusError, TextransferWarning
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import read_labelled

ROWS = [
    ("Good, but long; really", "pos"),
    ('He said "no"', "neg"),
    ("two\nlines\tand a tab|bar", "pos"),
    ("é", "neg"),
]


def quoted(field, delimiter):
    needs = any(mark in field for mark in (delimiter, '"', "\n", ","))
    return '"' + field.replace('"', '""') + '"' if needs else field


def table_of(rows, delimiter, end="\r\n"):
    return "".join(delimiter.join(quoted(field, delimiter) for field in row) + end for row in rows)


@pytest.fixture
def write(tmp_path):
    def write(name, content, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt"])
@pytest.mark.filterwarnings("ignore:.*not UTF-8")
def test_any_delimiter_in_any_ending_and_encoding(write, ending, delimiter, encoding):
    rows = [("id", "Label", "text"), *((str(i), label, text) for i, (text, label) in enumerate(ROWS))]
    labelled = read_labelled(write(f"a{ending}", table_of(rows, delimiter), encoding))
    assert list(zip(labelled.texts, labelled.labels, strict=True)) == ROWS


def test_what_was_found_is_said_if_it_is_not_the_usual(write, caplog):
    caplog.set_level(logging.INFO)
    read_labelled(write("usual.csv", "text,label\na;b;c,x\nd,y\n"))
    assert caplog.text == ""
    read_labelled(write("other.csv", "text;label\na,b,c;x\nd;y\n"))
    assert "other.csv: fields are separated by semicolons; delimiter=SIGN overrules it" in caplog.text


def test_a_delimiter_that_was_named_is_obeyed(write):
    path = write("a.csv", "text:label\na,b:x\nc:y\n")
    assert read_labelled(path, delimiter=":").texts == ["a,b", "c"]
    with pytest.raises(CorpusError, match="has the columns 'text:label'"):
        read_labelled(path)
    for delimiter in ("", "::", "\n", '"'):
        with pytest.raises(ConfigError, match="expected one character"):
            read_labelled(path, delimiter=delimiter)
    with pytest.raises(ConfigError, match=r"no input is a .csv or .tsv file"):
        Corpus(write("a.jsonl", '{"text": "a"}\n'), delimiter=";")


def test_the_line_that_excel_writes_for_itself(write):
    assert read_labelled(write("a.csv", "sep=|\r\ntext|label\r\na,b|x\r\n")).texts == ["a,b"]


def test_plain_tsv_has_no_quotes(write):
    path = write(
        "a.tsv", 'text\tlabel\n" to be seen\tpos\n"good" is not\tneg\nso they said "\tneg\n"fine"\tpos\n'
    )
    texts = ['" to be seen', '"good" is not', 'so they said "', '"fine"']
    assert read_labelled(path).texts == texts
    assert list(Corpus(path)) == texts


@pytest.mark.parametrize(
    "content",
    [
        'text\tlabel\n"tab\tin it"\tpos\nfine\tneg\n',
        'text\tlabel\n"line\nend"\tpos\nfine\tneg\n',
        '"text"\t"label"\n"fine"\t"pos"\n',
        'text\tlabel\n"a, b"\tpos\nfine\tneg\n',
        'text\tlabel\n"a ""b"""\tpos\nfine\tneg\n',
    ],
)
def test_tsv_that_is_plainly_quoted_loses_its_quotes(write, content):
    labelled = read_labelled(write("a.tsv", content))
    assert not any(text.startswith('"') for text in labelled.texts)
    assert set(labelled.labels) <= {"pos", "neg"}


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.csv", "text,label\nfine,pos\nGood, but long,pos\n", 3),
        ("a.csv", "text\nfine\nGood, but long\n", 3),
        ("a.csv", 'label,text\npos, "a, b"\n', 2),
        ("a.csv", 'label,text\npos, "a b"\n', 2),
        ("a.tsv", "text\tlabel\nGood\tbut long\tpos\n", 2),
        ("a.csv", 'text,label\n"two\nlines",pos\nfine,pos,\n"a",b,c\n', 5),
        ("a.csv", "text,label\nfine,pos\nfine\n", 3),
        ("a.csv", 'text,label\nfine,pos\n"open,pos\nfine,neg\n', 3),
        ("a.csv", 'text,label\nfine,pos\n"a\nb","open\nfine,"neg"\n', 4),
    ],
)
def test_a_bad_row_is_refused_with_its_line_or_left_out(write, name, content, line):
    path = write(name, content + "".join(content.splitlines(keepends=True)[1:2] * 0))
    with pytest.raises(CorpusError, match=f"line {line}: "):
        list(Corpus(path))
    path = write(
        name, content + content.splitlines()[0].replace("text", "last").replace("label", "pos") + "\n"
    )
    with pytest.warns(TextransferWarning, match="1 bad row is left out"):
        assert list(Corpus(path, bad_rows="skip"))[-1] == "last"


def test_a_file_of_bad_rows_alone_is_refused(write):
    with pytest.raises(CorpusError, match=r"every row is bad, 2 in all; the first: .*line 2"):
        list(Corpus(write("a.csv", "text\na,b\nc,d\n"), bad_rows="skip"))


def test_surplus_fields_may_be_empty(write):
    assert read_labelled(write("a.csv", "text,label\nfine,pos,, \ndull,neg,\n")).texts == ["fine", "dull"]


def test_empty_rows_and_rows_without_label_are_left_out_and_counted(write, caplog):
    caplog.set_level(logging.INFO)
    path = write("a.csv", "\n;;\nid;text;label\n1;a;x\n\n;;\n2;b;\n3;c;none\n4;d; y \n;;\n\n")
    with pytest.warns(TextransferWarning, match="1 unlabelled row is left out"):
        labelled = read_labelled(path)
    assert (labelled.texts, labelled.labels) == (["a", "c", "d"], ["x", "none", "y"])
    assert "2 empty rows are left out" in caplog.text


def test_an_empty_row_of_a_table_has_no_record(write):
    records = list(Corpus(write("a.csv", "id,text\n1,a\n,\n2,\n")).records())
    assert [(record.place, record.text) for record in records] == [(2, "a"), (4, "")]


def test_marks_that_are_no_line_ends(write):
    path = write("a.csv", 'text,label\n"one\u2028two\u0085three\rfour",x\n')
    assert read_labelled(path).texts == ["one\u2028two\u0085three\rfour"]


def test_line_ends_of_old_macintoshs(write):
    assert read_labelled(write("a.csv", "text,label\rone,x\rtwo,y\r")).labels == ["x", "y"]


def test_header_names_that_repeat_or_are_missing(write):
    records = Corpus(write("a.csv", ",text,note,note,\n0,a,b,c,d\n")).records()
    assert next(records).fields == {"column 1": "0", "text": "a", "note": "b", "note.1": "c", "column 5": "d"}
    with pytest.raises(CorpusError, match="or put a row of names first"):
        list(Corpus(write("b.csv", "a fine film,pos\na dull one,neg\n")))


def test_a_text_file_is_a_table_only_if_it_plainly_is_one(write):
    plain = "text, and more\tof it\nfine\ndull\n"
    assert list(Corpus(write("a.txt", plain))) == plain.splitlines()
    lines = "id,text\n1,a\n2,b, c\n"
    with pytest.warns(TextransferWarning, match=r"a.txt: the first line names columns as in a table"):
        assert list(Corpus(write("a.txt", lines))) == lines.splitlines()
    table = "id\ttext\n1\ta\n2\tb\n"
    assert list(Corpus(write("a.txt", table))) == ["a", "b"]
    assert list(Corpus(write("a.txt", table), input_format="txt")) == table.splitlines()
    assert [batch.n_ended for batch in Corpus(write("a.txt", table)).batches() if batch.n_ended] == [2]


TABLE = "id\tnote\tbody\n" + "".join(f'{n}\t"a\nb"\tone\n' for n in range(9))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_text_file_that_is_a_table_is_read_as_one_if_a_column_is_named(tmp_path, encoding):
    path = tmp_path / "a.txt"
    path.write_text(TABLE, encoding=encoding)
    assert list(Corpus(path, text_column="body")) == ["one"] * 9
    with pytest.raises(CorpusError, match="has the columns 'id', 'note', 'body'; expected 'Body text'"):
        list(Corpus(path, text_column="Body text"))
    with pytest.warns(TextransferWarning, match="all lines have as many tabs"):
        assert len(list(Corpus(path))) == 19
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(Corpus(path, input_format="txt"))) == 19


@pytest.mark.parametrize("text", ["one\ttwo\nthree\tfour\n", "a\tb\nc\nd\ne\n", "a\nb\nc\nd\n"])
def test_other_text_is_not_suspected(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(Corpus(tmp_path / "a.txt")) == text.splitlines()
