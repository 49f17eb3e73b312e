"""Info: everything that textransfer writes or reads is told by its content."""

import gzip
import pickle

import numpy as np
import pytest

from textransfer import SentimentClassifier, WordVectors, describe, export_model
from textransfer.errors import ConfigError, FormatError
from textransfer.formats import FORMATS
from textransfer.text.tokenizers.words import WordsTokenizer


@pytest.fixture
def vectors():
    words = ["film", "good", "bad", "plot", "cast"]
    spec = WordsTokenizer(marks_negation=True).spec()
    return WordVectors(words, np.arange(15).reshape(5, 3) + 0.5, counts=[5, 4, 3, 2, 1], tokenizer_spec=spec)


@pytest.mark.parametrize(
    "name", [row.name for row in FORMATS.values() if row.can_write and row.model != "classifier"]
)
def test_every_format_that_is_written(vectors, tmp_path, name):
    export_model(vectors, name, tmp_path / "x")
    description = describe(tmp_path / "x")
    same = {"fasttext-vec": "word2vec text", "spacy": "word2vec text", "glove": "GloVe text"}
    if name == "gensim":
        assert description.kind.startswith("a pickle")
        return
    assert description.kind == same.get(name, FORMATS[name].title)
    assert description.loading
    assert description.n_bytes == sum(
        f.stat().st_size for f in [tmp_path / "x", *tmp_path.rglob("x/**/*")] if f.is_file()
    )
    if "words" in description.facts:
        assert description.facts["words"] in (5, 15)


def test_the_embeddings_folder(vectors, tmp_path):
    vectors.save(tmp_path / "x")
    facts = describe(tmp_path / "x").facts
    assert (facts["words"], facts["dimensions"], facts["precision"]) == (5, 3, "float32")
    assert facts["tokenizer"] == "words, negations marked"


def test_a_classifier(vectors, tmp_path):
    SentimentClassifier(vectors).fit(["good film", "bad plot"], ["pos", "neg"]).save(tmp_path / "x")
    description = describe(tmp_path / "x")
    assert description.kind == "classifier of textransfer"
    assert description.facts["classes"] == ["neg", "pos"]
    assert description.facts["words"] == 5


def test_files_of_others(tmp_path):
    for name, content, kind in (
        ("x.kv", pickle.dumps({}), "a pickle"),
        ("x.txt", b"A film.\nA plot.\n", "texts, a document a line"),
        ("x.csv", b"text,label\na,b\n", "a table"),
        ("x.csv.gz", gzip.compress(b"text,label\na,b\n"), "a table"),
    ):
        (tmp_path / name).write_bytes(content)
        assert describe(tmp_path / name).kind.startswith(kind)


@pytest.mark.filterwarnings("error")
def test_a_table_with_other_names_is_read_with_the_options_that_name_them(tmp_path):
    for content, options in (
        ("text,label\na,b\n", ("", "")),
        ("Text;Topic\na;b\n", ("", " --label-column NAME")),
        ("Ticket;Caf\xe9\n1;b\n", (" --text-column NAME", " --label-column NAME")),
    ):
        path = tmp_path / "x.csv"
        path.write_text(content, encoding="cp1252")
        classify, pretrain = describe(path).loading
        assert classify == f"$ textransfer classify --labeled {path}{''.join(options)}"
        assert pretrain == f"$ textransfer pretrain {path}{options[0]}"


def test_nothing_and_the_unknown(tmp_path):
    with pytest.raises(FormatError, match="there is no"):
        describe(tmp_path / "nothing")
    (tmp_path / "x").write_bytes(b"\x00\x01")
    with pytest.raises(FormatError, match="no kind that is known"):
        describe(tmp_path / "x")
    with pytest.raises(FormatError, match="no encoder of a known kind"):
        describe(tmp_path)


@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
@pytest.mark.parametrize("name", ["parquet", "npz", "safetensors", "fasttext", "textransfer", "model2vec"])
def test_damaged_files_are_described_or_refused_in_one_line(vectors, tmp_path, name):
    export_model(vectors, name, tmp_path / "x")
    (tmp_path / "x").is_dir() or (tmp_path / "x").replace(tmp_path / "y")
    files = [path for path in (*tmp_path.glob("y"), *tmp_path.glob("x/*")) if path.is_file()]
    random = np.random.default_rng(0)
    refusals = []
    for path in files:
        whole = path.read_bytes()
        damaged = [whole[:n] for n in (4, 8, len(whole) // 2, len(whole) - 1)]
        for _ in range(30):
            content = np.frombuffer(whole, np.uint8).copy()
            content[random.integers(len(content), size=4)] = random.integers(256, size=4)
            damaged.append(content.tobytes())
        damaged.append(whole.replace(b"in_vectors", b"in_vectorz"))
        for content in damaged:
            path.write_bytes(content)
            for read in (describe, WordVectors.load):
                try:
                    read(path if path.name == "y" else tmp_path / "x")
                except (FormatError, ConfigError) as error:
                    refusals.append(str(error))
        path.write_bytes(whole)
    assert len(refusals) > 10
    assert [text for text in refusals if "\n" in text or len(text) > 900] == []


@pytest.mark.parametrize("name", ["word2vec", "word2vec-text", "glove"])
def test_a_file_that_ends_early_is_not_called_whole(vectors, tmp_path, name):
    export_model(vectors, name, tmp_path / "x")
    whole = (tmp_path / "x").read_bytes()
    (tmp_path / "x.gz").write_bytes(gzip.compress(whole))
    assert describe(tmp_path / "x.gz").facts["whole"].startswith("not looked at")
    assert "whole" not in describe(tmp_path / "x").facts
    for n_bytes in (len(whole) // 2, len(whole) - 2):
        (tmp_path / "x").write_bytes(whole[:n_bytes])
        with pytest.raises(FormatError, match="ends after|ends within a line"):
            describe(tmp_path / "x")
    if name != "glove":
        (tmp_path / "x").write_bytes(whole + whole[-20:])
        with pytest.raises(FormatError, match="but more follow"):
            describe(tmp_path / "x")


@pytest.mark.parametrize("name", ["word2vec", "fasttext"])
def test_a_folder_with_a_file_of_vectors_names_the_file(vectors, tmp_path, name):
    export_model(vectors, name, tmp_path / "emb.bin")
    with pytest.raises(FormatError, match=r"emb\.bin in it holds word vectors; give that file"):
        describe(tmp_path)
    (tmp_path / "emb.bin").write_bytes(pickle.dumps({}))
    with pytest.raises(FormatError, match="pickled weights"):
        describe(tmp_path)


@pytest.mark.parametrize("record", [b'{"format_version": 1, "kin', b"{}", None])
def test_a_damaged_classifier_is_called_one(vectors, tmp_path, record):
    folder = tmp_path / "x"
    SentimentClassifier(vectors).fit(["good film", "bad plot"], ["pos", "neg"]).save(folder)
    (folder / "config.json").unlink()
    if record is not None:
        (folder / "config.json").write_bytes(record)
    for read in (describe, lambda path: export_model(path, "npz", tmp_path / "y.npz")):
        with pytest.raises(FormatError) as error:
            read(folder)
        assert "config.json" in str(error.value)
        assert "embeddings" not in str(error.value)
