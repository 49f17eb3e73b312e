"""Word vectors of no meaning, for the words of some texts: where training without pretraining starts."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.randomness import Stream, generator

RANDOM_VECTOR_SIZE = 100


def random_vectors(token_lists: Sequence[Sequence[str]], vector_size: int | None, seed: int) -> WordVectors:
    """Give each word of some texts a random vector of D dimensions, 100 by default, and its counts.

    The vectors depend on the seed and on the number of words alone.
    """
    if vector_size is None:
        vector_size = RANDOM_VECTOR_SIZE
    if vector_size < 1:
        raise ConfigError(f"vector_size is {vector_size!r}; expected a whole number of at least 1")
    counts = Counter(word for words in token_lists for word in words)
    document_counts = Counter(word for words in token_lists for word in set(words))
    words = sorted(counts, key=lambda word: (-counts[word], word))
    return WordVectors(
        words,
        random_table(seed, len(words), vector_size),
        counts=np.array([counts[word] for word in words], dtype=np.int64),
        document_counts=np.array([document_counts[word] for word in words], dtype=np.int64),
        n_tokens=counts.total(),
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
