"""Labelled texts that stand there several times, each once with a weight."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textransfer.sentiment.judging.out_of_fold import OutOfFold
from textransfer.sentiment.sentences.texts import TextList, are_words

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FEWEST_DISTINCT = 0.5
"""Share of the texts. Where no more are distinct, folds would mostly hold out what they were fitted on."""


@dataclass(frozen=True, eq=False)
class DistinctTexts:
    """Each text with each of its labels once, in an order that does not depend on the one they came in."""

    texts: TextList
    """Without those of weight 0, m of them."""
    codes: Codes
    """Their classes, shape (m,)."""
    weights: Floats | None
    """Sums of the weights of the same texts, shape (m,); None if all count the same."""
    places: list[list[int]]
    """Where each stood among all."""

    def everywhere(self, held_out: OutOfFold | None) -> OutOfFold | None:
        """Return what is said of distinct texts as said of each of their places."""
        if held_out is None:
            return None
        n_places = [len(self.places[position]) for position in held_out.positions]
        positions = [place for position in held_out.positions for place in self.places[position]]
        return OutOfFold(np.array(positions, np.int64), np.repeat(held_out.probabilities, n_places, axis=0))


def distinct_texts(texts: TextList, codes: Codes, weights: Floats | None) -> DistinctTexts:
    """Return labelled texts of the classes `codes`, (n,), as they are to be fitted.

    That is as they are, if they count the same and more than half are distinct: results do not change to the
    digit. Else a weight of 2 is as good as the text twice, one of 0 as good as none, and the order does not
    matter.
    """
    keys = [tuple(words) for words in texts] if are_words(texts) else texts
    labelled = list(zip(codes.tolist(), keys, strict=True))
    is_constant = weights is None or not np.ptp(weights)
    if is_constant and len(set(labelled)) > FEWEST_DISTINCT * len(labelled):
        return DistinctTexts(texts, codes, None, [[place] for place in range(len(texts))])
    places: dict[tuple[int, object], list[int]] = {}
    for place, key in enumerate(labelled):
        if weights is None or weights[place]:
            places.setdefault(key, []).append(place)
    ordered = [places[key] for key in sorted(places)]
    firsts = np.array([own[0] for own in ordered], np.int64)
    counts = np.ones(len(codes)) if weights is None else weights
    sums = np.array([counts[own].sum() for own in ordered])
    kept: TextList = [texts[place] for place in firsts]
    return DistinctTexts(kept, codes[firsts], sums if np.ptp(sums) else None, ordered)
