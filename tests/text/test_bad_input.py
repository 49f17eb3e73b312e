"""Each kind of bad file gives one line: what was found, what was expected, what to do."""

import bz2
import gzip
import lzma
import random

import pytest
import zstandard

from textransfer.errors import ConfigError, CorpusError
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import read_labelled

COMPRESS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}

EMPTY = ["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.txt.gz", "a.txt.xz", "a.csv.zst"]


def complaint(read, *args, **kwargs):
    with pytest.raises((CorpusError, ConfigError)) as caught:
        list(read(*args, **kwargs).texts if read is read_labelled else read(*args, **kwargs))
    message = str(caught.value)
    assert "\n" not in message
    assert "expected" in message
    return message


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.parametrize("read", [Corpus, read_labelled])
def test_no_such_file(read, tmp_path):
    assert "no such file" in complaint(read, tmp_path / "none.csv")


@pytest.mark.parametrize("read", [Corpus, read_labelled])
def test_a_name_that_is_too_long(read):
    assert len(complaint(read, "x" * 100_000)) < 400


def test_nothing_named():
    assert "no input file" in complaint(Corpus, [])


def test_a_pattern_that_matches_nothing(tmp_path):
    assert "matches no file" in complaint(Corpus, f"{tmp_path}/*.txt")


def test_a_folder_without_readable_files(tmp_path, write):
    write("notes.pdf", "%PDF-")
    assert "no file of a known kind" in complaint(Corpus, tmp_path)


def test_an_unknown_kind(write):
    assert "ends in .docx" in complaint(Corpus, write("a.docx", "x"))
    assert "ends in .json," in complaint(Corpus, write("a.json.gz", "x"))


def test_a_file_without_permission(write, monkeypatch):
    path = write("a.txt", "x")

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("textransfer.text.reading.compression.io.FileIO", refuse)
    assert "Permission denied" in complaint(Corpus, path)


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_file(write, name):
    assert "a." in complaint(Corpus, write(name, ""))
    assert "is empty" in complaint(Corpus, write(name, ""))


def test_an_empty_file_with_labels(write):
    assert "is empty" in complaint(read_labelled, write("a.csv", ""))


def test_compressed_nothing(write):
    assert "no document" in complaint(Corpus, write("a.txt.gz", gzip.compress(b"")))


def test_only_blank_lines(write):
    assert "only blank lines (3)" in complaint(Corpus, write("a.txt", "\n  \n\u3000\n"))
    assert "only blank texts (2)" in complaint(read_labelled, write("a.csv", "text,label\n,x\n ,y\n"))
    assert "only blank or missing ones" in complaint(Corpus.from_texts, [None, float("nan")])


def test_a_header_and_no_rows(write):
    for read in (Corpus, read_labelled):
        assert "below its header" in complaint(read, write("a.csv", "text,label\n"))


def test_rows_beyond_the_end(write):
    path = write("a.csv", "text,label\none,x\n")
    for read in (Corpus, read_labelled):
        assert "no rows in 5:9" in complaint(read, path, rows=slice(5, 9))


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
@pytest.mark.parametrize("before", ["", "fine\n", "fine line\n" * 5000])
def test_binary_data_says_the_line(write, name, before):
    head = {"a.txt": "", "a.csv": "text\n", "a.jsonl": ""}[name]
    before = before.replace("fine", '{"text": "x"} ').replace(" line", "") if name == "a.jsonl" else before
    content = (head + before).encode() + b"ab\0\1\2\n"
    line = content[: content.index(b"\0")].count(b"\n") + 1
    assert f"binary data (a NUL byte in line {line})" in complaint(Corpus, write(name, content))


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (gzip.compress(b"text"), "ending .gz"),
        (lzma.compress(b"text"), "ending .xz"),
        (bz2.compress(b"text"), "ending .bz2"),
        (zstandard.ZstdCompressor().compress(b"text"), "ending .zst"),
        (b"PK\x03\x04\0\0", "office document"),
        (b"\x89PNG\r\n\x1a\n\0\0", "binary data"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "bytes",
)
def test_a_file_of_another_kind_is_recognised(write, content, hint):
    assert hint in complaint(Corpus, write("a.txt", content))


@pytest.mark.parametrize("wide", ["utf-16", "utf-32"])
def test_an_encoding_that_was_named_is_not_replaced(write, wide):
    path = write("a.txt", "text".encode(wide))
    assert f'encoding="{wide}"' in complaint(Corpus, path, encoding="utf-8")
    assert list(Corpus(path)) == ["text"]


@pytest.mark.parametrize("n_before", [0, 1, 3000, 100_000])
@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "a.csv", "a.jsonl"])
def test_a_wrong_encoding_says_byte_and_line(write, name, n_before):
    rows = {"a.csv": "fünf\n", "a.jsonl": '{"text": "fünf"}\n'}.get(name, "fünf\n")
    header = "text\n" if name == "a.csv" else ""
    content = (header + rows * n_before).encode() + "caf\xe9 rest\n".encode("latin-1")
    line = content.count(b"\n")
    path = write(name, gzip.compress(content) if name.endswith("gz") else content)
    message = complaint(Corpus, path, encoding="utf-8")
    assert f"line {line}: byte 0xe9" in message
    if n_before >= 3000:  # too much of it is UTF-8 for a file in another encoding
        assert complaint(Corpus, path) == message
    assert "encoding=" in message


