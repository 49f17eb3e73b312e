"""Which arm is surely ahead of the one that is saved by default, where several could be."""

from collections.abc import Mapping, Sequence

from textransfer.transfer.comparing.fits import ArmPredictions
from textransfer.transfer.comparing.judge import Judge
from textransfer.transfer.comparing.results import PRETRAINED, SAVED_NAMES, SEEDED
from textransfer.transfer.statistics.intervals import Interval
from textransfer.transfer.statistics.lead import Lead, Measure, level_for, measures_for


def lead_of(judge: Judge, arms: Mapping[str, ArmPredictions], further: Sequence[str] = ()) -> Lead:
    """Look for an arm that is surely ahead; of several take the one that is furthest ahead.

    `further` are the names of arms of further sources. An arm is surely ahead if the interval of its paired
    difference to the default arm lies above zero at the level of `level_for`, so that where no arm is better,
    one is taken for it in at most a fortieth of all comparisons, however many there are. Where macro-F1
    counts too, it has to be so in one of the two measures, and what it loses in the other has to be less:
    class weights often trade more accuracy for less macro-F1.
    """
    default = SEEDED if SEEDED in arms else PRETRAINED
    candidates = [name for name in (*SAVED_NAMES, *further) if name in arms and name != default]
    measures = measures_for(judge.task.codes.tolist())
    level = level_for(len(candidates) * len(measures))
    ways = {"accuracy": judge.difference, "macro-F1": judge.macro_f1_difference}
    differences: dict[str, dict[Measure, Interval]] = {
        name: {measure: ways[measure](arms[name], arms[default], level) for measure in measures}
        for name in candidates
    }
    gains = {name: sum(part.estimate for part in parts.values()) for name, parts in differences.items()}
    ahead = [
        name
        for name, parts in differences.items()
        if gains[name] > 0 and any(part.low > 0 for part in parts.values())
    ]
    best = max(ahead, key=lambda name: gains[name], default=None)
    if best is None:
        return Lead(default, tuple(candidates), measures)
    surely = next(measure for measure, part in differences[best].items() if part.low > 0)
    return Lead(default, tuple(candidates), measures, best, surely, differences[best])
