"""Unknown words that matter: those that many labelled texts hold, and one class more than the others."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log, sqrt

from textransfer.records import Record

FEWEST_TEXTS = 2
"""A word of a single text tells the classifier nothing about other texts."""
N_SHOWN = 10
_HALF = 0.5
"""Added to each cell of a 2 x 2 table, so that an empty one has a logarithm."""


@dataclass(frozen=True)
class UnknownWord(Record):
    """A word of the labelled texts that has no vector."""

    word: str
    n_texts: int
    """Labelled texts that hold it."""
    by_class: dict[str, int]
    """How many of them each class has."""
    leaning: str
    """The class whose texts hold it most often for their number."""
    log_odds: float
    """Of holding the word in that class against the others, half a text added to each cell."""
    score: float
    """`log_odds` in units of its standard error."""


def unknown_words(
    token_lists: Sequence[Sequence[str]], labels: Sequence[str], known: Collection[str]
) -> list[UnknownWord]:
    """Rank the unknown words that two texts or more hold, by how surely they lean to a class.

    Of equally telling ones, those of more texts come first; no more than `N_SHOWN` are returned.
    """
    sizes = Counter(labels)
    holders: dict[str, Counter[str]] = {}
    for words, label in zip(token_lists, labels, strict=True):
        for word in set(words):
            if word not in known:
                holders.setdefault(word, Counter())[label] += 1
    unknown = [
        _judged(word, counts, sizes) for word, counts in holders.items() if counts.total() >= FEWEST_TEXTS
    ]
    return sorted(unknown, key=lambda word: (-word.score, -word.n_texts, word.word))[:N_SHOWN]


def _judged(word: str, counts: Counter[str], sizes: Counter[str]) -> UnknownWord:
    leaning = max(sorted(sizes), key=lambda label: counts[label] / sizes[label])
    inside, outside = counts[leaning], counts.total() - counts[leaning]
    cells = (
        inside + _HALF,
        sizes[leaning] - inside + _HALF,
        outside + _HALF,
        sizes.total() - sizes[leaning] - outside + _HALF,
    )
    log_odds = log(cells[0] / cells[1]) - log(cells[2] / cells[3])
    return UnknownWord(
        word,
        counts.total(),
        {label: counts[label] for label in sorted(sizes)},
        leaning,
        log_odds,
        log_odds / sqrt(sum(1 / cell for cell in cells)),
    )
