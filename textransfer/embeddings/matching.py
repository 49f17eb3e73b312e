"""Bring the words of vectors into the form in which a tokenizer gives them."""

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.vectors import WordVectors
from textransfer.text.negation import PREFIX
from textransfer.text.tokenize import Tokenizer
from textransfer.text.tokenizers.words import WordsTokenizer


def words_as_cut(vectors: WordVectors, tokenizer: Tokenizer) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the words that a tokenizer can give, and the row of each, int64 (n,), in ascending order.

    Of words that differ in case alone, or in another way that it does not tell apart, the one that stands
    there just so is taken, else the first, which is the most frequent one in files that are sorted. What is
    no one word to it, such as punctuation or a phrase, is left out. But if words depend on those around them,
    as with any tokenizer but "words", all that stand there stay too.

    Examples
    --------
    >>> vectors = WordVectors(["Film", ",", "Paris", "new_york", "paris"], [[1.0]] * 5)
    >>> words, rows = words_as_cut(vectors, WordsTokenizer())
    >>> words, rows.tolist()
    (['film', 'paris'], [0, 4])
    """
    exact: dict[str, int] = {}
    variants: dict[str, int] = {}
    is_marking = bool(tokenizer.spec().get("marks_negation"))
    stay_all = tokenizer.name != WordsTokenizer.name
    for row, (word, cut) in enumerate(
        zip(vectors.words, tokenizer.tokenize_many(vectors.words), strict=True)
    ):
        is_exact = stay_all or cut == [word] or (is_marking and word.startswith(PREFIX))
        if is_exact:
            exact[word] = row
        if len(cut) == 1 and cut != [word]:
            variants.setdefault(cut[0], row)
    row_of = sorted((variants | exact).items(), key=lambda entry: entry[1])
    return [word for word, _ in row_of], np.array([row for _, row in row_of], dtype=np.int64)
