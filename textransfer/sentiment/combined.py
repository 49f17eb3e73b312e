"""Word vectors and the words themselves, put together where there are labels enough to learn words from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import softmax

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors_like import VectorsLike, as_vectors
from textransfer.randomness import seed_of
from textransfer.sentiment import folder
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.estimator import TextClassifier
from textransfer.sentiment.judging.calibration import CAUTION, log_loss, logs
from textransfer.sentiment.judging.explanation import Contributions
from textransfer.sentiment.judging.out_of_fold import OutOfFold, held_out_by, out_of_fold
from textransfer.sentiment.labels import learn_classes
from textransfer.sentiment.ratios import LogCountRatios
from textransfer.sentiment.sentences.averaging import Averaging, Bags
from textransfer.sentiment.sentences.texts import Texts, WordLists, check_texts, tokenizer_for, words_of

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

FEWEST_LABELS = 100
"""With fewer labels single words have not earned a vote; see docs/design.md."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Encoded:
    """What n texts are to a `CombinedClassifier`."""

    bags: Bags
    """Their words that the vectors know."""
    features: sparse.csr_matrix | None
    """Their words and pairs that the labelled texts taught, shape (n, F)."""
    known_shares: Floats
    """Share of each text's words that either part knows, shape (n,)."""

    def __len__(self) -> int:
        return len(self.bags)


