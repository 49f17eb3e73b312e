from math import log, sqrt

import pytest

from textransfer.transfer.fitness.unknown_words import unknown_words


def test_words_of_one_class_come_first_and_single_texts_are_left_out():
    texts = [
        ["fine", "new"],
        ["fine", "both"],
        ["fine", "fine"],
        ["poor", "both"],
        ["new", "once"],
        ["known"],
    ]
    labels = ["pos", "pos", "pos", "neg", "neg", "neg"]
    ranked = unknown_words(texts, labels, {"known", "poor"})
    assert [entry.word for entry in ranked] == ["fine", "both", "new"]
    fine = ranked[0]
    assert (fine.n_texts, fine.by_class, fine.leaning) == (3, {"neg": 0, "pos": 3}, "pos")
    # 3 of 3 against 0 of 3, half a text added to each cell
    assert fine.log_odds == pytest.approx(2 * log(3.5 / 0.5))
    assert fine.score == pytest.approx(fine.log_odds / sqrt(2 / 3.5 + 2 / 0.5))
    assert ranked[1].log_odds == 0


def test_classes_are_weighed_by_their_size_and_the_list_ends():
    texts = [["odd"]] * 2 + [["odd"]] * 3 + [["x"]] * 17
    labels = ["few"] * 2 + ["many"] * 20
    assert unknown_words(texts, labels, {"x"})[0].leaning == "few"
    many = [[f"w{i}" for i in range(30)]] * 4
    assert len(unknown_words(many, ["a", "b"] * 2, set())) == 10
