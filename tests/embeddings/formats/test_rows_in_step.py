"""Rows of binary that are out of step are refused, wherever the step was lost; those in step are read."""

from pathlib import Path

import numpy as np
import pytest

from textransfer import WordVectors
from textransfer.errors import FormatError

N_WORDS = 20
PHRASES = ["new york", "a b", "new abc", "trail ", " lead", "x  y", "new york city", "NEW YORK", "京 都"]
NUMBERS = {
    "normal": lambda draws, shape: draws.normal(size=shape) * 0.3,
    "as word2vec starts": lambda draws, shape: (draws.random(shape) - 0.5) / shape[1],
    "whole": lambda draws, shape: draws.integers(-9, 9, shape),
}


def write(
    path: Path,
    words: list[str],
    matrix: np.ndarray,
    *,
    ending: bytes = b"",
    header: str = "",
    kind: str = "<f4",
) -> None:
    rows = [
        word.encode() + b" " + vector.astype(kind).tobytes() + ending
        for word, vector in zip(words, matrix, strict=True)
    ]
    path.write_bytes((header or f"{len(words)} {matrix.shape[1]}").encode() + b"\n" + b"".join(rows))


@pytest.mark.parametrize("ending", [b"", b"\n"], ids=["run together", "with line breaks"])
@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize("size", [2, 10, 50, 300])
def test_a_word_with_a_space_anywhere_is_named(
    tmp_path: Path, size: int, numbers: str, ending: bytes
) -> None:
    for seed, phrase in enumerate(PHRASES * 3):
        draws = np.random.default_rng(seed)
        matrix = NUMBERS[numbers](draws, (N_WORDS, size))
        words = [f"w{i}" for i in range(N_WORDS)]
        words[(0, 7, N_WORDS - 1)[seed // len(PHRASES)]] = phrase
        write(tmp_path / "x", words, matrix, ending=ending)
        with pytest.raises(FormatError, match="out of step, since a word before them holds a space") as error:
            WordVectors.load(tmp_path / "x")
        assert repr(phrase) in str(error.value)
        clean = [word.replace(" ", "_") for word in words]
        write(tmp_path / "x", clean, matrix, ending=ending)
        assert WordVectors.load(tmp_path / "x").words == clean


@pytest.mark.parametrize("ending", [b"", b"\n"], ids=["run together", "with line breaks"])
def test_several_words_with_spaces(tmp_path: Path, ending: bytes) -> None:
    words = [f"w{i}" for i in range(N_WORDS)]
    words[3:6] = ["new york", "los angeles", "san francisco"]
    write(tmp_path / "x", words, np.random.default_rng(0).normal(size=(N_WORDS, 50)), ending=ending)
    with pytest.raises(FormatError, match="word 3, 'new york'"):
        WordVectors.load(tmp_path / "x")


@pytest.mark.parametrize(
    ("header", "kind", "complaint"),
    [
        ("20 49", "<f4", "out of step"),
        ("20 51", "<f4", "out of step"),
        ("20 25", "<f4", "out of step"),
        ("20 50", "<f2", "out of step"),
        ("20 50", "<f8", "out of step"),
        ("20 50", ">f4", "big-endian"),
        ("21 50", "<f4", "21 words, but ends after 20"),
        ("19 50", "<f4", "19 words, but more follow"),
        ("999999999999 50", "<f4", "ends after 20"),
        ("20 999999", "<f4", "ends after 0"),
        ("20 999999999", "<f4", "at most 1,000,000"),
    ],
)
@pytest.mark.parametrize("ending", [b"", b"\n"], ids=["run together", "with line breaks"])
def test_rows_that_the_first_line_does_not_describe(
    tmp_path: Path, header: str, kind: str, complaint: str, ending: bytes
) -> None:
    words = [f"w{i}" for i in range(N_WORDS)]
    matrix = np.random.default_rng(0).normal(size=(N_WORDS, 50))
    write(tmp_path / "x", words, matrix, header=header, kind=kind, ending=ending)
    with pytest.raises(FormatError, match=complaint):
        WordVectors.load(tmp_path / "x")


def test_odd_numbers_in_step_are_no_fault(tmp_path: Path) -> None:
    matrix = np.random.default_rng(0).normal(size=(N_WORDS, 8)).astype(np.float32)
    matrix[3] = [1e-45, 3.4e38, 0, -0.0, 1e30, -1e-30, 1, 2]
    words = [f"w{i}" for i in range(N_WORDS)]
    write(tmp_path / "x", words, matrix)
    assert WordVectors.load(tmp_path / "x").matrix.tobytes() == matrix.tobytes()
