"""Words as integers: plain values that pass from tokenizing to counting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class WordList:
    """Distinct words as UTF-8 end to end: word i is ``arena[bounds[i]:bounds[i + 1]]``, uint8 and int64."""

    arena: npt.NDArray[np.uint8]
    bounds: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @classmethod
    def of(cls, words: Iterable[str]) -> "WordList":
        """Pack words."""
        spelled = [word.encode("utf-8", "surrogatepass") for word in words]
        bounds = np.fromiter(accumulate(map(len, spelled), initial=0), dtype=np.int64)
        return cls(np.frombuffer(b"".join(spelled), dtype=np.uint8), bounds)

    def words(self, places: npt.NDArray[np.int64] | None = None) -> list[str]:
        """Return the words at some places, by default all."""
        starts, ends = self.bounds[:-1], self.bounds[1:]
        if places is not None:
            starts, ends = starts[places], ends[places]
        spelled = self.arena.tobytes()
        return [
            spelled[start:end].decode("utf-8", "surrogatepass")
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]


@dataclass(frozen=True, eq=False)
class Numbered:
    """A batch after tokenizing."""

    ids: npt.NDArray[np.int32]
    """Places in `words`, shape (N,)."""
    ends: npt.NDArray[np.int64]
    """Where each document ends among them, shape (n_documents,)."""
    words: WordList
    """V of them, in order of first appearance."""
    counts: npt.NDArray[np.int64]
    document_counts: npt.NDArray[np.int64]
    is_open: bool = False
    """Whether the last document goes on in the next batch."""
    spelled: Mapping[tuple[str, str, str], int] | None = None
    """How often each word is written in each way, by a tokenizer that gives another form."""


class Counted(NamedTuple):
    """The words of a corpus, after its last batch.

    words : those that were not dropped; counts, document_counts : int64 (V,), complete; places : int32, by
    id, the place of its word, -1 where it was dropped, or None where ids are places; n_dropped_words,
    n_dropped_tokens : what was dropped while counting, none of it more than `most` times.
    """

    words: WordList
    counts: npt.NDArray[np.int64]
    document_counts: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32] | None = None
    n_dropped_words: int = 0
    n_dropped_tokens: int = 0
    most: int = 0
