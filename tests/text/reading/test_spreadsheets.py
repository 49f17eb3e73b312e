"""Sheets of workbooks."""

import datetime
import logging

import pytest

from textransfer.errors import ConfigError, CorpusError, MissingExtraError, TextransferWarning
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import read_labelled

pytest.importorskip("python_calamine")
xlsxwriter = pytest.importorskip("xlsxwriter")
DAY = datetime.datetime(2026, 11, 28)


@pytest.fixture
def write(tmp_path):
    def write(sheets, hidden=(), first_row=0, first_column=0):
        path = tmp_path / "a.xlsx"
        book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows, first_row):
                sheet.write_row(place, first_column, row)
            if name in hidden:
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
        book.close()
        return path

    return write


ROWS = [
    ("id", " Text ", "LABEL", "when"),
    (7, 'quoted "x",\nline', 5.0, DAY),
    ("007", "1+1 = 2", 4, DAY),
    (None, None, None, None),
    (9, "no label", None, None),
]


@pytest.mark.parametrize(("first_row", "first_column"), [(0, 0), (3, 2)])
def test_a_sheet_is_read_as_it_shows(write, caplog, first_row, first_column):
    caplog.set_level(logging.INFO)
    path = write({"Reviews": ROWS}, first_row=first_row, first_column=first_column)
    with pytest.warns(TextransferWarning, match="1 unlabelled row is left out"):
        labelled = read_labelled(path)
    assert labelled.texts == ['quoted "x",\nline', "1+1 = 2"]
    assert labelled.labels == ["5", "4"]
    assert "1 empty row is left out" in caplog.text
    records = list(Corpus(path).records())
    assert [record.place for record in records] == [first_row + 2, first_row + 3, first_row + 5]
    assert records[0].fields == {"id": 7, "Text": 'quoted "x",\nline', "LABEL": 5, "when": DAY.date()}
    assert records[2].fields == {"id": 9, "Text": "no label", "LABEL": None, "when": None}


def test_the_first_sheet_that_is_shown_or_the_named_one(write, caplog):
    caplog.set_level(logging.INFO)
    sheets = {"Old": [("text",), ("old",)], "New": [("text",), ("new",)], "More": [("text",), ("more",)]}
    path = write(sheets, hidden=["Old"])
    assert list(Corpus(path)) == ["new"]
    assert "has 2 sheets; 'New' is read: sheet=NAME names another" in caplog.text
    assert list(Corpus(path, sheet="More")) == ["more"]
    with pytest.raises(ConfigError, match="has the sheets 'Old', 'New', 'More'; expected 'Older'"):
        list(Corpus(path, sheet="Older"))


def test_numbers_and_dates_as_texts(write):
    assert list(Corpus(write({"A": [("text",), (10,), (DAY,), (2.5,), (True,)]}))) == [
        "10",
        "2026-11-28",
        "2.5",
        "True",
    ]


def test_what_is_no_workbook(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(CorpusError, match="no workbook that can be read"):
        list(Corpus(tmp_path / "a.xlsx"))
    (tmp_path / "b.csv").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(CorpusError, match='input_format="xlsx"'):
        list(Corpus(tmp_path / "b.csv"))


def test_an_empty_sheet(write):
    with pytest.raises(CorpusError, match="holds no document"):
        list(Corpus(write({"A": []})))


def test_without_the_extra(write, monkeypatch):
    path = write({"A": ROWS})
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(MissingExtraError, match=r'pip install "textransfer\[excel\]"'):
        list(Corpus(path))