def test_text_cut_off_inside_a_character(write):
    assert "line 2: byte 0xe6" in complaint(Corpus, write("a.txt", "one\n日".encode()[:-1]))


def test_an_unknown_encoding(write):
    for name in ("utf-99", "base64"):
        assert name in complaint(Corpus, write("a.txt", "x"), encoding=name)


def test_a_table_without_the_columns_says_which_it_has(write):
    path = write("a.csv", "review,stars\nx,1\n")
    message = complaint(read_labelled, path)
    assert "has the columns 'review', 'stars'; expected 'text' and 'label'" in message
    assert "text_column=NAME" in complaint(Corpus, path)
    assert "expected 'label'" in complaint(read_labelled, path, text_column="review")


def test_a_row_that_is_too_long_says_its_line(write):
    message = complaint(read_labelled, write("a.csv", "text,label\nGood, but long,pos\n"))
    assert "line 2: the row has 3 of 2 fields; expected one for each column ('text', 'label')" in message
    labelled = read_labelled(write("a.csv", "text,label\nGood,pos,, \n"))
    assert (labelled.texts, labelled.labels) == (["Good"], ["pos"])


def test_several_columns_that_differ_in_case_are_refused(write):
    assert "'Text', 'TEXT'; expected 'text' once" in complaint(Corpus, write("a.csv", "Text,TEXT\nx,y\n"))


def test_a_column_that_is_there_twice(write):
    assert "more than once" in complaint(Corpus, write("a.csv", "text,text\nx,1\n"))


def test_a_row_that_is_too_short_says_its_line(write):
    message = complaint(read_labelled, write("a.csv", 'text,label\n"two\nlines",x\nalone\n'))
    assert "line 4" in message
    assert "1 of 2 fields" in message


def test_a_quote_left_open_swallows_no_rows(write):
    assert "quote left open" in complaint(Corpus, write("a.csv", 'text\none\n"two\nthree\nfour\n'))


def test_a_file_without_any_label_is_refused(write):
    for name, content in {
        "a.csv": "text,label\na,\nb, \n",
        "a.jsonl": '{"text": "a", "label": null}\n{"text": "b", "label": NaN}\n',
    }.items():
        assert "no row of 2 has a label in column 'label'" in complaint(read_labelled, write(name, content))
    assert "line 1: the object has 'text'" in complaint(read_labelled, write("a.jsonl", '{"text": "a"}\n'))


def test_plain_text_has_no_labels(write):
    assert "has no labels" in complaint(read_labelled, write("a.txt", "x\n"))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"text": "a"', "no valid JSON"),
        ("plain text", "no valid JSON"),
        ("[" * 100_000, "no valid JSON"),
        ("[1, 2]", "[1, 2]"),
        ('{"review": "a"}', "the object has 'review'"),
        ('{"text": 5}', "the text is 5"),
        ('{"text": ["a"]}', "the text is ['a']"),
    ],
)
def test_a_bad_json_line_says_which(write, line, found):
    message = complaint(Corpus, write("a.jsonl", '{"text": "fine"}\n\n' + line + "\n"))
    assert "line 3" in message
    assert found in message
    assert len(message) < 600


@pytest.mark.parametrize("ending", COMPRESS)
@pytest.mark.parametrize("n_lost", [1, 10, 2000])
def test_a_truncated_file_is_never_taken_for_a_whole_one(write, ending, n_lost):
    noise = random.Random(0)
    content = "".join(f"{noise.random()}\n" for _ in range(3000)).encode()
    path = write(f"a.txt{ending}", COMPRESS[ending](content)[:-n_lost])
    assert f"in the middle of its {ending} data" in complaint(Corpus, path)


@pytest.mark.parametrize("ending", COMPRESS)
def test_what_is_not_compressed_as_its_ending_says(write, ending):
    assert f"no valid {ending} file" in complaint(Corpus, write(f"a.txt{ending}", "plain text, long enough"))


@pytest.mark.parametrize("ending", COMPRESS)
def test_damage_inside_a_compressed_file(write, ending):
    noise = random.Random(0)
    content = bytearray(COMPRESS[ending]("".join(f"{noise.random()}\n" for _ in range(3000)).encode()))
    content[len(content) // 2 : len(content) // 2 + 40] = bytes(40)
    complaint(Corpus, write(f"a.txt{ending}", bytes(content)))


def test_damaged_parquet(write):
    pytest.importorskip("pyarrow")
    for content in (b"PAR1 not at all PAR1", b"x" * 50):
        assert "no valid parquet file" in complaint(Corpus, write("a.parquet", content))
