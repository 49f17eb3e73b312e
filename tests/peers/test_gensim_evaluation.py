"""gensim as peer: the numbers of its evaluations of word vectors."""

from pathlib import Path

import numpy as np
import pytest

from textransfer import WordVectors, evaluate_vectors
from textransfer.transfer.evaluating.analogies import read_analogies
from textransfer.transfer.evaluating.word_pairs import read_word_pairs

datapath = pytest.importorskip("gensim.test.utils").datapath
pytestmark = pytest.mark.peer
PAIRS = [datapath("wordsim353.tsv"), datapath("simlex999.txt")]


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    """Every fortieth of Google's analogies."""
    lines = Path(datapath("questions-words.txt")).read_text().splitlines()
    path = tmp_path_factory.mktemp("analogies") / "some.txt"
    path.write_text(
        "\n".join(line for place, line in enumerate(lines) if line.startswith(":") or place % 40 == 0)
    )
    return path


@pytest.fixture(scope="module")
def vectors(questions):
    """Vectors of nine in ten of the words, some in two spellings, and analogies that often come out right."""
    words = {word for path in PAIRS for pair in read_word_pairs(path).pairs for word in pair}
    rows = [row for section in read_analogies(questions).sections.values() for row in section]
    words |= {word for row in rows for word in row}
    draws = np.random.default_rng(0)
    kept = [word for word in sorted(words) if draws.random() < 0.9]
    kept += [word.upper() for word in kept[::7] if word.upper() not in words]
    kept = [kept[place] for place in draws.permutation(len(kept))]
    matrix = dict(zip(kept, draws.normal(size=(len(kept), 12)), strict=True))
    for a, b, c, d in rows:
        if draws.random() < 0.5 and {a, b, c, d} <= set(kept):
            matrix[d] = matrix[b] - matrix[a] + matrix[c] + 0.3 * draws.normal(size=12)
    return WordVectors(kept, np.array([matrix[word] for word in kept]))


@pytest.mark.parametrize("is_case_sensitive", [False, True])
@pytest.mark.parametrize("restrict_vocab", [300_000, 900])
def test_numbers_agree(vectors, questions, is_case_sensitive, restrict_vocab):
    keyed = vectors.to_gensim()
    settings = {"restrict_vocab": restrict_vocab, "case_insensitive": not is_case_sensitive}
    result = evaluate_vectors(
        vectors,
        similarity=PAIRS,
        analogies=questions,
        restrict_vocab=restrict_vocab,
        is_case_sensitive=is_case_sensitive,
    )
    for path, ours in zip(PAIRS, result.similarity, strict=True):
        pearson, spearman, unknown_share = keyed.evaluate_word_pairs(path, **settings)
        assert ours.spearman.estimate == pytest.approx(float(spearman[0]), abs=1e-6)
        assert ours.pearson == pytest.approx(float(pearson[0]), abs=1e-6)
        assert 100 * (1 - ours.n_known / ours.n_pairs) == pytest.approx(unknown_share)
    accuracy, sections = keyed.evaluate_word_analogies(str(questions), **settings)
    total = result.analogies[0].total
    assert total.accuracy.estimate == pytest.approx(accuracy)
    assert 0 < total.n_right < total.n_known < total.n_questions
    theirs = {s["section"]: (len(s["correct"]), len(s["correct"]) + len(s["incorrect"])) for s in sections}
    for section in result.analogies[0].sections:
        assert (section.n_right, section.n_known) == theirs[section.name]
