"""From texts to the rows of their known words: one by one, or many texts at a time with compiled loops."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.phrases import PhraseVectors, sorted_counts
from textransfer.extras import is_installed
from textransfer.sentiment.counted import CountedTexts, Ids
from textransfer.sentiment.sentences.averaging import Averaging
from textransfer.sentiment.sentences.bags import Bags
from textransfer.sentiment.sentences.phrases import FEWEST_WORDS, PhraseAveraging
from textransfer.sentiment.sentences.texts import TextList, WordLists, are_words
from textransfer.sentiment.sentences.unknown_words import WeightedVectors
from textransfer.text.reading.batches import Batch
from textransfer.text.tokenizers.words import WordsTokenizer

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

FEWEST_CHARACTERS = 1 << 18
"""With less text, loading the compiled loops takes longer than they save."""
N_LOOK_UPS = 2
"""Ways of looking texts up that are kept: those of two encoders."""
TEXTS_A_BLOCK, CHARACTERS_A_BLOCK = 16_000, 1 << 21
"""Texts that are numbered together, at most so many or about so long: many share their words, and all of it
stays near the processor."""

Floats = npt.NDArray[np.float32]
Known = npt.NDArray[np.bool_]


def bags_of(averaging: Averaging, tokenizer: "Tokenizer", texts: TextList) -> Bags:
    """Return the known words of each text with their shares in its mean, whichever way is quicker."""
    if are_words(texts):
        return bags_of_words(averaging, texts)
    strings = cast("list[str]", texts)
    is_much = sum(map(len, strings)) >= FEWEST_CHARACTERS
    if is_much and isinstance(tokenizer, WordsTokenizer) and is_installed("numba"):
        return Bags.joined([numbered_bags(averaging, tokenizer, block) for block in _blocks(strings)])
    return averaging.bags(tokenizer.tokenize_many(strings))


def bags_of_words(averaging: Averaging, token_lists: Sequence[Sequence[str]]) -> Bags:
    """Return the known words of lists of words; those of `LookedUpWords` are looked up once."""
    if isinstance(token_lists, LookedUpWords):
        return token_lists.bags(averaging)
    return averaging.bags(token_lists)


def numbered_bags(averaging: Averaging, tokenizer: WordsTokenizer, texts: Sequence[str]) -> Bags:
    """Return what `Averaging.bags` does, in compiled loops; each distinct word is looked up once."""
    from textransfer.text.encoding.compiled import CompiledWords  # a compiler, which takes a while to load
    from textransfer.text.encoding.word_rows import known_words

    numbers, ends, words = CompiledWords(tokenizer).numbers(_batch(texts))
    rows = averaging.word_rows.of(words)
    is_distinct, n_rows = averaging.is_distinct, len(averaging.word_weights)
    phrases = averaging.phrases
    means = None
    if phrases is not None:
        known = known_words(numbers, ends, rows, n_rows, is_distinct=False)
        means = phrases.means_of_ids(known.rows, known.offsets)
    further = _further(averaging, rows, words.words)
    n_rows += 0 if further is None else len(further[0])
    known = known_words(numbers, ends, rows, n_rows, is_distinct=is_distinct)
    weights = averaging.word_weights
    bags = Bags.of_ids(known.rows, known.offsets, weights, known.shares, further, is_distinct=is_distinct)
    return bags if means is None else replace(bags, phrases=means)


def counted_of(tokenizer: "Tokenizer", texts: TextList) -> CountedTexts:
    """Return texts as the numbers of their words, whichever way is quicker."""
    if are_words(texts):
        return counted_words(texts)
    strings = cast("list[str]", texts)
    is_much = sum(map(len, strings)) >= FEWEST_CHARACTERS
    if not (is_much and isinstance(tokenizer, WordsTokenizer) and is_installed("numba")):
        return CountedTexts.of(list(tokenizer.tokenize_many(strings)))
    from textransfer.text.encoding.compiled import CompiledWords  # a compiler, which takes a while to load

    index: dict[str, int] = {}
    parts, lengths = [], []
    for block in _blocks(strings):
        numbers, ends, words = CompiledWords(tokenizer).numbers(_batch(block))
        places = [index.setdefault(word, len(index)) for word in words.words()]
        parts.append(np.array(places, np.int64)[numbers])
        lengths.append(np.diff(ends, prepend=0))
    documents = np.repeat(np.arange(len(strings)), np.concatenate(lengths))
    return CountedTexts(list(index), documents, np.concatenate(parts), len(strings))


def counted_words(token_lists: Sequence[list[str]]) -> CountedTexts:
    """Return lists of words as their numbers."""
    return token_lists.counted if isinstance(token_lists, LookedUpWords) else CountedTexts.of(token_lists)


def _blocks(strings: list[str]) -> Iterator[list[str]]:
    """Yield texts, at least one, in blocks that are numbered together."""
    start = n_characters = 0
    for place, text in enumerate(strings):
        if place > start and (place - start == TEXTS_A_BLOCK or n_characters > CHARACTERS_A_BLOCK):
            yield strings[start:place]
            start, n_characters = place, 0
        n_characters += len(text)
    yield strings[start:]


def _batch(texts: Sequence[str]) -> Batch:
    spelled = [text.encode("utf-8", "surrogatepass") for text in texts]
    bounds = np.fromiter(accumulate(map(len, spelled), initial=0), dtype=np.int64)
    return Batch(b"".join(spelled), bounds[:-1], bounds[1:])


class LookedUpTexts:
    """Counted texts, and what averagings have looked up in them: once for all that look alike.

    Their means are kept too, unless they are `read_once`.
    """

    def __init__(self, counted: CountedTexts, *, read_once: bool = False) -> None:
        self.counted, self._read_once = counted, read_once
        self._bags: list[tuple[Averaging, Bags, Known]] = []
        self._of_phrases: list[tuple[Mapping[str, int], PhraseVectors, Floats]] = []

    def bags(self, averaging: Averaging) -> Bags:
        """Return the known words of each text with their shares in its mean."""
        bags = self._looked_up(averaging)[1]
        phrases = averaging.phrases
        return bags if phrases is None else replace(bags, phrases=self._phrase_means(averaging, phrases))

    def is_known(self, averaging: Averaging) -> Known:
        """Tell which of the distinct words have a vector, shape (V,)."""
        return self._looked_up(averaging)[2]

    def vectors(self, averaging: Averaging) -> npt.NDArray[np.float32]:
        """Return the sentence vectors, float32 (n, D)."""
        return averaging.vectors(self.bags(averaging))

    def take(self, rows: Ids) -> "LookedUpTexts":
        """Return some of the texts, in the order given."""
        part = LookedUpTexts(self.counted.take(rows), read_once=self._read_once)
        part._bags = [(averaging, bags.take(rows), known) for averaging, bags, known in self._bags]
        part._of_phrases = [(index, phrases, means[rows]) for index, phrases, means in self._of_phrases]
        return part

    def _looked_up(self, averaging: Averaging) -> tuple[Averaging, Bags, Known]:
        averaging = replace(averaging, phrases=None)  # what they add is kept apart
        for look_up in self._bags:
            if look_up[0].looks_up_like(averaging):
                return look_up
        rows, further = _rows_of(averaging, self.counted)
        bags = _bags(averaging, self.counted, rows, further)
        look_up = averaging, bags if self._read_once else bags.kept(), rows >= 0
        self._bags = [*self._bags[1 - N_LOOK_UPS :], look_up]
        return look_up

    def _phrase_means(self, averaging: Averaging, phrases: PhraseAveraging) -> Floats:
        """Return the means of phrases, which encoders share."""
        for index, own, means in self._of_phrases:
            if index is averaging.index and own is phrases.phrases:
                return means
        ids = self.counted.places_in(averaging.index)[self.counted.ids]
        n_rows = np.bincount(self.counted.documents[ids >= 0], minlength=len(self.counted))
        ends = np.concatenate([[0], np.cumsum(n_rows)]).astype(np.int64)
        means = phrases.means_of_ids(ids[ids >= 0], ends)
        self._of_phrases = [(averaging.index, phrases.phrases, means)]
        return means


class LookedUpWords(WordLists):
    """Lists of words that are some of others, which are looked up once for all parts of them."""

    def __init__(self, words: Sequence[list[str]], whole: LookedUpTexts, rows: Ids) -> None:
        super().__init__(words)
        self._whole, self._rows = whole, rows

    @classmethod
    def of(cls, words: list[list[str]]) -> "LookedUpWords":
        """Take lists of words, all of them."""
        return cls(words, LookedUpTexts(CountedTexts.of(words)), np.arange(len(words)))

    def take(self, rows: Ids) -> "LookedUpWords":
        """Return some of them, in the order given."""
        return LookedUpWords([self[row] for row in rows.tolist()], self._whole, self._rows[rows])

    @property
    def counted(self) -> CountedTexts:
        """Their words as numbers."""
        whole = self._whole.counted
        is_all = np.array_equal(self._rows, np.arange(len(whole)))
        return whole if is_all else whole.take(self._rows)

    def bags(self, averaging: Averaging) -> Bags:
        """Return their known words with their shares in the mean of each."""
        return self._whole.bags(averaging).take(self._rows)


def looked_up_once(texts: TextList) -> TextList:
    """Return lists of words such that what is taken of them is looked up once; strings stay as they are."""
    if isinstance(texts, LookedUpWords) or not are_words(texts):
        return texts
    return LookedUpWords.of(texts)


def some_of(token_lists: Sequence[list[str]], rows: Ids) -> Sequence[list[str]]:
    """Return some lists of words, in the order given."""
    if isinstance(token_lists, LookedUpWords):
        return token_lists.take(rows)
    return [token_lists[row] for row in rows.tolist()]


def _rows_of(averaging: Averaging, texts: CountedTexts) -> tuple[Ids, WeightedVectors | None]:
    """Return the row of each word, and those beyond the table that n-grams make; -1 where it is unknown."""
    rows = texts.places_in(averaging.index).copy()
    return rows, _further(averaging, rows, lambda places: [texts.words[place] for place in places.tolist()])


def _further(averaging: Averaging, rows: Ids, words_at: Callable[[Ids], list[str]]) -> WeightedVectors | None:
    """Return what n-grams make of words without a row, which get rows beyond the table in place."""
    if averaging.unknown is None:
        return None
    places = np.flatnonzero(rows < 0)
    words = words_at(places)
    names, further = averaging.unknown.vectors(words)
    row_of = {name: len(averaging.word_weights) + row for row, name in enumerate(names)}
    rows[places] = [row_of.get(word, -1) for word in words]
    return further


def _bags(averaging: Averaging, texts: CountedTexts, rows: Ids, further: WeightedVectors | None) -> Bags:
    """Return the bags of texts whose words have these rows, shape (V,)."""
    n_words = len(averaging.word_weights) + (0 if further is None else len(further[0]))
    if len(texts.ids) >= FEWEST_WORDS and is_installed("numba"):
        from textransfer.text.encoding.word_rows import known_words  # compiled, which takes a while to load

        words, ends = texts.ids.astype(np.int32), texts.offsets[1:]
        ids, offsets, shares = known_words(words, ends, rows, n_words, is_distinct=averaging.is_distinct)
    else:
        ids = rows[texts.ids]
        text_of, ids = texts.documents[ids >= 0], ids[ids >= 0]
        n_known = np.bincount(text_of, minlength=len(texts))
        shares = n_known / np.maximum(np.diff(texts.offsets), 1)
        if averaging.is_distinct:
            text_of, ids = np.divmod(sorted_counts(text_of * n_words + ids)[0], max(n_words, 1))
        offsets = np.concatenate([[0], np.cumsum(np.bincount(text_of, minlength=len(texts)))])
    weights = averaging.word_weights
    return Bags.of_ids(ids, offsets, weights, shares, further, is_distinct=averaging.is_distinct)
