"""A classifier over words and a head over an encoder's vectors, weighed by what labels say of both."""

from typing import Generic, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from textransfer.config import ClassifierConfig
from textransfer.sentiment.judging.out_of_fold import OutOfFold, splits_of
from textransfer.sentiment.members import mixed, weights_near
from textransfer.sentiment.sentences.evidence import log_evidence, standard_targets
from textransfer.sentiment.sentences.texts import WordLists
from textransfer.sentiment.vector_head import Floats, VectorHead, fit_heads

CAUTION = 4.0
"""Weight, in texts, of the squared distance of the logarithms of both weights from where they are held."""
ENCODER_SHARE = 0.1
"""Weight of the encoder, of 1 in all, before a label has spoken; see docs/design.md."""
TEMPER = 0.25
"""How much the log likelihood ratio of the two counts, which takes labels for normal and is too sure."""
LEAST_SHARE = 0.03
"""Of either, whatever that ratio is."""
MOST_COMPARED = 1000
"""Labelled texts, evenly chosen, by which the ratio is computed at most."""
FARTHEST = 4.0
"""Logarithms of weights are looked for so far from that, at most."""

Probabilities = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


class WordsClassifier(Protocol):
    """The classifier over words."""

    out_of_fold_: OutOfFold | None

    def fit(self, texts: WordLists, labels: list[int], /) -> object:
        """Learn class numbers, and predict labelled texts that were held out."""

    def predict_proba(self, texts: WordLists, /) -> Probabilities:
        """Return the probability of each class, shape (n, C)."""

    def document_vectors(self, texts: WordLists, /) -> Floats:
        """Return the sentence vectors of texts, shape (n, D)."""


Classifier = TypeVar("Classifier", bound=WordsClassifier)


class JoinedClassifier(Generic[Classifier]):
    """p(class) is proportional to exp(a ln p_words + b ln p_encoder).

    The weights a and b are those with the least log loss on predictions for held-out folds of the labelled
    texts. They are held near a share of the encoder that starts at a tenth and follows the likelihood of the
    labels under its vectors against that under the classifier's: a few labels cannot weigh two classifiers by
    folds, and which one is better can lie far apart.

    Parameters
    ----------
    classifier : WordsClassifier
        Unfitted; calibrated, so that it predicts held-out folds.
    config : ClassifierConfig
        Settings of the head.
    seed : int
        Of the head and the folds; that of the classifier too.
    """

    def __init__(self, classifier: Classifier, config: ClassifierConfig, seed: int) -> None:
        self.classifier = classifier
        self._config, self._seed = config, seed

    def fit(self, words: WordLists, vectors: Floats, codes: Codes, n_classes: int) -> Self:
        """Fit both to the words and the vectors, (n, D), of labelled texts, with every class among them."""
        self.classifier.fit(words, codes.tolist())
        self.head_: VectorHead = fit_heads([vectors], [codes], n_classes, self._config, [self._seed])[0]
        share = encoder_share(self.classifier.document_vectors(words), self.head_.standard(vectors), codes)
        self.weights_ = (1 - share, share)
        by_words = self.classifier.out_of_fold_
        by_encoder = held_out_vectors(vectors, codes, n_classes, self._config, self._seed)
        if by_words is not None and by_encoder is not None:
            rows = np.intersect1d(by_words.positions, by_encoder.positions)
            self.weights_ = best_weights(
                by_words.means(len(codes))[rows],
                by_encoder.means(len(codes))[rows],
                codes[rows],
                self.weights_,
            )
        return self

    def predict_proba(self, words: WordLists, vectors: Floats) -> Probabilities:
        """Return the probability of each class, shape (n, C), for texts as words and as vectors."""
        parts = self.classifier.predict_proba(words), self.head_.predict_proba(vectors)
        return mixed(parts, self.weights_)


def held_out_vectors(
    vectors: Floats, codes: Codes, n_classes: int, config: ClassifierConfig, seed: int
) -> OutOfFold | None:
    """Predict labelled vectors by heads that were fitted on the other folds; None if a class has one text."""
    splits = splits_of(codes, seed)
    if not splits:
        return None
    probabilities: dict[int, Probabilities] = {}
    by_size: dict[int, list[int]] = {}
    for number, split in enumerate(splits):
        by_size.setdefault(len(split.trained), []).append(number)
    for numbers in by_size.values():
        heads = fit_heads(
            [vectors[splits[number].trained] for number in numbers],
            [codes[splits[number].trained] for number in numbers],
            n_classes,
            config,
            [seed] * len(numbers),
        )
        for number, head in zip(numbers, heads, strict=True):
            probabilities[number] = head.predict_proba(vectors[splits[number].held_out])
    return OutOfFold(
        np.concatenate([split.held_out for split in splits]),
        np.concatenate([probabilities[number] for number in range(len(splits))]),
    )


def encoder_share(by_words: Floats, by_encoder: Floats, codes: Codes) -> float:
    """Return the weight of an encoder, of 1 in all, by the likelihood of the labels.

    Of labelled texts of the classes `codes` as sentence vectors of both, shapes (n, D) and (n, E). The labels
    are taken for a Gaussian process, as in `choose_emphasis`.
    """
    rows = np.unique(np.linspace(0, len(codes) - 1, min(len(codes), MOST_COMPARED)).astype(np.int64))
    if len(np.unique(codes[rows])) < 2:
        return ENCODER_SHARE
    targets = standard_targets(codes[rows], np.ones(len(rows)))
    words, encoder = (log_evidence(part[rows].astype(np.float64), targets) for part in (by_words, by_encoder))
    share = expit(np.log(ENCODER_SHARE / (1 - ENCODER_SHARE)) + TEMPER * (encoder - words))
    return float(np.clip(share, LEAST_SHARE, 1 - LEAST_SHARE))


def best_weights(
    by_words: Probabilities, by_encoder: Probabilities, codes: Codes, near: tuple[float, float]
) -> tuple[float, float]:
    """Return the weights with the least log loss, held near others.

    Of probabilities, shape (n, C), for texts of the true classes `codes` that were not trained on.
    """
    centre = np.log(near)
    bounds = [(middle - FARTHEST, middle + FARTHEST) for middle in centre]
    first, second = weights_near(
        (by_words, by_encoder), codes, centre, is_logarithm=[True, True], bounds=bounds, caution=CAUTION
    )
    return first, second
