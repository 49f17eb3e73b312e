"""The distinct words of a whole corpus with their counts, in bounded memory."""

from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from textransfer.errors import CorpusError
from textransfer.text.encoding.integer_files import writing
from textransfer.text.encoding.kernels.tables import copy_words, empty_table, fill_slots, look_up, merge
from textransfer.text.encoding.numbered import Counted, Numbered, WordList

_Number = TypeVar("_Number", bound=np.generic)

_FEWEST_WORDS = 1 << 16
_FEWEST_BYTES = 1 << 20
_MOST_IDS = 1 << 31


class WordTable:
    """Gives ids to words, in order of first appearance, and counts them.

    When there are more than `max_words`, the rarest are dropped until half as many are left, after Manku and
    Motwani (2002): a word that is new after words of at most t occurrences were dropped may have had t
    already, and is treated so when the rarest are looked for. Hence no word that occurs more often than the
    last t is missing at the end. Dropped words go to a file in `folder` with their counts, which `finished`
    gives back to those that came again, so every count is exact.
    """

    def __init__(self, max_words: int, folder: Path) -> None:
        self._max_words = max_words
        self._folder = folder
        self._dropped: list[Path] = []
        self._most = 0
        self._n_words = 0
        self._n_ids = 0
        self._table = empty_table(_FEWEST_WORDS, _FEWEST_BYTES)
        # By place: the id, counts, document counts, and how often the word may have been dropped before.
        self._ids = np.zeros(_FEWEST_WORDS, dtype=np.int32)
        self._counts, self._document_counts, self._lost = np.zeros((3, _FEWEST_WORDS), dtype=np.int64)
        self._open = np.zeros(0, dtype=np.int64)

    def add(self, batch: Numbered) -> npt.NDArray[np.int32]:
        """Count the words of the next batch; return the ids of its tokens."""
        n_before = self._n_words
        self._make_room(len(batch.words), int(batch.words.bounds[-1]))
        places = np.empty(len(batch.words), dtype=np.int64)
        self._n_words = merge(self._table, n_before, batch.words.arena, batch.words.bounds, places)
        n_new = self._n_words - n_before
        if self._n_ids + n_new >= _MOST_IDS:
            raise CorpusError(
                f"found more than {_MOST_IDS:,} distinct words; expected fewer: split the corpus"
            )
        new = slice(n_before, self._n_words)
        self._ids[new] = np.arange(self._n_ids, self._n_ids + n_new, dtype=np.int32)
        if self._most:  # what is never written takes no memory
            self._lost[new] = self._most
        self._n_ids += n_new
        self._counts[places] += batch.counts
        self._document_counts[places] += batch.document_counts
        self._count_open_once(batch, places)
        ids: npt.NDArray[np.int32] = self._ids[places][batch.ids]
        if self._n_words > self._max_words and not batch.is_open:
            self._drop_rarest()
        return ids

    def finished(self) -> Counted:
        """Return the words with their counts; those that were dropped and came back are whole again."""
        n_words = self._n_words
        words = WordList(self._table.arena[: self._table.bounds[n_words]], self._table.bounds[: n_words + 1])
        counts, document_counts = self._counts[:n_words], self._document_counts[:n_words]
        if not self._dropped:
            return Counted(words, counts, document_counts)
        places = np.full(self._n_ids, -1, dtype=np.int32)
        places[self._ids[:n_words]] = np.arange(n_words, dtype=np.int32)
        n_dropped_tokens = 0
        gone = []
        for path in self._dropped:
            with np.load(path) as saved:
                dropped = {name: saved[name] for name in saved.files}
            present = np.empty(len(dropped["ids"]), dtype=np.int64)
            hashes = np.empty(len(present), dtype=np.uint64)
            look_up(self._table, dropped["arena"], dropped["bounds"], present, hashes)
            is_back = present >= 0
            back = present[is_back]
            counts[back] += dropped["counts"][is_back]
            document_counts[back] += dropped["document_counts"][is_back]
            places[dropped["ids"][is_back]] = back
            n_dropped_tokens += int(dropped["counts"][~is_back].sum())
            gone.append(hashes[~is_back])
        n_dropped_words = len(np.unique(np.concatenate(gone)))
        return Counted(words, counts, document_counts, places, n_dropped_words, n_dropped_tokens, self._most)

    def _make_room(self, n_words: int, n_bytes: int) -> None:
        """Grow so that so many more words fit in."""
        n_now, table = self._n_words, self._table
        top = int(table.bounds[n_now])
        if top + n_bytes > len(table.arena):
            table = table._replace(arena=_longer(table.arena, max(2 * len(table.arena), top + n_bytes)))
        size = len(table.hashes)
        if n_now + n_words > size:
            while n_now + n_words > size:
                size *= 2
            slots = np.zeros(2 * size, dtype=np.int32)
            fill_slots(slots, table.hashes, n_now)
            table = table._replace(
                slots=slots, hashes=_longer(table.hashes, size), bounds=_longer(table.bounds, size + 1)
            )
            self._ids, self._counts = _longer(self._ids, size), _longer(self._counts, size)
            self._document_counts = _longer(self._document_counts, size)
            self._lost = _longer(self._lost, size)
        self._table = table

    def _count_open_once(self, batch: Numbered, places: npt.NDArray[np.int64]) -> None:
        """Correct the document counts where a document spans batches."""
        ends = batch.ends
        if not len(ends) or not (len(self._open) or batch.is_open):
            return
        first = places[np.unique(batch.ids[: ends[0]])]
        self._document_counts[np.intersect1d(first, self._open)] -= 1
        if not batch.is_open:
            self._open = self._open[:0]
        elif len(ends) == 1:
            self._open = np.union1d(first, self._open)
        else:
            self._open = places[np.unique(batch.ids[ends[-2] :])]

    def _drop_rarest(self) -> None:
        """Move the rarest words to disk, so that at most half of the bound are left."""
        n_words, table = self._n_words, self._table
        possible = self._counts[:n_words] + self._lost[:n_words]
        n_left = self._max_words // 2
        self._most = int(np.partition(possible, n_words - n_left - 1)[n_words - n_left - 1])
        kept, dropped = np.flatnonzero(possible > self._most), np.flatnonzero(possible <= self._most)
        sizes = np.diff(table.bounds[: n_words + 1])[dropped]
        words = WordList(np.empty(sizes.sum(), dtype=np.uint8), np.empty(len(dropped) + 1, dtype=np.int64))
        copy_words(table.arena, table.bounds, dropped, words.arena, words.bounds)
        self._save(dropped, words)
        copy_words(table.arena, table.bounds.copy(), kept, table.arena, table.bounds)
        for by_place in (table.hashes, self._ids, self._counts, self._document_counts, self._lost):
            by_place[: len(kept)] = by_place[kept]
            by_place[len(kept) : n_words] = 0
        table.slots[:] = 0
        fill_slots(table.slots, table.hashes, len(kept))
        self._n_words = len(kept)

    def _save(self, places: npt.NDArray[np.int64], words: WordList) -> None:
        path = self._folder / f"dropped-{len(self._dropped)}.npz"
        with writing(self._folder, "the words that were dropped", size=""):
            np.savez(
                path,
                arena=words.arena,
                bounds=words.bounds,
                ids=self._ids[places],
                counts=self._counts[places],
                document_counts=self._document_counts[places],
            )
        self._dropped.append(path)


def _longer(values: npt.NDArray[_Number], size: int) -> npt.NDArray[_Number]:
    # np.empty and np.zeros take no memory before it is written, unlike ndarray.resize.
    longer = np.zeros(size, dtype=values.dtype)
    longer[: len(values)] = values
    return longer
