"""Which columns of a table are read, and that none is lost."""

import json
import logging
import unicodedata

import pytest

from textransfer.errors import CorpusError
from textransfer.text.reading.columns import clean_names
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import read_labelled

NAMES = ("Subject", "Body", "topic")
ROWS = [("Order", "Where is it?", "mail"), ("", "It broke", "call"), ("Thanks", " ", "mail")]
TEXTS = ["Order\nWhere is it?", "It broke", "Thanks"]


def write_csv(path):
    lines = [",".join(NAMES), *(",".join(row) for row in ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_json(path):
    rows = [{n: v for n, v in zip(NAMES, row, strict=True) if v} for row in ROWS]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def write_parquet(path):
    arrow = pytest.importorskip("pyarrow")
    columns = dict(zip(NAMES, map(list, zip(*ROWS, strict=True)), strict=True))
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table(columns), path)


def write_xlsx(path):
    pytest.importorskip("python_calamine")
    book = pytest.importorskip("xlsxwriter").Workbook(path)
    sheet = book.add_worksheet()
    for place, row in enumerate([NAMES, *ROWS]):
        sheet.write_row(place, 0, row)
    book.close()


@pytest.mark.parametrize("write", [write_csv, write_json, write_parquet, write_xlsx])
@pytest.mark.parametrize("name", ["Subject+Body", "subject + body"])
def test_a_text_in_two_columns(tmp_path, write, name):
    path = tmp_path / f"a.{write.__name__.removeprefix('write_').replace('json', 'jsonl')}"
    write(path)
    labelled = read_labelled(path, text_column=name, label_column="topic")
    assert labelled.texts == TEXTS
    assert labelled.labels == ["mail", "call", "mail"]
    assert [record.text for record in Corpus(path, text_column=name).records()] == TEXTS
    with pytest.raises(CorpusError, match="expected .*'Nothing'"):
        list(Corpus(path, text_column="Subject+Nothing"))


@pytest.mark.parametrize("write", [write_csv, write_json, write_parquet, write_xlsx])
@pytest.mark.parametrize(
    "name", [unicodedata.normalize("NFD", "レビュー が"), "ﾚﾋﾞｭｰ ｶﾞ".replace("ｶﾞ", "が"), "レビュー\u3000が"]
)
def test_a_name_in_another_form_of_the_same_letters_is_found(tmp_path, monkeypatch, write, name):
    monkeypatch.setattr(f"{__name__}.NAMES", (name, "Body", "topic"))
    path = tmp_path / f"a.{write.__name__.removeprefix('write_').replace('json', 'jsonl')}"
    write(path)
    labelled = read_labelled(path, text_column="レビュー が+Ｂｏｄｙ", label_column="ＴＯＰＩＣ")
    assert labelled.texts == TEXTS


def test_a_column_with_a_plus_in_its_name_is_itself(tmp_path):
    (tmp_path / "a.csv").write_text("a+b,a,b\nx,y,z\n")
    assert list(Corpus(tmp_path / "a.csv", text_column="a+b")) == ["x"]


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["text", "", "column 2"], ["text", "", "column 2"]),
        (["", "", "column 1"], ["column 1.1", "column 2", "column 1"]),
        (["a", "a", "a.1"], ["a", "a.2", "a.1"]),
    ],
)
def test_a_made_up_name_is_never_that_of_another_column(header, names):
    assert clean_names(header) == names


@pytest.mark.parametrize("n_behind", [1, 2])
def test_cells_right_of_the_last_name_of_a_sheet_are_kept(tmp_path, caplog, n_behind):
    pytest.importorskip("python_calamine")
    caplog.set_level(logging.INFO)
    book = pytest.importorskip("xlsxwriter").Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    rows = [
        ("id", "text", "topic"),
        ("0002", "broken", None, *["call back!"] * n_behind),
        ("3", "late", "mail"),
    ]
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    behind = [f"column {place}" for place in range(4, 4 + n_behind)]
    first, second = Corpus(tmp_path / "a.xlsx").records()
    assert first.fields == {"id": "0002", "text": "broken", "topic": None} | dict.fromkeys(
        behind, "call back!"
    )
    assert list(second.fields) == ["id", "text", "topic", *behind]
    assert "'column 4'" in caplog.text


@pytest.mark.parametrize("title", ["Report 2026\n\n", "Report 2026;;\n", "Report\nof;May\n"])
def test_the_place_of_a_header_below_a_title_is_named(tmp_path, title):
    (tmp_path / "a.csv").write_text(title + "id;text;x\n1;a, b;2\n")
    line = title.count("\n") + 1
    with pytest.raises(CorpusError, match=f"line {line} has such names: delete what stands above"):
        list(Corpus(tmp_path / "a.csv"))


def test_the_same_in_a_sheet(tmp_path):
    pytest.importorskip("python_calamine")
    book = pytest.importorskip("xlsxwriter").Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    for place, row in enumerate([("Report",), (), ("id", "text"), (1, "a")]):
        sheet.write_row(place, 0, row)
    book.close()
    with pytest.raises(CorpusError, match="row 3 has such names"):
        list(Corpus(tmp_path / "a.xlsx"))


@pytest.mark.parametrize(
    ("content", "delimiter", "message"),
    [
        ("text,label\ngood,a\n", ";", "';' does not separate them: leave delimiter out$"),
        ("text,text,label\ngood,fine,a\n", None, "expected it once: rename one$"),
    ],
)
def test_a_header_in_its_place_is_no_title(tmp_path, content, delimiter, message):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(CorpusError, match=message):
        read_labelled(tmp_path / "a.csv", delimiter=delimiter)


@pytest.mark.parametrize("write", [write_csv, write_json, write_parquet, write_xlsx])
@pytest.mark.parametrize("text", ["Topic", "Subject+topic"])
def test_a_text_that_is_its_own_label_is_refused(tmp_path, write, text):
    path = tmp_path / f"a.{write.__name__.removeprefix('write_').replace('json', 'jsonl')}"
    write(path)
    with pytest.raises(CorpusError, match="text_column and label_column are both 'topic'"):
        read_labelled(path, text_column=text, label_column="topic")
