import numpy as np
import pytest

from corpora import encoded_corpus
from textransfer.text.encoding import encoded
from textransfer.text.encoding.encoded import EncodedCorpus


@pytest.mark.parametrize("way", ["plain", "compiled", "read"])
def test_documents_are_taken_in_any_order(tmp_path, monkeypatch, way):
    monkeypatch.setattr(encoded, "COMPILED_FROM", 1 if way == "compiled" else 1000)
    monkeypatch.setattr(encoded, "MAPPED_BYTES", 0 if way == "read" else 1000)
    tokens, offsets, words = np.arange(8, dtype=np.int32), np.array([0, 2, 2, 6, 8]), list("abcdefgh")
    corpus = encoded_corpus(tokens, offsets, words)
    if way == "read":
        tokens.tofile(tmp_path / "tokens")
        corpus = EncodedCorpus(np.memmap(tmp_path / "tokens", np.int32, "r"), offsets, corpus.vocabulary)
    tokens, offsets = corpus.take(np.array([2, 1, 0, 2, 3]))
    assert tokens.tolist() == [2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 6, 7]
    assert offsets.tolist() == [0, 4, 4, 6, 10, 12]
    tokens, offsets = corpus.take(np.array([], dtype=np.int64))
    assert (tokens.tolist(), offsets.tolist()) == ([], [0])
