"""From texts to the rows of their known words: one by one, or many texts at a time with compiled loops."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, cast

import numpy as np

from textransfer.sentiment.sentences.averaging import Averaging, Bags
from textransfer.sentiment.sentences.texts import TextList, are_words
from textransfer.text.encoding.numbering import numberer
from textransfer.text.reading.batches import Batch
from textransfer.text.tokenizers.words import WordsTokenizer

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

FEWEST_CHARACTERS = 1 << 18
"""With less text, loading the compiled loops takes longer than they save."""
TEXTS_A_BLOCK = 2000
"""Texts that are numbered together: many share their words, and all of it stays near the processor."""


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


def numbered_bags(averaging: Averaging, tokenizer: "Tokenizer", texts: Iterable[str]) -> Bags:
    """Return what `Averaging.bags` does; each distinct word of the texts is looked up once."""
    spelled = [text.encode("utf-8", "surrogatepass") for text in texts]
    bounds = np.fromiter(accumulate(map(len, spelled), initial=0), dtype=np.int64)
    numbered = numberer(tokenizer)(Batch(b"".join(spelled), bounds[:-1], bounds[1:]))
    words = numbered.words.words()
    row_of_word = [averaging.index.get(word, -1) for word in words]
    n_texts, n_words = len(numbered.ends), len(averaging.table)
    further = None
    if averaging.unknown is not None:
        names, further = averaging.unknown.vectors(
            [w for w, row in zip(words, row_of_word, strict=True) if row < 0]
        )
        place_of = {word: n_words + place for place, word in enumerate(names)}
        row_of_word = [place_of.get(w, row) for w, row in zip(words, row_of_word, strict=True)]
        n_words += len(names)
    rows = np.array(row_of_word, dtype=np.int64)[numbered.ids]
    lengths = np.diff(numbered.ends, prepend=0)
    text_of = np.repeat(np.arange(n_texts), lengths)
    is_known = rows >= 0
    phrases = None
    if averaging.phrases is not None:
        has_row = is_known & (rows < len(averaging.table))
        n_rows = np.bincount(text_of[has_row], minlength=n_texts)
        ends = np.concatenate([[0], np.cumsum(n_rows)]).astype(np.int64)
        phrases = averaging.phrases.means_of_ids(rows[has_row], ends)
    known_shares = np.bincount(text_of[is_known], minlength=n_texts) / np.maximum(lengths, 1)
    keys = text_of[is_known] * n_words + rows[is_known]
    if averaging.is_distinct:
        keys.sort()  # quicker than the hashing of np.unique
        keys = keys[np.diff(keys, prepend=-1) != 0]
    text_of, ids = np.divmod(keys, max(n_words, 1))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(text_of, minlength=n_texts))])
    bags = Bags.of_ids(
        ids, offsets, averaging.word_weights, known_shares, further, is_distinct=averaging.is_distinct
    )
    return replace(bags, phrases=phrases)
