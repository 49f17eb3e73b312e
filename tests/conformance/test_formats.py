"""Every format of word vectors: what goes in comes out to the bit, and what is damaged is named."""

import bz2
import gzip
import json
import lzma
import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import zstandard
from safetensors.numpy import load_file, save_file

import textransfer
from textransfer import WordVectors
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


def save_glove(vectors, path):
    text = path.with_name("with first line")
    vectors.save_word2vec(text, binary=False, force=True)
    path.write_bytes(text.read_bytes().split(b"\n", 1)[1])


@dataclass(frozen=True)
class Format:
    """A format with the function that writes it, and the file that damage is done to."""

    save: callable
    tells_its_length: bool = True
    allows_spaces: bool = False

    def parts(self, path):
        """Return the files that make up the output."""
        return [path] if path.is_file() else [path / "vectors.safetensors", path / "vocabulary.json"]


FORMATS = {
    "folder": Format(lambda vectors, path: vectors.save(path), allows_spaces=True),
    "word2vec text": Format(lambda vectors, path: vectors.save_word2vec(path, binary=False)),
    "word2vec binary": Format(lambda vectors, path: vectors.save_word2vec(path, binary=True)),
    "GloVe text": Format(save_glove, tells_its_length=False),
}


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
    if not form.tells_its_length and size == 1:
        pytest.skip("a word and one number is not enough to know GloVe's text by")
    vectors = table([f"w{row}" for row in range(129)], size)
    form.save(vectors, tmp_path / "x")
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_odd_words(form, tmp_path):
    vectors = table(ODD_WORDS)
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
    form.save(vectors, tmp_path / "x")
    if not form.tells_its_length:
        with pytest.raises(FormatError, match="it is empty"):
            WordVectors.load(tmp_path / "x")
        return
    assert_same(WordVectors.load(tmp_path / "x"), vectors)


def test_words_with_spaces(form, tmp_path):
    for word in ("new york", "line\nbreak", "tab\there", "carriage\r", "half \ud800"):
        vectors = table(["a", word])
        if form.allows_spaces:
            form.save(vectors, tmp_path / str(len(list(tmp_path.iterdir()))))
            assert_same(WordVectors.load(max(tmp_path.iterdir(), key=lambda path: int(path.name))), vectors)
            continue
        with pytest.raises(ConfigError, match="1 words hold a space.*save an embeddings folder") as caught:
            form.save(vectors, tmp_path / "x")
        assert "\n" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []


