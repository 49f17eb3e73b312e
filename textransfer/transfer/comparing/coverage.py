"""How many of the words in some texts have a vector."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from textransfer.records import Record

LOW_COVERAGE = 0.5
"""Share of known words below which a text is mostly left out of its own mean."""


@dataclass(frozen=True)
class Coverage(Record):
    """The known words of some texts."""

    _properties = "token_share", "word_share"

    n_texts: int
    """Texts looked at."""
    n_texts_without_known_words: int
    """Those of which nothing is known; they are zero vectors to the pretrained arm."""
    n_tokens: int
    """Words in all, each as often as it occurs."""
    n_known_tokens: int
    """Those that are known, likewise."""
    n_words: int
    """Distinct words."""
    n_known_words: int
    """Distinct words that are known."""

    @property
    def token_share(self) -> float:
        """Share of the tokens that are known; 0 if there are none."""
        return self.n_known_tokens / self.n_tokens if self.n_tokens else 0.0

    @property
    def word_share(self) -> float:
        """Share of the distinct words that are known; 0 if there are none."""
        return self.n_known_words / self.n_words if self.n_words else 0.0


def coverage_of(token_lists: Iterable[Sequence[str]], known: Collection[str]) -> Coverage:
    """Count the words of texts, and those of them that have a vector."""
    counts: Counter[str] = Counter()
    n_texts = n_without = 0
    for words in token_lists:
        counts.update(words)
        n_texts += 1
        n_without += not any(word in known for word in words)
    known_counts = [count for word, count in counts.items() if word in known]
    return Coverage(n_texts, n_without, counts.total(), sum(known_counts), len(counts), len(known_counts))
