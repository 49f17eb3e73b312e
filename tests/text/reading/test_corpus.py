import bz2
import gzip
import io
import json
import lzma
import os
import sys
import threading

import numpy as np
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import texts

from textransfer.errors import ConfigError, CorpusError, TextransferWarning
from textransfer.text.reading.corpus import Corpus, as_corpus
from textransfer.text.reading.labelled import LabelledTexts, parse_rows, read_labelled

TEXTS = ["A fine film.", "Schöne Grüße, ここは 日本 😀", 'He said "no", twice']
COMPRESS = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


WRITE = {
    ".txt": lambda texts: "\n".join(texts) + "\n",
    ".csv": lambda texts: "id,text,label\n" + "".join(f"1,{quoted(t)},pos\n" for t in texts),
    ".tsv": lambda texts: "text\tlabel\n" + "".join(f"{quoted(t)}\tpos\n" for t in texts),
    ".jsonl": lambda texts: "".join(json.dumps({"text": t, "label": "pos"}) + "\n" for t in texts),
}


def is_document(text):
    return text.strip() and "\0" not in text


@pytest.fixture
def write(tmp_path):
    def write(name, content, compress=bytes):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compress(content.encode() if isinstance(content, str) else content))
        return path

    return write


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("kind", WRITE)
def test_every_kind_and_compression_is_read_and_read_again(write, kind, compression):
    corpus = Corpus(write(f"in{kind}{compression}", WRITE[kind](TEXTS), COMPRESS[compression]))
    assert list(corpus) == TEXTS
    assert list(corpus) == TEXTS
    assert corpus.n_documents == 3


@pytest.mark.parametrize("compression", COMPRESS)
def test_parquet(tmp_path, write, compression):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    buffer = io.BytesIO()
    parquet.write_table(arrow.table({"n": [1, 2, 3], "text": [*TEXTS[:2], None], "label": [0, 1, 1]}), buffer)
    path = write(f"in.parquet{compression}", buffer.getvalue(), COMPRESS[compression])
    corpus = Corpus(path)
    assert list(corpus) == TEXTS[:2]
    assert corpus.fingerprint() == Corpus(path).fingerprint()
    assert read_labelled(path) == LabelledTexts([*TEXTS[:2], ""], ["0", "1", "1"], str(path))
    with pytest.raises(CorpusError, match="has the columns 'n', 'text', 'label'"):
        list(Corpus(path, text_column="review"))


@pytest.mark.parametrize("compression", [".gz", ".bz2", ".xz", ".zst"])
def test_streams_one_after_the_other_are_one_file(write, compression):
    compress = COMPRESS[compression]
    path = write(f"in.txt{compression}", compress(b"one\n") + compress(b"two\n"))
    assert list(Corpus(path)) == ["one", "two"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(texts.filter(is_document), min_size=1, max_size=5))
def test_any_text_comes_back_from_csv_and_jsonl(write, some):
    for kind in (".csv", ".jsonl"):
        assert list(Corpus(write(f"in{kind}", WRITE[kind](some)))) == some


def test_line_ends_and_marks_of_other_systems(write):
    lines = "\ufeffone\r\ntwo\rthree\u2028still three"
    assert list(Corpus(write("a.txt", lines))) == [
        "one",
        "two",
        "three\u2028still three",
    ]
    assert list(Corpus(write("b.csv", '\ufefftext,label\r\n"one\r\nmore",x\r\n\r\ntwo,y'))) == [
        "one\r\nmore",
        "two",
    ]


def test_a_field_may_be_long(write):
    assert len(next(iter(Corpus(write("a.csv", f"text\n{'x' * 300_000}\n"))))) == 300_000


def test_other_columns_and_encodings(write):
    path = write("a.csv", "Review,Stars\nWié,5\n".encode("cp1252"))
    assert list(Corpus(path, text_column="Review", encoding="cp1252")) == ["Wié"]
    assert list(Corpus(write("b.txt", "日本\n語".encode("utf-16")), encoding="utf-16")) == ["日本", "語"]
    assert list(Corpus(write("c.txt", "日本\n語".encode("shift_jis")), encoding="shift_jis")) == [
        "日本",
        "語",
    ]


