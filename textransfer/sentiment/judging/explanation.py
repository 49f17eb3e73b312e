"""Which words decided: what a prediction would have been without each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.caching import cached_property
from textransfer.sentiment.head import Head
from textransfer.sentiment.probabilities import logs
from textransfer.sentiment.sentences.averaging import Averaging, joined
from textransfer.sentiment.sentences.bags import Bags
from textransfer.text.negation import PREFIX
from textransfer.text.normalize import INVISIBLE
from textransfer.text.spans import Token

Contributions = tuple[Mapping[str, npt.NDArray[np.float64]], npt.NDArray[np.float64]]
"""Of a text: ln p(class | text) less ln p(class | text without it) for each known word, (C,), and p, (C,)."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a text that counts: ``text[start:end]``, and the word of the vocabulary that it is.

    The place is empty where a tokenizer of another kind cannot tell it, or another word has it.
    """

    start: int
    end: int
    surface: str
    """The word as it stands in the text; a negated one with its mark, ``not_good``."""
    word: str
    contributions: npt.NDArray[np.float64]
    """What the word, at all its places together, adds to each class, shape (C,)."""


@dataclass(frozen=True, eq=False)
class ExplainedText:
    """A prediction, and what each known word of the text adds to it."""

    text: str
    """The text; of a list of words, these with a space between two."""
    pieces: tuple[Piece, ...]
    """The known words in the order of the text, each as often as it occurs."""
    classes: npt.NDArray[Any]
    """The labels, shape (C,)."""
    probabilities: npt.NDArray[np.float64]
    """Of the whole text, shape (C,)."""

    @classmethod
    def of(
        cls,
        text: str,
        tokens: Iterable[Token],
        contributions: Mapping[str, npt.NDArray[np.float64]],
        classes: npt.NDArray[Any],
        probabilities: npt.NDArray[np.float64],
    ) -> "ExplainedText":
        """Put what each word adds at the places where it stands; words that add nothing are left out."""
        pieces = [
            Piece(start, end, surface_of(word, text[start:end]), word, contributions[word])
            for word, start, end in tokens
            if word in contributions
        ]
        return cls(text, tuple(pieces), classes, probabilities)

    @cached_property
    def _distinct(self) -> list[Piece]:
        return list({piece.word: piece for piece in reversed(self.pieces)}.values())[::-1]

    @property
    def words(self) -> list[str]:
        """The known words of the text as the vocabulary has them, each once, by first place (W)."""
        return [piece.word for piece in self._distinct]

    @property
    def contributions(self) -> npt.NDArray[np.float64]:
        """Of each of `words`: ln p(class | text) - ln p(class | text without the word), shape (W, C)."""
        rows = [piece.contributions for piece in self._distinct]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.classes))

    @property
    def label(self) -> Any:  # noqa: ANN401 - labels are of any type
        """The most probable class."""
        return self.classes[int(self.probabilities.argmax())]

    def strongest(self, n: int, code: int | None = None) -> list[tuple[str, float]]:
        """Return the words that count most, by size, with what they add to a class (the predicted one).

        Words stand as they do in the text where they first occur.
        """
        column = int(self.probabilities.argmax()) if code is None else code
        sizes = [(piece.surface, float(piece.contributions[column])) for piece in self._distinct]
        return sorted(sizes, key=lambda entry: -abs(entry[1]))[:n]


def surface_of(word: str, written: str) -> str:
    """Return a word as it is written in a text, for a list of words; a negated one keeps its mark."""
    surface = " ".join(INVISIBLE.sub("", written).split()) or word
    is_marked = word.startswith(PREFIX) and not surface.startswith(PREFIX)
    return PREFIX + surface if is_marked else surface


def contributions_of(
    averaging: Averaging,
    head: Head,
    bags: Bags,
    class_shares: npt.NDArray[np.float64] | None = None,
    token_lists: Sequence[Sequence[str]] = (),
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """Take each word out of each text in turn, and ask the head again.

    A mean without one of its words is (m - s x) / (1 - s), with s the word's share in the mean m and x its
    vector: exactly what averaging the remaining words gives. Nothing is approximated. Where no word is left,
    `class_shares`, (C,), are the probabilities; None leaves them to the head. If sentence vectors have a
    second half, it is made of the words in their order, `token_lists`, and with a word go the phrases that
    hold it. Of each text, returns the ids of its words, (W,), each once; ln p with less ln p without each,
    (W, C); its probabilities, (C,).
    """
    contributions = []
    names = list(averaging.index)
    bounds = zip(bags.offsets[:-1].tolist(), bags.offsets[1:].tolist(), strict=True)
    for text, (start, end) in enumerate(bounds):
        ids, place = np.unique(bags.ids[start:end], return_inverse=True)
        shares = np.bincount(place, bags.weights[start:end], minlength=len(ids))
        vectors = averaging.table[ids].astype(np.float64)
        mean = shares @ vectors
        rest = 1 - shares
        # A text of one word only has nothing left: it becomes the zero vector of a text without known words.
        has_rest = np.full(len(ids), len(ids) > 1)
        without = (mean - shares[:, None] * vectors) / np.where(has_rest, rest, 1)[:, None]
        means = np.vstack([mean, without])
        has_words = np.concatenate([[end > start], has_rest])
        finished = averaging.finish(means, has_words).astype(np.float32)
        if averaging.phrases is not None and bags.phrases is not None:
            whole = averaging.phrases.finished(bags.phrases[text : text + 1])
            lesser = averaging.phrases.without_each(token_lists[text], [names[i] for i in ids.tolist()])
            finished = joined(finished, np.concatenate([whole, lesser]))
        p = head.probabilities(finished)
        if class_shares is not None:
            p[~has_words] = class_shares
        log_p = logs(p)
        contributions.append((ids, log_p[0] - log_p[1:], p[0]))
    return contributions
