"""Settings at random: refused together in one line, or obeyed; what is taken comes back from JSON."""

import decimal
import fractions
import json
import random
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
from fuzz.target import Target, outcome_of

from textransfer.config import Checkpoints, ClassifierConfig, Combining, PretrainConfig, TokenizerConfig
from textransfer.serving.settings import ServingConfig

NUMBERS: list[object] = [
    0,
    1,
    2,
    -1,
    3.5,
    0.5,
    1e-300,
    1e300,
    float("nan"),
    float("inf"),
    -0.0,
    2**31,
    2**63,
    2**64,
    10**400,
]
OTHERS: list[object] = [
    True,
    False,
    None,
    "",
    "1",
    "auto",
    "none",
    "sgns",
    "a\0b",
    "\ud800",
    b"1",
    1j,
    object,
    [],
    [1],
    {},
]
OTHERS += [
    {"a": 1.0},
    {"a": float("nan")},
    [("a", 1)],
    (("a", 2.0),),
    ("a",),
    {1, 2},
    decimal.Decimal(1),
    decimal.Decimal("NaN"),
]
OTHERS += [
    fractions.Fraction(1, 3),
    fractions.Fraction(10**400),
    np.int64(5),
    np.float32(0.5),
    np.float64("nan"),
    np.bool_(1),
]
OTHERS += [
    np.str_("auto"),
    np.array(3),
    np.array([3]),
    np.uint64(2**64 - 1),
    np.float16("inf"),
    np.datetime64("nat"),
    Path("x"),
]
VALUES = NUMBERS + OTHERS
CLASSES = (PretrainConfig, TokenizerConfig, ClassifierConfig, Checkpoints, Combining, ServingConfig)


def value_targets() -> Iterator[Target]:
    """Yield a target for each class of settings; an input is pairs of a field and the number of a value."""
    for kind in CLASSES:
        yield _target(kind)


def _target(kind: type) -> Target:
    names = [field.name for field in fields(kind)]
    needed = {"path": Path("x")} if kind is Checkpoints else {}

    def case(draws: random.Random) -> bytes:
        chosen = draws.sample(names, min(draws.randint(1, 3), len(names)))
        pool = len(NUMBERS) if draws.random() < 0.4 else len(VALUES)
        return json.dumps([[name, draws.randrange(pool)] for name in chosen]).encode()

    def run(content: bytes) -> str:
        values = {name: VALUES[number % len(VALUES)] for name, number in json.loads(content)}
        made: list[object] = []
        outcome = outcome_of(lambda: made.append(kind(**needed | values)))
        if made and kind is not Checkpoints:
            record = json.loads(json.dumps(made[0].to_dict(), allow_nan=False))  # type: ignore[attr-defined]
            if kind(**record) != made[0]:
                raise AssertionError(f"{made[0]} comes back from JSON as {kind(**record)}")
        return outcome

    return Target(f"settings {kind.__name__}", "settings", case, run, b"[]")
