import json

import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.errors import ConfigError, FormatError
from textransfer.transfer import learning_curve as room
from textransfer.transfer.comparison import compare
from textransfer.transfer.label_measures import label_measures
from textransfer.transfer.learning_curve import BudgetResult, default_budgets, learning_curve

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
        others={"again": vectors},
        store=store,
    )


def test_a_budget_is_what_compare_finds(curve, vectors, pool, test_texts):
    found = compare(vectors, pool, test_texts, n_labels=8, n_draws=4, config=CONFIG)
    point = curve.budgets[1]
    assert [budget.n_labels for budget in curve.budgets] == [4, 8, 16]
    assert point.outcome == found.verdict.outcome
    for name in ("pretrained", "no pretraining", "TF-IDF + LR", "majority"):
        assert point.arm(name).accuracy == found.arm(name).accuracy
        assert point.arm(name).behind == found.arm(name).behind


def test_further_vectors_and_fine_tuning_are_arms(curve):
    assert curve.arms[4:] == ("fine-tuned", "again")
    for budget in curve.budgets:
        assert budget.arm("again").by_draw == budget.arm("pretrained").by_draw
        assert budget.arm("fine-tuned").behind is not None


def test_the_long_table_has_a_row_for_each_fit(curve):
    rows = list(curve.rows())
    assert len(rows) == 3 * 6 * 4
    mine = [row["accuracy"] for row in rows if row["arm"] == "pretrained" and row["n_labels"] == 16]
    assert np.mean(mine) == pytest.approx(curve.budgets[2].arm("pretrained").accuracy.estimate)
    json.dumps(curve.to_dict())


def test_budgets_that_are_kept_are_not_computed_again(curve, vectors, pool, test_texts, store, monkeypatch):
    given = {"n_draws": 4, "config": CONFIG, "others": {"again": vectors}, "store": store}
    with monkeypatch.context() as patch:
        patch.setattr(room, "compare", None)
        again = learning_curve(vectors, pool, test_texts, budgets=[4, 8, 16], **given)
        assert again == curve
        with pytest.raises(TypeError):  # other settings: must compute
            learning_curve(vectors, pool, test_texts, budgets=[4], **{**given, "n_draws": 3})


def test_a_damaged_budget_is_named(vectors, pool, test_texts, tmp_path):
    (tmp_path / "4.json").write_text('{"key": ')
    with pytest.raises(FormatError, match=r"4\.json is damaged"):
        learning_curve(vectors, pool, test_texts, budgets=[4], store=tmp_path, config=CONFIG)


def test_processes_find_the_same(curve, vectors, pool, test_texts):
    found = learning_curve(
        vectors,
        pool,
        test_texts,
        budgets=[4, 8],
        n_draws=4,
        config=CONFIG,
        is_fine_tuned_too=False,
        n_jobs=2,
    )
    for one, other in zip(found.budgets, curve.budgets, strict=False):
        assert one.arm("pretrained").by_draw == other.arm("pretrained").by_draw


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


def test_measures_of_curves_that_can_be_reckoned_by_hand():
    mine, other = [[0.7, 0.7], [0.8, 0.8], [0.9, 0.9]], [[0.5, 0.5], [0.6, 0.6], [0.75, 0.75]]
    found = label_measures([8, 16, 32], [mine, other], chance=0.5)
    assert found.jump_start.estimate == pytest.approx(0.2)
    assert found.asymptotic.estimate == pytest.approx(0.15)
    assert found.threshold == 0.75
    assert found.labels_to_threshold.estimate == pytest.approx(8 * 2**0.5)  # half way from 8 to 16
    assert found.saved_share == pytest.approx(1 - 8 * 2**0.5 / 32)
    areas = (0.25 + 0.35, 0.05 + 0.175)
    assert found.transfer_ratio.estimate == pytest.approx((areas[0] - areas[1]) / areas[1])
    assert found.jump_start.width == pytest.approx(0)  # no draw differs


def test_a_threshold_out_of_reach_is_none():
    found = label_measures([8, 16], [[[0.5], [0.6]], [[0.5], [0.7]]], chance=0.5)
    assert found.labels_to_threshold is None
    assert found.saved_share is None


def test_intervals_cover_the_difference_of_noisy_draws():
    random = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        shared = random.normal(0, 0.03, (2, 20))
        mine = 0.7 + shared + random.normal(0, 0.02, (2, 20))
        other = 0.6 + shared + random.normal(0, 0.02, (2, 20))
        found = label_measures([8, 16], [mine.tolist(), other.tolist()], chance=0.5)
        hits += found.jump_start.low <= 0.1 <= found.jump_start.high
    assert 170 <= hits <= 199  # bootstrap of 20 draws: a little below 95 %
