import json
from math import sqrt

import numpy as np
import pytest

from textransfer.transfer.statistics.curves import TrainingCurve
from textransfer.transfer.statistics.measures import (
    label_measures,
    time_to_threshold,
    transfer_measures,
)


def curve(*draws, epochs=(1, 2, 5), seconds=(0.1, 0.2, 0.5)):
    return TrainingCurve(np.array(epochs), np.array(seconds), np.array(draws))


GOOD = curve([0.7, 0.8, 0.8], [0.8, 0.8, 0.9])
POOR = curve([0.5, 0.6, 0.7], [0.5, 0.6, 0.8])


def test_time_to_threshold_is_the_first_recorded_epoch():
    measures = time_to_threshold(GOOD, 0.75, 60.0)
    assert (measures.epoch, measures.seconds, measures.seconds_with_pretraining) == (1, 0.1, 60.1)
    assert time_to_threshold(GOOD, 0.75, None).seconds_with_pretraining is None


def test_a_threshold_met_exactly_is_reached():
    assert time_to_threshold(GOOD, GOOD.mean[-1], None).epoch == 5
    assert time_to_threshold(curve([0.3], epochs=(1,), seconds=(1,)), 0.1 + 0.2, None).epoch == 1


def test_a_threshold_never_reached():
    measures = time_to_threshold(POOR, 0.76, 60.0)
    assert (measures.epoch, measures.seconds, measures.seconds_with_pretraining) == (None, None, None)


def test_transfer_ratio_by_hand():
    # Areas over epochs 1..5: good 0.775 + 2.475 = 3.25, poor 0.55 + 2.025 = 2.575.
    assert transfer_measures(GOOD, POOR).transfer_ratio == pytest.approx(3.25 / 2.575 - 1)
    assert transfer_measures(GOOD, POOR, chance=0.5).transfer_ratio == pytest.approx(1.25 / 0.575 - 1)
    assert transfer_measures(POOR, POOR).transfer_ratio == 0.0


def test_transfer_ratio_without_an_area():
    assert transfer_measures(GOOD, POOR, chance=0.9).transfer_ratio is None
    short = curve([0.5], epochs=(1,), seconds=(1,))
    assert transfer_measures(short, short).transfer_ratio is None


def test_all_measures_together():
    measures = transfer_measures(GOOD, POOR, pretraining_seconds=10.0)
    assert (measures.start_epoch, measures.jump_start) == (1, pytest.approx(0.25))
    assert (measures.asymptote, measures.other_asymptote) == (pytest.approx(0.85), pytest.approx(0.75))
    assert measures.threshold == pytest.approx(0.75)
    assert measures.time_to_threshold.epoch == 1
    assert measures.time_to_threshold.seconds_with_pretraining == pytest.approx(10.1)
    assert measures.other_time_to_threshold.epoch == 5
    assert measures.other_time_to_threshold.seconds_with_pretraining == pytest.approx(0.5)
    assert json.loads(json.dumps(measures.to_dict()))["other_time_to_threshold"]["epoch"] == 5


def test_band():
    low, high = GOOD.band()
    # Two draws: t with one degree of freedom is 12.706 at 95%; the standard error at epoch 1 is 0.05.
    assert low[1] == high[1] == 0.8
    assert low[0] == pytest.approx(0.75 - 12.7062 * 0.1 / sqrt(2) / sqrt(2), abs=1e-4)
    assert high[0] == 1.0
    single = curve([0.7, 0.8, 0.8])
    np.testing.assert_array_equal(single.band()[0], single.mean)


def test_to_dict_is_json():
    assert json.loads(json.dumps(GOOD.to_dict()))["accuracy"] == pytest.approx([0.75, 0.8, 0.85])


def test_measures_of_curves_that_can_be_reckoned_by_hand():
    mine, other = [[0.7, 0.7], [0.8, 0.8], [0.9, 0.9]], [[0.5, 0.5], [0.6, 0.6], [0.75, 0.75]]
    measures = label_measures([8, 16, 32], [mine, other], chance=0.5)
    assert measures.threshold == 0.75
    assert measures.labels_to_threshold.estimate == pytest.approx(8 * 2**0.5)  # half way from 8 to 16
    assert measures.saved_share == pytest.approx(1 - 8 * 2**0.5 / 32)
    areas = (0.25 + 0.35, 0.05 + 0.175)
    assert measures.transfer_ratio.estimate == pytest.approx((areas[0] - areas[1]) / areas[1])
    assert measures.transfer_ratio.width == pytest.approx(0)  # no draw differs
    rising = label_measures([8, 16, 32], [mine, other], chance=[0.4, 0.5, 0.5])
    areas = ((0.3 + 0.3) / 2 + 0.35, (0.1 + 0.1) / 2 + 0.175)
    assert rising.transfer_ratio.estimate == pytest.approx((areas[0] - areas[1]) / areas[1])


def test_a_threshold_out_of_reach_is_none():
    measures = label_measures([8, 16], [[[0.5], [0.6]], [[0.5], [0.7]]], chance=0.5)
    assert measures.labels_to_threshold is None
    assert measures.saved_share is None


@pytest.mark.slow
def test_intervals_cover_the_ratio_of_noisy_draws():
    random = np.random.default_rng(0)
    hits = 0
    for _ in range(100):
        shared = random.normal(0, 0.03, (2, 20))
        mine = 0.7 + shared + random.normal(0, 0.02, (2, 20))
        other = 0.6 + shared + random.normal(0, 0.02, (2, 20))
        measures = label_measures([8, 16], [mine.tolist(), other.tolist()], chance=0.5)
        hits += measures.transfer_ratio.low <= 1.0 <= measures.transfer_ratio.high
    assert 85 <= hits <= 99  # bootstrap of 20 draws: a little below 95 %
