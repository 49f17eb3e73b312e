"""Small files that unpack into more than memory, and files whose bytes were changed, end in one line."""

import gzip
import json
import random
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from textransfer.embeddings.formats import text_rows
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, CorpusError, FormatError, TextransferError
from textransfer.text.reading import compression, parquet_sizes, spreadsheets
from textransfer.text.reading.batches import batch_of_lines
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import read_labelled

MEGABYTE = 1 << 20
CLASSIFIER = Path(__file__).parents[2] / "golden/v1/classifier"
IN_LITTLE_MEMORY = """
import resource, sys
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import TextransferError
from textransfer.text.reading.corpus import Corpus
list(Corpus("small.parquet"))
used = 1024 * int(open("/proc/self/statm").read().split()[0]) * 4
resource.setrlimit(resource.RLIMIT_AS, (used + (100 << 20),) * 2)
try:
    list(eval(sys.argv[1]))
except TextransferError as error:
    print(error)
"""


@pytest.fixture
def short_lines(monkeypatch):
    monkeypatch.setattr(compression, "LONGEST_LINE", 1 << 16)
    monkeypatch.setattr(text_rows, "LONGEST_ROW", 1 << 16)


@pytest.mark.parametrize(
    ("name", "start", "chunk"),
    [
        ("a.txt", b"", b"a"),
        ("a.txt", b"a line\n", b" "),
        ("a.csv", b"text,label\n", b"a"),
        ("a.csv", b'text,label\n"', b"a\n"),
        ("a.csv", b'text,label\n"', b'","\n'),
        ("a.jsonl", b'{"text": "', b"a"),
        ("a.jsonl", b'{"text": ', b"["),
    ],
)
@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_line_without_an_end_is_refused(tmp_path, short_lines, name, start, chunk, ending):
    compress = gzip.compress if ending == ".gz" else zstandard.compress
    path = tmp_path / (name + ending)
    path.write_bytes(compress(start + chunk * (20 * MEGABYTE // len(chunk))))
    assert path.stat().st_size < MEGABYTE
    for read in (lambda: list(Corpus(path)), lambda: list(Corpus(path).batches())):
        with pytest.raises(CorpusError, match="expected"):
            read()


def test_a_long_line_of_words_is_read(tmp_path, short_lines):
    path = tmp_path / "a.txt"
    path.write_text("word " * MEGABYTE)
    assert sum(len(text.split()) for batch in Corpus(path).batches() for text in batch.texts()) == MEGABYTE


def test_a_row_of_vectors_without_an_end_is_refused(tmp_path, short_lines):
    path = tmp_path / "a.vec.zst"
    path.write_bytes(zstandard.compress(b"3 2\n" + b"a" * (20 * MEGABYTE)))
    with pytest.raises(FormatError, match="line 2 has more than"):
        WordVectors.load(path)


def test_first_lines_that_announce_too_much_are_refused_at_once(tmp_path):
    for first in ("1 1000000000", "1000000000 3", "999999999999999999 1000000"):
        for rest in (b"word 0.5 1 2\n", b"word \x00\x00\x80\x3f\x00\x00\x80\x3f\x00\x00\x80\x3f"):
            path = tmp_path / "a.vec"
            path.write_bytes(first.encode() + b"\n" + rest)
            with pytest.raises(FormatError):
                WordVectors.load(path)


@pytest.mark.parametrize("read", ['Corpus("large.parquet")', '[WordVectors.load("vectors.parquet")]'])
def test_a_parquet_file_larger_than_memory_is_refused(tmp_path, read):
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "small.parquet")
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), ["word " * 100_000])
    pq.write_table(pa.table({"text": column}), tmp_path / "large.parquet", compression="zstd")
    rows = pa.array([[0.0] * 1000], pa.list_(pa.float32()))
    repeated = pa.table({"word": [f"{i}" for i in range(50_000)], "vector": rows.take([0] * 50_000)})
    pq.write_table(repeated, tmp_path / "vectors.parquet", compression="zstd")
    done = subprocess.run(
        [sys.executable, "-c", IN_LITTLE_MEMORY, read], cwd=tmp_path, capture_output=True, text=True
    )
    assert "needs more memory than there is" in done.stdout, done.stderr
    assert done.returncode == 0


