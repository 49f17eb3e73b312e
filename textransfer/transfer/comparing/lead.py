"""Which arm is surely ahead of the one that is saved by default, where several could be."""

from collections.abc import Mapping

from textransfer.sentiment.combined import FEWEST_LABELS
from textransfer.transfer.comparing.fits import ArmPredictions
from textransfer.transfer.comparing.judge import Judge
from textransfer.transfer.comparing.results import PRETRAINED, SAVED_NAMES, SEEDED, WITH_WORDS
from textransfer.transfer.statistics.lead import Lead, level_for, measure_for


def lead_of(judge: Judge, arms: Mapping[str, ArmPredictions], n_labels: int) -> Lead:
    """Look for an arm that is surely ahead; of several take the one that is furthest ahead.

    `n_labels` are the texts that an arm trained on. An arm is surely ahead if the interval of its paired
    difference to the default arm lies above zero at the level of `level_for`, so that where no arm is
    better, one is taken for it in at most a fortieth of all comparisons, however many there are. Where
    macro-F1 decides, it must also gain more of it than it loses of accuracy: class weights often trade one
    for the other.
    """
    default = SEEDED if SEEDED in arms else PRETRAINED
    candidates = [name for name in SAVED_NAMES if name in arms and name != default]
    if n_labels < FEWEST_LABELS and WITH_WORDS in candidates:
        candidates.remove(WITH_WORDS)  # with so few labels it is the arm over vectors alone
    measure = measure_for(judge.task.codes.tolist())
    level = level_for(len(candidates))
    accuracies = {name: judge.difference(arms[name], arms[default], level) for name in candidates}
    differences = accuracies
    if measure == "macro-F1":
        differences = {
            name: judge.macro_f1_difference(arms[name], arms[default], level) for name in candidates
        }
    ahead = [
        name
        for name, difference in differences.items()
        if difference.low > 0 and difference.estimate + accuracies[name].estimate > 0
    ]
    best = max(ahead, key=lambda name: differences[name].estimate, default=None)
    if best is None:
        return Lead(default, tuple(candidates), measure, None, None, None)
    return Lead(default, tuple(candidates), measure, best, differences[best], accuracies[best])
