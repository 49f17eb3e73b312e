"""Word vectors of no meaning, for the words of some texts: where training without pretraining starts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.randomness import Stream, generator
from textransfer.sentiment.sentences.lookup import counted_words

RANDOM_VECTOR_SIZE = 100


def random_vectors(token_lists: Sequence[list[str]], vector_size: int | None, seed: int) -> WordVectors:
    """Give each word of some texts a random vector of D dimensions, 100 by default, and its counts.

    The vectors depend on the seed and on the number of words alone.
    """
    if vector_size is None:
        vector_size = RANDOM_VECTOR_SIZE
    if vector_size < 1:
        raise ConfigError(f"vector_size is {vector_size!r}; expected a whole number of at least 1")
    counted = counted_words(token_lists)
    counts = np.bincount(counted.ids, minlength=len(counted.words))
    document_counts = np.bincount(counted.held.columns, minlength=len(counted.words))
    in_order = np.array(sorted(np.flatnonzero(counts).tolist(), key=counted.words.__getitem__), np.int64)
    in_order = in_order[np.argsort(-counts[in_order], kind="stable")]
    return WordVectors(
        [counted.words[place] for place in in_order],
        random_table(seed, len(in_order), vector_size),
        counts=counts[in_order],
        document_counts=document_counts[in_order],
        n_tokens=len(counted.ids),
        n_documents=len(token_lists),
    )


def random_table(seed: int, n_words: int, vector_size: int) -> npt.NDArray[np.float32]:
    """Draw word vectors of no meaning, float32 (V, D).

    They are uniform in +-sqrt(3/D), which makes them about 1 long, so that one learning rate suits any
    number of dimensions.
    """
    reach = float(np.sqrt(3 / vector_size))
    draws = generator(seed, Stream.RANDOM_VECTORS).uniform(-reach, reach, (n_words, vector_size))
    return draws.astype(np.float32)
