"""Labelled texts with their words, cut once for everything that reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from sys import intern
from typing import TYPE_CHECKING, Self

from textransfer.errors import CorpusError
from textransfer.text.corpus import LabelledTexts

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer


@dataclass(frozen=True)
class TokenizedTexts(LabelledTexts):
    """Labelled texts, and the words of each.

    Parameters
    ----------
    texts, labels, source
        As in `LabelledTexts`.
    words : list of lists of str
        What the tokenizer made of each text.
    tokenizer : Tokenizer
    """

    words: list[list[str]]
    tokenizer: "Tokenizer"

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.words) != len(self.texts):
            raise CorpusError(
                f"{self.source} has {len(self.texts)} texts and {len(self.words)} lists of words; "
                "expected the words of each text"
            )

    def take(self, rows: Iterable[int]) -> Self:
        """Return some of the texts, in the order of the rows."""
        chosen = list(rows)
        return type(self)(
            [self.texts[row] for row in chosen],
            [self.labels[row] for row in chosen],
            self.source,
            [self.words[row] for row in chosen],
            self.tokenizer,
        )


def tokenized(labelled: LabelledTexts, tokenizer: "Tokenizer") -> TokenizedTexts:
    """Cut labelled texts into words, unless the same tokenizer has done so already.

    Parameters
    ----------
    labelled : LabelledTexts or TokenizedTexts
    tokenizer : Tokenizer

    Examples
    --------
    >>> from textransfer.text.tokenizers.words import WordsTokenizer
    >>> pool = LabelledTexts(["A fine film"], ["pos"], "here")
    >>> tokenized(pool, WordsTokenizer()).words
    [['a', 'fine', 'film']]
    """
    if isinstance(labelled, TokenizedTexts) and labelled.tokenizer.spec() == tokenizer.spec():
        return labelled
    words = [list(map(intern, words)) for words in tokenizer.tokenize_many(labelled.texts)]
    return TokenizedTexts(labelled.texts, labelled.labels, labelled.source, words, tokenizer)
