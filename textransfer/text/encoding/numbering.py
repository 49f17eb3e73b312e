"""The words of a batch as integers, in order of first appearance within it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from textransfer.extras import is_installed
from textransfer.text.encoding.numbered import Numbered, WordList
from textransfer.text.reading.batches import Batch
from textransfer.text.spelling import Spelled, is_respelling
from textransfer.text.tokenize import Tokenizer
from textransfer.text.tokenizers.words import WordsTokenizer


def number_plainly(batch: Batch, tokenizer: Tokenizer) -> Numbered:
    """Return what any tokenizer makes of a batch: the definition, and quick enough for a small corpus."""
    places: defaultdict[str, int] = defaultdict()
    places.default_factory = places.__len__  # a new word gets the next place
    ids: list[int] = []
    ends: list[int] = []
    seen: list[int] = []
    spelled: Spelled | None = Counter() if is_respelling(tokenizer) else None
    for words in _token_lists(batch, tokenizer, spelled):
        # map over a bound method of dict runs without a line of Python per token.
        numbers = list(map(places.__getitem__, words))
        ids += numbers
        seen += set(numbers)
        ends.append(len(ids))
    tokens = np.array(ids, dtype=np.int32)
    return Numbered(
        tokens,
        np.array(ends, dtype=np.int64),
        WordList.of(places),
        np.bincount(tokens, minlength=len(places)).astype(np.int64),
        np.bincount(np.array(seen, dtype=np.int32), minlength=len(places)).astype(np.int64),
        batch.is_open,
        spelled,
    )


def _token_lists(batch: Batch, tokenizer: Tokenizer, spelled: Spelled | None) -> Iterator[list[str]]:
    """Yield the words of documents; how they are written is counted beside."""
    if spelled is None:
        yield from tokenizer.tokenize_many(batch.texts())
        return
    spell: Any = tokenizer
    for text in batch.texts():
        written = spell.spell(text)
        spelled.update(written)
        yield [word for word, _, _ in written]


def numberer(tokenizer: Tokenizer) -> Callable[[Batch], Numbered]:
    """Return what numbers large batches fastest; it may be called from several threads at once."""
    if isinstance(tokenizer, WordsTokenizer) and is_installed("numba"):
        from textransfer.text.encoding.compiled import (
            CompiledWords,  # needs a compiler, which takes a while to load
        )

        return CompiledWords(tokenizer)
    return lambda batch: number_plainly(batch, tokenizer)
