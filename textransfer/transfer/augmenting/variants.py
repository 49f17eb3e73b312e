"""Variations of a document that keep its class: other words, fewer words, a part of it, half of another.

Documents are lists of words. Where words can be replaced, the neighbours that may stand for them come as an
argument: this module knows no vectors and no labels.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from textransfer.text.negation import NEGATIONS

DROP_PROBABILITY = 0.2
REPLACE_PROBABILITY = 0.3
LEAST_SHARE = 0.5
"""Of a document that a crop keeps."""
MAX_TRIES = 20
"""Draws that may come out as something seen before until a variant is given up."""

Vary = Callable[[np.random.Generator], list[str]]


def drop_words(
    words: Sequence[str], random: np.random.Generator, *, probability: float = DROP_PROBABILITY
) -> list[str]:
    """Drop each word with a probability; never all, and no negation: without it a text says the opposite."""
    goes = random.random(len(words)) < probability
    rest = [word for word, is_out in zip(words, goes, strict=True) if not is_out or word in NEGATIONS]
    return rest or ([words[int(random.integers(len(words)))]] if words else [])


def crop(words: Sequence[str], random: np.random.Generator) -> list[str]:
    """Return a contiguous part of random length, at least `LEAST_SHARE` of the document."""
    least = int(np.ceil(LEAST_SHARE * len(words)))
    return _part(words, random, int(random.integers(least, len(words) + 1)))


def replace_words(
    words: Sequence[str],
    random: np.random.Generator,
    neighbours: Mapping[str, Sequence[str]],
    *,
    probability: float = REPLACE_PROBABILITY,
) -> list[str]:
    """Replace each word that has neighbours, with a probability, by one of them."""
    goes = random.random(len(words)) < probability
    replaced = []
    for word, is_out in zip(words, goes, strict=True):
        candidates = neighbours.get(word, ()) if is_out else ()
        replaced.append(candidates[int(random.integers(len(candidates)))] if len(candidates) else word)
    return replaced


def mix(words: Sequence[str], other: Sequence[str], random: np.random.Generator) -> list[str]:
    """Put a random half of a document before a random half of another, which must be of the same class."""
    first = _part(words, random, (len(words) + 1) // 2)
    return first + _part(other, random, (len(other) + 1) // 2)


class FreshVariants:
    """Variants that were never seen before: neither as one of some documents nor as an earlier variant.

    Two documents of the same words in another order count as the same: an average cannot tell them apart.
    """

    def __init__(self, documents: Iterable[Sequence[str]]) -> None:
        self._seen = {_key(words) for words in documents}

    def draw(self, vary: Vary, random: np.random.Generator) -> list[str] | None:
        """Return a variant that is new and has a word; None if none is found in `MAX_TRIES` draws."""
        for _ in range(MAX_TRIES):
            words = vary(random)
            key = _key(words)
            if words and key not in self._seen:
                self._seen.add(key)
                return words
        return None


def _key(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def _part(words: Sequence[str], random: np.random.Generator, length: int) -> list[str]:
    start = int(random.integers(len(words) - length + 1))
    return list(words[start : start + length])