def test_the_same_vectors_make_the_same_bytes(form, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        form.save(table(["a", "b"]), tmp_path / name / "x")
    for one in (tmp_path / "one").rglob("*"):
        if one.is_file():
            assert one.read_bytes() == (tmp_path / "two" / one.relative_to(tmp_path / "one")).read_bytes()


def test_an_existing_output_needs_force(form, tmp_path):
    form.save(table(["a"]), tmp_path / "x")
    if form.save is save_glove:
        return
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
            if not form.tells_its_length and length in ends_of_lines:
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
    if form is FORMATS["folder"]:
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
    if form is FORMATS["folder"]:
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
        ("fastText model", ".vec"),
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
@pytest.mark.parametrize("name", ["word2vec text", "word2vec binary", "GloVe text"])
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


# The folder


@pytest.fixture
def full():
    return WordVectors(
        ["film", "映画"],
        [[1, 2], [3, 4]],
        counts=[5, 3],
        document_counts=[2, 1],
        n_tokens=10,
        n_documents=4,
        out_matrix=[[5, 6], [7, 8]],
        out_bias=[0.5, -0.5],
        tokenizer_spec={"name": "words", "version": 1, "lowercase": True},
        metadata={"textransfer_version": "0.0.9", "corpus": {"sources": ["a.txt"]}, "seconds": 1.5},
    )


def test_the_folder_keeps_everything(full, tmp_path):
    found = WordVectors.load(full.save(tmp_path / "x"))
    assert_same(found, full)
    for name in ("counts", "document_counts", "out_matrix", "out_bias"):
        np.testing.assert_array_equal(getattr(found, name), getattr(full, name), strict=True)
    for name in ("n_tokens", "n_documents", "tokenizer_spec", "metadata"):
        assert getattr(found, name) == getattr(full, name)


def test_the_layout_of_the_folder_is_fixed(full, tmp_path):
    full.save(tmp_path / "x")
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == [
        "README.md",
        "config.json",
        "tokenizer_spec.json",
        "vectors.safetensors",
        "vocabulary.json",
    ]
    assert sorted(load_file(tmp_path / "x" / "vectors.safetensors")) == [
        "in_vectors",
        "out_bias",
        "out_vectors",
    ]
    assert json.loads((tmp_path / "x" / "vocabulary.json").read_text(encoding="utf-8")) == {
        "format_version": 1,
        "n_tokens": 10,
        "n_documents": 4,
        "words": ["film", "映画"],
        "counts": [5, 3],
        "document_counts": [2, 1],
        "spellings": {},
    }
    assert "映画" in (tmp_path / "x" / "vocabulary.json").read_text(encoding="utf-8")
    config = json.loads((tmp_path / "x" / "config.json").read_text())
    assert config == {"format_version": 1, **full.metadata, "has_tokenizer": True}


def test_the_folder_says_which_release_wrote_it(tmp_path):
    loaded = WordVectors.load(table(["a"]).save(tmp_path / "x"))
    assert loaded.metadata == {"textransfer_version": textransfer.__version__}
    assert loaded.counts is loaded.n_tokens is loaded.tokenizer_spec is loaded.out_matrix is None


@pytest.mark.parametrize("name", ["vectors.safetensors", "vocabulary.json", "config.json"])
def test_a_missing_file_is_named(full, tmp_path, name):
    full.save(tmp_path / "x")
    (tmp_path / "x" / name).unlink()
    assert_refused(tmp_path / "x", f": {name} missing")


@pytest.mark.parametrize("name", ["vocabulary.json", "config.json", "tokenizer_spec.json"])
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "truncated or no JSON"),
        (b"\xff\xfe", "truncated or no JSON"),
        (b"[" * 100_000, "truncated or no JSON"),
        (b"[1]", "no format_version"),
        (b"{}", "no format_version"),
        (b'{"format_version": "1"}', "no format_version"),
        (b'{"format_version": true}', "no format_version"),
        (b'{"format_version": 2}', "format_version 2; this release reads up to 1: update"),
    ],
)
def test_records_that_are_damaged_or_newer(full, tmp_path, name, content, complaint):
    full.save(tmp_path / "x")
    (tmp_path / "x" / name).write_bytes(content)
    assert_refused(tmp_path / "x", complaint)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"words": "film"}, "'words' is missing or of another kind"),
        ({"words": None}, "'words' is missing"),
        ({"words": ["film"]}, "do not fit together: matrix has the shape"),
        ({"words": ["film", 5]}, "word 1 is 5"),
        ({"counts": [1]}, "counts has the shape"),
        ({"counts": ["1", "2"]}, "counts holds something else"),
        ({"counts": [[1], [2, 3]]}, "counts"),
        ({"counts": [2**70, 1]}, "counts holds something else"),
        ({"counts": 5}, "'counts' is missing or of another kind"),
        ({"n_tokens": "many"}, "'n_tokens' is missing or of another kind"),
        ({"n_tokens": True}, "'n_tokens' is missing or of another kind"),
    ],
)
def test_a_vocabulary_that_does_not_fit(full, tmp_path, changes, complaint):
    full.save(tmp_path / "x")
    file = tmp_path / "x" / "vocabulary.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | changes))
    assert_refused(tmp_path / "x", complaint)


