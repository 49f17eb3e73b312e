"""A corpus as integers on disk, made in one pass over its text."""

import os
import re
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from textransfer.errors import ConfigError, CorpusError, OutputError
from textransfer.text.tokenize import Tokenizer
from textransfer.text.vocabulary import Vocabulary, frequency_order

CHUNK_TOKENS = 1 << 20
"""Tokens held in memory at a time."""
PIECE_CHARACTERS = 1 << 20
"""Longer documents are tokenized piece by piece, cut between words."""

_BETWEEN_WORDS = re.compile(r"\w\s+\w")  # and so not inside "<br />"


@dataclass(frozen=True, eq=False)
class EncodedCorpus:
    """Word ids of all documents, one after the other.

    Parameters
    ----------
    tokens : ndarray of int32, shape (N,), read-only
        Places in the vocabulary; memory-mapped where it came from `RawEncoding.finish`.
    offsets : ndarray of int64, shape (n_documents + 1,)
        Document i is ``tokens[offsets[i]:offsets[i + 1]]``; it may be empty.
    vocabulary : Vocabulary
        What the ids stand for.
    """

    tokens: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    vocabulary: Vocabulary

    @property
    def n_tokens(self) -> int:
        """Tokens that are left after rare words were dropped (N)."""
        return len(self.tokens)

    @property
    def n_documents(self) -> int:
        """Documents, empty ones included."""
        return len(self.offsets) - 1

    def words_of(self, document: int) -> list[str]:
        """Return the words of one document that the vocabulary holds, in order."""
        ids = self.tokens[self.offsets[document] : self.offsets[document + 1]]
        return [self.vocabulary.words[i] for i in ids.tolist()]

    def take(self, documents: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Return the tokens of some documents, in the order given, and their offsets (from 0)."""
        starts = self.offsets[documents]
        sizes = self.offsets[documents + 1] - starts
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
        places = np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])
        return np.asarray(self.tokens[places]), offsets

    @classmethod
    def from_arrays(
        cls, tokens: npt.ArrayLike, offsets: npt.ArrayLike, words: Sequence[str] | Vocabulary
    ) -> "EncodedCorpus":
        """Make an encoded corpus in memory; words without counts are counted, their ids are kept.

        Raises
        ------
        ConfigError
            If the offsets do not span the tokens, or an id is outside the vocabulary.
        """
        ids = np.array(tokens, dtype=np.int32)
        ends = np.array(offsets, dtype=np.int64)
        if len(ends) < 1 or ends[0] != 0 or ends[-1] != len(ids) or np.any(np.diff(ends) < 0):
            raise ConfigError(f"offsets are {ends}; expected to rise from 0 to the {len(ids)} tokens")
        if len(ids) and (ids.min() < 0 or ids.max() >= len(words)):
            raise ConfigError(f"ids go from {ids.min()} to {ids.max()}; expected 0 to {len(words) - 1}")
        ids.flags.writeable = False
        if not isinstance(words, Vocabulary):
            documents = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
            pairs = np.unique(np.stack([documents, ids.astype(np.int64)]), axis=1)
            words = Vocabulary(
                list(words),
                np.bincount(ids, minlength=len(words)).astype(np.int64),
                np.bincount(pairs[1], minlength=len(words)).astype(np.int64),
                len(ids),
                len(ends) - 1,
            )
        return cls(ids, ends, words)


@dataclass(frozen=True, eq=False)
class RawEncoding:
    """A corpus whose ids stand in order of first appearance, before rare words are dropped.

    Parameters
    ----------
    path : Path
        File of the ids: int32, N of them.
    offsets : ndarray of int64, shape (n_documents + 1,)
    words : list of str, length V
        In order of first appearance.
    counts, document_counts : ndarray of int64, shape (V,)
    """

    path: Path
    offsets: npt.NDArray[np.int64]
    words: list[str]
    counts: npt.NDArray[np.int64]
    document_counts: npt.NDArray[np.int64]

    @property
    def n_tokens(self) -> int:
        """Tokens of the corpus (N)."""
        return int(self.offsets[-1])

    @property
    def n_documents(self) -> int:
        """Documents of the corpus, those without a word included."""
        return len(self.offsets) - 1

    @cached_property
    def _order(self) -> npt.NDArray[np.int64]:
        return frequency_order(self.words, self.counts)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """All words, by frequency."""
        order = self._order
        return Vocabulary(
            [self.words[place] for place in order],
            self.counts[order],
            self.document_counts[order],
            self.n_tokens,
            self.n_documents,
        )

    def finish(self, min_count: int = 1, max_vocab_size: int | None = None) -> EncodedCorpus:
        """Rank words by count, drop the rare ones, write the ids that are left.

        Dropped tokens vanish from their documents, as in word2vec; documents stay, possibly empty.

        Parameters
        ----------
        min_count : int, default=1
            Words that occur less often are dropped.
        max_vocab_size : int, optional
            Keep at most so many words.

        Raises
        ------
        CorpusError
            If no word is left.
        OutputError
            If the ids cannot be written.
        """
        vocabulary = self.vocabulary.truncated(min_count, max_vocab_size)
        if not vocabulary.words:
            raise CorpusError(
                f"no word of the corpus occurs {min_count} times (min_count); the most frequent, "
                f"{self.vocabulary.words[0]!r}, occurs {self.vocabulary.counts[0]} times: lower min_count"
            )
        rank = np.full(len(self.words), -1, dtype=np.int32)
        rank[self._order[: len(vocabulary)]] = np.arange(len(vocabulary), dtype=np.int32)
        raw = _mapped(self.path, self.n_tokens)
        offsets = np.zeros_like(self.offsets)
        n_kept = 0
        with _new_file(self.path.parent) as stream:
            for start in range(0, self.n_tokens, CHUNK_TOKENS):
                ids = rank[raw[start : start + CHUNK_TOKENS]]
                is_kept = ids >= 0
                kept_before = np.concatenate(([0], np.cumsum(is_kept)))
                first, last = np.searchsorted(self.offsets, (start + 1, start + len(ids) + 1))
                offsets[first:last] = n_kept + kept_before[self.offsets[first:last] - start]
                _write(stream, ids[is_kept])
                n_kept += int(kept_before[-1])
        return EncodedCorpus(_mapped(Path(stream.name), n_kept), offsets, vocabulary)


def scan_corpus(
    documents: Iterable[str],
    tokenizer: Tokenizer,
    folder: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> RawEncoding:
    """Tokenize and count a corpus in one pass, in bounded memory but for the list of distinct words.

    Parameters
    ----------
    documents : iterable of str
        Read once.
    tokenizer : Tokenizer
        Cuts them into words.
    folder : Path
        Where the ids are written; its owner removes it when nobody needs the result any more.
    progress : callable, optional
        Called now and then with the documents and tokens so far.

    Raises
    ------
    CorpusError
        If no document holds a word.
    OutputError
        If the ids cannot be written.
    """
    with _new_file(folder) as stream:
        scan = _Scan(stream)
        is_end: deque[bool] = deque()
        for words in tokenizer.tokenize_many(_pieces(documents, is_end)):
            scan.add(words, is_end=is_end.popleft())
            if len(scan.waiting) >= CHUNK_TOKENS:
                scan.flush()
                if progress is not None:
                    progress(scan.n_documents, scan.n_tokens)
        scan.flush()
    if progress is not None:
        progress(scan.n_documents, scan.n_tokens)
    if not scan.n_tokens:
        raise CorpusError(f"the {scan.n_documents} documents hold no word; expected text in a known script")
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), *scan.ends])
    return RawEncoding(Path(stream.name), offsets, list(scan.ids), scan.counts, scan.document_counts)


class _Ids(dict[str, int]):
    """Ids of words; a new word gets the next one."""

    def __missing__(self, word: str) -> int:
        self[word] = place = len(self)
        return place


class _Scan:
    """What is known of a corpus while its text goes by."""

    def __init__(self, stream: BinaryIO) -> None:
        self.ids = _Ids()
        self.counts = np.zeros(0, dtype=np.int64)
        self.document_counts = np.zeros(0, dtype=np.int64)
        self.ends: list[npt.NDArray[np.int64]] = []
        self.waiting: list[int] = []
        self.n_documents = 0
        self.n_tokens = 0
        self._stream = stream
        self._waiting_ends: list[int] = []
        self._seen: list[int] = []
        self._seen_before: set[int] = set()

    def add(self, words: list[str], *, is_end: bool) -> None:
        """Take the words of a document, or of a piece of it."""
        # map over a bound method of dict runs without a line of Python per token.
        ids = list(map(self.ids.__getitem__, words))
        self.waiting += ids
        self.n_tokens += len(ids)
        distinct = set(ids)
        if self._seen_before:
            distinct -= self._seen_before
        self._seen += distinct
        if is_end:
            self._seen_before = set()
            self.n_documents += 1
            self._waiting_ends.append(self.n_tokens)
        else:
            self._seen_before |= distinct

    def flush(self) -> None:
        """Write the ids that wait, add them to the counts."""
        ids = np.array(self.waiting, dtype=np.int32)
        _write(self._stream, ids)
        self.counts = _added(self.counts, ids, len(self.ids))
        self.document_counts = _added(
            self.document_counts, np.array(self._seen, dtype=np.int32), len(self.ids)
        )
        self.ends.append(np.array(self._waiting_ends, dtype=np.int64))
        for waiting in (self.waiting, self._waiting_ends, self._seen):
            waiting.clear()


def _added(counts: npt.NDArray[np.int64], ids: npt.NDArray[np.int32], n_words: int) -> npt.NDArray[np.int64]:
    found = np.bincount(ids, minlength=n_words).astype(np.int64)
    found[: len(counts)] += counts
    return found


def _pieces(documents: Iterable[str], is_end: deque[bool]) -> Iterator[str]:
    """Yield documents, long ones in pieces; say for each piece whether its document ends with it."""
    for document in documents:
        start = 0
        while len(document) - start > PIECE_CHARACTERS:
            place = _BETWEEN_WORDS.search(document, start + PIECE_CHARACTERS)
            if place is None:
                break
            is_end.append(False)
            yield document[start : place.start() + 1]
            start = place.start() + 1
        is_end.append(True)
        yield document[start:] if start else document


def _new_file(folder: Path) -> BinaryIO:
    """Open a file of a new name, so that no earlier result that is still mapped is overwritten."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, _ = path = tempfile.mkstemp(prefix="tokens-", suffix=".int32", dir=folder)
        os.close(handle)
        return Path(path[1]).open("wb")
    except OSError as error:
        raise _output_error(str(folder), error) from error


def _write(stream: BinaryIO, ids: npt.NDArray[np.int32]) -> None:
    try:
        stream.write(ids.tobytes())
    except OSError as error:
        raise _output_error(stream.name, error) from error


def _output_error(path: str, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write the encoded corpus to {path}: {error.strerror or error}; it takes "
        "4 bytes a token, twice: free some space, or write where there is more (--output; in Python, "
        "work_folder)"
    )


def _mapped(path: Path, n_tokens: int) -> npt.NDArray[np.int32]:
    if not n_tokens:  # an empty file cannot be mapped
        empty = np.zeros(0, dtype=np.int32)
        empty.flags.writeable = False
        return empty
    return np.memmap(path, dtype=np.int32, mode="r", shape=(n_tokens,))
