"""What a comparison says of further arms: against the pretrained one, and of both together."""

from collections.abc import Iterable, Mapping

from textransfer.transfer.comparing.encoded import EncodedTask
from textransfer.transfer.comparing.fits import ArmPredictions
from textransfer.transfer.comparing.judge import Judge
from textransfer.transfer.comparing.results import PRETRAINED
from textransfer.transfer.statistics.further import FurtherArm
from textransfer.transfer.statistics.lead import level_for


def joined_name(name: str) -> str:
    """Return the name of the arm that is the pretrained one and a further one together."""
    return f"{PRETRAINED} + {name}"


def further_names(names: Iterable[str]) -> list[str]:
    """Return the names of all arms that further sources make."""
    return [arm for name in names for arm in (name, joined_name(name))]


def further_of(
    judge: Judge,
    arms: Mapping[str, ArmPredictions],
    encoded: Mapping[str, EncodedTask],
    pretrained_seconds: float | None,
) -> tuple[FurtherArm, ...]:
    """Judge further arms; each has two intervals, at the level at which all of them hold at once.

    The better of two arms is chosen by the same texts and so looks a little better than it is: what is said
    of both together is careful.
    """
    level = level_for(2 * len(encoded))
    pretrained = arms[PRETRAINED]
    results = []
    for name, task in encoded.items():
        against = judge.difference(arms[name], pretrained, level)
        better = name if against.estimate > 0 else PRETRAINED
        results.append(
            FurtherArm(
                name=name,
                pretrained=PRETRAINED,
                joined=joined_name(name),
                kind=task.kind,
                path=task.path,
                against_pretrained=against,
                better=better,
                joined_against_better=judge.difference(arms[joined_name(name)], arms[better], level),
                n_intervals=2 * len(encoded),
                seconds_per_thousand=task.seconds_per_thousand,
                pretrained_seconds_per_thousand=pretrained_seconds,
            )
        )
    return tuple(results)