@pytest.mark.parametrize(
    ("tensors", "complaint"),
    [
        ({"network": np.ones((2, 2), np.float32)}, "holds no in_vectors, only network"),
        ({"in_vectors": np.ones((3, 2), np.float32)}, r"matrix has the shape \(3, 2\); expected \(2, any\)"),
        ({"in_vectors": np.ones(2, np.float32)}, "matrix has the shape"),
        (
            {"in_vectors": np.ones((2, 2), np.float32), "out_vectors": np.ones((2, 3), np.float32)},
            "out_matrix has the shape",
        ),
        (
            {"in_vectors": np.ones((2, 2), np.float32), "out_bias": np.ones(3, np.float32)},
            "out_bias has the shape",
        ),
    ],
)
def test_tensors_that_do_not_fit(full, tmp_path, tensors, complaint):
    full.save(tmp_path / "x")
    save_file(tensors, tmp_path / "x" / "vectors.safetensors")
    assert_refused(tmp_path / "x", complaint)


def test_tensors_of_a_dtype_that_numpy_lacks(full, tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file as save_torch

    full.save(tmp_path / "x")
    save_torch({"in_vectors": torch.ones((2, 2), dtype=torch.bfloat16)}, tmp_path / "x/vectors.safetensors")
    assert_refused(tmp_path / "x")


def test_half_precision_of_another_program_is_read(full, tmp_path):
    full.save(tmp_path / "x")
    save_file({"in_vectors": np.float16([[1, 2], [3, 4]])}, tmp_path / "x/vectors.safetensors")
    assert WordVectors.load(tmp_path / "x").matrix.tobytes() == full.matrix.tobytes()


@pytest.mark.parametrize(
    "metadata", [{"a": np.ones(2)}, {"a": float("nan")}, {"a": Path("x")}, {"format_version": 2}]
)
def test_metadata_must_be_plain(tmp_path, metadata):
    with pytest.raises(ConfigError, match=r"config\.json"):
        WordVectors(["a"], [[1]], metadata=metadata).save(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("save", ["save(path, force=True)", "save_word2vec(path, binary=True, force=True)"])
def test_a_disk_that_fills_up_leaves_the_old(tmp_path, save):
    path = tmp_path / "x"
    exec(f"vectors.{save}", {"vectors": table(["old"]), "path": path})
    # A limit on the size of files makes real writes fail half-way, within safetensors too.
    script = (
        "import resource, sys, numpy as np\n"
        "from textransfer import WordVectors\n"
        "from textransfer.errors import OutputError\n"
        "vectors = WordVectors([f'w{row}' for row in range(5000)], np.ones((5000, 50)))\n"
        "path = sys.argv[1]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "try:\n"
        f"    vectors.{save}\n"
        "except OutputError as error:\n"
        "    print(error)\n"
    )
    root = str(Path(textransfer.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env={"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"cannot write {path}: ")
    assert "File too large" in done.stdout
    assert WordVectors.load(path).words == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_lost_its_tokenizer_is_refused(tmp_path):
    from textransfer.text.tokenizers.words import WordsTokenizer

    vectors = WordVectors(["a", "b"], np.eye(2), tokenizer_spec=WordsTokenizer().spec())
    vectors.save(tmp_path / "x")
    (tmp_path / "x" / "tokenizer_spec.json").unlink()
    with pytest.raises(FormatError, match=r"lost its tokenizer_spec\.json"):
        WordVectors.load(tmp_path / "x")


def test_a_folder_with_the_older_name_of_the_tokenizer_is_read_and_replaced_whole(full, tmp_path):
    full.save(tmp_path / "x")
    (tmp_path / "x" / "tokenizer_spec.json").rename(tmp_path / "x" / "tokenizer.json")
    assert WordVectors.load(tmp_path / "x").tokenizer_spec == full.tokenizer_spec
    full.save(tmp_path / "x", force=True)
    assert not (tmp_path / "x" / "tokenizer.json").exists()
