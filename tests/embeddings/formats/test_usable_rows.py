"""One odd row costs itself, not the file."""

from pathlib import Path

import numpy as np
import pytest

from textransfer import WordVectors
from textransfer.errors import FormatError, TextransferWarning

ODD = {
    "1 without a word": (b"", b"1 2 3"),
    "1 ('caf\\\\xe9') whose word is no UTF-8": (b"caf\xe9", b"1 2 3"),
    "1 ('new york') whose word holds a space": (b"new york", b"1 2 3"),
    "1 ('route 66') whose word holds a space": (b"route 66", b"1 2 3"),
    "1 ('the') whose word stands there before": (b"the", b"9 9 9"),
    "1 ('x') with numbers that are not finite": (b"x", b"1 nan 3"),
    "1 ('y') with numbers that are not finite": (b"y", b"inf -inf 1e50"),
}
KEPT = [("the", [1, 2, 3]), ("cat", [4, 5, 6]), ("dog", [7, 8, 9])]


def rows(odd: list[tuple[bytes, bytes]], place: int, *, binary: bool) -> bytes:
    lines = [(word.encode(), " ".join(map(str, numbers)).encode()) for word, numbers in KEPT]
    lines[place:place] = odd
    header = b"%d 3\n" % len(lines)
    if not binary:
        return header + b"".join(word + b" " + numbers + b"\n" for word, numbers in lines)
    with np.errstate(over="ignore"):
        return header + b"".join(
            word + b" " + np.array(numbers.split(), dtype=np.float64).astype("<f4").tobytes()
            for word, numbers in lines
        )


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("reason", ODD)
@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_an_odd_row_is_left_out_and_counted(tmp_path: Path, reason: str, place: int, binary: bool) -> None:
    if binary and b" " in ODD[reason][0]:
        return  # see test_rows_in_step.py
    (tmp_path / "x").write_bytes(rows([ODD[reason]], place, binary=binary))
    with pytest.warns(TextransferWarning) as caught:
        vectors = WordVectors.load(tmp_path / "x")
    assert [str(warning.message) for warning in caught] == [
        f"{tmp_path / 'x'}: 1 of 4 rows left out: {reason}"
    ]
    assert vectors.words == [word for word, _ in KEPT]
    assert vectors.matrix.tolist() == [numbers for _, numbers in KEPT]


def test_several_reasons_make_one_warning(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(rows([*ODD.values(), (b"the", b"0 0 0")], 3, binary=False))
    with pytest.warns(TextransferWarning, match=r"8 of 11 rows left out: .* 2 \('the', \.\.\.\)") as caught:
        assert len(WordVectors.load(tmp_path / "x")) == 3
    assert len(caught) == 1


def test_a_file_of_odd_rows_alone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"2 2\na nan nan\nb nan nan\n")
    with pytest.raises(FormatError, match="no row that can be used"):
        WordVectors.load(tmp_path / "x")
