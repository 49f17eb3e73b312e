"""TF-IDF of the words, then logistic regression: what pretraining has to beat, and a classifier itself."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import softmax
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

from textransfer.sentiment import folder
from textransfer.sentiment.estimator import TextClassifier
from textransfer.sentiment.judging.calibration import CAUTION, best_temperature, logs
from textransfer.sentiment.judging.explanation import Contributions
from textransfer.sentiment.judging.out_of_fold import OutOfFold, held_out_by
from textransfer.sentiment.labels import class_shares, learn_classes
from textransfer.sentiment.sentences.texts import Texts, WordLists, check_texts, tokenizer_for, words_of

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

TFIDF_C = 10.0
"""Inverse strength of the penalty; TF-IDF vectors of few texts are nearly orthogonal: little is wanted."""
MAX_ITERATIONS = 1000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TfidfTexts:
    """What n texts are to a `TfidfBaseline`."""

    features: sparse.csr_matrix
    """Their known words, weighted, each text of length 1 (or 0 without any), shape (n, F)."""
    known_shares: Floats
    """Share of each text's words that are known, shape (n,)."""

    def __len__(self) -> int:
        return len(self.known_shares)

    @property
    def has_words(self) -> npt.NDArray[np.bool_]:
        """Whether each text has a known word, shape (n,)."""
        return np.diff(self.features.indptr) > 0

    @property
    def n_empty(self) -> int:
        """How many texts have no known word."""
        return int(np.count_nonzero(~self.has_words))


class TfidfBaseline(TextClassifier):
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
    shares_: Floats
    features_: list[str]
    idf_: Floats
    weights_: Floats
    intercepts_: Floats
    temperature_: float

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
        for field in fields(state)[1:]:
            setattr(self, f"{field.name}_", getattr(state, field.name))
        self._counter = CountVectorizer(analyzer=_as_is, dtype=np.float64)
        # Set here, not at the first call, so that several threads can call at once.
        self._counter.vocabulary_ = {word: place for place, word in enumerate(state.features)}
        self._scale = TfidfTransformer(sublinear_tf=True)
        self._scale.idf_ = state.idf
        self.out_of_fold_ = held_out
        return self

    def encode(self, texts: Texts) -> TfidfTexts:
        """Look the words of texts up; the result can stand in for the texts in `predict_proba`."""
        self._check_fitted()
        listed = check_texts(texts)
        if not self.features_ or not listed:
            features = sparse.csr_matrix((len(listed), len(self.features_)), dtype=np.float64)
            return TfidfTexts(features, np.zeros(len(listed)))
        token_lists = words_of(self.tokenizer_, listed)
        counts = self._counter.transform(token_lists)
        n_known = np.asarray(counts.sum(axis=1)).ravel()
        known_shares = n_known / np.maximum(np.array([*map(len, token_lists)]), 1)
        return TfidfTexts(sparse.csr_matrix(self._scale.transform(counts, copy=False)), known_shares)

    def predict_proba(self, texts: Texts | TfidfTexts) -> Floats:
        """Return the probability of each class, shape (n, C), columns as in `classes_`."""
        encoded = texts if isinstance(texts, TfidfTexts) else self.encode(texts)
        self._check_fitted()
        p = _probabilities(encoded.features @ self.weights_.T + self.intercepts_)
        p[~encoded.has_words] = self.shares_
        return p

    def known_shares(self, texts: Texts | TfidfTexts) -> Floats:
        """Return the share of each text's words that are known, shape (n,); 0 where nothing is known."""
        return (texts if isinstance(texts, TfidfTexts) else self.encode(texts)).known_shares

    def contributions(self, token_lists: list[list[str]]) -> list[Contributions]:
        """Return what each known word of texts, cut into words, adds by being there; see `explain`.

        Nothing is approximated: without a word, the others are brought to length 1 again and count more.
        """
        encoded = self.encode(WordLists(token_lists))
        features = encoded.features
        explanations: list[Contributions] = []
        for row, p in enumerate(self.predict_proba(encoded)):
            part = slice(features.indptr[row], features.indptr[row + 1])
            ids, sizes = features.indices[part], features.data[part]
            logits = self.weights_[:, ids] * sizes
            rest = np.sqrt(np.maximum(1 - sizes**2, np.finfo(np.float64).tiny))
            without = ((logits.sum(axis=1, keepdims=True) - logits) / rest).T + self.intercepts_
            p_without = _probabilities(without) if len(ids) > 1 else np.tile(self.shares_, (len(ids), 1))
            words = [self.features_[place] for place in ids]
            explanations.append((dict(zip(words, logs(p) - logs(p_without), strict=True)), p))
        return explanations

    def document_vectors(self, texts: Texts | TfidfTexts) -> sparse.csr_matrix:
        """Return the weighted words of texts, shape (n, F): how alike they are to the classifier."""
        return (texts if isinstance(texts, TfidfTexts) else self.encode(texts)).features

    def save(self, path: str | Path, *, force: bool = False, records: folder.Records = None) -> Path:
        """Write a classifier folder that stands alone; see `textransfer.sentiment.folder.save`."""
        self._check_fitted()
        fitted = {field.name: getattr(self, f"{field.name}_") for field in fields(folder.TfidfState)[1:]}
        state = folder.TfidfState(self.c, **fitted)
        return folder.save_tfidf(Path(path), state, force=force, records=records)

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


def _probabilities(logits: Floats) -> Floats:
    """Return probabilities, (n, C), from logits of all classes, (n, C), or of the second of two, (n, 1)."""
    both = np.hstack([np.zeros_like(logits), logits]) if logits.shape[1] == 1 else logits
    return np.asarray(softmax(both, axis=1))


def _as_is(words: list[str]) -> list[str]:
    """Stand in for the analyser of `CountVectorizer`: the texts are split already."""
    return words
