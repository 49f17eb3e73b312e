"""Vectors and tokenizers in the forms in which callers give them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import (
    MeanEncoder,
    SentimentClassifier,
    SIFEncoder,
    SkipGram,
    TfidfBaseline,
    WordVectors,
    advise,
    check_fit,
    classify,
    compare,
    experiment,
    learning_curve,
    suggest_texts,
)
from textransfer.embeddings.vectors_like import as_tokenizer, as_vectors
from textransfer.errors import ConfigError, TextransferWarning
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.text.reading.labelled import LabelledTexts

TEXTS, LABELS = labelled(8)
POOL = LabelledTexts(TEXTS, LABELS, "here")
GUESSED = "do not say how their words were cut"

DOORS: dict[str, Callable[..., Any]] = {
    "classifier": lambda vectors, **more: SentimentClassifier(vectors, **more).fit(TEXTS, LABELS),
    "combined": lambda vectors, **more: CombinedClassifier(vectors, **more).fit(TEXTS, LABELS),
    "mean": lambda vectors, **more: MeanEncoder(vectors, **more).transform(TEXTS),
    "SIF": lambda vectors, **more: SIFEncoder(vectors, **more).transform(TEXTS),
    "check_fit": lambda vectors, **more: check_fit(vectors, POOL, **more),
    "classify": lambda vectors, **more: classify(vectors, POOL, n_draws=1, n_folds=2, **more),
    "compare": lambda vectors, **more: compare(vectors, POOL, n_draws=1, n_folds=2, **more),
    "experiment": lambda vectors, **more: experiment(
        vectors, POOL, n_labels=2, n_draws=1, augmentations=(), **more
    ),
    "advise": lambda vectors, **more: advise(vectors, POOL, n_draws=1, n_folds=2, **more),
    "curve": lambda vectors, **more: learning_curve(
        vectors, POOL, POOL, budgets=[4], n_draws=1, is_fine_tuned_too=False, **more
    ),
    "suggest": lambda vectors, **more: suggest_texts(TEXTS, 2, vectors=vectors, **more),
}


class Keyed:
    """Stands for gensim's KeyedVectors, which need not be installed."""

    def __init__(self, vectors: WordVectors) -> None:
        self.index_to_key, self.vectors, self.expandos = list(vectors.words), vectors.matrix.copy(), {}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of vectors, which tells no tokenizer."""
    return word_vectors().save_word2vec(tmp_path_factory.mktemp("given") / "v.txt", binary=False)


@pytest.mark.parametrize("door", DOORS)
def test_vectors_of_a_file_serve_at_every_door(file: Path, door: str) -> None:
    with pytest.warns(TextransferWarning, match=GUESSED) as said:
        DOORS[door](WordVectors.load(file))
    assert len(said) == 1, "said once"


@pytest.mark.filterwarnings("ignore:these vectors do not say")
@pytest.mark.parametrize("door", ["classifier", "combined", "SIF", "check_fit", "suggest"])
def test_a_path_and_gensims_vectors_do_as_well(file: Path, door: str) -> None:
    for given in (file, str(file), Keyed(WordVectors.load(file))):
        DOORS[door](given)


@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_tokenizer_is_refused_in_a_line(file: Path, door: str) -> None:
    for wrong in (str.split, 3, object()):
        with pytest.raises(ConfigError, match=r"expected 'words', 'spaces', 'japanese', or an object"):
            DOORS[door](file, tokenizer=wrong)
    with pytest.raises(ConfigError, match=r"tokenizer is 'letters'; expected one of"):
        DOORS[door](file, tokenizer="letters")


@pytest.mark.filterwarnings("error::textransfer.errors.TextransferWarning")
@pytest.mark.parametrize("door", DOORS)
def test_the_name_of_a_tokenizer_will_do_and_nothing_is_guessed(file: Path, door: str) -> None:
    DOORS[door](file, tokenizer="words")


def test_without_vectors_a_name_will_do_too() -> None:
    for made in (TfidfBaseline("words"), SentimentClassifier(tokenizer="words", vector_size=4, epochs=2)):
        assert made.fit(TEXTS, LABELS).tokenizer_.name == "words"
    with pytest.raises(ConfigError, match=r"or an object with the methods"):
        TfidfBaseline(str.split).fit(TEXTS, LABELS)


@pytest.mark.filterwarnings("ignore:these vectors do not say")
def test_a_saved_classifier_keeps_the_tokenizer_that_was_guessed(file: Path, tmp_path: Path) -> None:
    fitted = SentimentClassifier(file).fit(TEXTS, LABELS)
    loaded = SentimentClassifier.load(fitted.save(tmp_path / "classifier"))
    assert loaded.tokenizer_.spec() == fitted.tokenizer_.spec()
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), fitted.predict_proba(TEXTS))


def test_what_is_no_vectors_is_refused_in_a_line() -> None:
    class Model:
        wv = Keyed(word_vectors())

    with pytest.raises(ConfigError, match=r"vectors is a dict; expected WordVectors, the path"):
        as_vectors({"film": [1.0]})
    with pytest.raises(ConfigError, match=r"vectors is a Model.*take model\.wv"):
        as_vectors(Model())


def test_a_name_must_be_that_of_the_tokenizer_that_the_vectors_tell() -> None:
    own = SkipGram(vector_size=4, epochs=1, min_count=1).fit(["a warm film", "a dull film"] * 3).vectors_
    assert as_tokenizer("words", own).spec() == as_tokenizer(None, own).spec() == own.tokenizer_spec
    with pytest.raises(ConfigError, match=r"made with the tokenizer 'words', but 'japanese'"):
        as_tokenizer("japanese", own)


def test_words_that_are_never_given_are_counted_where_the_tokenizer_is_guessed() -> None:
    vectors = WordVectors(["the", "film", "special_effects", ".", "good"], np.eye(5))
    with pytest.warns(TextransferWarning, match=r"2 of the 5 words, such as 'special_effects', it never"):
        vectors.tokenizer()
