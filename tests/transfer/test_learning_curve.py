import errno
import json
from pathlib import Path

import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.embeddings.moments import DocumentMoments
from textransfer.embeddings.ngrams import NgramVectors
from textransfer.embeddings.phrases import PhraseIndex, PhraseVectors
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError, FormatError, OutputError
from textransfer.storage.replacement import MARK
from textransfer.transfer import learning_curve as curve_module
from textransfer.transfer.comparing.results import BudgetResult
from textransfer.transfer.comparison import compare
from textransfer.transfer.learning_curve import default_budgets, learning_curve

CONFIG = ClassifierConfig(epochs=20)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("curve") / "budgets"


@pytest.fixture(scope="module")
def curve(vectors, pool, test_texts, store):
    return learning_curve(
        vectors,
        pool,
        test_texts,
        budgets=[16, 4, 8],
        n_draws=4,
        config=CONFIG,
        further_arms={"again": vectors},
        store=store,
    )


def _with(vectors, **further):
    return WordVectors(
        vectors.words,
        np.asarray(vectors.matrix),
        counts=vectors.counts,
        tokenizer_spec=vectors.tokenizer_spec,
        **further,
    )


def test_a_budget_is_what_compare_finds(curve, vectors, pool, test_texts):
    comparison = compare(vectors, pool, test_texts, n_labels=8, n_draws=4, config=CONFIG)
    point = curve.budgets[1]
    assert [budget.n_labels for budget in curve.budgets] == [4, 8, 16]
    assert point.outcome == comparison.verdict.outcome
    for name in ("pretrained", "no pretraining", "TF-IDF + LR", "majority"):
        assert point.arm(name).accuracy == comparison.arm(name).accuracy
        assert point.arm(name).behind == comparison.arm(name).behind


def test_further_arms_and_fine_tuning_are_arms(curve):
    assert curve.arms[4:] == ("fine-tuned", "again", "pretrained + again")
    for budget in curve.budgets:
        assert budget.arm("again").by_draw == budget.arm("pretrained").by_draw
        assert budget.arm("fine-tuned").behind is not None


def test_the_long_table_has_a_row_for_each_fit(curve):
    rows = list(curve.rows())
    assert len(rows) == 3 * 7 * 4
    mine = [row["accuracy"] for row in rows if row["arm"] == "pretrained" and row["n_labels"] == 16]
    assert np.mean(mine) == pytest.approx(curve.budgets[2].arm("pretrained").accuracy.estimate)
    json.dumps(curve.to_dict())


def test_budgets_that_are_kept_are_not_computed_again(curve, vectors, pool, test_texts, store, monkeypatch):
    settings = {"n_draws": 4, "config": CONFIG, "further_arms": {"again": vectors}, "store": store}
    with monkeypatch.context() as patch:
        patch.setattr(curve_module, "run_contest", None)
        again = learning_curve(vectors, pool, test_texts, budgets=[4, 8, 16], **settings)
        assert again == curve
        with pytest.raises(TypeError):  # other settings: must compute
            learning_curve(vectors, pool, test_texts, budgets=[4], **{**settings, "n_draws": 3})
        ngrams = NgramVectors(["oo"], np.ones((1, vectors.vector_size), np.float32))
        with pytest.raises(TypeError):  # the same words, but unknown ones have vectors
            learning_curve(_with(vectors, ngrams=ngrams), pool, test_texts, budgets=[4], **settings)
        moments = DocumentMoments(np.zeros(2, np.float32), np.eye(2, dtype=np.float32))
        index = PhraseIndex(len(vectors), np.zeros(1, np.int32), np.zeros(1, np.int32))
        phrases = PhraseVectors(index, np.ones((len(vectors) + 1, 2), np.float32), moments)
        with pytest.raises(TypeError):  # the same words, but phrases have vectors
            learning_curve(_with(vectors, phrases=phrases), pool, test_texts, budgets=[4], **settings)


def test_what_a_kill_left_beside_a_kept_budget_is_cleared_away(curve, vectors, pool, test_texts, store):
    left = store / ".8.json.0a1b2c3d.tmp"
    left.mkdir()
    (left / MARK).touch()
    (left / "8.json").write_text("{")
    settings = {"n_draws": 4, "config": CONFIG, "further_arms": {"again": vectors}, "store": store}
    learning_curve(vectors, pool, test_texts, budgets=[4, 8, 16], **settings)
    assert sorted(entry.name for entry in store.iterdir()) == ["16.json", "4.json", "8.json"]


def test_a_damaged_budget_is_named(vectors, pool, test_texts, tmp_path):
    (tmp_path / "4.json").write_text('{"key": ')
    with pytest.raises(FormatError, match=r"4\.json is damaged"):
        learning_curve(vectors, pool, test_texts, budgets=[4], store=tmp_path, config=CONFIG)


@pytest.mark.slow
def test_processes_find_the_same(curve, vectors, pool, test_texts):
    parallel = learning_curve(
        vectors,
        pool,
        test_texts,
        budgets=[4, 8],
        n_draws=4,
        config=CONFIG,
        is_fine_tuned_too=False,
        n_jobs=2,
    )
    for budget, other in zip(parallel.budgets, curve.budgets, strict=False):
        assert budget.arm("pretrained").by_draw == other.arm("pretrained").by_draw


def test_a_result_survives_json(curve):
    for budget in curve.budgets:
        assert BudgetResult.from_dict(json.loads(json.dumps(budget.to_dict()))) == budget


@pytest.mark.parametrize("budgets", [[1], [8, 10_000]])
def test_budgets_outside_the_pool_are_refused(vectors, pool, test_texts, budgets):
    with pytest.raises(ConfigError, match="expected numbers from 2"):
        learning_curve(vectors, pool, test_texts, budgets=budgets)


def test_default_budgets_double():
    assert default_budgets(12_500, 2) == [8, 16, 32, 64, 128, 256, 512]
    assert default_budgets(100, 2) == [8, 16, 32, 64, 100]
    assert default_budgets(100, 20) == [40, 80, 100]
    assert default_budgets(6, 2) == [6]


def test_a_full_disk_leaves_no_empty_folder(tmp_path, vectors, pool, test_texts, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OutputError, match="No space left"):
        learning_curve(vectors, pool, test_texts, budgets=[4], n_draws=2, store=tmp_path / "new" / "budgets")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("budgets", ["8", [1.5], [None], [8, "16"], [float("nan")]])
def test_budgets_are_whole_numbers(vectors, pool, test_texts, budgets):
    with pytest.raises(ConfigError, match="a budget is .*; expected a whole number"):
        learning_curve(vectors, pool, test_texts, budgets=budgets, n_draws=2)