def test_records_hold_every_field_as_it_was_read(write):
    table = write("a.csv", "id,Text,id\n007, a ,x\n")
    assert list(Corpus(table).records()) == [(2, " a ", "", {"id": "007", "Text": " a ", "id.1": "x"})]
    lines = write("a.jsonl", '{"n": 1.0, "text": "a", "more": [null]}\n')
    assert list(Corpus(lines).records()) == [(1, "a", "", {"n": 1.0, "text": "a", "more": [None]})]
    assert list(Corpus.from_texts(["a"]).records()) == [(1, "a", "", {"text": "a"})]


def test_parquet_records_hold_every_field(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"n": [1, None], "text": ["a", "b"]}), tmp_path / "a.parquet")
    records = list(Corpus(tmp_path / "a.parquet").records())
    assert [record.fields for record in records] == [{"n": 1, "text": "a"}, {"n": None, "text": "b"}]


def test_blank_documents_are_skipped_and_counted(write):
    corpus = Corpus(write("a.txt", "one\n\n \t\u3000\ntwo\n"))
    assert list(corpus) == ["one", "two"]
    assert (corpus.n_documents, corpus.n_blank) == (2, 2)


def test_folders_and_patterns_are_sorted(write, tmp_path):
    for name in ("b/two.csv", "a.txt.gz", "b/.hidden.txt", "b/notes.pdf"):
        write(
            name,
            "text\ntwo\n" if name.endswith("csv") else gzip.compress(b"one") if name.endswith("gz") else "no",
        )
    assert list(Corpus(tmp_path)) == ["one", "two"]
    assert list(Corpus([tmp_path / "b", str(tmp_path / "*.gz")])) == ["two", "one"]
    assert list(Corpus(f"{tmp_path}/**/*.csv")) == ["two"]


def test_a_name_with_pattern_characters_is_a_name_first(write):
    assert list(Corpus(write("in[1].txt", "one"))) == ["one"]


@pytest.mark.parametrize("name", ["~$a.csv", ".~lock.a.csv#", "._a.csv"])
def test_what_programs_put_beside_open_files_is_left_out(tmp_path, name):
    (tmp_path / "a.csv").write_text("text\nfine\n")
    (tmp_path / name).write_bytes(b"\x05\0nobody")
    for named in (tmp_path, str(tmp_path / "*"), str(tmp_path / "*.csv")):
        assert list(Corpus(named)) == ["fine"]
    with pytest.warns(TextransferWarning, match="is left out"):
        assert list(Corpus([tmp_path / name, tmp_path / "a.csv"])) == ["fine"]
    with pytest.raises(CorpusError, match="expected the file itself"):
        Corpus(tmp_path / name)


def test_a_file_named_twice_is_read_once(write, tmp_path):
    path = write("a.txt", "one")
    with pytest.warns(TextransferWarning, match="1 file was named more than once"):
        assert list(Corpus([path, tmp_path])) == ["one"]


def test_standard_input_can_be_read_twice(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("один\nдва\n".encode())))
    corpus = Corpus("-")
    assert list(corpus) == list(corpus) == ["один", "два"]
    assert corpus.name == "standard input"


