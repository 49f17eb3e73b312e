import numpy as np
import pytest

from textransfer.embeddings.vectors import WordVectors
from textransfer.transfer.augmenting.substitutes import Substitutes

TOPICS = 8


def planted():
    """Good and bad words of a topic differ in one small number; each has a twin of its own class."""
    random = np.random.default_rng(0)
    words, rows = [], []
    for topic in range(TOPICS):
        centre = np.zeros(TOPICS + 1)
        centre[topic] = 1
        for name, side in (("good", 0.35), ("great", 0.35), ("bad", -0.35), ("awful", -0.35)):
            row = centre + random.normal(0, 0.01, TOPICS + 1)
            row[-1] = side
            words.append(f"{name}{topic}")
            rows.append(row)
    words += ["not", "never", "not_good0", "not_good1"]
    rows += [rows[0] * 1.01, rows[0] * 1.02, rows[0] * 1.03, rows[0] * 1.04]  # as near as can be
    return WordVectors(words, np.array(rows), counts=[10] * len(words))


TEXTS = [
    ["good0", "great1", "great2"],
    ["great0", "good3", "good1"],
    ["bad0", "awful1", "bad2"],
    ["awful0", "bad3", "awful2"],
]
CODES = [1, 1, 0, 0]


@pytest.fixture(scope="module")
def substitutes():
    return Substitutes(planted())


def is_good(word):
    return word.startswith(("good", "great"))


def test_opposites_are_neighbours(substitutes):
    near = substitutes.mutual(["good5", "bad5"])
    assert "bad5" in near["good5"]
    assert "good5" in near["bad5"]


def test_no_substitute_turns_the_class_round(substitutes):
    stand_ins = substitutes.safe(TEXTS, CODES)
    assert set(stand_ins) == {word for text in TEXTS for word in text}
    for word, twins in stand_ins.items():
        assert len(twins) == 1  # the twin of its class and topic
        assert is_good(twins[0]) == is_good(word)
        assert twins[0][-1] == word[-1]


def test_negations_neither_go_nor_come(substitutes):
    assert substitutes.mutual(["not", "never"]) == {}
    assert not {"not", "never"} & {
        neighbour for twins in substitutes.mutual(["good0"]).values() for neighbour in twins
    }


def test_a_negated_word_stands_for_negated_ones_alone(substitutes):
    stand_ins = substitutes.mutual(["good0", "not_good0"])
    assert not {"not_good0", "not_good1"} & set(stand_ins["good0"])
    assert stand_ins["not_good0"] == ["not_good1"]


def test_neighbours_are_mutual_and_near():
    # "hub" is the nearest of both others, but its own nearest is "near"
    matrix = [[1.0, 0.0], [0.99, 0.05], [0.6, 0.9]]
    vectors = WordVectors(["hub", "near", "far"], np.array(matrix))
    assert Substitutes(vectors, n_nearest=1).mutual(["hub", "near", "far"]) == {
        "hub": ["near"],
        "near": ["hub"],
    }
    assert Substitutes(vectors, n_nearest=2, least_cosine=0.999).mutual(["hub", "far"]) == {}


def test_unknown_words_and_a_single_word():
    vectors = WordVectors(["one"], np.ones((1, 3)))
    assert Substitutes(vectors).safe([["one", "unknown"], ["unknown"]], [0, 1]) == {}
