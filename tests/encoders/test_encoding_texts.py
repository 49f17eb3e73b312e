import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from textransfer.encoders import encoding
from textransfer.encoders.cache import VARIABLE, default_cache
from textransfer.encoders.encoder import Encoder, encoder_of_function
from textransfer.encoders.encoding import encode_texts
from textransfer.errors import FormatError, TextransferWarning

TEXTS = ["a", "bb", "ccc", "bb", "", "\ud800"]


class Counting:
    """An encoder of lengths and last letters that counts what it is given."""

    def __init__(self, fingerprint: str | None = "f") -> None:
        self.seen: list[str] = []
        self.n_opened = 0
        self.encoder = Encoder("counting", self.open, "", fingerprint)

    def open(self) -> "encoding.Encode":
        self.n_opened += 1
        return self.encode

    def encode(self, texts: list[str]) -> npt.ArrayLike:
        self.seen += texts
        return [[len(text), float(ord(text[-1])) if text else 0] for text in texts]


def by_hand(texts: list[str]) -> npt.NDArray[np.float32]:
    return np.array([[len(text), ord(text[-1]) if text else 0] for text in texts], np.float32)


def test_each_text_is_encoded_once_and_stands_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "TEXTS_A_BATCH", 2)
    monkeypatch.setattr(encoding, "TEXTS_A_BLOCK", 3)
    counting, steps = Counting(), []
    encoded = encode_texts(
        counting.encoder, TEXTS, name="x", report=lambda done, total: steps.append((done, total))
    )
    np.testing.assert_array_equal(encoded.vectors, by_hand(TEXTS))
    assert sorted(counting.seen) == sorted(set(TEXTS))
    assert steps == [(2, 5), (3, 5), (5, 5)]
    assert encoded.seconds_per_thousand > 0


def test_what_was_encoded_is_kept_for_the_next_run(tmp_path: Path) -> None:
    first = Counting()
    before = encode_texts(first.encoder, TEXTS[:2], name="x", cache=tmp_path)
    second = Counting()
    after = encode_texts(second.encoder, TEXTS, name="x", cache=tmp_path)
    assert set(second.seen) == {"ccc", "", "\ud800"}
    np.testing.assert_array_equal(after.vectors, by_hand(TEXTS))
    third = Counting()
    again = encode_texts(third.encoder, TEXTS[:2], name="x", cache=tmp_path)
    assert third.n_opened == 0
    np.testing.assert_array_equal(again.vectors, before.vectors)
    assert again.seconds_per_thousand == before.seconds_per_thousand


def test_another_encoder_and_a_function_do_not_take_from_it(tmp_path: Path) -> None:
    encode_texts(Counting("f").encoder, TEXTS, name="x", cache=tmp_path)
    for fingerprint in ("g", None):
        other = Counting(fingerprint)
        encode_texts(other.encoder, TEXTS, name="x", cache=tmp_path)
        assert len(other.seen) == 5
    assert len(list(tmp_path.iterdir())) == 2  # a function has no folder


@pytest.mark.parametrize("damage", ["truncated", "foreign", "not finite"])
def test_a_damaged_file_is_as_if_it_were_not_there(tmp_path: Path, damage: str) -> None:
    encode_texts(Counting().encoder, TEXTS, name="x", cache=tmp_path)
    (path,) = tmp_path.rglob("*.safetensors")
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:-9])
    else:
        from safetensors.numpy import load_file, save_file

        arrays = load_file(path)
        arrays["vectors"] = arrays["vectors"][:2] if damage == "foreign" else arrays["vectors"] * np.nan
        save_file(arrays, path)
    again = Counting()
    with pytest.warns(TextransferWarning, match="is damaged"):
        encoded = encode_texts(again.encoder, TEXTS, name="x", cache=tmp_path)
    assert len(again.seen) == 5
    np.testing.assert_array_equal(encoded.vectors, by_hand(TEXTS))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that cannot be written")
def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.warns(TextransferWarning, match="cannot be kept"):
        encode_texts(Counting().encoder, TEXTS, name="x", cache=tmp_path)


def test_a_cache_that_is_a_file_is_done_without(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.touch()
    with pytest.warns(TextransferWarning, match="cannot be kept"):
        encoded = encode_texts(Counting().encoder, TEXTS, name="x", cache=place)
    np.testing.assert_array_equal(encoded.vectors, by_hand(TEXTS))


def test_the_cache_holds_no_text_and_is_the_owners_alone(tmp_path: Path) -> None:
    encode_texts(Counting().encoder, ["a very private text"], name="x", cache=tmp_path / "new")
    (path,) = tmp_path.rglob("*.safetensors")
    assert b"private" not in path.read_bytes()
    assert os.name == "nt" or path.parent.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.rglob(".*"))


def test_where_the_cache_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert default_cache() == tmp_path
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "textransfer" / "encoded"


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        ([[1.0, np.nan]], "not finite, to 1 of 1"),
        ([[np.inf, 1.0]], "not finite"),
        ([1.0], "shape (1,)"),
        ([[1.0], [2.0]], "shape (2, 1)"),
        (np.ones((1, 0)), "shape (1, 0)"),
        (np.ones((1, 65_537), np.float32), "shape (1, 65537)"),
        ([["a"]], "no array of numbers"),
        (None, "shape ()"),
        ([[1.0], [2.0, 3.0]], "no array of numbers"),
    ],
)
def test_what_is_no_vector_for_each_text_is_refused(vectors: object, words: str) -> None:
    with pytest.raises(FormatError) as refused:
        encode_texts(encoder_of_function(lambda texts: vectors), ["a"], name="the arm 'x'")
    assert words in str(refused.value)
    assert str(refused.value).startswith("the arm 'x' gives")


def test_vectors_of_several_sizes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "TEXTS_A_BATCH", 1)
    encoder = encoder_of_function(lambda texts: np.ones((1, len(texts[0]))))
    with pytest.raises(FormatError, match="different sizes"):
        encode_texts(encoder, ["a", "bb"], name="x")


def test_what_an_encoder_raises_is_told_in_a_line() -> None:
    def fail(texts: list[str]) -> npt.ArrayLike:
        raise ZeroDivisionError("by zero")

    with pytest.raises(FormatError, match="x cannot encode 'a': by zero"):
        encode_texts(encoder_of_function(fail), ["a"], name="x")
