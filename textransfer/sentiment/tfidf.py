"""TF-IDF of the words, then logistic regression: what pretraining has to beat, and a classifier itself."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

from textransfer.sentiment import folder
from textransfer.sentiment.estimator import TextClassifier
from textransfer.sentiment.judging.calibration import CAUTION, best_temperature
from textransfer.sentiment.judging.out_of_fold import OutOfFold, held_out_by
from textransfer.sentiment.labels import class_shares, learn_classes
from textransfer.sentiment.sentences.texts import Texts, check_texts, tokenizer_for, words_of
from textransfer.sentiment.tfidf_predictor import TfidfPredictor

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

TFIDF_C = 10.0
"""Inverse strength of the penalty; TF-IDF vectors of few texts are nearly orthogonal: little is wanted."""
MAX_ITERATIONS = 1000


class TfidfBaseline(TfidfPredictor, TextClassifier):
    """TF-IDF of the words, then logistic regression.

    A text without a known word gets the shares of the classes in the labels as its probabilities.

    Parameters
    ----------
    tokenizer : Tokenizer, optional
        What splits texts into words; by default one that suits the script of the labelled texts.
    c : float, default=10.0
        C of scikit-learn's logistic regression.
    calibrate : bool, default=True
        Bring probabilities to the confidence that cross-validation over the labelled texts bears out.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
    tokenizer_ : Tokenizer
    shares_ : ndarray of float64, shape (C,)
        Share of each class in the labels.
    features_ : list of str, length F
        The words of the labelled texts.
    idf_ : ndarray of float64, shape (F,)
        How much each word counts: ln((1 + n) / (1 + texts with it)) + 1.
    weights_ : ndarray of float64, shape (K, F)
        Of the words, divided by the temperature; for the second of two classes (K is 1), else for each class
        (K is C).
    intercepts_ : ndarray of float64, shape (K,)
    temperature_ : float
        What `fit` divided the logits by to calibrate the probabilities.
    out_of_fold_ : OutOfFold or None
        What cross-validation said of the labelled texts before that.

    Examples
    --------
    >>> classifier = TfidfBaseline().fit(["a fine film", "a dull film"], ["pos", "neg"])
    >>> classifier.predict(["fine acting"]).tolist()
    ['pos']
    """

    _last_fitted = "out_of_fold_"

    def __init__(
        self, tokenizer: "Tokenizer | str | None" = None, c: float = TFIDF_C, *, calibrate: bool = True
    ) -> None:
        self.tokenizer = tokenizer
        self.c = c
        self.calibrate = calibrate

    def fit(self, texts: Texts, labels: Sequence[Any]) -> Self:
        """Learn words and weights from labelled texts; if none has a word, the shares of the classes."""
        listed = check_texts(texts)
        classes, codes = learn_classes(listed, labels)
        tokenizer = tokenizer_for(self.tokenizer, None, listed)
        token_lists = words_of(tokenizer, listed)
        shares = class_shares(codes, len(classes))
        n_judged = 1 if len(classes) == 2 else len(classes)
        features: list[str] = []
        idf, weights, intercepts = np.zeros(0), np.zeros((n_judged, 0)), np.zeros(n_judged)
        if any(token_lists):
            counter = CountVectorizer(analyzer=_as_is, dtype=np.float64)
            counts, scale = counter.fit_transform(token_lists), TfidfTransformer(sublinear_tf=True)
            regression = LogisticRegression(C=self.c, max_iter=MAX_ITERATIONS)
            with warnings.catch_warnings():  # many classes with few labels each are meant so
                warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
                regression.fit(scale.fit_transform(counts), codes)
            features, idf = counter.get_feature_names_out().tolist(), scale.idf_
            weights, intercepts = regression.coef_, regression.intercept_
        held_out, temperature = None, 1.0
        if self.calibrate:
            held_out = held_out_by(
                lambda: TfidfBaseline(tokenizer, self.c, calibrate=False), token_lists, codes
            )
        if held_out is not None and features:
            temperature = best_temperature(held_out.probabilities, codes[held_out.positions], CAUTION)
        state = folder.TfidfState(
            self.c,
            classes,
            tokenizer,
            shares,
            features,
            np.asarray(idf, np.float64),
            np.asarray(weights / temperature, np.float64),
            np.asarray(intercepts / temperature, np.float64),
            temperature,
        )
        return self._restore(state, held_out)

    def _restore(self, state: folder.TfidfState, held_out: OutOfFold | None) -> Self:
        self._take(state)
        self.out_of_fold_ = held_out
        return self

    def state(self) -> folder.TfidfState:
        """Return what is saved of it."""
        self._check_fitted()
        return folder.TfidfState(self.c, **{name: getattr(self, f"{name}_") for name in folder.TFIDF_FITTED})

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a classifier folder that this class wrote; it gives the same probabilities, to the bit.

        Raises
        ------
        FormatError
            If it is another kind of folder, or a file is missing, truncated or of a newer version.
        """
        state = folder.load_tfidf(Path(path))
        return cls(c=state.c)._restore(state, None)

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned: weights and intercepts of the regression."""
        self._check_fitted()
        return self.weights_.size + self.intercepts_.size if self.features_ else len(self.shares_)


def _as_is(words: list[str]) -> list[str]:
    """Stand in for the analyser of `CountVectorizer`: the texts are split already."""
    return words
