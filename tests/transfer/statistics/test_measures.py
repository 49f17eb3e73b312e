import json
from math import sqrt

import numpy as np
import pytest

from textransfer.errors import ConfigError
from textransfer.transfer.statistics.curves import TrainingCurve
from textransfer.transfer.statistics.measures import (
    jump_start,
    label_measures,
    time_to_threshold,
    transfer_measures,
    transfer_ratio,
)


def curve(*draws, epochs=(0, 1, 2, 5), seconds=(0.0, 0.1, 0.2, 0.5)):
    return TrainingCurve(np.array(epochs), np.array(seconds), np.array(draws))


GOOD = curve([0.5, 0.7, 0.8, 0.8], [0.5, 0.8, 0.8, 0.9])
POOR = curve([0.4, 0.5, 0.6, 0.7], [0.4, 0.5, 0.6, 0.8])


def test_jump_start_is_read_after_the_first_epoch():
    assert jump_start(GOOD, POOR) == (1, pytest.approx(0.25))


def test_jump_start_at_epoch_zero_only_if_there_is_no_other():
    start = TrainingCurve(np.array([0]), np.array([0.0]), np.array([[0.6]]))
    assert jump_start(start, POOR) == (0, pytest.approx(0.2))


def test_jump_start_where_both_curves_have_a_point():
    late = curve([0.9, 0.9], epochs=(2, 7), seconds=(0, 1))
    assert jump_start(late, POOR) == (2, pytest.approx(0.3))
    with pytest.raises(ConfigError, match="in common"):
        jump_start(curve([0.9], epochs=(9,), seconds=(1,)), POOR)


def test_time_to_threshold_is_the_first_recorded_epoch():
    found = time_to_threshold(GOOD, 0.75, pretraining_seconds=60.0)
    assert (found.epoch, found.seconds, found.seconds_with_pretraining) == (1, 0.1, 60.1)
    assert time_to_threshold(GOOD, 0.75).seconds_with_pretraining is None


def test_a_threshold_met_exactly_is_reached():
    assert time_to_threshold(GOOD, GOOD.mean[-1]).epoch == 5
    assert time_to_threshold(curve([0.3], epochs=(1,), seconds=(1,)), 0.1 + 0.2).epoch == 1


def test_a_threshold_never_reached():
    found = time_to_threshold(POOR, 0.76, pretraining_seconds=60.0)
    assert (found.epoch, found.seconds, found.seconds_with_pretraining) == (None, None, None)


def test_transfer_ratio_by_hand():
    # Areas over epochs 0..5: good 0.625 + 0.775 + 2.475 = 3.875, poor 0.45 + 0.55 + 2.025 = 3.025.
    assert transfer_ratio(GOOD, POOR) == pytest.approx(3.875 / 3.025 - 1)
    assert transfer_ratio(GOOD, POOR, chance=0.5) == pytest.approx(1.375 / 0.525 - 1)
    assert transfer_ratio(POOR, POOR) == 0.0


def test_transfer_ratio_without_an_area():
    assert transfer_ratio(GOOD, POOR, chance=0.9) is None
    assert transfer_ratio(GOOD, curve([0.5], epochs=(1,), seconds=(1,))) is None


def test_all_measures_together():
    found = transfer_measures(GOOD, POOR, pretraining_seconds=10.0)
    assert (found.start_epoch, found.jump_start) == (1, pytest.approx(0.25))
    assert (found.asymptote, found.other_asymptote) == (pytest.approx(0.85), pytest.approx(0.75))
    assert found.threshold == pytest.approx(0.75)
    assert found.time_to_threshold.epoch == 1
    assert found.time_to_threshold.seconds_with_pretraining == pytest.approx(10.1)
    assert found.other_time_to_threshold.epoch == 5
    assert found.other_time_to_threshold.seconds_with_pretraining == pytest.approx(0.5)
    assert json.loads(json.dumps(found.to_dict()))["other_time_to_threshold"]["epoch"] == 5


def test_band():
    low, high = GOOD.band()
    # Two draws: t with one degree of freedom is 12.706 at 95%; the standard error at epoch 1 is 0.05.
    assert low[0] == high[0] == 0.5
    assert low[1] == pytest.approx(0.75 - 12.7062 * 0.1 / sqrt(2) / sqrt(2), abs=1e-4)
    assert high[1] == 1.0
    single = curve([0.5, 0.7, 0.8, 0.8])
    np.testing.assert_array_equal(single.band()[0], single.mean)


def test_to_dict_is_json():
    assert json.loads(json.dumps(GOOD.to_dict()))["accuracy"] == pytest.approx([0.5, 0.75, 0.8, 0.85])


@pytest.mark.parametrize(
    ("epochs", "seconds", "accuracy"),
    [
        ((0, 1), (0.0,), [[0.5, 0.5]]),
        ((0, 1), (0.0, 1.0), [[0.5]]),
        ((1, 1), (0.0, 1.0), [[0.5, 0.5]]),
        ((), (), [[]]),
    ],
)
def test_arrays_that_disagree_are_refused(epochs, seconds, accuracy):
    with pytest.raises(ConfigError, match="training curve"):
        TrainingCurve(np.array(epochs), np.array(seconds), np.array(accuracy))


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


@pytest.mark.slow
def test_intervals_cover_the_difference_of_noisy_draws():
    random = np.random.default_rng(0)
    hits = 0
    for _ in range(100):
        shared = random.normal(0, 0.03, (2, 20))
        mine = 0.7 + shared + random.normal(0, 0.02, (2, 20))
        other = 0.6 + shared + random.normal(0, 0.02, (2, 20))
        found = label_measures([8, 16], [mine.tolist(), other.tolist()], chance=0.5)
        hits += found.jump_start.low <= 0.1 <= found.jump_start.high
    assert 85 <= hits <= 99  # bootstrap of 20 draws: a little below 95 %
