"""Look words up as people type them: as the vocabulary has them, as they are written, or cut like text."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence

from textransfer.errors import UnknownWordError

_N_SPELLINGS_SEARCHED = 20_000
_N_WORDS_WITH_SPELLINGS = 5


class WordIndex:
    """The rows of words.

    Parameters
    ----------
    words : sequence of str
        The vocabulary.
    index : mapping of str to int
        The row of each.
    spellings : mapping of str to str
        How people write some of them.
    tokenize : callable, optional
        Cuts what is none of these.
    """

    def __init__(
        self,
        words: Sequence[str],
        index: Mapping[str, int],
        spellings: Mapping[str, str],
        tokenize: Callable[[str], list[str]] | None,
    ) -> None:
        self._words = words
        self._index = index
        self._spellings = spellings
        self._tokenize = tokenize
        self._row_of_spelling = {way: index[word] for word, way in reversed(list(spellings.items()))}

    def __contains__(self, word: object) -> bool:
        return word in self._index or word in self._row_of_spelling

    def pieces_of(self, words: Iterable[str]) -> dict[str, list[int]]:
        """Return the rows of each word: one, or several where the tokenizer cuts it into known words.

        UnknownWordError lists words of which nothing is known.
        """
        pieces = {word: self._rows(word) for word in dict.fromkeys(words)}
        if unknown := [str(word) for word, rows in pieces.items() if not rows]:
            raise UnknownWordError(self._complaint(unknown))
        return pieces

    def rowless(self, words: Iterable[str]) -> dict[str, str]:
        """Return the words of which nothing is known, each as the tokenizer has it if that is one word."""
        unknown = [word for word in dict.fromkeys(words) if not self._rows(word)]
        cut = {word: [] if self._tokenize is None else self._tokenize(word) for word in unknown}
        return {word: pieces[0] if len(pieces) == 1 else word for word, pieces in cut.items()}

    def _rows(self, word: str) -> list[int]:
        row = self._index.get(word, self._row_of_spelling.get(word))
        if row is not None:
            return [row]
        cut = self._tokenize(word) if self._tokenize is not None and isinstance(word, str) else []
        return [self._index[piece] for piece in cut if piece in self._index]

    def note_on(self, word: str) -> str:
        """Say what a word is that the tokenizer cuts into several; nothing of a single one."""
        if word in self or self._tokenize is None:
            return ""
        cut = self._tokenize(word)
        if len(cut) < 2:
            return ""
        known = " + ".join(self._spellings.get(piece, piece) for piece in cut if piece in self._index)
        unknown = ", ".join(piece for piece in cut if piece not in self._index)
        return f"{word!r} is not one word to the tokenizer, but {known}" + (
            f", and of unknown words {unknown}" if unknown else ""
        )

    def _complaint(self, unknown: Sequence[str]) -> str:
        named = [
            repr(word) + (self._near_spellings(word) if place < _N_WORDS_WITH_SPELLINGS else "")
            for place, word in enumerate(unknown)
        ]
        plural = "s" if len(unknown) > 1 else ""
        return (
            f"unknown word{plural} {', '.join(named)}; expected words among the {len(self._words):,} of the "
            "vectors"
        )

    def _near_spellings(self, word: str) -> str:
        other_case = [
            folded for folded in (word.lower(), word.title(), word.upper()) if folded in self._index
        ]
        searched = [self._spellings.get(known, known) for known in self._words[:_N_SPELLINGS_SEARCHED]]
        close = difflib.get_close_matches(word.lower(), searched, n=3, cutoff=0.7)
        near = list(dict.fromkeys([*other_case, *close]))[:3]
        return f" (near: {', '.join(near)})" if near else ""
