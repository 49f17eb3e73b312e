"""Random inputs of every kind are taken, or refused by our own errors; `benchmarks/fuzz.py` runs longer."""

import random
from collections import Counter
from pathlib import Path

import pytest
from fuzz.target import Target, outcome_of
from fuzz.targets import REGRESSIONS, all_targets
from hypothesis import given, settings
from hypothesis import strategies as st

from textransfer.embeddings.vectors import WordVectors
from textransfer.text.reading.corpus import Corpus

N_CASES = {"command line": 3, "connections": 30, "tokenizers": 25, "requests": 150, "settings": 40}
"""For each target of a group; elsewhere 8."""


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> list[Target]:
    return [*all_targets(tmp_path_factory.mktemp("fuzz"))]


GROUPS = [
    "texts and tables",
    "word vectors",
    "saved folders",
    "encoders",
    "settings",
    "tokenizers",
    "requests",
    "connections",
]


@pytest.mark.parametrize("group", [*GROUPS, "command line"])
def test_random_inputs_are_taken_or_refused(targets: list[Target], group: str) -> None:
    outcomes: Counter[str] = Counter()
    for target in targets:
        if target.group == group:
            assert target.run(target.sound) == "accepted", target.name
            for number in range(N_CASES.get(group, 8)):
                case = target.case(random.Random(f"{number} {target.name}"))
                outcomes[target.run(case)] += 1
    assert group == "tokenizers" or outcomes["refused"] > 0


def test_every_target_has_its_own_name(targets: list[Target]) -> None:
    assert len({target.slug for target in targets}) == len(targets)
    assert {target.group for target in targets} == {*GROUPS, "command line"}


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    content=st.binary(max_size=200),
    ending=st.sampled_from(["txt", "csv", "tsv", "jsonl", "csv.gz", "vec.zst", "bin", "npz"]),
)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"x.{ending}"
    path.write_bytes(content)
    read = WordVectors.load if ending in ("vec.zst", "bin", "npz") else lambda path: list(Corpus(path))
    assert outcome_of(lambda: read(path)) in ("refused", "accepted")


@pytest.mark.parametrize("path", sorted(REGRESSIONS.iterdir()), ids=lambda path: path.name)
def test_what_once_ended_in_a_traceback_no_longer_does(targets: list[Target], path: Path) -> None:
    (target,) = [target for target in targets if target.slug == path.name.partition(".")[0]]
    assert target.run(path.read_bytes()) in ("refused", "accepted")
