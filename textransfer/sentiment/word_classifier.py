"""A classifier that reads the words themselves: those of the labelled texts, their pairs and pieces."""

from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from textransfer.randomness import seed_of
from textransfer.sentiment import least_squares, log_count_ratios
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.estimator import TextClassifier
from textransfer.sentiment.judging.out_of_fold import MANY_LABELS, OutOfFold, splits_of
from textransfer.sentiment.labels import LabelList, class_shares, learn_classes
from textransfer.sentiment.sentences.texts import Texts, check_texts, words_of
from textransfer.sentiment.term_predictor import TermPredictor
from textransfer.sentiment.terms import Terms, are_long

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Floats = npt.NDArray[np.float64]


class WordClassifier(TermPredictor, TextClassifier):
    """Least squares over words, pairs of neighbours and pieces of words, weighed by their rarity.

    Long texts, of more than 64 distinct words, have no pieces, and their words and pairs are weighed by their
    log-count ratios.

    Parameters
    ----------
    tokenizer : Tokenizer
        What splits texts into words.
    random_state : int, default=0
        Which texts are held out, of more than 2,000.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
    shares_ : ndarray of float64, shape (C,)
        Share of each class in the labels: all that is known of a text without a known word.
    terms_ : Terms
        Words, pairs and pieces, F of them.
    has_ratios_ : bool
        Whether texts are long: then terms count where a text holds them, by their log-count ratios.
    weights_ : ndarray of float64, shape (F, C)
    intercepts_ : ndarray of float64, shape (C,)
        Logits are features times weights, with these added.
    held_out_ : OutOfFold
        What cross-validation says of the labelled texts, in the folds of `splits_of`; where a class has a
        single text, each text is a fold.
    """

    _last_fitted = "held_out_"

    def __init__(self, tokenizer: "Tokenizer", random_state: int = 0) -> None:
        self.tokenizer = tokenizer
        self.random_state = random_state

    def fit(self, texts: Texts, labels: LabelList, sample_weight: Floats | None = None) -> Self:
        """Learn terms and weights; if no text has a word, only the shares of the classes.

        Texts may count differently, all of them above 0.
        """
        listed = check_texts(texts)
        classes, codes = learn_classes(listed, labels)
        counted = CountedTexts.of(words_of(self.tokenizer, listed))
        splits = splits_of(codes, seed_of(self.random_state))
        folds = [split.held_out for split in splits] or list(np.arange(len(codes))[:, None])
        folds = folds[:1] if len(codes) > least_squares.MOST_TEXTS_SOLVED_WHOLE else folds
        has_ratios = bool(splits) and are_long(counted)
        terms = Terms.of(counted, has_triples=has_ratios and len(codes) > MANY_LABELS)
        fit = log_count_ratios.fit if has_ratios else least_squares.fit
        features = terms.held(counted).astype(np.float64) if has_ratios else terms.encode(counted)
        fitted = fit(features, codes, len(classes), folds, sample_weight)
        shares = class_shares(codes, len(classes), sample_weight)
        self.take(shares, terms, fitted.weights, fitted.intercepts, has_ratios=has_ratios)
        self.classes_ = classes
        self.held_out_ = OutOfFold(np.concatenate(folds), fitted.held_out)
        return self

    def encode(self, texts: Texts | CountedTexts) -> sparse.csr_matrix:
        """Return the terms of each text, shape (n, F); can stand in for the texts."""
        self._check_fitted()
        if not isinstance(texts, CountedTexts):
            texts = CountedTexts.of(words_of(self.tokenizer, check_texts(texts)))
        return self.terms_.held(texts) if self.has_ratios_ else self.terms_.encode(texts)

    def predict_proba(self, texts: Texts | sparse.csr_matrix) -> Floats:
        """Return the probability of each class, shape (n, C), columns as in `classes_`."""
        self._check_fitted()
        features = texts if isinstance(texts, sparse.csr_matrix) else self.encode(texts)
        return self._answers(features @ self.weights_, np.diff(features.indptr) > 0)
