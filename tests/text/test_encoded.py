import numpy as np
import pytest

from textransfer.errors import ConfigError
from textransfer.text import encoded
from textransfer.text.encoded import EncodedCorpus


def test_arrays_make_a_corpus_in_memory():
    corpus = EncodedCorpus.from_arrays([0, 1, 0, 2], [0, 2, 2, 4], ["x", "y", "z"])
    assert [corpus.words_of(i) for i in range(3)] == [["x", "y"], [], ["x", "z"]]
    assert corpus.vocabulary.counts.tolist() == [2, 1, 1]
    assert corpus.vocabulary.document_counts.tolist() == [2, 1, 1]
    assert EncodedCorpus.from_arrays([], [0], ["x"]).n_documents == 0


@pytest.mark.parametrize(
    ("tokens", "offsets"), [([0, 3], [0, 2]), ([0, -1], [0, 2]), ([0], [0]), ([0], [1, 0])]
)
def test_arrays_that_contradict_each_other_are_refused(tokens, offsets):
    with pytest.raises(ConfigError, match="expected"):
        EncodedCorpus.from_arrays(tokens, offsets, ["x"])


@pytest.mark.parametrize("way", ["plain", "compiled", "read"])
def test_documents_are_taken_in_any_order(tmp_path, monkeypatch, way):
    monkeypatch.setattr(encoded, "COMPILED_FROM", 1 if way == "compiled" else 1000)
    monkeypatch.setattr(encoded, "MAPPED_BYTES", 0 if way == "read" else 1000)
    tokens, offsets, words = np.arange(8, dtype=np.int32), np.array([0, 2, 2, 6, 8]), list("abcdefgh")
    corpus = EncodedCorpus.from_arrays(tokens, offsets, words)
    if way == "read":
        tokens.tofile(tmp_path / "tokens")
        corpus = EncodedCorpus(np.memmap(tmp_path / "tokens", np.int32, "r"), offsets, corpus.vocabulary)
    tokens, offsets = corpus.take(np.array([2, 1, 0, 2, 3]))
    assert tokens.tolist() == [2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 6, 7]
    assert offsets.tolist() == [0, 4, 4, 6, 10, 12]
    tokens, offsets = corpus.take(np.array([], dtype=np.int64))
    assert (tokens.tolist(), offsets.tolist()) == ([], [0])
