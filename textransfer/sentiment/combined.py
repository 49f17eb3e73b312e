"""Several members that read a text in different ways, mixed as far as the labels bear it out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig
from textransfer.documenting import with_settings
from textransfer.embeddings.vectors_like import as_vectors
from textransfer.peer_names import refusing_peer_names
from textransfer.randomness import seed_of
from textransfer.sentiment import folder
from textransfer.sentiment.class_weights import class_factors
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined_predictor import CombinedPredictor, saved_factors
from textransfer.sentiment.distinct import distinct_texts
from textransfer.sentiment.judging.calibration import log_loss
from textransfer.sentiment.judging.out_of_fold import OutOfFold, out_of_fold
from textransfer.sentiment.labels import LabelList, WeightList, class_shares, learn_classes
from textransfer.sentiment.member_folder import load_members
from textransfer.sentiment.members import STUDENT, VECTORS, WORDS, best_weights, mixed
from textransfer.sentiment.parameters import ClassifierParameters
from textransfer.sentiment.sentences.lookup import looked_up_once
from textransfer.sentiment.sentences.texts import (
    TextList,
    Texts,
    check_texts,
    tokenizer_for,
    words_of,
)
from textransfer.sentiment.student import Student, UnlabelledTexts
from textransfer.sentiment.training.fitting import checked_weights, text_weights
from textransfer.sentiment.training.threads import suiting_threads
from textransfer.sentiment.word_classifier import WordClassifier

LEAST_WEIGHT = 0.01
"""A member with less is left out: it would be saved, and read each text, for nothing."""

Floats = npt.NDArray[np.float64]


@with_settings(ClassifierConfig)
@refusing_peer_names
@dataclass(kw_only=True, eq=False, repr=False)
class CombinedClassifier(CombinedPredictor, ClassifierParameters):
    """A `SentimentClassifier` over vectors, and members that read the words themselves.

    p(class) is proportional to exp(sum a_k ln p_k) over the members k. The weights a_k are those with the
    least log loss on predictions for labelled texts that were held out, kept near 1 for the vectors and near
    0 for others: with few labels what remains is nearly the classifier over vectors.

    Parameters
    ----------
    vectors : WordVectors, or the path of a folder or file that holds some, or None
        Pretrained; None means random ones, trained end to end.
    tokenizer : Tokenizer, optional
        By default the one that made the vectors; without vectors, one that suits the script of the texts.
    seed_words : mapping of label to words, optional
        Some words for each class: a prior opinion of the network; see `SentimentClassifier`.
    vector_size : int, optional
        Dimensions of random vectors (100); only without `vectors`.
    {settings}
    random_state : int, numpy generator or None, default=0
        Of the network and the folds.
    unlabelled : UnlabelledTexts, optional
        What a student learns from, cut by the same tokenizer.

    Attributes
    ----------
    classes_ : ndarray, shape (C,)
    classifier_ : SentimentClassifier
        The member over vectors.
    members_ : dict of str to Member
        The others that joined, by name: "words", of the labelled texts; "student", of the unlabelled ones.
    weights_ : dict of str to float
        Of the members, "vectors" among them.
    out_of_fold_ : OutOfFold or None
        What all together said of labelled texts that were held out; None if a class has a single text.
    class_factors_ : ndarray of float64, shape (C,), or None
        How much a labelled text of each class counts, if not all count the same.
    """

    unlabelled: UnlabelledTexts | None = None

    @classmethod
    def over(cls, classifier: ClassifierParameters, unlabelled: UnlabelledTexts | None = None) -> Self:
        """Return an unfitted one whose member over vectors is set like a classifier."""
        return cls(**{**classifier.get_params(deep=False), "unlabelled": unlabelled})

    def fit(self, texts: Texts, labels: LabelList, sample_weight: WeightList | None = None) -> Self:
        """Fit all members, and weigh them; parameters as of `SentimentClassifier.fit`.

        Weights of texts count in every member, and in how much each of these counts.
        """
        self.out_of_fold_: OutOfFold | None = None
        listed = check_texts(texts)
        classes, codes = learn_classes(listed, labels)
        vectors = None if self.vectors is None else as_vectors(self.vectors)
        tokenizer = tokenizer_for(self.tokenizer, vectors, listed)
        network = self._network(vectors=vectors, tokenizer=tokenizer)
        text_weights(network.settings(), codes, sample_weight, classes)  # a class without weight is an error
        weights = None if sample_weight is None else checked_weights(sample_weight, len(codes))
        distinct = distinct_texts(words_of(tokenizer, listed), codes, weights)
        words, labels, weights = distinct.texts, classes[distinct.codes], distinct.weights
        with suiting_threads(len(words)):
            classifier = network.fit(words, labels, weights)
            self.join(classifier, words, labels, weights, is_calibrated=self.calibrate)
        self.out_of_fold_ = distinct.everywhere(self.out_of_fold_)
        student = self.members_.get(STUDENT)
        if isinstance(student, Student):
            self.members_[STUDENT] = student.pruned()
        return self

    def _network(self, **fixed: Any) -> SentimentClassifier:  # noqa: ANN401 - parameters that have types
        """Return the unfitted member over vectors; it is calibrated here, with the weights."""
        parameters = self.get_params(deep=False)
        del parameters["unlabelled"]
        return SentimentClassifier(**{**parameters, **fixed, "calibrate": False})

    def join(
        self,
        classifier: SentimentClassifier,
        texts: TextList,
        labels: LabelList,
        sample_weight: WeightList | None = None,
        *,
        words: WordClassifier | None = None,
        is_calibrated: bool = False,
    ) -> Self:
        """Fit the other members beside a network that is fitted to the same labelled texts, lists of words.

        What reads the words may be there already, fitted to the same texts without weights.
        Cross-validation of the network takes most of the time. It is left out where the others tell no more
        than the shares of the classes; `is_calibrated` asks for it anyway, for probabilities to trust.
        """
        self.classifier_: SentimentClassifier = classifier
        self.tokenizer_, self.classes_ = classifier.tokenizer_, classifier.classes_
        self.members_ = {}
        self.weights_ = {VECTORS: 1.0}
        self.out_of_fold_ = None
        codes = learn_classes(texts, labels)[1]
        weights = None if sample_weight is None else checked_weights(sample_weight, len(codes))
        shares = class_shares(codes, len(self.classes_), weights)
        self.class_factors_ = class_factors(classifier.settings().class_weight, self.classes_, shares)
        if words is None:
            words = self._word_classifier(texts, codes, weights)
        self._weigh(words, texts, labels, codes, weights, is_calibrated=is_calibrated)
        if self.unlabelled is not None and self.unlabelled.suit(codes):
            self._teach(self.unlabelled.beside(len(codes)), shares)
        return self

    def _teach(self, texts: UnlabelledTexts, shares: Floats) -> None:
        """Let a student learn from what all say of unlabelled texts; both together count as these did."""
        averaging = self.classifier_.averaging_
        encoded = self.encoded(texts.looked_up)
        answers = self.classifier_.judge(encoded.bags, texts.looked_up.vectors(averaging).astype(np.float64))
        answers = self.mix(answers, encoded)
        self.members_[STUDENT] = Student().fit(texts, answers, shares)
        self.weights_ = {name: weight / 2 for name, weight in self.weights_.items()} | {STUDENT: 0.5}

    def _weigh(
        self,
        words: WordClassifier,
        texts: TextList,
        labels: LabelList,
        codes: npt.NDArray[np.int64],
        weights: Floats | None,
        *,
        is_calibrated: bool,
    ) -> None:
        """Let those members join that held-out labelled texts speak for."""
        classifier, seed = self.classifier_, seed_of(self.random_state)
        candidates = self._candidates(words, codes, weights)
        if not (candidates or is_calibrated):
            return
        fixed = {"vectors": classifier.vectors, "tokenizer": self.tokenizer_, "random_state": seed}
        looked_up = looked_up_once(texts)
        held = out_of_fold(lambda: self._network(**fixed), looked_up, labels, weights, seed=seed)
        if held is None:
            return
        at, truth = held.positions, codes[held.positions]
        parts = {VECTORS: held.probabilities}
        parts |= {
            name: self._balanced(name, member.held_out_.probabilities) for name, member in candidates.items()
        }
        is_known = classifier.encode(texts).has_words[at]  # others get shares, whatever the weights
        if is_known.any():
            usual = [1.0] + [0.0] * len(candidates)
            known = [part[is_known] for part in parts.values()]
            of_texts = np.ones(len(codes)) if weights is None else weights
            if self.class_factors_ is not None:
                of_texts = of_texts * self.class_factors_[codes]
            best = best_weights(known, truth[is_known], usual, of_texts[at][is_known])
            self.weights_ = dict(zip(parts, best, strict=True))
        self.members_ = {
            name: member
            for name, member in candidates.items()
            if self.weights_.get(name, 0.0) >= LEAST_WEIGHT
        }
        self.weights_ = {name: self.weights_[name] for name in (VECTORS, *self.members_)}
        if self.members_:
            both = mixed([parts[name] for name in self.weights_], list(self.weights_.values()))
            self.out_of_fold_ = OutOfFold(at, both)
        else:
            self.out_of_fold_ = held
            classifier.temper(1 / self.weights_.pop(VECTORS))
            self.weights_ = {VECTORS: 1.0}

    def _word_classifier(
        self, texts: TextList, codes: npt.NDArray[np.int64], weights: Floats | None
    ) -> WordClassifier:
        """Return what reads the words of those texts that have a weight."""
        rows = np.arange(len(codes)) if weights is None else np.flatnonzero(weights)
        own = None if weights is None else weights[rows]
        words = WordClassifier(self.tokenizer_, seed_of(self.random_state))
        return words.fit([texts[row] for row in rows], self.classes_[codes[rows]], own)

    def _candidates(
        self, words: WordClassifier, codes: npt.NDArray[np.int64], weights: Floats | None
    ) -> dict[str, WordClassifier]:
        """Return the other members that tell more of held-out texts than the shares of the classes do."""
        rows = np.arange(len(codes)) if weights is None else np.flatnonzero(weights)
        own = None if weights is None else weights[rows]
        at = words.held_out_.positions
        truth, of_texts = codes[rows][at], None if own is None else own[at]
        chance = log_loss(np.tile(words.shares_, (len(truth), 1)), truth, of_texts)
        loss = log_loss(words.held_out_.probabilities, truth, of_texts)
        return {WORDS: words} if loss < chance else {}

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a classifier folder, with or without other members; as `SentimentClassifier.load` does."""
        state = folder.load(Path(path))
        members, weights = load_members(Path(path), state)
        classifier = SentimentClassifier.from_state(state, path)
        combined = cls.from_config(state.settings, classifier.vectors)
        combined.classifier_, combined.classes_ = classifier, classifier.classes_
        combined.tokenizer_ = classifier.tokenizer_
        combined.members_, combined.weights_ = members, weights
        combined.class_factors_ = saved_factors(state, members)
        combined.out_of_fold_ = None  # is not saved
        return combined

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learned, the weights included."""
        self._check_fitted()
        n = self.classifier_.network_.n_parameters
        return n + self.n_further_

    @property
    def n_further_(self) -> int:
        """Numbers that were learned besides the network."""
        self._check_fitted()
        n = sum(member.n_parameters_ for member in self.members_.values())
        return n + len(self.weights_) if self.members_ else 0
