"""Words are cut into pieces where most of them occur once."""

from functools import partial

import numpy as np
import pytest

from textransfer.errors import TextransferWarning
from textransfer.pretrain.pretraining import pretrain_vectors
from textransfer.pretrain.update import update_vectors
from textransfer.text.growth import N_WORDS, bends_words

STEMS = [a + b + c for a in "bdgklmnprst" for b in "aeiou" for c in "dklmnrt"]
ENDINGS = [
    a + b for a in ("", "ta", "ni", "ku", "so", "ri") for b in ("", "ka", "mo", "te", "lu", "pe", "zi")
]
LEARN = partial(pretrain_vectors, vector_size=4, epochs=1, n_jobs=1)


def documents(n_words: int, *, is_bent: bool) -> list[str]:
    rng = np.random.default_rng(0)
    endings = ENDINGS if is_bent else ENDINGS[:1]
    words = [f"{rng.choice(STEMS)}{rng.choice(endings)}" for _ in range(n_words)]
    return [" ".join(words[start : start + 10]) for start in range(0, n_words, 10)]


BENT, PLAIN = documents(N_WORDS + 500, is_bent=True), documents(N_WORDS + 500, is_bent=False)


def test_the_share_of_words_that_occur_once_tells() -> None:
    assert bends_words(BENT)
    assert not bends_words(PLAIN)
    assert not bends_words(BENT[:400]), "of too few words nothing is said"


def test_auto_takes_subwords_there_and_nowhere_else() -> None:
    bent = LEARN(BENT)
    assert bent.tokenizer().name == "subword"
    assert LEARN(PLAIN).tokenizer().name == "words"
    assert LEARN(BENT, tokenizer="words").tokenizer().name == "words"
    assert LEARN(BENT, negation="english").tokenizer().name == "words"
    assert bent.metadata["settings"]["ngrams"] == "none"


def test_without_their_library_words_are_taken_with_ngrams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textransfer.pretrain.pieces.is_installed", lambda module: False)
    with pytest.warns(TextransferWarning, match=r"textransfer\[subword\]"):
        vectors = LEARN(BENT, min_count=2)
    assert vectors.tokenizer().name == "words"
    assert vectors.ngrams is not None
    update_vectors(vectors, BENT, epochs=1)


def test_vectors_of_words_stay_vectors_of_words() -> None:
    words = LEARN(BENT, tokenizer="words")
    assert LEARN(BENT, init_from=words).tokenizer().name == "words"
    assert update_vectors(words, BENT, epochs=1).tokenizer().name == "words"
