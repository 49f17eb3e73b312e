"""A corpus as integers on disk, made in one pass over its text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from textransfer.errors import CorpusError
from textransfer.text.encoding.integer_files import mapped, new_file, read_runs, write
from textransfer.text.encoding.numbered import Counted
from textransfer.text.vocabulary import Vocabulary, frequency_order

CHUNK_TOKENS = 1 << 20
"""Tokens held in memory at a time."""
MAPPED_BYTES = 1 << 29
"""Larger files are read where needed instead of mapped: pages once touched would count as memory in use."""
COMPILED_FROM = 100_000
"""Tokens at a time from which a compiled loop is worth loading."""


@dataclass(frozen=True, eq=False)
class EncodedCorpus:
    """Word ids of all documents, one after the other."""

    tokens: npt.NDArray[np.int32]
    """Places in the vocabulary, shape (N,); memory-mapped where it came from `RawEncoding.finish`."""
    offsets: npt.NDArray[np.int64]
    """Document i is ``tokens[offsets[i]:offsets[i + 1]]``; it may be empty. Shape (n_documents + 1,)."""
    vocabulary: Vocabulary

    @property
    def n_tokens(self) -> int:
        """Tokens that are left without rare words (N)."""
        return len(self.tokens)

    @property
    def n_documents(self) -> int:
        """Documents, empty ones included."""
        return len(self.offsets) - 1

    def take(self, documents: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Return the tokens (int32) of some documents, in the order asked for, and their offsets (from 0)."""
        starts = self.offsets[documents]
        offsets = np.zeros(len(documents) + 1, dtype=np.int64)
        np.cumsum(self.offsets[documents + 1] - starts, out=offsets[1:])
        if isinstance(self.tokens, np.memmap) and self.tokens.nbytes > MAPPED_BYTES:
            return read_runs(Path(str(self.tokens.filename)), starts, offsets), offsets
        if offsets[-1] < COMPILED_FROM:
            places = np.repeat(starts - offsets[:-1], np.diff(offsets)) + np.arange(offsets[-1])
            return np.asarray(self.tokens[places]), offsets
        from textransfer.text.encoding.kernels.gathering import (
            gather,  # needs a compiler, which takes a while to load
        )

        taken = np.empty(offsets[-1], dtype=np.int32)
        gather(np.asarray(self.tokens), starts, offsets, taken)
        return taken, offsets


@dataclass(frozen=True, eq=False)
class RawEncoding:
    """A corpus with all its words, before the rare ones are left out; made by `scan_corpus`."""

    path: Path
    """File of the ids: int32, N of them, in order of first appearance."""
    offsets: npt.NDArray[np.int64]
    """As those of `EncodedCorpus`."""
    counted: Counted
    """The words, and how ids lead to them."""
    spelled: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    """How often each word is written in each way, where the tokenizer gives words another form."""

    @property
    def n_tokens(self) -> int:
        """Tokens of the corpus (N)."""
        return int(self.offsets[-1])

    @property
    def n_documents(self) -> int:
        """Documents of the corpus, those without a word included."""
        return len(self.offsets) - 1

    def _ranked(self, min_count: int, max_size: int | None) -> tuple[Vocabulary, npt.NDArray[np.int64]]:
        """Return the words that are frequent enough, by frequency, and the place of each in `counted`."""
        counted = self.counted
        # Most words of a large corpus are rare: they are never made into strings.
        places = np.flatnonzero(counted.counts >= min_count)
        words = counted.words.words(places)
        order = frequency_order(words, counted.counts[places])
        places = places[order]
        n_rare = len(counted.words) - len(places)
        n_rare_tokens = int(counted.counts.sum() - counted.counts[places].sum())
        vocabulary = Vocabulary(
            [words[place] for place in order],
            counted.counts[places],
            counted.document_counts[places],
            self.n_tokens,
            self.n_documents,
            counted.n_dropped_words + n_rare,
            counted.n_dropped_tokens + n_rare_tokens,
        ).truncated(min_count, max_size)
        return vocabulary, places[: len(vocabulary)]

    def finish(
        self, min_count: int = 1, max_vocab_size: int | None = None, *, known: Vocabulary | None = None
    ) -> EncodedCorpus:
        """Rank words by count, drop the rare ones, write the ids that are left.

        Dropped tokens vanish from their documents, as in word2vec; documents stay, possibly empty. Words
        that are known stay, under their ids; the limits hold for new ones only (see `Vocabulary.extended`).

        Raises
        ------
        CorpusError
            If no word is left.
        OutputError
            If the ids cannot be written.
        """
        rank = np.full(len(self.counted.words), -1, dtype=np.int32)
        if known is None:
            vocabulary, places = self._ranked(min_count, max_vocab_size)
            rank[places] = np.arange(len(vocabulary), dtype=np.int32)
        else:
            new, places = self._ranked(1, None)
            vocabulary = known.extended(new, min_count, max_vocab_size)
            rank[places] = [vocabulary.index.get(word, -1) for word in new.words]
        if not vocabulary.words:
            self._refuse(min_count)
        if self.counted.places is not None:
            # A dropped word has place -1: it gets the rank that is appended here.
            rank = np.append(rank, np.int32(-1))[self.counted.places]
        offsets = np.zeros_like(self.offsets)
        n_kept = n_read = 0
        with new_file(self.path.parent) as stream, self.path.open("rb") as raw:
            while n_read < self.n_tokens:
                ids = rank[np.fromfile(raw, dtype=np.int32, count=CHUNK_TOKENS)]
                is_kept = ids >= 0
                kept_before = np.concatenate(([0], np.cumsum(is_kept)))
                first, last = np.searchsorted(self.offsets, (n_read + 1, n_read + len(ids) + 1))
                offsets[first:last] = n_kept + kept_before[self.offsets[first:last] - n_read]
                write(stream, ids[is_kept])
                n_kept += int(kept_before[-1])
                n_read += len(ids)
        return EncodedCorpus(mapped(Path(stream.name), n_kept), offsets, vocabulary)

    def _refuse(self, min_count: int) -> NoReturn:
        counted = self.counted
        if not len(counted.words):
            raise CorpusError(
                "every word was dropped while counting; expected a list of words that has room for some "
                "frequent ones: raise max_scan_words"
            )
        count = counted.counts.max()
        word = min(counted.words.words(np.flatnonzero(counted.counts == count)))
        raise CorpusError(
            f"no word of the corpus occurs {min_count} times (min_count); the most frequent, {word!r}, "
            f"occurs {count} times: lower min_count"
        )