@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
def test_parquet_files_with_changed_bytes_are_read_or_refused(tmp_path):
    path, vectors = tmp_path / "a.parquet", tmp_path / "v.parquet"
    pq.write_table(pa.table({"text": ["good film", "dull"] * 20, "label": ["a", "b"] * 20}), path)
    numbers = pa.array([[1.0, 2.0], [3.0, 4.0]], pa.list_(pa.float32()))
    pq.write_table(pa.table({"word": ["a", "b"], "vector": numbers}), vectors)
    draws = random.Random(0)
    n_refused = 0
    for whole, reads in (
        (path, (lambda: list(Corpus(path)), lambda: read_labelled(path))),
        (vectors, (lambda: WordVectors.load(vectors),)),
    ):
        content = whole.read_bytes()
        for _ in range(100):
            changed = bytearray(content)
            for _ in range(draws.randint(1, 5)):
                changed[draws.randrange(len(changed))] = draws.randrange(256)
            whole.write_bytes(changed)
            for read in reads:
                try:
                    read()
                except TextransferError:
                    n_refused += 1
    assert n_refused > 100


def test_a_workbook_that_unpacks_into_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "LARGEST_BOOK", MEGABYTE)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (2 * MEGABYTE))
    with pytest.raises(CorpusError, match="bytes or more when unpacked"):
        list(Corpus(path))


@pytest.mark.parametrize(
    "encoding", ["undefined", "utf-8\0", "\0", "idna", "rot13", "zlib", "\udc80", "mbcs"]
)
def test_encodings_that_read_no_text_are_refused(tmp_path, encoding):
    path = tmp_path / "a.txt"
    path.write_text("a text\n")
    with pytest.raises(ConfigError, match="which is unknown"):
        Corpus(path, encoding=encoding)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "xlsx"])
def test_halves_of_characters_in_json_are_written_whole(tmp_path, ending):
    path = tmp_path / "a.jsonl"
    rows = [{"text": "good \ud83d", "\ud83d": "\udc80", "in": {"\ud83d": ["\ud83d"]}}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    outcome = subprocess.run(
        [sys.executable, "-m", "textransfer", "predict", "--input", path, "--classifier", CLASSIFIER]
        + ["-o", tmp_path / f"out.{ending}"],
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert list(Corpus(tmp_path / f"out.{ending}")) == ["good \ufffd"]


def test_json_nested_100000_deep_is_refused(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        json.dumps({"text": "a"}) + "\n" + '{"text": "a", "more": ' + "[" * 100_000 + "]" * 100_000
    )
    with pytest.raises(CorpusError, match="line 2: no valid JSON"):
        list(Corpus(path))


def test_a_workbook_that_says_less_than_it_unpacks_into_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "LARGEST_BOOK", MEGABYTE)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (20 * MEGABYTE))
    size, less = struct.pack("<I", 20 * MEGABYTE), struct.pack("<I", 1000)
    content = path.read_bytes()
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, less))
    with pytest.raises(CorpusError, match="bytes or more when unpacked"):
        list(Corpus(path))


def test_texts_of_a_dictionary_are_unpacked_some_rows_at_a_time(tmp_path):
    path = tmp_path / "a.parquet"
    texts = ["word " * MEGABYTE, "short", None]
    column = pa.array([texts[n % 3] for n in range(300)])
    pq.write_table(pa.table({"text": column, "label": ["a"] * 300}), path, dictionary_pagesize_limit=1 << 30)
    metadata = pq.read_metadata(path)
    with path.open("rb") as stream:
        assert parquet_sizes.rows_at_once(metadata, stream, ["label"]) == 1024
        n_rows = parquet_sizes.rows_at_once(metadata, stream, None)
    assert n_rows == parquet_sizes.MOST_BYTES // (5 * MEGABYTE + 4 + 5 + 4)
    assert [len(text) for text in Corpus(path).texts()] == [5 * MEGABYTE, 5, 0] * 100


def test_texts_that_share_their_beginnings_are_unpacked_some_rows_at_a_time(tmp_path):
    path = tmp_path / "a.parquet"
    texts = ["a" * MEGABYTE + str(n) for n in range(40)]
    encodings = {"use_dictionary": False, "column_encoding": {"text": "DELTA_BYTE_ARRAY"}}
    pq.write_table(pa.table({"text": texts}), path, **encodings)
    with path.open("rb") as stream:
        assert parquet_sizes.rows_at_once(pq.read_metadata(path), stream, ["text"]) < 200
    assert list(Corpus(path)) == texts


def test_blocks_of_blank_lines_are_counted_at_once():
    blank = "\n" * 1000 + " \u3000\t\n" * 500 + "\x1c\u2028\n"
    for text in (blank, blank + "  "):
        batch = batch_of_lines(text)
        assert (batch.n_ended, batch.n_blank) == (0, 1501 + (text != blank))
        assert batch_of_lines(text + "a\n").n_blank == 1501
