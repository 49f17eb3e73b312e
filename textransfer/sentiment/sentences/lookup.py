"""From texts to the rows of their known words: one by one, or many texts at a time with compiled loops."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.counted import CountedTexts, Ids
from textransfer.sentiment.sentences.averaging import Averaging, Bags
from textransfer.sentiment.sentences.phrases import PhraseAveraging
from textransfer.sentiment.sentences.texts import TextList, are_words
from textransfer.sentiment.sentences.unknown_words import WeightedVectors
from textransfer.text.encoding.numbered import Numbered
from textransfer.text.encoding.numbering import numberer
from textransfer.text.reading.batches import Batch
from textransfer.text.tokenizers.words import WordsTokenizer

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

FEWEST_CHARACTERS = 1 << 18
"""With less text, loading the compiled loops takes longer than they save."""
N_LOOK_UPS = 2
"""Ways of looking texts up that are kept: those of two encoders."""
N_TABLES = 4
"""Tables of word vectors of which the means of texts are kept."""
TEXTS_A_BLOCK = 2000
"""Texts that are numbered together: many share their words, and all of it stays near the processor."""

Floats = npt.NDArray[np.float32]
Known = npt.NDArray[np.bool_]


def bags_of(averaging: Averaging, tokenizer: "Tokenizer", texts: TextList) -> Bags:
    """Return the known words of each text with their shares in its mean, whichever way is quicker."""
    if are_words(texts):
        return averaging.bags(texts)
    strings = cast("list[str]", texts)
    is_much = sum(map(len, strings)) >= FEWEST_CHARACTERS
    if is_much and isinstance(tokenizer, WordsTokenizer):
        blocks = range(0, len(strings), TEXTS_A_BLOCK)
        return Bags.joined(
            [numbered_bags(averaging, tokenizer, strings[start : start + TEXTS_A_BLOCK]) for start in blocks]
        )
    return averaging.bags(tokenizer.tokenize_many(strings))


def numbered_bags(averaging: Averaging, tokenizer: "Tokenizer", texts: Sequence[str]) -> Bags:
    """Return what `Averaging.bags` does; each distinct word of the texts is looked up once."""
    numbered = _numbered(tokenizer, texts)
    documents = np.repeat(np.arange(len(texts)), np.diff(numbered.ends, prepend=0))
    ids = numbered.ids.astype(np.int64)
    return counted_bags(averaging, CountedTexts(numbered.words.words(), documents, ids, len(texts)))


def counted_of(tokenizer: "Tokenizer", texts: TextList) -> CountedTexts:
    """Return texts as the numbers of their words, whichever way is quicker."""
    if are_words(texts):
        return CountedTexts.of(texts)
    strings = cast("list[str]", texts)
    is_much = sum(map(len, strings)) >= FEWEST_CHARACTERS
    if not (is_much and isinstance(tokenizer, WordsTokenizer)):
        return CountedTexts.of(list(tokenizer.tokenize_many(strings)))
    index: dict[str, int] = {}
    parts, lengths = [], []
    for start in range(0, len(strings), TEXTS_A_BLOCK):
        numbered = _numbered(tokenizer, strings[start : start + TEXTS_A_BLOCK])
        places = [index.setdefault(word, len(index)) for word in numbered.words.words()]
        parts.append(np.array(places, np.int64)[numbered.ids])
        lengths.append(np.diff(numbered.ends, prepend=0))
    documents = np.repeat(np.arange(len(strings)), np.concatenate(lengths))
    return CountedTexts(list(index), documents, np.concatenate(parts), len(strings))


def _numbered(tokenizer: "Tokenizer", texts: Sequence[str]) -> Numbered:
    spelled = [text.encode("utf-8", "surrogatepass") for text in texts]
    bounds = np.fromiter(accumulate(map(len, spelled), initial=0), dtype=np.int64)
    return numberer(tokenizer)(Batch(b"".join(spelled), bounds[:-1], bounds[1:]))


class LookedUpTexts:
    """Counted texts, and what averagings have looked up in them: once for all that look alike."""

    def __init__(self, counted: CountedTexts) -> None:
        self.counted = counted
        self._bags: list[tuple[Averaging, Bags, Known]] = []
        self._means: list[tuple[Floats, Floats]] = []

    def bags(self, averaging: Averaging) -> Bags:
        """Return the known words of each text with their shares in its mean."""
        return self._looked_up(averaging)[1]

    def is_known(self, averaging: Averaging) -> Known:
        """Tell which of the distinct words have a vector, shape (V,)."""
        return self._looked_up(averaging)[2]

    def vectors(self, averaging: Averaging) -> npt.NDArray[np.float32]:
        """Return the sentence vectors, float32 (n, D); of one table the means are taken once."""
        bags = self.bags(averaging)
        known = [means for table, means in self._means if table is averaging.table]
        if not known:
            known = [averaging.means(bags)]
            self._means = [*self._means[1 - N_TABLES :], (averaging.table, known[0])]
        return averaging.finished(known[0], bags)

    def take(self, rows: Ids) -> "LookedUpTexts":
        """Return some of the texts, in the order given."""
        part = LookedUpTexts(self.counted.take(rows))
        part._bags = [(averaging, bags.take(rows), known) for averaging, bags, known in self._bags]
        return part

    def _looked_up(self, averaging: Averaging) -> tuple[Averaging, Bags, Known]:
        for look_up in self._bags:
            if look_up[0].looks_up_like(averaging):
                return look_up
        rows, further = _rows_of(averaging, self.counted.words)
        bags = _bags(averaging, self.counted, rows, further)
        if averaging.phrases is not None:
            bags = replace(bags, phrases=self._phrase_means(averaging, averaging.phrases, rows))
        look_up = averaging, bags, rows >= 0
        self._bags = [*self._bags[1 - N_LOOK_UPS :], look_up]
        return look_up

    def _phrase_means(self, averaging: Averaging, phrases: PhraseAveraging, rows: Ids) -> Floats:
        """Return the means of phrases, which encoders share."""
        for seen, bags, _ in self._bags:
            known = seen.phrases.phrases if seen.index is averaging.index and seen.phrases else None
            if known is phrases.phrases and bags.phrases is not None:
                return bags.phrases
        return _phrase_means(averaging, phrases, self.counted, rows)


def counted_bags(averaging: Averaging, texts: CountedTexts) -> Bags:
    """Return what `Averaging.bags` does, of texts whose words have numbers."""
    return LookedUpTexts(texts).bags(averaging)


def _rows_of(averaging: Averaging, words: list[str]) -> tuple[Ids, WeightedVectors | None]:
    """Return the row of each word, and those beyond the table that n-grams make; -1 where it is unknown."""
    rows = np.array([averaging.index.get(word, -1) for word in words], np.int64)
    if averaging.unknown is None:
        return rows, None
    names, further = averaging.unknown.vectors([words[place] for place in np.flatnonzero(rows < 0).tolist()])
    place_of = {word: len(averaging.table) + place for place, word in enumerate(names)}
    for place in np.flatnonzero(rows < 0).tolist():
        rows[place] = place_of.get(words[place], -1)
    return rows, further


def _phrase_means(averaging: Averaging, phrases: PhraseAveraging, texts: CountedTexts, rows: Ids) -> Floats:
    ids = rows[texts.ids]
    has_row = (ids >= 0) & (ids < len(averaging.table))
    n_rows = np.bincount(texts.documents[has_row], minlength=len(texts))
    return phrases.means_of_ids(ids[has_row], np.concatenate([[0], np.cumsum(n_rows)]).astype(np.int64))


def _bags(averaging: Averaging, texts: CountedTexts, rows: Ids, further: WeightedVectors | None) -> Bags:
    """Return the bags of texts whose words have these rows, shape (V,)."""
    n_texts, n_words = len(texts), len(averaging.table) + (0 if further is None else len(further[0]))
    is_known = rows[texts.ids] >= 0
    text_of = texts.documents[is_known]
    n_known = np.bincount(text_of, minlength=n_texts)
    known_shares = n_known / np.maximum(np.bincount(texts.documents, minlength=n_texts), 1)
    if averaging.is_distinct:
        counts = texts.counts
        own = rows[counts.columns]
        text_of = np.repeat(np.arange(n_texts), np.diff(counts.offsets))[own >= 0]
        keys = np.sort(text_of * n_words + own[own >= 0])
        ids = keys - text_of * n_words
    else:
        ids = rows[texts.ids][is_known]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(text_of, minlength=n_texts))])
    return Bags.of_ids(
        ids, offsets, averaging.word_weights, known_shares, further, is_distinct=averaging.is_distinct
    )
