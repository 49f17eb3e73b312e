"""A corpus that falls into two groups, praise and blame, in a direction that is not its widest."""

import numpy as np

from textransfer import WordVectors
from textransfer.config import TokenizerConfig
from textransfer.embeddings.moments import document_moments, sif_weights
from textransfer.text.tokenize import build_tokenizer

TOPICS, PRAISE, BLAME = (
    [f"topic{i}" for i in range(60)],
    [f"good{i}" for i in range(10)],
    [f"bad{i}" for i in range(10)],
)
WORDS = [*TOPICS, *PRAISE, *BLAME]
SIZE = 40


def text(random: np.random.Generator, *, is_praise: bool) -> list[str]:
    """Words about anything, of which some praise or blame."""
    opinion = random.choice(PRAISE if is_praise else BLAME, 2, replace=False)
    return [*random.choice(TOPICS, 8, replace=False), *opinion]


def polar_vectors() -> WordVectors:
    """Vectors in which opinion is a direction of its own, and texts differ more in their topics."""
    random = np.random.default_rng(0)
    matrix = random.standard_normal((len(WORDS), SIZE))
    matrix[:60, 1:6] *= 3  # what texts differ in most is their topic
    matrix[:, 0] = 0
    matrix[60:70, 0], matrix[70:, 0] = 2, -2
    matrix = matrix.astype(np.float32)
    index = {word: i for i, word in enumerate(WORDS)}
    documents = [[index[word] for word in text(random, is_praise=i % 2 == 0)] for i in range(2500)]
    tokens = np.array(documents, np.int32).ravel()
    counts = np.bincount(tokens, minlength=len(WORDS))
    blocks = [(tokens, np.arange(0, len(tokens) + 1, 10))]
    moments = document_moments(matrix, sif_weights(counts, len(WORDS), None), blocks)
    spec = build_tokenizer(TokenizerConfig(), ["good0"]).spec()
    return WordVectors(WORDS, matrix, counts=counts, moments=moments, tokenizer_spec=spec)


def drawn(n: int, seed: int) -> tuple[list[str], list[str], list[str]]:
    """Texts, whether they praise, and a label that has nothing to do with it."""
    random = np.random.default_rng(seed)
    texts = [" ".join(text(random, is_praise=i % 2 == 0)) for i in range(n)]
    return texts, ["blame" if i % 2 else "praise" for i in range(n)], random.choice(["a", "b"], n).tolist()
