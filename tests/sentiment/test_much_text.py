"""Much text goes through compiled loops and gets what little text gets."""

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.sentiment import terms as terms_module
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.sentences import bags as bags_module
from textransfer.sentiment.sentences import lookup
from textransfer.sentiment.sentences.encoders import sif_averaging
from textransfer.sentiment.sentences.lookup import LookedUpTexts
from textransfer.sentiment.terms import Terms


@pytest.fixture
def much(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for module in (terms_module, lookup, bags_module):
        monkeypatch.setattr(module, "FEWEST_WORDS", 1)
    return monkeypatch


def texts(n: int, seed: int) -> CountedTexts:
    words = [[*text.split(), "unheard"] for text in labelled(n, seed=seed)[0]]
    return CountedTexts.of([*words, [], ["unheard"]])


@pytest.mark.parametrize("has_triples", [False, True])
def test_sums_of_terms(much, has_triples):
    terms = Terms.of(texts(60, 0), 2, has_pieces=False, has_triples=has_triples)
    assert len(terms.pairs) > 10
    assert (len(terms.triples) > 5) is has_triples
    numbers = np.random.default_rng(0).normal(size=(len(terms), 3))
    compiled, is_known = terms.sums(texts(40, 1), numbers)
    much.setattr(terms_module, "FEWEST_WORDS", 10**9)
    plain, expected = terms.sums(texts(40, 1), numbers)
    np.testing.assert_allclose(compiled, plain, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(is_known, expected)
    assert not expected[-2]


def test_bags_and_sentence_vectors(much):
    averaging = sif_averaging(word_vectors())
    compiled = LookedUpTexts(texts(40, 1))
    bags, vectors = compiled.bags(averaging), compiled.vectors(averaging)
    for module in (lookup, bags_module):
        much.setattr(module, "FEWEST_WORDS", 10**9)
    much.setattr(bags_module, "COMPILED", "")
    plain = LookedUpTexts(texts(40, 1))
    expected = plain.bags(averaging)
    for name in ("ids", "offsets", "weights", "known_shares"):
        np.testing.assert_array_equal(getattr(bags, name), getattr(expected, name))
    np.testing.assert_array_equal(vectors, plain.vectors(averaging))
