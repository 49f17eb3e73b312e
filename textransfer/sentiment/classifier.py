"""The estimator: texts and labels in, classes and probabilities out."""

import logging
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.documenting import with_settings
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import as_vectors
from textransfer.errors import ConfigError
from textransfer.randomness import seed_of
from textransfer.sentiment import folder
from textransfer.sentiment.distinct import distinct_texts
from textransfer.sentiment.head import Head
from textransfer.sentiment.judging.calibration import CAUTION, best_temperature
from textransfer.sentiment.labels import LabelList, WeightList, class_shares, learn_classes
from textransfer.sentiment.parameters import ClassifierParameters
from textransfer.sentiment.sentences.labelled import Labels, prepare_labelled
from textransfer.sentiment.sentences.lookup import some_of
from textransfer.sentiment.sentences.random_vectors import random_vectors
from textransfer.sentiment.sentences.seeds import seed_classes
from textransfer.sentiment.sentences.texts import (
    TextList,
    Texts,
    check_texts,
    tokenizer_for,
    words_of,
)
from textransfer.sentiment.training.fit import Fit
from textransfer.sentiment.training.fitting import (
    checked_weights,
    hidden_size_for,
    plan_split,
    text_weights,
    train_fits,
    vector_rate,
)
from textransfer.sentiment.training.heads import Heads
from textransfer.sentiment.training.threads import suiting_threads
from textransfer.sentiment.vector_predictor import VectorPredictor

if TYPE_CHECKING:
    from textransfer.sentiment.judging.out_of_fold import OutOfFold

logger = logging.getLogger(__name__)

_SAVED = [field.name for field in fields(folder.ClassifierState)[3:]]
"""Fitted attributes that a folder keeps besides the head, without the last underscore."""


