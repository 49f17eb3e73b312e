"""Every format of word vectors: what goes in comes out to the bit, and what is damaged is named."""

import bz2
import gzip
import lzma
import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import zstandard

from textransfer import WordVectors, export_model, formats
from textransfer.errors import ConfigError, FormatError, OutputError, TextransferWarning

ODD_WORDS = [
    "don't",
    "映画",
    "naïve",
    "nai\u0308ve",
    "🎬",
    "\u3000",
    "\u00a0",
    "\u0085",
    "\u2028x",
    "\ufeffmark",
    '"quoted"',
    "\\",
    "5",
    "0.5",
    "nan",
    "</s>",
    "x" * 5000,
    "\x00\x01",
]
ODD_NUMBERS = [0.0, -0.0, 1.1754944e-38, 1e-45, 3.4028235e38, -1 / 3, 16777217, 1.00000012]


@dataclass(frozen=True)
class FormatCase:
    """A format with what its tests must know."""

    name: str
    tells_its_length: bool = True
    is_checked: bool = False
    """Whether it has checksums, so that no number can be changed unnoticed."""
    files: tuple[str, ...] = ()
    """Of a folder."""

    def save(self, vectors, path):
        export_model(vectors, self.name, path)

    @property
    def allows_spaces(self):
        return self.name == "textransfer"

    def parts(self, path):
        """Return the files that make up the output."""
        return [path / name for name in self.files] or [path]


FORMATS = {
    tested.name: tested
    for tested in (
        FormatCase("textransfer", files=("vectors.safetensors", "vocabulary.json")),
        FormatCase("word2vec"),
        FormatCase("word2vec-text"),
        FormatCase("glove", tells_its_length=False),
        FormatCase("fasttext-vec"),
        FormatCase("fasttext"),
        FormatCase("npz", is_checked=True),
        FormatCase("safetensors"),
        FormatCase("parquet", is_checked=True),
        FormatCase("projector", tells_its_length=False, files=("vectors.tsv", "metadata.tsv")),
    )
}


def test_all_formats_that_are_read_and_written_are_tested():
    both = {row.name for row in formats.FORMATS.values() if row.can_read and row.can_write}
    assert both - set(FORMATS) == {"spacy"}  # has words besides


@pytest.fixture(params=FORMATS)
def form(request):
    return FORMATS[request.param]


def table(words, size=3, seed=0):
    matrix = np.random.default_rng(seed).normal(size=(len(words), size)).astype(np.float32)
    return WordVectors(words, matrix)


def assert_same(found, expected):
    assert found.words == expected.words
    assert found.matrix.shape == expected.matrix.shape
    assert found.matrix.tobytes() == expected.matrix.tobytes()


# What goes in comes out


@pytest.mark.parametrize("size", [1, 2, 63, 300])
def test_round_trip(form, tmp_path, size):
    vectors = table([f"w{row}" for row in range(129)], size)
    if form.name == "glove" and size == 1:
        with pytest.raises(ConfigError, match="take a format with a first line"):
            form.save(vectors, tmp_path / "x")
        return
    form.save(vectors, tmp_path / "x")
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_odd_words(form, tmp_path):
    vectors = table([word for word in ODD_WORDS if form.name != "fasttext" or "\0" not in word])
    form.save(vectors, tmp_path / "x")
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_odd_numbers(form, tmp_path):
    vectors = WordVectors(["a", "b"], [ODD_NUMBERS, ODD_NUMBERS[::-1]])
    form.save(vectors, tmp_path / "x")
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_vectors_of_spaces_and_line_breaks_in_binary(tmp_path):
    # The bytes of these numbers are those of " ", "\n" and digits.
    matrix = np.frombuffer(b"    \n\n\n\n5 3\n    " * 4 + b"\x00" * 16, dtype="<f4").reshape(5, 4)
    vectors = WordVectors(["a", "b", "c", "d", "e"], matrix)
    vectors.save_word2vec(tmp_path / "x", binary=True)
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_empty_vocabulary(form, tmp_path):
    vectors = WordVectors([], np.zeros((0, 4)))
    if not form.tells_its_length:
        with pytest.raises(ConfigError, match="there are (0|no) words"):
            form.save(vectors, tmp_path / "x")
        return
    form.save(vectors, tmp_path / "x")
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_words_with_spaces(form, tmp_path):
    for word in ("new york", "line\nbreak", "tab\there", "carriage\r", "half \ud800"):
        vectors = table(["a", word])
        if form.allows_spaces:
            form.save(vectors, tmp_path / str(len(list(tmp_path.iterdir()))))
            assert_same(WordVectors.load(max(tmp_path.iterdir(), key=lambda path: int(path.name))), vectors)
            continue
        with pytest.raises(ConfigError, match="a word holds a space.*save an embeddings folder") as caught:
            form.save(vectors, tmp_path / "x")
        assert "\n" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []


