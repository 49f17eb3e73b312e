"""Results as JSON: nested dataclasses, NumPy's values, properties, and classes with a form of their own."""

import json
import re
from dataclasses import dataclass

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import (
    LabelledTexts,
    SentimentClassifier,
    advise,
    check_fit,
    compare,
    evaluate_classifier,
    evaluate_vectors,
    experiment,
    learning_curve,
)
from textransfer.records import record_of


@dataclass(frozen=True)
class Inner:
    values: np.ndarray
    count: np.int64


@dataclass(frozen=True)
class Own:
    hidden: int

    def to_dict(self):
        return {"shown": self.hidden + 1}


@dataclass(frozen=True)
class Outer:
    name: str
    inner: tuple[Inner, ...]
    own: Own
    by_size: dict[int, Inner]
    missing: Inner | None = None

    @property
    def length(self):
        return len(self.name)


def test_a_record_is_plain_at_any_depth():
    inner = Inner(np.array([[1.5, 2.0]]), np.int64(3))
    record = record_of(Outer("ab", (inner,), Own(1), {4: inner}), "length")
    plain = {"values": [[1.5, 2.0]], "count": 3}
    assert record == {
        "name": "ab",
        "inner": [plain],
        "own": {"shown": 2},
        "by_size": {4: plain},
        "missing": None,
        "length": 2,
    }
    assert list(record) == ["name", "inner", "own", "by_size", "missing", "length"]
    assert json.loads(json.dumps(record))["inner"] == [plain]


def test_only_dataclasses_have_records():
    with pytest.raises(TypeError, match="dict is no dataclass"):
        record_of({})


def test_results_show_themselves_in_one_line(tmp_path):
    texts, labels = labelled(40)
    pool, vectors = LabelledTexts(texts, labels, "reviews"), word_vectors()
    (tmp_path / "pairs.tsv").write_text("good\tbad\t3\ngood\tfilm\t5\nbad\tfilm\t7\n")
    evaluation = evaluate_classifier(SentimentClassifier(vectors).fit(texts, labels), pool)
    curve = learning_curve(vectors, pool, pool, budgets=[4, 8], n_draws=2)
    results = [
        pool,
        evaluation,
        evaluation.inspection,
        curve,
        compare(vectors, pool, n_draws=2),
        check_fit(vectors, pool),
        advise(vectors, pool, n_draws=2),
        experiment(vectors, pool, n_labels=8, n_draws=2),
        evaluate_vectors(vectors, similarity=tmp_path / "pairs.tsv"),
    ]
    for result in results:
        assert re.fullmatch(rf"<{type(result).__name__}: .{{5,250}}>", repr(result))
