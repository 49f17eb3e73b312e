"""One odd row costs itself, not the file."""

import warnings
from pathlib import Path

import numpy as np
import pyarrow as arrow
import pytest
from pyarrow.parquet import write_table

from textransfer import WordVectors
from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats import array_files, fasttext, parquet, projector
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


SAVERS = {
    "npz": array_files.save_npz,
    "safetensors": array_files.save_safetensors,
    "parquet": parquet.save,
    "projector": projector.save,
    "fasttext": fasttext.save,
}


@pytest.mark.parametrize("name", SAVERS)
def test_a_word_has_the_count_of_its_own_row(tmp_path: Path, name: str) -> None:
    matrix = np.array([[1, 2], [np.nan, 4], [5, 6], [7, 8], [9, 1]], np.float32)
    contents = Contents(["a", "good", "b", "good", "c"], matrix, counts=np.array([90, 5, 80, 70, 3]))
    SAVERS[name](contents, tmp_path / "x")
    with pytest.warns(TextransferWarning, match=r"1 \('good'\) with numbers that are not finite"):
        vectors = WordVectors.load(tmp_path / "x")
    assert vectors.words == ["a", "b", "good", "c"]
    assert vectors.counts is not None
    assert vectors.counts.tolist() == [90, 80, 70, 3]
    assert vectors["good"].tolist() == [7, 8]


@pytest.mark.parametrize("ending", ["npz", "parquet"])
def test_numbers_beyond_float32_are_told_once(tmp_path: Path, ending: str) -> None:
    matrix = np.array([[1, 2], [3, 1e300]])
    if ending == "npz":
        np.savez(tmp_path / "x.npz", words=np.array(["a", "b"]), vectors=matrix)
    else:
        table = arrow.table({"word": ["a", "b"], "vector": matrix.tolist()})
        write_table(table, tmp_path / "x.parquet")
    with pytest.warns(TextransferWarning, match="not finite") as caught:
        assert WordVectors.load(tmp_path / f"x.{ending}").words == ["a"]
    assert len(caught) == 1


@pytest.mark.parametrize("counts", [[1.5, 2.0], [1, None], ["1", "2"]])
def test_counts_in_parquet_are_whole_numbers(tmp_path: Path, counts: list[object]) -> None:
    table = arrow.table({"word": ["a", "b"], "vector": [[1.0, 2.0], [3.0, 4.0]], "count": counts})
    write_table(table, tmp_path / "x")
    with pytest.raises(FormatError, match="a whole number a word"):
        WordVectors.load(tmp_path / "x")


def test_counts_beyond_64_bits_are_refused(tmp_path: Path) -> None:
    projector.save(Contents(["a"], np.ones((1, 2), np.float32), counts=np.array([7])), tmp_path / "x")
    metadata = tmp_path / "x" / projector.METADATA
    metadata.write_bytes(metadata.read_bytes().replace(b"\t7\n", b"\t" + b"9" * 30 + b"\n"))
    with pytest.raises(FormatError, match="cannot be read as a folder of the projector"):
        WordVectors.load(tmp_path / "x")


@pytest.mark.parametrize("number", [np.nan, np.inf, 3.4e38])
def test_a_binary_file_of_one_odd_number_is_told_for_what_it_is(tmp_path: Path, number: float) -> None:
    row = np.full(4, number, "<f4").tobytes()
    (tmp_path / "x").write_bytes(b"2 4\n" + b"".join(word + b" " + row + b"\n" for word in (b"a", b"b")))
    if number == 3.4e38:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert WordVectors.load(tmp_path / "x").words == ["a", "b"]
    else:
        with pytest.raises(FormatError, match="2 .* with numbers that are not finite"):
            WordVectors.load(tmp_path / "x")
