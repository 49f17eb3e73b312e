"""Settings of pretraining that the text decides: from its size, then from its documents and words."""

from dataclasses import dataclass, replace
from math import ceil
from typing import Self

import numpy as np
import numpy.typing as npt

from textransfer.config import (
    KEPT_WORDS,
    MOST_EPOCHS,
    PAIRS_A_WORD,
    PAIRS_AN_OCCURRENCE,
    SAMPLES,
    PretrainConfig,
)
from textransfer.pretrain.sampling.windows import keep_thresholds

LONGEST = 4096
"""Documents are told apart up to this length; a longer one has as many pairs a word as one of this."""


@dataclass(frozen=True, eq=False)
class TextMeasures:
    """What is counted while a text is read."""

    counts: npt.NDArray[np.int64]
    """Occurrences of each distinct word, in any order, shape (V,)."""
    lengths: npt.NDArray[np.int64]
    """Documents of 0, 1, 2, ... words, the longest together, shape (up to LONGEST + 1,)."""
    n_tokens: int
    n_documents: int

    @classmethod
    def of(cls, counts: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64]) -> Self:
        """Take them from the counts of all words, and from where documents begin and end."""
        lengths = np.bincount(np.minimum(np.diff(offsets), LONGEST))
        return cls(counts, lengths, int(offsets[-1]), len(offsets) - 1)

    @property
    def mean_length(self) -> float:
        """Words of a document that has any, on average."""
        return self.n_tokens / max(self.n_documents - int(self.lengths[:1].sum()), 1)

    def without_rare(self, min_count: int, max_size: int | None) -> Self:
        """Return the measures of what is left when rare words are left out."""
        counts = self.counts[self.counts >= min_count]
        if max_size is not None and max_size < len(counts):
            counts = np.partition(counts, len(counts) - max_size)[-max_size:]
        return replace(self, counts=counts)

    def kept_share(self, sample: float) -> float:
        """Return the share of all words that is left to train on after subsampling."""
        kept = self.counts @ (keep_thresholds(self.counts, sample) / 2.0**32)
        return float(kept) / max(self.n_tokens, 1)

    def pairs_a_word(self, sample: float, window: int) -> float:
        """Return about how many pairs of an epoch each distinct word is in as centre.

        A document of n words has n - m pairs of places at distance m. Both words are left with probability
        p^2, and (m - 1) p of those between them; a window then reaches from one to the other with
        probability 1 - (m - 1) p / window.
        """
        share, length = self.kept_share(sample), np.arange(len(self.lengths))
        longer = self.lengths.sum() - np.cumsum(self.lengths)
        words_of_longer = (self.lengths @ length) - np.cumsum(self.lengths * length)
        reached = np.maximum(1 - (length - 1) * share / window, 0)[1:]
        places = (words_of_longer - length * longer)[1:]
        return 2 * share**2 * float(places @ reached) / max(len(self.counts), 1)


def choose_settings(
    config: PretrainConfig, text: TextMeasures, *, is_continued: bool = False
) -> tuple[PretrainConfig, dict[str, str]]:
    """Fill in what is open; also return a phrase for each setting that differs from what the size says.

    The size of the text gives the values to start from (`PretrainConfig.resolve`). Where these would train
    words in too few pairs, as in short documents of which subsampling leaves next to nothing, fewer frequent
    words are dropped while documents are that short, and then there are more epochs. How many pairs are
    enough depends on how often words occur: what occurs a few times would be learned by heart. Where there
    are more than enough, more frequent words are dropped.

    Where training is continued with vectors, the size decides alone: most words know their places.
    """
    by_size = config.resolve(text.n_tokens)
    if is_continued:
        return by_size, {}
    text = text.without_rare(by_size.min_count or 1, config.max_vocab_size)
    occurrences = float(text.counts.mean()) if text.counts.size else 0.0
    enough = min(PAIRS_AN_OCCURRENCE * occurrences, PAIRS_A_WORD)
    filled = by_size
    if config.sample is None:
        filled = replace(filled, sample=_sample(text, filled, enough))
    if config.epochs is None:
        filled = replace(filled, epochs=_epochs(text, filled, enough))
    changed = [name for name in ("sample", "epochs") if getattr(filled, name) != getattr(by_size, name)]
    reason = (
        f"documents have {text.mean_length:.1f} words; with {by_size.sample:g} and {by_size.epochs} epochs a "
        f"word would be in {_pairs(text, by_size):,.0f} pairs"
    )
    return filled, dict.fromkeys(changed, reason)


def _sample(text: TextMeasures, config: PretrainConfig, enough: float) -> float:
    """Return the threshold of subsampling, from that of the size upwards or downwards."""
    sample = config.sample or 0.0
    if not sample:
        return sample

    def pairs(sample: float) -> float:
        return _pairs(text, replace(config, sample=sample))

    for weaker in [threshold for threshold in SAMPLES if threshold > sample]:
        if text.mean_length * text.kept_share(sample) >= KEPT_WORDS or pairs(sample) >= enough:
            break
        sample = weaker
    for stronger in [threshold for threshold in reversed(SAMPLES) if threshold < sample]:
        if pairs(stronger) < PAIRS_A_WORD:
            break
        sample = stronger
    return sample


def _epochs(text: TextMeasures, config: PretrainConfig, enough: float) -> int:
    """Return as many epochs as train words in enough pairs, and no fewer than there are."""
    fewest, pairs = config.epochs or 1, _pairs(text, config)
    if not 0 < pairs < enough:
        return fewest
    return max(fewest, min(ceil(enough / pairs * fewest), MOST_EPOCHS))


def _pairs(text: TextMeasures, config: PretrainConfig) -> float:
    """Return in how many pairs a word would be trained over all epochs."""
    return (config.epochs or 1) * text.pairs_a_word(config.sample or 0.0, config.window or 1)