@with_settings(ClassifierConfig)
class SentimentClassifier(VectorPredictor, ClassifierParameters):
    """Average the word vectors of a text, then classify the mean with one hidden layer.

    A scikit-learn estimator: works in `Pipeline`, `GridSearchCV`, `cross_val_score`, `clone`.

    Parameters
    ----------
    vectors : WordVectors, or the path of a folder or file that holds some, optional
        None means no pretraining: random vectors for the words of the labelled texts, trained end to end.
    tokenizer : Tokenizer, optional
        By default the one that made the vectors; without vectors, one that suits the script of the texts.
    seed_words : mapping of label to words, optional
        Some words for each class, such as ``{"pos": "good great", "neg": "bad awful"}``: a prior opinion that
        labels overrule as they come. With it `fit` takes no labels too. Only with `vectors`.
    vector_size : int, optional
        Dimensions of the random vectors (100); only without `vectors`.
    {settings}
    random_state : int, numpy generator or None, default=0
        Initial weights, order of the texts, and texts held out. With the same number, the same result; above
        1,000 labels, another number of BLAS threads changes the fourth digit or so.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
        The labels, sorted.
    averaging_ : Averaging
        Word vectors (fine-tuned if they were trained) and how they are averaged.
    network_ : Heads
        The head, one member.
    tokenizer_ : Tokenizer
        What splits texts into words.
    shares_ : ndarray, shape (C,), or None
        Share of each class in the labels, weighted as they were: the probabilities of a text without a known
        word. None in a folder of version 0.1, where the network answers such texts.
    encoding_ : Encoding
        How sentence vectors are made: encoder, power of the components and emphasis, as settings fix them or
        labels speak for them.
    seed_report_ : SeedReport or None
        What became of the seed words.
    temperature_ : float
        What `fit` divided the logits by to calibrate the probabilities.
    out_of_fold_ : OutOfFold or None
        What cross-validation said of the labelled texts before that.
    n_epochs_ : int
        Passes over the labelled texts that were made.
    n_texts_without_known_words_ : int
        Labelled texts of `fit` that are a zero vector.

    Examples
    --------
    >>> SentimentClassifier("embeddings").fit(texts, labels).predict(["a fine film"])  # doctest: +SKIP
    """

    _last_fitted = "network_"

    def fit(
        self,
        texts: Texts,
        labels: LabelList,
        sample_weight: WeightList | None = None,
    ) -> Self:
        """Learn from labelled texts; what was learned before is forgotten.

        Parameters
        ----------
        texts : sequence of str, or of lists of words, length n
            Of lists of words, without a tokenizer and without vectors that have one, the classifier can
            only predict lists of words. May be empty if there are seed words.
        labels : sequence of labels, length n
            Of any type that scikit-learn takes for classes; two classes at least.
        sample_weight : sequence of float, length n, optional
            How much each text counts: 2 is as good as the text twice, 0 as good as without it.

        Raises
        ------
        ConfigError
            If a setting is out of range, the lengths differ, or there is only one class.
        CorpusError
            If `texts` is no list of strings or of lists of words, or is empty.
        NumericalError
            If training leaves the finite numbers.
        """
        listed = check_texts(texts)
        if not listed:
            self.prepare_fit(listed, labels)
            self.averaging_ = self.averaging_.settled()
            return self
        with suiting_threads(len(listed)):
            return self._fit(listed, labels, sample_weight)

    def _fit(self, listed: TextList, labels: LabelList, sample_weight: WeightList | None) -> Self:
        """Do what `fit` does with texts, one at least."""
        classes, codes = self._learn_classes(listed, labels)
        text_weights(self.settings(), codes, sample_weight, classes)  # a class without weight is an error
        weights = None if sample_weight is None else checked_weights(sample_weight, len(codes))
        distinct = distinct_texts(listed, codes, weights)
        fit = self.prepare_fit(distinct.texts, classes[distinct.codes], distinct.weights)
        assert fit is not None  # noqa: S101 - there are texts
        for epoch in train_fits([fit], ()):
            self.n_epochs_ = epoch.number
        self.averaging_ = self.averaging_.settled()
        logger.info("%d texts, %d classes, %d epochs", len(fit.codes), len(self.classes_), self.n_epochs_)
        if self.calibrate:
            self._calibrate(fit, distinct.weights)
            self.out_of_fold_: OutOfFold | None = distinct.everywhere(self.out_of_fold_)
        return self

    def prepare_fit(
        self, texts: Texts, labels: LabelList, sample_weight: WeightList | None = None
    ) -> Fit | None:
        """Do all that `fit` does before the first epoch; for training several classifiers side by side.

        Returns what `train_fits` trains in place; None if there is no text.
        """
        config = self.settings()
        listed = check_texts(texts)
        self.classes_, codes = self._learn_classes(listed, labels)
        seed = seed_of(self.random_state)
        is_table_trained = config.fine_tune or self.vectors is None
        split = plan_split(codes, seed, is_stopped_early=config.early_stopping and is_table_trained)
        weights = text_weights(config, codes, sample_weight, self.classes_) if listed else None
        pretrained = self._pretrained_vectors()
        self.tokenizer_ = tokenizer_for(self.tokenizer, pretrained, listed)
        words = words_of(self.tokenizer_, listed)
        vectors = pretrained
        if vectors is None:
            vectors = random_vectors(some_of(words, split.trained), self.vector_size, seed)
        prepared = prepare_labelled(
            vectors,
            self.tokenizer_,
            config,
            words,
            Labels(self.classes_, codes, split.trained, weights),
            self.seed_words,
        )
        averaging = prepared.averaging
        self.encoding_, self.seed_report_ = prepared.encoding, prepared.seed_report
        self.n_texts_without_known_words_ = prepared.bags.n_empty
        self.shares_: npt.NDArray[np.float64] | None = class_shares(codes, len(self.classes_), weights)
        self.averaging_ = averaging
        if is_table_trained:
            self.averaging_ = averaging.with_own_table()
        self.network_ = Heads.random(
            [seed],
            averaging.size,
            hidden_size_for(config, len(self.classes_)),
            len(self.classes_),
            config.activation,
            prior=prepared.prior,
        )
        self.n_epochs_, self.temperature_ = 0, 1.0
        self.out_of_fold_ = None
        if not listed:
            self.network_.leave_to_prior()
            return None
        fit = Fit(
            self.network_,
            self.averaging_,
            prepared.bags,
            codes,
            split,
            config,
            seed,
            vector_learning_rate=vector_rate(config, is_pretrained=pretrained is not None),
            weights=weights,
            words=words,
            vectors=pretrained,
        )
        from textransfer.sentiment.judging.penalty import with_best_penalty  # folds are for fits alone

        return with_best_penalty(fit)

    def _calibrate(self, fit: Fit, sample_weight: WeightList | None) -> None:
        """Bring the probabilities to the confidence that cross-validation bears out."""
        # Imported here because only fits need scikit-learn's folds.
        from textransfer.sentiment.judging.out_of_fold import out_of_fold

        settings = {**self.get_params(deep=False), "vectors": fit.vectors, "random_state": fit.seed}
        self.out_of_fold_ = out_of_fold(
            lambda: type(self)(**settings),
            fit.words,
            self.classes_[fit.codes],
            sample_weight,
            seed=fit.seed,
        )
        if self.out_of_fold_ is not None:
            positions = self.out_of_fold_.positions
            is_known = fit.bags.has_words[positions]  # others get shares, which have no temperature
            if is_known.any():
                held_out = self.out_of_fold_.probabilities[is_known]
                self.temper(best_temperature(held_out, fit.codes[positions][is_known], CAUTION))

    def temper(self, temperature: float) -> None:
        """Divide the logits by a temperature, for good."""
        self._check_fitted()
        self.network_.temper(temperature)
        self.temperature_ *= temperature

    @property
    def _head(self) -> Head:
        return self.network_.heads()[0]

    def state(self) -> folder.ClassifierState:
        """Return what is saved of it."""
        self._check_fitted()
        return folder.ClassifierState(
            settings=self.settings(),
            has_pretrained_vectors=self.vectors is not None,
            head=self._head,
            **{name: getattr(self, f"{name}_") for name in _SAVED},
        )

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a classifier folder; of one with words, the part over vectors.

        It gives the same probabilities, to the bit. If it had pretrained vectors, its parameter `vectors` is
        the path of the folder; to fit it anew, give it vectors first.

        Raises
        ------
        FormatError
            If it is another kind of folder, or a file is missing, truncated or of a newer version.
        """
        return cls.from_state(folder.load(Path(path)), path)

    @classmethod
    def from_state(cls, state: folder.ClassifierState, path: str | Path) -> Self:
        """Restore a classifier from what was saved of it in a folder."""
        classifier = cls.from_config(state.settings, str(path) if state.has_pretrained_vectors else None)
        for name in _SAVED:
            setattr(classifier, f"{name}_", getattr(state, name))
        classifier.network_ = Heads.of(state.head)
        classifier.out_of_fold_ = classifier.seed_report_ = None  # are not saved
        return classifier

    def _learn_classes(
        self, texts: TextList, labels: LabelList
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
        """Return the classes and each text's place among them; those of the seed words without labels."""
        if self.seed_words is not None:
            if self.vectors is None:
                raise ConfigError("seed_words are given without vectors, which would tell what they mean")
            classes = seed_classes(self.seed_words)
            if not texts:
                return np.array(classes), np.zeros(0, np.int64)
        return learn_classes(texts, labels)

    def _pretrained_vectors(self) -> WordVectors | None:
        """Return the pretrained vectors, loaded if they are a path."""
        if self.vectors is None:
            return None
        if self.vector_size is not None:
            raise ConfigError(
                f"vector_size is {self.vector_size!r}, but vectors are given, "
                "which have a size of their own; leave it out"
            )
        return as_vectors(self.vectors)
