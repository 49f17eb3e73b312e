"""Small labelled reviews, and word vectors in which good and bad words lie apart."""

import numpy as np

from textransfer.embeddings.vectors import WordVectors
from textransfer.text.tokenizers.words import WordsTokenizer

GOOD = ["good", "great", "fine", "superb", "lovely", "witty"]
BAD = ["bad", "awful", "dull", "poor", "boring", "clumsy"]
OTHER = ["the", "film", "plot", "actor", "music", "scene", "story", "was", "and", "a"]


def word_vectors(size: int = 6) -> WordVectors:
    rng = np.random.default_rng(0)
    words = [*OTHER, *GOOD, *BAD]
    matrix = rng.normal(0, 0.4, (len(words), size))
    matrix[len(OTHER) : len(OTHER) + len(GOOD), 0] += 2
    matrix[len(OTHER) + len(GOOD) :, 0] -= 2
    counts = np.arange(len(words), 0, -1) * 10
    return WordVectors(
        words,
        matrix,
        counts=counts,
        document_counts=counts // 2,
        n_tokens=int(counts.sum()),
        n_documents=500,
        tokenizer_spec=WordsTokenizer().spec(),
    )


def labelled(n: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Return n reviews, one class after the other."""
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for number in range(n):
        label = ("bad", "good")[number % 2]
        chosen = [*rng.choice(GOOD if label == "good" else BAD, 2), *rng.choice(OTHER, 4)]
        texts.append(" ".join(chosen[place] for place in rng.permutation(6)))
        labels.append(label)
    return texts, labels


def telling(n: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Return n texts whose class, 0 or 1, shows in a word that the vectors do not know."""
    random = np.random.default_rng(seed)
    codes = np.arange(n) % 2
    texts = [" ".join([*random.choice(OTHER, 4), ("zyx", "xyz")[code]]) for code in codes]
    return texts, codes
