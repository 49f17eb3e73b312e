"""Words that may stand for a word without turning its class round.

The nearest words in a vector space share contexts, and opposites share them too: "bad" is a neighbour of
"good". A neighbour passes here only if each is among the nearest of the other, neither is a negation, both
or none are negated ("not_good"), and both say about the same of the classes of some labelled texts.
"""

from collections.abc import Iterable, Sequence
from itertools import compress

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.vectors import WordVectors
from textransfer.sentiment.sentences.encoders import sif_averaging
from textransfer.text.negation import NEGATIONS, PREFIX

N_NEAREST = 10
LEAST_COSINE = 0.4
N_CANDIDATES = 50_000
"""The most frequent words alone may stand for another or be replaced."""
NEAR_ZERO = 0.5
"""A score of a word for a class that says nothing, in standard deviations over the vocabulary."""
LARGEST_GAP = 1.0
"""How far apart the scores of a word and its substitute may lie, in the same unit."""
_WORDS_A_BLOCK = 512

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating]


class Substitutes:
    """Finds substitutes; what does not depend on labels is computed once for all draws.

    Of each word of the vectors, the `n_nearest` neighbours of at least a cosine are looked at.
    """

    def __init__(
        self, vectors: WordVectors, *, n_nearest: int = N_NEAREST, least_cosine: float = LEAST_COSINE
    ) -> None:
        self._vectors = vectors
        self._averaging = sif_averaging(vectors)
        self._table = vectors.unit_matrix[:N_CANDIDATES]
        self._n_nearest = min(n_nearest, max(len(self._table) - 1, 0))
        self._least_cosine = least_cosine
        self._nearest: dict[int, Ids] = {}
        self._barred = {vectors.index[word] for word in NEGATIONS if word in vectors.index}
        self._is_negated = np.array([word.startswith(PREFIX) for word in vectors.words], dtype=np.bool_)

    def mutual(self, words: Iterable[str]) -> dict[str, list[str]]:
        """Return for each known word the words that are among its nearest, as it is among theirs.

        Negations have none and are none, and a negated word stands for a negated word alone. Labels play no
        part: opposites are among them.
        """
        index = self._vectors.index
        ids = sorted({index[word] for word in words if index.get(word, len(self._table)) < len(self._table)})
        ids = [i for i in ids if i not in self._barred]
        self._look_up(ids)
        self._look_up(sorted({int(j) for i in ids for j in self._nearest[i]}))
        names = self._vectors.words
        mutual = {
            names[i]: [names[j] for j in self._nearest[i] if self._may_stand(j, i) and i in self._nearest[j]]
            for i in ids
        }
        return {word: candidates for word, candidates in mutual.items() if candidates}

    def safe(self, token_lists: Sequence[Sequence[str]], codes: npt.ArrayLike) -> dict[str, list[str]]:
        """Return for each word of n labelled texts, of classes `codes`, the neighbours that keep its class.

        A word's score for a class is its component along the mean of the class's text vectors less the mean
        over classes, in standard deviations over the vocabulary. A substitute must score within
        `LARGEST_GAP` of the word for every class, with the same sign unless both are within `NEAR_ZERO`.
        """
        scores = self._scores(token_lists, np.asarray(codes))
        index = self._vectors.index
        safe = {}
        for word, candidates in self.mutual({word for words in token_lists for word in words}).items():
            own, rivals = scores[index[word]], scores[[index[candidate] for candidate in candidates]]
            is_same_side = (np.sign(own) == np.sign(rivals)) | (
                (np.abs(own) <= NEAR_ZERO) & (np.abs(rivals) <= NEAR_ZERO)
            )
            is_near = np.abs(own - rivals) <= LARGEST_GAP
            passed = (is_same_side & is_near).all(axis=1)
            if passed.any():
                safe[word] = list(compress(candidates, passed))
        return safe

    def _scores(self, token_lists: Sequence[Sequence[str]], codes: npt.NDArray[np.integer]) -> Floats:
        """Return the score of each word for each class, shape (V, C), without unit."""
        texts = self._averaging.vectors(self._averaging.bags(token_lists)).astype(np.float64)
        means = np.stack([texts[codes == code].mean(axis=0) for code in np.unique(codes)])
        directions = (means - means.mean(axis=0)).T
        scores = self._averaging.table @ directions
        scores = scores - scores.mean(axis=0)
        deviation = scores.std(axis=0)
        return np.asarray(scores / np.where(deviation > 0, deviation, 1.0))

    def _may_stand(self, other: int, word: int) -> bool:
        return other not in self._barred and self._is_negated[other] == self._is_negated[word]

    def _look_up(self, ids: Sequence[int]) -> None:
        """Find the nearest words of those that have not been looked up yet."""
        missing = [i for i in ids if i not in self._nearest]
        for start in range(0, len(missing), _WORDS_A_BLOCK):
            block = missing[start : start + _WORDS_A_BLOCK]
            cosines = self._table[block] @ self._table.T
            cosines[np.arange(len(block)), block] = -np.inf
            order = np.argpartition(-cosines, max(self._n_nearest - 1, 0), axis=1)[:, : self._n_nearest]
            for row, i in enumerate(block):
                near = order[row][np.argsort(-cosines[row, order[row]], kind="stable")]
                self._nearest[i] = near[cosines[row, near] >= self._least_cosine].astype(np.int64)