@pytest.mark.parametrize("compression", COMPRESS)
def test_compressed_standard_input_is_told_by_its_first_bytes(monkeypatch, compression):
    stream = io.BytesIO(COMPRESS[compression](WRITE[".csv"](TEXTS).encode()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
    assert list(Corpus(["-", "-"], input_format="csv")) == TEXTS


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_can_be_read_twice(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("one\ntwo\n",))
    writer.start()
    corpus = Corpus(path)
    writer.join()
    assert list(corpus) == list(corpus) == ["one", "two"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [("0:2", ["0", "1"]), ("2:", ["3", "4"]), (":3", ["0", "1"]), ("1:4", ["1", "3"]), ("3:99", ["3", "4"])],
)
def test_rows_count_over_all_files_with_the_blank_ones(write, rows, expected):
    paths = [write("a.txt", "0\n1\n"), write("b.txt", " \n3\n4\n")]
    assert list(Corpus(paths, rows=parse_rows(rows))) == expected
    tables = [write("a.csv", "text,label\n0,a\n1,a\n"), write("b.csv", "text,label\n,b\n3,b\n4,b\n")]
    assert [text for text in read_labelled(tables, rows=parse_rows(rows)).texts if text] == expected


@pytest.mark.parametrize("rows", [slice(-1, None), slice(0, -1), slice(None, None, 0), slice("a")])
def test_odd_slices_are_refused(rows):
    with pytest.raises(ConfigError, match="non-negative"):
        Corpus.from_texts(["a"], rows=rows)


def test_progress_counts_the_bytes_on_disk(write):
    content = "".join(f"line {i * 7919 % 10007}\n" for i in range(100_000))
    corpus = Corpus([write("a.txt.gz", content, gzip.compress), write("b.txt", "x\n")])
    seen = [corpus.bytes_read for _ in corpus]
    assert seen == sorted(seen)
    assert 0 < seen[len(seen) // 2] < corpus.bytes_total
    assert corpus.bytes_read == corpus.bytes_total == sum(path.stat().st_size for path in corpus.files)


def test_progress_counts_columns_that_need_not_be_read(write):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    buffer = io.BytesIO()
    parquet.write_table(arrow.table({"other": [os.urandom(400_000)], "text": ["one"]}), buffer)
    corpus = Corpus([write("a.parquet", buffer.getvalue()), write("b.txt", "two\n")])
    assert [(text, corpus.bytes_read >= 400_000) for text in corpus] == [("one", False), ("two", True)]


def test_the_fingerprint_is_of_the_content_not_of_the_name(write):
    first = Corpus(write("a.txt", "one\ntwo"))
    assert first.fingerprint() == Corpus(write("b.txt", "one\ntwo")).fingerprint()
    others = [
        Corpus(write("c.txt", "one\ntwO")),
        Corpus(write("a.csv", "one\ntwo")),
        Corpus(write("d.txt", "one\ntwo"), rows=slice(0, 1)),
        Corpus.from_texts(["one", "two"]),
        Corpus.from_texts(["onetwo"]),
    ]
    assert len({first.fingerprint(), *(other.fingerprint() for other in others)}) == 6


def test_texts_in_memory_have_the_same_face():
    corpus = Corpus.from_texts(("one", "", "two"), rows=slice(1, None))
    assert list(corpus) == list(corpus) == ["two"]
    assert (corpus.n_blank, corpus.files, corpus.bytes_read) == (1, [], corpus.bytes_total)


@pytest.mark.parametrize(
    ("some", "message"),
    [
        ((text for text in ["a"]), "generator.*pass a list"),
        ("one text", "single text"),
        (["a", 3.5], "text 1 is float 3.5"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(some, message):
    with pytest.raises(CorpusError, match=message):
        Corpus.from_texts(some)


def test_paths_are_not_taken_for_texts(write):
    paths = [write("a.txt", "one"), write("b.txt", "two")]
    for some in (paths, [*map(str, paths)], tuple(map(str, paths)), np.array([*map(str, paths)])):
        with pytest.raises(CorpusError, match=r"list of 2 that holds paths.*Corpus\(\[...\]\)"):
            as_corpus(some)
    assert list(as_corpus([str(paths[0]), "a text"])) == [str(paths[0]), "a text"]
    assert list(as_corpus(["a\0b", "x" * 5000, ""])) == ["a\0b", "x" * 5000]
    assert list(Corpus.from_texts([*map(str, paths)])) == [*map(str, paths)]


class Table:
    columns = ("text", "label")

    def __iter__(self):
        return iter(self.columns)


@pytest.mark.parametrize("some", [{"text": ["a"]}, Table(), None, 5])
@pytest.mark.parametrize("read", [Corpus, read_labelled])
def test_what_is_no_path_is_refused(read, some):
    with pytest.raises(CorpusError, match=f"an input is a {type(some).__name__}; expected files' paths"):
        read(some)


@pytest.mark.parametrize(
    "settings",
    [
        {"text_column": 0},
        {"label_column": None},
        {"label_column": 1},
        {"encoding": None},
        {"delimiter": 3},
        {"rows": (0, 5)},
    ],
)
def test_settings_of_another_type_are_named(write, settings):
    [name] = settings
    with pytest.raises(ConfigError, match=f"{name} is .*; expected"):
        read_labelled(write("a.csv", "text,label\na,b\n"), **settings)


def test_rows_may_be_of_numpy(write):
    path = write("a.txt", "0\n1\n2\n")
    assert list(Corpus(path, rows=slice(np.int64(1), np.uint8(3)))) == ["1", "2"]


def test_no_file_stays_open(write, recwarn):
    for compression, compress in COMPRESS.items():
        list(Corpus(write(f"a.txt{compression}", "one\n", compress)))
    assert not [warning for warning in recwarn if warning.category is ResourceWarning]
