"""Text is read as text and binary as binary, in the spellings that other programs have."""

from pathlib import Path

import pytest

from textransfer import WordVectors
from textransfer.errors import FormatError


def load(tmp_path: Path, content: bytes) -> WordVectors:
    (tmp_path / "x").write_bytes(content)
    return WordVectors.load(tmp_path / "x")


@pytest.mark.parametrize(
    "content",
    [
        b"3 2\na\t1\t2\nb\t3\t4\nc\t5\t6\n",
        b"3 2\na  1  2\nb 3 4\nc 5 6\n",
        b"3 2\r\na 1 2 \r\nb 3 4\t\r\nc 5 6\r\n\r\n \r\n",
        b"\xef\xbb\xbf3\t2\na 1 2\nb 3 4\nc 5 6\n",
        b"  a 1 2\n  b 3 4\n  c 5 6\n",
        b"a\t1e0\t+2.\nb\t30e-1\t4\nc\t5\t.6E1\n",
        b"\xef\xbb\xbfa 1 2\r\nb 3 4\r\nc 5 6\r\n",
    ],
)
def test_spaces_tabs_and_line_ends(tmp_path: Path, content: bytes) -> None:
    vectors = load(tmp_path, content)
    assert vectors.words == ["a", "b", "c"]
    assert vectors.matrix.tolist() == [[1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"5 1 2 3\n6 4 5 6\n", ["5", "6"]),
        (b"nan 1 2 3\ninf 4 5 6\n", ["nan", "inf"]),
        (b"# 1 2 3\n</s> 4 5 6\n", ["#", "</s>"]),
        ("a\u00a0b 1 2 3\n\u3000c\u3000 4 5 6\n".encode(), ["a\u00a0b", "\u3000c\u3000"]),
    ],
)
@pytest.mark.parametrize("header", [b"", b"2 3\n"])
def test_words_that_look_like_something_else(
    tmp_path: Path, content: bytes, words: list[str], header: bytes
) -> None:
    vectors = load(tmp_path, header + content)
    assert vectors.words == words
    assert vectors.matrix.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("first", [b"at name@example.com 1 2 3\n", b"to infinity 1 2 3\n", b". . . 1 2 3\n"])
def test_the_dimensions_are_those_of_most_rows(tmp_path: Path, first: bytes) -> None:
    for content in (first + b"b 3 4 5\n", b"b 3 4 5\n" + first):
        with pytest.warns(match="1 of 2 rows left out: 1 .* whose word holds a space"):
            vectors = load(tmp_path, content)
        assert (vectors.words, vectors.matrix.tolist()) == (["b"], [[3, 4, 5]])


def test_a_row_without_a_word_is_no_first_line(tmp_path: Path) -> None:
    with pytest.warns(match="1 without a word"):
        assert load(tmp_path, b" 2 3\na 1 2\nb 3 4\n").words == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"3 2\na 1,5 2,5\nb 3,0 4,0\nc 5,0 6,0\n", "line 2: .*decimal commas"),
        (b"3 2\ncaf\xe9 1,5 2,5\nb 3,0 4,0\nc 5,0 6,0\n", "line 2: .*decimal commas"),
        (b"a 1,5 2,5\nb 3,0 4,0\n", "decimal commas"),
        (b"3 2\na 0x1 0x2\nb 0x3 0x4\nc 0x5 0x6\n", "line 2"),
        (b"3 2\na 1_0 2\nb 3 4\nc 5 6\n", "line 2"),
        (b"2 3\na 1 2\nb 3 4\n", "2 words of 3 numbers, but its rows hold 2: 'a 1 2'"),
        (b"2 1\na 1 2\nb 3 4\n", "2 words of 1 numbers, but its rows hold 2"),
        (b"4 2\na 1 2\nb 3 4\nc 5 6\n", "4 words, but ends after 3"),
        (b"2 2\na 1 2\nb 3 4\nc 5 6\n", "2 words, but more follow"),
        (b"3 2\na 1 2\nb 3\nc 5 6\n", r"line 3: .*\(1 numbers at its end\)"),
        (b"a 1 2 3\nb 3 4\nc 5 6 7\n", "line 2"),
        (b"3 2\n", "ends after 0"),
        (b"999999999999999 2\na 1 2\n", "ends after 1"),
        ("3 2\na 1 2\n".encode("utf-16"), "UTF-16"),
        (b"".join(b"w%d 1 2 3\n" % i for i in range(300)) + b"v 1 2 3 4\nw 1 2 3 4\n" * 4, "line 301"),
    ],
)
def test_what_is_damaged_is_refused_as_what_it_is(tmp_path: Path, content: bytes, complaint: str) -> None:
    with pytest.raises(FormatError, match=complaint) as error:
        load(tmp_path, content)
    assert "\n" not in str(error.value)


def test_what_gensim_pickled_is_not_opened_but_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"KeyedVectors\.load\(FILE\)\.save_word2vec_format"):
        load(tmp_path, b"\x80\x04\x95\x00\x00")
