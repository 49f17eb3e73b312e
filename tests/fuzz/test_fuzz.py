"""Changed files of every kind are read, or refused by our own errors; `benchmarks/fuzz.py` runs longer."""

import random
import shutil
from pathlib import Path

import pytest
from fuzz.targets import GOLDEN, changed, outcome_of, seeds
from hypothesis import given, settings
from hypothesis import strategies as st

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import FormatError

N_CASES = 40


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    for kind in ("embeddings", "classifier", "combined"):
        shutil.copytree(GOLDEN / kind, folder / kind)
    return folder


def test_changed_files_are_read_or_refused(place: Path) -> None:
    for number, (target, (content, name, read)) in enumerate(seeds(place).items()):
        assert outcome_of(content, name, read, place) == "accepted", target
        draws = random.Random(number)
        outcomes = {outcome_of(changed(content, draws), name, read, place) for _ in range(N_CASES)}
        assert "refused" in outcomes, target
        (place / name).write_bytes(content)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    content=st.binary(max_size=200),
    ending=st.sampled_from(["txt", "csv", "tsv", "jsonl", "csv.gz", "vec.zst", "bin", "npz"]),
)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    targets = seeds(tmp_path_factory.mktemp("bytes"))
    kind = "word2vec text" if ending in ("vec.zst", "bin", "npz") else "txt"
    folder = tmp_path_factory.getbasetemp()
    assert outcome_of(content, f"x.{ending}", targets[kind][2], folder) in ("refused", "accepted")


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parent / "regressions").iterdir()), ids=lambda path: path.name
)
def test_what_once_ended_in_a_traceback_is_refused(path: Path) -> None:
    with pytest.raises(FormatError):
        WordVectors.load(path)
