"""Number the words of large batches with compiled loops, several threads side by side."""

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt

from textransfer.text.encoding.kernels.negating import mark_numbers, spell_numbers
from textransfer.text.encoding.kernels.scanning import count_words, encode, find_hard
from textransfer.text.encoding.kernels.tables import Table, empty_table, look_up, merge
from textransfer.text.encoding.letters import ALPHABETS, LIMIT, character_tables
from textransfer.text.encoding.numbered import Numbered, WordList
from textransfer.text.negation import ENGLISH_BRIDGES, ENGLISH_NEGATIONS, MOST_BRIDGES, N_TURNED, PREFIX
from textransfer.text.reading.batches import Batch
from textransfer.text.tokenizers.words import WordsTokenizer

_PREFIX = np.frombuffer(PREFIX.encode(), dtype=np.uint8)
_DOTLESS_I = "\u0131".encode()
_FEWEST_WORDS = 1 << 15
_FEWEST_PIECES = 1 << 10
_FEW = 1 << 7
"""One byte in so many that begins a character beyond the alphabets: such text is left to the tokenizer."""
_FIRST_BYTE_BEYOND = chr(ALPHABETS).encode()[0]


class CompiledWords:
    """Gives what `number_plainly` gives with a `WordsTokenizer`, for the same batch.

    Nearly all text consists of characters whose normal form does not depend on their neighbours; it is cut
    into words byte by byte. The few pieces with other characters (combining marks, emoji, final sigma, half
    width kana, invisible signs) are cut out at spaces and go through the tokenizer itself.
    """

    def __init__(self, tokenizer: WordsTokenizer) -> None:
        self._plain = tokenizer.plain()
        self._is_turkish = tokenizer.is_turkish and tokenizer.lowercase
        self._stop_words = tokenizer.stop_words
        self._marks_negation = tokenizer.marks_negation
        self._normalization = tokenizer.normalization
        self._n_words = _FEWEST_WORDS

    def __call__(self, batch: Batch) -> Numbered:
        """Return the batch as integers."""
        ids, ends, words = self.numbers(batch)
        counts, document_counts = np.zeros((2, len(words)), dtype=np.int64)
        count_words(ids, ends, counts, document_counts, np.full(len(words), -1, dtype=np.int32))
        return Numbered(ids, ends, words, counts, document_counts, batch.is_open)

    def numbers(self, batch: Batch) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], WordList]:
        """Return the first three entries of the batch as integers: nothing is counted."""
        if self._is_turkish:
            batch = _without_capital_i(batch)
        data = _bytes(batch.data)
        has_few_beyond = _FEW * np.count_nonzero(data >= _FIRST_BYTE_BEYOND) <= len(data)
        tables = character_tables(self._normalization, ALPHABETS if has_few_beyond else LIMIT)
        is_easy = batch.data.isascii()
        pieces = np.empty((0, 2), dtype=np.int64) if is_easy else _hard_pieces(batch, data, *tables)
        spelled = [
            " ".join(self._plain.tokenize(batch.data[start:end].decode("utf-8", "surrogatepass"))).encode()
            for start, end in pieces.tolist()
        ]
        known = _bytes(b"".join(spelled))
        known_ends = np.cumsum(np.array([len(words) for words in spelled], dtype=np.int64))
        # A word takes a byte at least, and is followed by a separator or the end of its document or piece.
        ids = np.empty((len(data) + len(known) + len(batch.ends)) // 2 + len(pieces) + 2, dtype=np.int32)
        ends = np.empty(len(batch.ends), dtype=np.int64)
        while True:
            n_words = self._n_words
            table = empty_table(n_words, len(data) + len(known))
            spans = (data, batch.starts, batch.ends, pieces, known, known_ends)
            n_tokens, n_words = encode(*spans, *tables, table, ids, ends)
            if n_tokens >= 0:
                break
            self._n_words = max(self._n_words, 2 * n_words)  # other threads may have found more
        words = WordList(table.arena[: table.bounds[n_words]].copy(), table.bounds[: n_words + 1].copy())
        ids = ids[:n_tokens].copy()
        if self._marks_negation:
            ids, ends, words = _without(ids, ends, words, self._stop_words - ENGLISH_NEGATIONS)
            words = _negated(ids, ends, words)
        return _without(ids, ends, words, self._stop_words)


def _hard_pieces(
    batch: Batch, data: npt.NDArray[np.uint8], plan: npt.NDArray[np.uint8], folds: npt.NDArray[np.int32]
) -> npt.NDArray[np.int64]:
    """Return from-to of the pieces that are left to the tokenizer, shape (n, 2)."""
    n_pieces = _FEWEST_PIECES
    while True:
        pieces = np.empty((n_pieces, 2), dtype=np.int64)
        n_pieces = find_hard(data, batch.starts, batch.ends, plan, folds, pieces)
        if n_pieces <= len(pieces):
            return pieces[:n_pieces]


def _bytes(data: bytes) -> npt.NDArray[np.uint8]:
    """Look at bytes as an array, which is never empty."""
    return np.frombuffer(data or b" ", dtype=np.uint8)


def _without_capital_i(batch: Batch) -> Batch:
    """Write I as the small letter without a dot, as `Normalization` does, where no mark stands on it."""
    data = _bytes(batch.data)
    places = np.flatnonzero(data == ord("I"))
    first, second = (data[np.minimum(places + shift, len(data) - 1)] for shift in (1, 2))
    is_marked = (first == 0xCC) | ((first == 0xCD) & (second < 0xB0))  # U+0300 to U+036F
    places = places[~is_marked | np.isin(places + 1, batch.ends)]
    starts, ends = (bounds + np.searchsorted(places, bounds) for bounds in (batch.starts, batch.ends))
    longer = np.insert(data, places + 1, _DOTLESS_I[1])
    longer[places + np.arange(len(places))] = _DOTLESS_I[0]
    return replace(batch, data=longer.tobytes() if batch.data else b"", starts=starts, ends=ends)


def _negated(ids: npt.NDArray[np.int32], ends: npt.NDArray[np.int64], words: WordList) -> WordList:
    """Give negated words numbers of their own, in place; return all words then."""
    n_before = len(words)
    order = np.empty(2 * n_before, dtype=np.int32)
    n_words = mark_numbers(
        ids,
        ends,
        *_negations_and_bridges(words),
        N_TURNED,
        MOST_BRIDGES,
        np.full(len(order), -1, dtype=np.int32),
        order,
    )
    order = order[:n_words]
    is_marked = order >= n_before
    sizes = np.diff(words.bounds)[order % max(n_before, 1)] + len(_PREFIX) * is_marked
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    arena = np.empty(bounds[-1], dtype=np.uint8)
    spell_numbers(words.arena, words.bounds, order, _PREFIX, arena, bounds)
    return WordList(arena, bounds)


def _negations_and_bridges(words: WordList) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Tell which words are negations and which bridges, whatever their case."""
    listed = _function_words()
    if ((words.arena >= ord("A")) & (words.arena <= ord("Z"))).any():  # only where case is kept
        words = WordList.of(word.lower() for word in words.words())
    places = np.empty(len(words), dtype=np.int64)
    look_up(listed, words.arena, words.bounds, places, np.empty(len(words), dtype=np.uint64))
    return (places >= 0) & (places < len(ENGLISH_NEGATIONS)), places >= len(ENGLISH_NEGATIONS)


@cache
def _function_words() -> Table:
    """Return a table of all negations, then all bridges."""
    listed = WordList.of([*sorted(ENGLISH_NEGATIONS), *sorted(ENGLISH_BRIDGES)])
    table = empty_table(1 << 10, int(listed.bounds[-1]))
    merge(table, 0, listed.arena, listed.bounds, np.empty(len(listed), dtype=np.int64))
    return table


def _without(
    ids: npt.NDArray[np.int32], ends: npt.NDArray[np.int64], words: WordList, left_out: frozenset[str]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], WordList]:
    """Leave out stop words, whatever their case."""
    if not left_out:
        return ids, ends, words
    is_kept = np.array([word.lower() not in left_out for word in words.words()], dtype=np.bool_)
    is_kept_token = is_kept[ids]
    kept_before = np.concatenate([[0], np.cumsum(is_kept_token)])
    places = (np.cumsum(is_kept) - 1).astype(np.int32)
    is_kept_byte = np.repeat(is_kept, np.diff(words.bounds))
    bounds = np.concatenate([[0], np.cumsum(np.diff(words.bounds)[is_kept])])
    return places[ids[is_kept_token]], kept_before[ends], WordList(words.arena[is_kept_byte], bounds)