def test_words_of_signs_that_nobody_sees(form, tmp_path):
    words = [
        "a\x1cb",
        "\x01",
        "\x7f",
        "\x1b[31m",
        "a\x85b",
        "x\u2028",
        "\u00a0",
        "\u200b",
        '"',
        "'a'",
        "a,b;c",
    ]
    vectors = table(words)
    form.save(vectors, tmp_path / "x")
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_the_same_vectors_make_the_same_bytes(form, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        form.save(table(["a", "b"]), tmp_path / name / "x")
    for one in (tmp_path / "one").rglob("*"):
        if one.is_file():
            assert one.read_bytes() == (tmp_path / "two" / one.relative_to(tmp_path / "one")).read_bytes()


def test_an_existing_output_needs_force(form, tmp_path):
    form.save(table(["a"]), tmp_path / "x")
    with pytest.raises(OutputError, match="force=True"):
        form.save(table(["b"]), tmp_path / "x")
    assert WordVectors.load(tmp_path / "x").words == ["a"]


# What is damaged is named, in one line


def assert_refused(path, match=None):
    with pytest.raises(FormatError, match=match) as caught:
        WordVectors.load(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_truncated_anywhere(form, tmp_path):
    vectors = table([f"w{row}" for row in range(5)])
    form.save(vectors, tmp_path / "x")
    for part in form.parts(tmp_path / "x"):
        whole = part.read_bytes()
        ends_of_lines = {place + 1 for place, byte in enumerate(whole) if byte == ord("\n")}
        for length in range(len(whole) - 1):
            part.write_bytes(whole[:length])
            if form.name == "glove" and length in ends_of_lines:
                continue  # a shorter GloVe file is a GloVe file
            if part.suffix == ".json" and whole[length:].isspace():
                continue
            assert_refused(tmp_path / "x")
        part.write_bytes(whole)
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_more_than_was_announced(tmp_path):
    for binary in (True, False):
        path = tmp_path / f"binary {binary}"
        table(["a", "b"]).save_word2vec(path, binary=binary)
        path.write_bytes(path.read_bytes().replace(b"2 3\n", b"1 3\n", 1))
        assert_refused(path, "more follow")


def odd_row_left_out(path, word, reason):
    with pytest.warns(TextransferWarning, match=f"1 of 2 rows left out: 1 .*{reason}") as caught:
        assert WordVectors.load(path).words == [word]
    assert len(caught) == 1


def test_a_word_twice(form, tmp_path):
    form.save(WordVectors(["first", "other"], [[1, 2, 3], [4, 5, 6]]), tmp_path / "x")
    for part in form.parts(tmp_path / "x"):
        part.write_bytes(part.read_bytes().replace(b"other", b"first"))
    if form.is_checked:
        return
    if form.name == "textransfer":
        assert_refused(tmp_path / "x", "'first' occurs twice")
        return
    odd_row_left_out(tmp_path / "x", "first", "whose word stands there before")
    with pytest.warns(TextransferWarning):
        assert WordVectors.load(tmp_path / "x").matrix.tolist() == [[1, 2, 3]]


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite(form, tmp_path, number):
    form.save(WordVectors(["a", "b"], [[1, 2], [3, 12345]]), tmp_path / "x")
    for part in form.parts(tmp_path / "x"):
        content = part.read_bytes().replace(np.float32(12345).tobytes(), np.float32(number).tobytes())
        part.write_bytes(content.replace(b"12345", str(number).encode()))
    if form.is_checked:
        return
    if form.name == "textransfer":
        assert_refused(tmp_path / "x", "not finite in row 1")
    else:
        odd_row_left_out(tmp_path / "x", "a", "not finite")


FOREIGN = {
    "prose": b"A film about nothing.\nIt lasts two hours.\n",
    "numbers": b"1 2 3\n4 5 6 7\n",
    "header only": b"7 5\n",
    "header and prose": b"2017 10\n" + b"it was a very good year for films " * 4000,
    "absurd header": b"999999999999999999 999999999\nword ",
    "no dimensions": b"5 0\na\n",
    "zeros": bytes(4096),
    "one long line": b"x" * 5_000_000,
    "pickle": pickle.dumps({"a": [1.0]}),
    "zip": b"PK\x03\x04rest",
    "fastText model": (793712314).to_bytes(4, "little") + bytes(100),
    "json": b'{"a": [1.0, 2.0]}',
    "empty": b"",
    "broken gzip": gzip.compress(b"5 3\n" * 100)[:-12],
    "damaged gzip": gzip.compress(b"5 3\n" * 100)[:10] + b"\xff" * 100,
    "gzip of prose": gzip.compress(b"A film about nothing.\n"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_files(tmp_path, name):
    (tmp_path / name).write_bytes(FOREIGN[name])
    assert_refused(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("pickle", "never opened"),
        ("fastText model", "version 0; expected 12"),
        ("empty", "is empty"),
        ("prose", "tried: .*GloVe"),
    ],
)
def test_the_message_helps(tmp_path, name, hint):
    (tmp_path / name).write_bytes(FOREIGN[name])
    assert_refused(tmp_path / name, hint)


def test_a_pickle_is_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    (tmp_path / "x").write_bytes(pickle.dumps(Trap()))
    assert_refused(tmp_path / "x", "pickle")
    assert not (tmp_path / "sprung").exists()


def test_nothing_there(tmp_path):
    assert_refused(tmp_path / "missing", "there is no")
    assert_refused(
        tmp_path, "no complete embeddings folder: vectors.safetensors, vocabulary.json, config.json"
    )


# The text formats in the spellings of other programs


@pytest.mark.parametrize(
    "compress", [gzip.compress, bz2.compress, lzma.compress, zstandard.ZstdCompressor().compress]
)
@pytest.mark.parametrize("name", ["word2vec-text", "word2vec", "glove", "fasttext"])
def test_compressed_files_are_known_by_content(tmp_path, compress, name):
    vectors = table([f"w{row}" for row in range(50)])
    FORMATS[name].save(vectors, tmp_path / "plain")
    (tmp_path / "x").write_bytes(compress((tmp_path / "plain").read_bytes()))
    assert_same(WordVectors.load(tmp_path / "x"), vectors)
    (tmp_path / "x").write_bytes(compress((tmp_path / "plain").read_bytes())[:-20])
    assert_refused(tmp_path / "x")


@pytest.mark.parametrize(
    "content",
    [
        b"2 3\na 1 2 3\nb 4 5 6\n",
        b"2 3 \r\na 1 2 3 \r\nb 4 5 6 \r\n",
        b"\xef\xbb\xbf2 3\na 1 2 3\nb 4 5 6\n",
        b"2 3\na 1.0 2e0 +3\nb 4 5 6\n\n",
        b"a 1 2 3\nb 4 5 6\n",
        b"\xef\xbb\xbfa 1 2 3\nb 4 5 6\n",
    ],
)
def test_spellings_of_text(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    assert_same(WordVectors.load(tmp_path / "x"), WordVectors(["a", "b"], [[1, 2, 3], [4, 5, 6]]))


def test_binary_without_line_breaks_as_gensim_writes_it(tmp_path):
    rows = [word + b" " + np.float32([value, 10.0]).tobytes() for word, value in [(b"a", 1), (b"b", 2)]]
    (tmp_path / "x").write_bytes(b"2 2\n" + b"".join(rows))
    assert_same(WordVectors.load(tmp_path / "x"), WordVectors(["a", "b"], [[1, 10], [2, 10]]))


def test_a_binary_file_larger_than_a_chunk(tmp_path):
    vectors = table([f"w{row}" for row in range(3000)], 301)
    vectors.save_word2vec(tmp_path / "x", binary=True)
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_a_damaged_line_is_named(tmp_path):
    (tmp_path / "x").write_bytes(b"3 3\na 1 2 3\nb 4 five 6\nc 7 8 9\n")
    assert_refused(tmp_path / "x", "line 3: expected a word and 3 numbers, found 'b 4 five 6")
    (tmp_path / "x").write_bytes(b"a 1 2 3\nb 4 5\n")
    assert_refused(tmp_path / "x", "line 2")


@pytest.mark.parametrize("name", FORMATS)
def test_a_word_of_many_bytes_comes_back_or_is_not_written(name, tmp_path):
    vectors = WordVectors(["film", "\u6620" * 40_000], np.ones((2, 3)))
    if name in {"word2vec", "fasttext"}:
        with pytest.raises(ConfigError, match="a word has 120,000 bytes"):
            FORMATS[name].save(vectors, tmp_path / "x")
        return
    FORMATS[name].save(vectors, tmp_path / "x")
    assert WordVectors.load(tmp_path / "x").words == vectors.words
