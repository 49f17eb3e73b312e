"""The results page must not hide where ours is behind, nor call chance a difference."""

from typing import Any

import pytest

from benchmarks.results_rows import (
    BEFORE,
    OURS,
    RIVALS,
    best_rival,
    by_labels,
    gain_rows,
    published_rows,
    set_rows,
    summary_rows,
)

BASE = [0.70, 0.72, 0.74, 0.76]


def record(system: str, *, ahead: float, n_labels: int = 8, noise: float = 0.0) -> dict[str, Any]:
    """Return a result that is ahead of ours by so many points, up and down by `noise` from draw to draw."""
    scores = [base + (ahead + noise * (-1) ** draw) / 100 for draw, base in enumerate(BASE)]
    return {
        "kind": "result",
        "system": system,
        "n_labels": n_labels,
        "draws": len(BASE),
        "accuracies": scores,
        "macro_f1s": [score - 0.1 for score in scores],
    }


def cell_of(rival: dict[str, Any]) -> str:
    """Return the cell of the first rival in the table by accuracy."""
    rows = list(set_rows([record(OURS, ahead=0), rival]))
    return rows[3].split(" | ")[1].removesuffix(" |")


def test_a_rival_that_is_surely_ahead_is_bold() -> None:
    assert cell_of(record(RIVALS[0], ahead=2, noise=0.1)) == "**75.0 (+2.0 ± 0.1)**"


def test_what_may_be_chance_is_said_to_be_unsure() -> None:
    assert cell_of(record(RIVALS[0], ahead=1, noise=3)) == "**74.0 (+1.0 ± 1.7, unsure)**"


@pytest.mark.parametrize(("ahead", "cell"), [(0.2, "73.2 (+0.2)"), (-5, "68.0 (-5.0)")])
def test_what_is_tolerated_is_not_bold(ahead: float, cell: str) -> None:
    assert cell_of(record(RIVALS[0], ahead=ahead)) == cell


def test_the_best_rival_counts_not_the_first() -> None:
    results = by_labels([record(OURS, ahead=0), record(RIVALS[0], ahead=-3), record(RIVALS[1], ahead=1)])
    rival = best_rival(results[8], "accuracy")
    assert rival is not None
    assert rival["system"] == RIVALS[1]


def test_the_summary_counts_every_set_and_number_of_labels() -> None:
    sets = {
        "one": [record(OURS, ahead=0), record(RIVALS[0], ahead=-1, noise=0.1)],
        "two": [
            record(OURS, ahead=0),
            record(RIVALS[0], ahead=0.2, noise=0.1),
            record(OURS, ahead=0, n_labels=16),
            record(RIVALS[3], ahead=2, noise=0.1, n_labels=16),
        ],
    }
    lines = list(summary_rows(sets))
    assert lines[0] == (
        "By accuracy, over 3 pairs of set and number of labels: ahead of every rival in 1, "
        "behind the best one by at most 0.3 points in 1, by more in 1 (surely in 1)."
    )
    assert "| two | accuracy | -0.2 | **-2.0 ± 0.1 (gensim means)** |" in lines


def test_draws_are_paired_as_far_as_both_have_them() -> None:
    fewer = record(RIVALS[0], ahead=2, noise=0.1)
    fewer["accuracies"] = fewer["accuracies"][:2]
    assert cell_of(fewer) == "**73.0 (+2.0 ± 0.1)**"


def test_the_gain_is_over_the_draws_that_both_builds_have() -> None:
    fewer = record(OURS, ahead=1)
    fewer |= {"draws": 2, "accuracies": fewer["accuracies"][:2], "macro_f1s": fewer["macro_f1s"][:2]}
    rows = list(gain_rows({"one": [fewer, record(BEFORE, ahead=0)]}))
    assert rows[2] == "| one | 71.0 | 72.0 | +1.0 | 61.0 | 62.0 | +1.0 |"


@pytest.mark.parametrize(
    ("tested_on", "words"), [("official test",) * 2, ("development", "development texts")]
)
def test_published_figures_stand_beside_ours_with_the_texts_they_were_tested_on(
    tested_on: str, words: str
) -> None:
    protocol = {"kind": "protocol", "name": "p", "set": "one", "n_labels": 8, "title": "One"}
    records = [{"kind": "setting", "tested_on": tested_on}, record(OURS, ahead=0)]
    rows = list(published_rows({"one": records, "published": [protocol]}))
    assert f"| **textransfer** | 73.0 | here, {words}, 4 draws |" in rows