class CombinedClassifier(TextClassifier):
    """A `SentimentClassifier` and `LogCountRatios` of words and pairs, weighed by cross-validation.

    p(class) is proportional to exp(a ln p_vectors + b ln p_words). The weights a and b are those with the
    least log loss on predictions for held-out folds of the labelled texts, held near 1 and 0. With fewer
    than 100 labels b is 0, and what remains is the classifier over vectors.

    Parameters
    ----------
    vectors : WordVectors, or the path of a folder or file that holds some
        Pretrained.
    tokenizer : Tokenizer, optional
        By default the one that made the vectors.
    config : ClassifierConfig, optional
        Settings of the network; it is calibrated here, with the weights.
    random_state : int, default=0
        Of the network, the folds and the regression over words.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
    classifier_ : SentimentClassifier
        The part over vectors, not calibrated by itself.
    words_ : LogCountRatios or None
        The other part; None with few labels, or where a class has a single text.
    weights_ : (float, float)
        a and b.
    out_of_fold_ : OutOfFold or None
        What both together said of labelled texts that were held out; None if `words_` is.
    """

    _last_fitted = "weights_"

    def __init__(
        self,
        vectors: VectorsLike | None,
        *,
        tokenizer: "Tokenizer | str | None" = None,
        config: ClassifierConfig | None = None,
        random_state: int = 0,
    ) -> None:
        self.vectors = vectors
        self.tokenizer = tokenizer
        self.config = config
        self.random_state = random_state

    def fit(self, texts: Texts, labels: Sequence[Any]) -> Self:
        """Fit both, and weigh them; texts are strings or lists of words."""
        listed = check_texts(texts)
        self.classes_, codes = learn_classes(listed, labels)
        vectors = None if self.vectors is None else as_vectors(self.vectors)
        tokenizer = tokenizer_for(self.tokenizer, vectors, listed)
        words = words_of(tokenizer, listed)
        seed = seed_of(self.random_state)
        config = replace(ClassifierConfig() if self.config is None else self.config, calibrate=False)

        def make() -> SentimentClassifier:
            return SentimentClassifier.from_config(config, vectors, tokenizer=tokenizer, random_state=seed)

        self.classifier_ = make().fit(words, labels)
        self.tokenizer_ = self.classifier_.tokenizer_
        self.words_: LogCountRatios | None = None
        self.weights_ = (1.0, 0.0)
        self.out_of_fold_: OutOfFold | None = None
        if len(codes) < FEWEST_LABELS:
            return self
        held = out_of_fold(make, words, labels, seed=seed)
        by_words = held_out_by(lambda: LogCountRatios(tokenizer, seed), words, codes, seed=seed)
        if held is None or by_words is None:
            return self
        held_by_words = by_words.probabilities
        self.weights_ = best_weights(held.probabilities, held_by_words, codes[held.positions])
        self.words_ = LogCountRatios(tokenizer, seed).fit(words, labels)
        self.out_of_fold_ = OutOfFold(held.positions, mixed(held.probabilities, held_by_words, self.weights_))
        return self

    def encode(self, texts: Texts) -> Encoded:
        """Look the words of texts up; the result can stand in for the texts in `predict_proba`."""
        self._check_fitted()
        listed = check_texts(texts)
        if self.words_ is None:
            bags = self.classifier_.encode(listed)
            return Encoded(bags, None, bags.known_shares)
        words = words_of(self.classifier_.tokenizer_, listed)
        bags = self.classifier_.encode(words)
        return Encoded(bags, self.words_.encode(words), self._known_shares(words, bags.known_shares))

    def _known_shares(self, token_lists: list[list[str]], by_vectors: Floats) -> Floats:
        """Add the words that only the labelled texts taught, most often none, to those of the vectors."""
        index = self.classifier_.averaging_.index
        taught = {} if self.words_ is None else self.words_.features_
        further = {word for word in taught if word not in index}
        if not further:
            return by_vectors
        n_further = [sum(word in further for word in words) for words in token_lists]
        n_words = [max(len(words), 1) for words in token_lists]
        return by_vectors + np.array(n_further, np.float64) / np.array(n_words, np.float64)

    def predict_proba(self, texts: Texts | Encoded) -> Floats:
        """Return the probability of each class, shape (n, C), columns as in `classes_`.

        To a part that knows no word of a text, its probabilities are the shares of the classes in the labels;
        so they are where neither knows one.
        """
        encoded = texts if isinstance(texts, Encoded) else self.encode(texts)
        self._check_fitted()
        by_vectors = self.classifier_.predict_proba(encoded.bags)
        if self.words_ is None or encoded.features is None:
            return by_vectors
        p = mixed(by_vectors, self.words_.predict_proba(encoded.features), self.weights_)
        if self.classifier_.shares_ is not None:
            p[encoded.known_shares == 0] = self.classifier_.shares_
        return p

    def known_shares(self, texts: Texts | Encoded) -> Floats:
        """Return the share of each text's words that either part knows, shape (n,)."""
        return (texts if isinstance(texts, Encoded) else self.encode(texts)).known_shares

    def contributions(self, token_lists: list[list[str]]) -> list[Contributions]:
        """Return what each known word of texts, cut into words, adds by being there; see `explain`.

        Nothing is approximated: with a word go the pairs that hold it, and its neighbours become a pair.
        """
        self._check_fitted()
        by_vectors = self.classifier_.contributions(token_lists)
        if self.words_ is None:
            return by_vectors
        both = self.predict_proba(self.encode(WordLists(token_lists)))
        explained = zip(token_lists, by_vectors, both, strict=True)
        return [(self._added(words, *parts, p), p) for words, parts, p in explained]

    def _added(
        self, words: list[str], by_vectors: Mapping[str, Floats], p_vectors: Floats, p: Floats
    ) -> Mapping[str, Floats]:
        """Return ln p less ln p without each known word of a text; the vectors' part of it is given."""
        if self.words_ is None:
            return by_vectors
        names, p_words = self.words_.without_each(words)
        is_known = [name in by_vectors or name in self.words_.index_ for name in names]
        without = [logs(p_vectors) - by_vectors.get(name, 0.0) for name in names]
        p_without = mixed(np.exp(np.array(without).reshape(p_words.shape)), p_words, self.weights_)
        if sum(is_known) == 1 and self.classifier_.shares_ is not None:
            p_without[is_known] = self.classifier_.shares_
        added = logs(p) - logs(p_without)
        return {name: row for name, row, known in zip(names, added, is_known, strict=True) if known}

    @property
    def averaging_(self) -> Averaging:
        """Word vectors and how they are averaged; those of `classifier_`."""
        self._check_fitted()
        return self.classifier_.averaging_

    def document_vectors(self, texts: Texts | Encoded) -> npt.NDArray[np.float32]:
        """Return the sentence vectors of texts, shape (n, D); those of `classifier_`."""
        return self.classifier_.document_vectors(
            (texts if isinstance(texts, Encoded) else self.encode(texts)).bags
        )

    def save(self, path: str | Path, *, force: bool = False, records: folder.Records = None) -> Path:
        """Write a classifier folder that stands alone; see `textransfer.sentiment.folder.save`."""
        self._check_fitted()
        words = None if self.words_ is None else folder.WordsState(self.words_, self.weights_)
        return folder.save(Path(path), self.classifier_.state(), words, force=force, records=records)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a classifier folder, with or without words; as `SentimentClassifier.load` does."""
        state = folder.load(Path(path))
        words = folder.load_words(Path(path), state)
        classifier = SentimentClassifier.from_state(state, path)
        combined = cls(classifier.vectors, config=state.settings)
        combined.classifier_, combined.classes_ = classifier, classifier.classes_
        combined.tokenizer_ = classifier.tokenizer_
        combined.words_, combined.weights_ = (
            (None, (1.0, 0.0)) if words is None else (words.words, words.weights)
        )
        combined.out_of_fold_ = None  # is not saved
        return combined

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned, the two weights included."""
        self._check_fitted()
        n = sum(parameter.numel() for parameter in self.classifier_.network_.parameters())
        return n if self.words_ is None else n + self.words_.n_parameters_ + 2

    @property
    def temperature_(self) -> float:
        """That of `classifier_`; after `fit` it is 1, since the weights have done its work."""
        self._check_fitted()
        return self.classifier_.temperature_


def mixed(by_vectors: Floats, by_words: Floats, weights: tuple[float, float]) -> Floats:
    """Return exp(a ln p + b ln q), summing to 1 over the classes, from p and q of shape (n, C)."""
    return np.asarray(softmax(weights[0] * logs(by_vectors) + weights[1] * logs(by_words), axis=1))


def best_weights(by_vectors: Floats, by_words: Floats, codes: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return the weights a > 0 and b >= 0 with the least log loss, held near 1 and 0.

    Of probabilities, shape (n, C), for texts of the true classes `codes` that were not trained on.
    """

    def loss(point: Floats) -> float:
        a, b = float(np.exp(point[0])), float(point[1])
        caution = CAUTION * (point[0] ** 2 + b**2) / len(codes)
        return float(log_loss(mixed(by_vectors, by_words, (a, b)), codes) + caution)

    log_a, b = minimize(loss, [0.0, 0.1], method="L-BFGS-B", bounds=[(-3, 3), (0, 5)]).x
    return float(np.exp(log_a)), float(b)
