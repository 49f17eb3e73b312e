import datetime
import json
import math
from decimal import Decimal

import pytest

from textransfer.text.writing.values import harmless, json_line, spelled


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", '=cmd|"/C calc"!A0', "+SUM(A1)", "-good", "- a list", "@home", "@SUM(1)", "=", "=)"),
        *(
            "\t=1",
            "\r=1",
            "\n=1",
            "\uff1d1+1",
            "\uff0bcmd",
            "\uff0dcmd",
            "\uff20x",
            "-3.5 kg",
            '-"a"',
            "-1!A",
        ),
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_gets_an_apostrophe(cell):
    assert harmless(cell) == f"'{cell}"
    assert harmless(harmless(cell)) == harmless(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "-3.5",
            "+4",
            "-1e-5",
            "+1.5E+3",
            "-1,234.50",
            "-12 %",
            "-5 \u20ac",
            "+49 30 123-456",
            "-",
            "--",
            "+",
        ),
        *("", "a film", "'=1+1", " =1+1", "2024-01-01", "a=b", "007"),
    ],
)
def test_numbers_and_plain_text_stay_as_they_are(cell):
    assert harmless(cell) == cell


def test_values_of_any_type_as_text():
    moment = datetime.datetime(2024, 2, 3, 4, 5, 6)
    assert spelled(moment) == "2024-02-03 04:05:06"
    assert spelled(moment.date()) == "2024-02-03"
    assert spelled(Decimal("1.10")) == "1.10"
    assert spelled(b"caf\xc3\xa9") == "caf\xe9"
    assert spelled({"a": [1, math.nan]}) == '{"a": [1, null]}'
    assert spelled(2**70) == str(2**70)


def test_json_has_no_nan_and_no_dates():
    row = {"a": math.nan, "b": [math.nan, 1], "c": datetime.date(2024, 2, 3), "d": Decimal(7), "e": "\u6620"}
    assert json.loads(json_line(row)) == {"a": None, "b": [None, 1], "c": "2024-02-03", "d": 7, "e": "\u6620"}
    assert "\u6620" in json_line(row)
