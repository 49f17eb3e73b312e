"""A fitted classifier over TF-IDF: what it says of texts. It needs numpy alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.sparse_rows import SparseRows
from textransfer.sentiment import folder
from textransfer.sentiment.judging.explanation import Contributions
from textransfer.sentiment.predictor import TextPredictor
from textransfer.sentiment.probabilities import logs, softmax
from textransfer.sentiment.sentences.lookup import counted_of
from textransfer.sentiment.sentences.texts import Texts, WordLists, check_texts

if TYPE_CHECKING:
    from scipy import sparse

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TfidfTexts:
    """What n texts are to a classifier over TF-IDF."""

    features: SparseRows
    """Their known words, weighted, each text of length 1 (or 0 without any), shape (n, F)."""
    known_shares: Floats
    """Share of each text's words that are known, shape (n,)."""

    def __len__(self) -> int:
        return len(self.known_shares)

    @property
    def has_words(self) -> npt.NDArray[np.bool_]:
        """Whether each text has a known word, shape (n,)."""
        return np.diff(self.features.offsets) > 0

    @property
    def n_empty(self) -> int:
        """How many texts have no known word."""
        return int(np.count_nonzero(~self.has_words))


class TfidfPredictor(TextPredictor):
    """Weighs each word of a text by (1 + ln of its occurrences) idf, at length 1, and sums what they say."""

    shares_: Floats
    features_: list[str]
    idf_: Floats
    weights_: Floats
    intercepts_: Floats
    temperature_: float
    _index: Mapping[str, int]
    """The place of each word among the features."""

    def encode(self, texts: Texts) -> TfidfTexts:
        """Look the words of texts up; the result can stand in for the texts in `predict_proba`."""
        self._check_fitted()
        counted = counted_of(self.tokenizer_, check_texts(texts))
        n = len(counted)
        place_of = np.array([self._index.get(word, -1) for word in counted.words], np.int64)
        rows, words, counts = counted.by_word
        places = place_of[words]
        is_known = places >= 0
        rows, places, counts = rows[is_known], places[is_known], counts[is_known]
        sizes = (1 + np.log(counts)) * self.idf_[places]
        lengths = np.sqrt(np.bincount(rows, sizes**2, n))
        features = SparseRows.sorted(rows, places, sizes / lengths[rows], (n, len(self.features_)))
        n_words = np.bincount(counted.documents, minlength=n)
        return TfidfTexts(features, np.bincount(rows, counts, n) / np.maximum(n_words, 1))

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
            part = slice(features.offsets[row], features.offsets[row + 1])
            ids, sizes = features.columns[part], features.values[part]
            logits = self.weights_[:, ids] * sizes
            rest = np.sqrt(np.maximum(1 - sizes**2, np.finfo(np.float64).tiny))
            without = ((logits.sum(axis=1, keepdims=True) - logits) / rest).T + self.intercepts_
            p_without = _probabilities(without) if len(ids) > 1 else np.tile(self.shares_, (len(ids), 1))
            words = [self.features_[place] for place in ids]
            explanations.append((dict(zip(words, logs(p) - logs(p_without), strict=True)), p))
        return explanations

    def document_vectors(self, texts: Texts | TfidfTexts) -> "sparse.csr_matrix":
        """Return the weighted words of texts, shape (n, F): how alike they are to the classifier."""
        from scipy.sparse import csr_matrix  # heavy, and not needed for predicting

        return csr_matrix((texts if isinstance(texts, TfidfTexts) else self.encode(texts)).features.scipy())

    def state(self) -> folder.TfidfState:
        """Return what is saved of it."""
        raise NotImplementedError

    def save(self, path: str | Path, *, force: bool = False, records: folder.Records = None) -> Path:
        """Write a classifier folder that stands alone; see `textransfer.sentiment.folder.save`."""
        return folder.save_tfidf(Path(path), self.state(), force=force, records=records)

    def _take(self, state: folder.TfidfState) -> None:
        """Take the fitted attributes."""
        for name in folder.TFIDF_FITTED:
            setattr(self, f"{name}_", getattr(state, name))
        self._index = {word: place for place, word in enumerate(state.features)}


class SavedTfidfPredictor(TfidfPredictor):
    """A `TfidfBaseline` as a folder holds it: it predicts and explains, and can be saved again."""

    def __init__(self, state: folder.TfidfState) -> None:
        self._state = state
        self._take(state)

    def state(self) -> folder.TfidfState:
        """Return what is saved of it."""
        return self._state


def _probabilities(logits: Floats) -> Floats:
    """Return probabilities, (n, C), from logits of all classes, (n, C), or of the second of two, (n, 1)."""
    return softmax(np.hstack([np.zeros_like(logits), logits]) if logits.shape[1] == 1 else logits)
