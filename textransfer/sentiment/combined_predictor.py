"""A fitted classifier of several members: what it says of texts. It needs numpy alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.sentiment import folder
from textransfer.sentiment.class_weights import class_factors
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.judging.explanation import Contributions
from textransfer.sentiment.member_folder import further, load_members
from textransfer.sentiment.members import STUDENT, Member, mixed
from textransfer.sentiment.predictor import TextPredictor
from textransfer.sentiment.probabilities import logs
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.lookup import LookedUpTexts, counted_of
from textransfer.sentiment.sentences.texts import Texts, WordLists, check_texts
from textransfer.sentiment.vector_predictor import SavedVectorPredictor, VectorPredictor

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Encoded:
    """What n texts are to a `CombinedClassifier`."""

    bags: Bags
    """Their words that the vectors know."""
    counted: CountedTexts
    """Their words, for the other members."""
    known_shares: Floats
    """Share of each text's words that any member knows, shape (n,)."""

    def __len__(self) -> int:
        return len(self.bags)


class CombinedPredictor(TextPredictor):
    """A predictor over vectors, and members that read the words themselves.

    p(class) is proportional to exp(sum a_k ln p_k) over the members k, with weights a_k.
    """

    _last_fitted = "weights_"

    classifier_: VectorPredictor
    """The member over vectors."""
    members_: dict[str, Member]
    """The others, by name."""
    weights_: dict[str, float]
    """Of all, by name."""
    class_factors_: Floats | None
    """How much a labelled text of each class counts, shape (C,), if not all count the same."""

    def _balanced(self, name: str, p: Floats) -> Floats:
        """Return what another member says, as if labelled texts of each class had counted as they shall.

        A student has learned it from the others.
        """
        if self.class_factors_ is None or name == STUDENT:
            return p
        p = p * self.class_factors_
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def encode(self, texts: Texts) -> Encoded:
        """Look the words of texts up; the result can stand in for the texts in `predict_proba`."""
        self._check_fitted()
        return self.encoded(LookedUpTexts(counted_of(self.tokenizer_, check_texts(texts)), read_once=True))

    def encoded(self, texts: LookedUpTexts) -> Encoded:
        """Return what `encode` does, of texts whose words are counted already."""
        averaging, counted = self.classifier_.averaging_, texts.counted
        bags, is_known = texts.bags(averaging), texts.is_known(averaging)
        if not self.members_:
            return Encoded(bags, counted, bags.known_shares)
        is_further = ~is_known & np.any([m.knows_each(counted) for m in self.members_.values()], axis=0)
        if not is_further.any():
            return Encoded(bags, counted, bags.known_shares)
        n_further = np.bincount(counted.documents, is_further[counted.ids], minlength=len(counted))
        n_words = np.diff(counted.offsets)
        return Encoded(bags, counted, bags.known_shares + n_further / np.maximum(n_words, 1))

    def _is_known_elsewhere(self, word: str) -> bool:
        return any(member.knows(word) for member in self.members_.values())

    def predict_proba(self, texts: Texts | Encoded) -> Floats:
        """Return the probability of each class, shape (n, C), columns as in `classes_`.

        To a member that knows no word of a text, its probabilities are the shares of the classes in the
        labels; so they are where none knows one.
        """
        self._check_fitted()
        encoded = texts if isinstance(texts, Encoded) else self.encode(texts)
        return self.mix(self.classifier_.predict_proba(encoded.bags), encoded)

    def mix(self, by_vectors: Floats, encoded: Encoded) -> Floats:
        """Return what `predict_proba` does, of texts that the network has judged already, shape (n, C)."""
        if not self.members_:
            return by_vectors
        by_members = [
            self._balanced(name, member.probabilities(encoded.counted))
            for name, member in self.members_.items()
        ]
        p = mixed([by_vectors, *by_members], list(self.weights_.values()))
        if self.classifier_.shares_ is not None:
            p[encoded.known_shares == 0] = self.classifier_.shares_
        return p

    def known_shares(self, texts: Texts | Encoded) -> Floats:
        """Return the share of each text's words that any member knows, shape (n,)."""
        return (texts if isinstance(texts, Encoded) else self.encode(texts)).known_shares

    def contributions(self, token_lists: list[list[str]]) -> list[Contributions]:
        """Return what each known word of texts, cut into words, adds by being there; see `explain`.

        Nothing is approximated: with a word go the pairs that hold it, and its neighbours become a pair.
        """
        self._check_fitted()
        by_vectors = self.classifier_.contributions(token_lists)
        if not self.members_:
            return by_vectors
        whole = self.predict_proba(self.encode(WordLists(token_lists)))
        explained = zip(token_lists, by_vectors, whole, strict=True)
        return [(self._added(words, *parts, p), p) for words, parts, p in explained]

    def _added(
        self, words: list[str], by_vectors: Mapping[str, Floats], p_vectors: Floats, p: Floats
    ) -> Mapping[str, Floats]:
        """Return ln p less ln p without each known word of a text; the vectors' part of it is given."""
        names = list(dict.fromkeys(words))
        without = np.array([logs(p_vectors) - by_vectors.get(name, 0.0) for name in names])
        by_members = [
            self._balanced(name, member.without_each(words)[1]) for name, member in self.members_.items()
        ]
        p_without = mixed(
            [np.exp(without.reshape(by_members[0].shape)), *by_members], list(self.weights_.values())
        )
        is_known = [name in by_vectors or self._is_known_elsewhere(name) for name in names]
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
        besides = further(self.members_, self.weights_, self.classes_) if self.members_ else None
        return folder.save(Path(path), self.classifier_.state(), besides, force=force, records=records)

    @property
    def temperature_(self) -> float:
        """That of `classifier_`; 1 beside other members, since the weights have done its work."""
        self._check_fitted()
        return self.classifier_.temperature_


class SavedCombinedPredictor(CombinedPredictor):
    """A `CombinedClassifier` as a folder holds it: it predicts and explains, and can be saved again."""

    def __init__(
        self, state: folder.ClassifierState, members: dict[str, Member], weights: dict[str, float]
    ) -> None:
        self.classifier_ = SavedVectorPredictor(state)
        self.classes_, self.tokenizer_ = state.classes, state.tokenizer
        self.members_, self.weights_ = members, weights
        self.class_factors_ = saved_factors(state, members)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a classifier folder; raises as `folder.load`."""
        state = folder.load(path)
        return cls(state, *load_members(path, state))


def saved_factors(state: folder.ClassifierState, members: Mapping[str, Member]) -> Floats | None:
    """Return how much a labelled text of each class counted, by the shares that any member has of them."""
    shares = [member.shares_ for member in members.values()]
    return class_factors(state.settings.class_weight, state.classes, shares[-1]) if shares else None
