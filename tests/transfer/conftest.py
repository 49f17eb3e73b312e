import numpy as np
import pytest

from textransfer.config import TokenizerConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenize import build_tokenizer

GOOD = [f"good{i}x" for i in range(30)]
BAD = [f"bad{i}x" for i in range(30)]
PLAIN = [f"word{i}x" for i in range(40)]


@pytest.fixture(scope="session")
def vectors():
    """Vectors in which the first number tells good words from bad ones."""
    random = np.random.default_rng(0)
    words = GOOD + BAD + PLAIN
    matrix = random.normal(0, 0.3, (len(words), 5))
    matrix[:30, 0] += 1
    matrix[30:60, 0] -= 1
    tokenizer = build_tokenizer(TokenizerConfig(tokenizer="words"), ["word"])
    return WordVectors(
        words, matrix, counts=[10] * len(words), tokenizer_spec=tokenizer.spec(), metadata={"seconds": 12.5}
    )


def labelled_texts(n_texts, seed, source="texts.csv"):
    """Texts of two decisive words among four plain ones; seldom two texts share a decisive word."""
    random = np.random.default_rng(seed)
    labels = ["pos", "neg"] * (n_texts // 2)
    texts = [
        " ".join([*random.choice(GOOD if label == "pos" else BAD, 2), *random.choice(PLAIN, 4)]) + " unknown"
        for label in labels
    ]
    return LabelledTexts(texts, labels, source)


@pytest.fixture(scope="session")
def pool():
    return labelled_texts(60, 1)


@pytest.fixture(scope="session")
def test_texts():
    return labelled_texts(100, 2)
