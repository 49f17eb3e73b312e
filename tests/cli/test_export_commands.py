"""export, import and info as a user runs them."""

import json

import pytest

from textransfer import WordVectors
from textransfer.formats import FORMATS


@pytest.fixture
def vectors(embeddings, tmp_path):
    loaded = WordVectors.load(embeddings)
    loaded.save(tmp_path / "embeddings")
    return loaded


def test_export_says_what_it_wrote_lost_and_how_to_load_it(run, vectors, tmp_path):
    outcome = run("export", "--to", "word2vec")
    assert outcome.code == 0, outcome.err
    assert f"words     {len(vectors):,}, {vectors.vector_size} dimensions, float32" in outcome.out
    assert "left out  counts of words; context vectors" in outcome.out
    assert 'load_word2vec_format("embeddings.bin", binary=True)' in outcome.out
    assert WordVectors.load(tmp_path / "embeddings.bin").words == vectors.words


def test_export_and_import_there_and_back(run, vectors, tmp_path):
    outcome = run("export", "embeddings", "--to", "npz", "-o", "x.npz", "--precision", "int8", "--json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["rounding"]["neighbors_kept"] > 0.5
    outcome = run("import", "x.npz", "-o", "back", "--tokenizer", "words")
    assert outcome.code == 0, outcome.err
    assert WordVectors.load(tmp_path / "back").words == vectors.words
    info = run("info", "back")
    assert "embeddings folder of textransfer" in info.out
    assert "tokenizer" in info.out


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            ["export", "--to", "onyx"],
            "there is no format 'onyx' to write; expected one of textransfer, word2vec",
        ),
        (["export"], "missing --to FORMAT"),
        (["export", "--to", "glove", "--precision", "int8"], "the format glove has no int8"),
        (["export", "--to", "model2vec", "--encoder", "max"], "encoder is 'max'"),
        (["export", "nothing", "--to", "npz"], "there is no nothing"),
        (["export", "--to", "textransfer", "-o", "embeddings"], "embeddings exists already; give --force"),
        (["import", "nothing.bin", "-o", "new"], "there is no nothing.bin"),
        (["info", "nothing"], "there is no nothing"),
    ],
)
def test_mistakes_are_one_line(run, vectors, tmp_path, line, complaint):
    before = sorted(path.name for path in tmp_path.iterdir())
    outcome = run(*line)
    assert outcome.code == 2
    assert complaint in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_help_lists_every_format(run):
    text = run("export", "--help").out + run("import", "--help").out
    for row in FORMATS.values():
        if row.can_write:
            assert f"`{row.name}`" in text
        assert row.title in " ".join(text.split()) or not row.can_write
