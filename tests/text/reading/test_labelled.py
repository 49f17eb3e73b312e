from pathlib import Path

import pytest

from textransfer.errors import ConfigError
from textransfer.text.reading.labelled import LabelledTexts, parse_rows, read_labelled


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'id,text,label\n1,"one, more",x\n2,two,y\n'),
        ("a.tsv", "text\tlabel\none, more\tx\ntwo\ty\n"),
        ("a.jsonl", '{"text": "one, more", "label": "x"}\n{"text": "two", "label": "y"}\n'),
    ],
)
def test_labels_are_read(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    assert read_labelled(path) == LabelledTexts(["one, more", "two"], ["x", "y"], str(path))


def test_other_columns_and_encodings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Review,Stars\nWié,5\n", encoding="cp1252")
    labelled = read_labelled(path, text_column="Review", label_column="Stars", encoding="cp1252")
    assert (labelled.texts, labelled.labels) == (["Wié"], ["5"])


def test_rows_with_blank_text_stay_and_labels_lose_their_spaces(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\n ,x\none, y \n")
    assert read_labelled(path).labels == ["x", "y"]


@pytest.mark.parametrize("rows", ["5", "a:b", "-1:5", "5:5", "5:2", "1:2:3", "", "١:٢"])
def test_odd_rows_are_refused(rows: str) -> None:
    with pytest.raises(ConfigError, match="FIRST:LAST"):
        parse_rows(rows)


def test_columns_are_found_whatever_their_case_and_blanks(tmp_path: Path) -> None:
    for name, content in {
        "a.csv": " Text ,LABEL\nA film,x\n",
        "a.jsonl": '{"Text": "A film", "LABEL": "x"}\n',
    }.items():
        path = tmp_path / name
        path.write_text(content)
        labelled = read_labelled(path)
        assert (labelled.texts, labelled.labels) == (["A film"], ["x"])
