import datetime
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from textransfer import Corpus
from textransfer.embeddings.contents import Contents
from textransfer.embeddings.formats import parquet as parquet_of_vectors
from textransfer.errors import ConfigError, OutputError
from textransfer.text.reading.compression import open_binary
from textransfer.text.writing import excel, parquet
from textransfer.text.writing.columns import Column
from textransfer.text.writing.tables import checked_delimiter, output_kind, staged_table

MOMENT = datetime.datetime(2024, 2, 3, 4, 5, 6)
COLUMNS = [
    *(Column("id"), Column("text"), Column("n", "integer"), Column("x", "number"), Column("ok", "boolean")),
    *(Column("when", "moment"), Column("day", "date"), Column("tags", "nested"), Column("mixed")),
]
ROWS = [
    {
        **{"id": "007", "text": '=1+1, "so"\nhe said', "n": 3, "x": 0.25, "ok": True, "when": MOMENT},
        **{"day": MOMENT.date(), "tags": ["a", 1], "mixed": 5},
    },
    {"id": "008", "text": "", "x": float("nan"), "mixed": "http://example.org/a"},
    {"id": "-3.5", "text": "-good", "n": 2**60, "x": 7},
]


def save(path, rows=ROWS, columns=COLUMNS, **options):
    with staged_table(path, columns, **options) as table:
        for row in rows:
            table.write([row])
    return path


@pytest.mark.parametrize("compression", ["", ".gz", ".bz2", ".xz", ".zst"])
@pytest.mark.parametrize("kind", [".csv", ".jsonl", ".tsv"])
def test_text_files_are_read_again(tmp_path, kind, compression):
    rows = [{"id": "007", "text": "a, film"}, {"id": "008", "text": "so, so"}]
    path = save(tmp_path / f"out{kind}{compression}", rows, COLUMNS[:2])
    assert [record.fields for record in Corpus(path).records()] == rows


def test_csv_is_made_for_spreadsheets(tmp_path):
    path = save(tmp_path / "out.csv", delimiter=";")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid;text;n;")
    records = list(Corpus(path, delimiter=";").records())
    assert [record.fields["id"] for record in records] == ["007", "008", "-3.5"]
    assert [record.text for record in records] == ['\'=1+1, "so"\nhe said', "", "'-good"]
    assert records[0].fields["tags"] == '["a", 1]'
    assert not save(tmp_path / "out.jsonl").read_bytes().startswith(b"\xef\xbb\xbf")


def test_json_lines_keep_types_and_names_of_each_row(tmp_path):
    lines = save(tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {**ROWS[0], "when": MOMENT.isoformat(), "day": "2024-02-03"}
    assert json.loads(lines[1]) == {**ROWS[1], "x": None}


def test_parquet_has_typed_columns(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    from pyarrow.parquet import ParquetFile

    monkeypatch.setattr(parquet, "_ROWS_A_GROUP", 2)
    file = ParquetFile(save(tmp_path / "out.parquet"))
    assert file.num_row_groups == 2
    rows = file.read().to_pylist()
    assert rows[0] == {**ROWS[0], "tags": '["a", 1]', "mixed": "5"}
    assert [row["n"] for row in rows] == [3, None, 2**60]
    assert [row["mixed"] for row in rows] == ["5", "http://example.org/a", None]
    assert rows[2]["x"] == 7


def test_parquet_keeps_the_types_of_parquet(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow.parquet import read_schema

    kinds = {
        "a": arrow.int8(),
        "b": arrow.timestamp("ms", tz="Asia/Tokyo"),
        "c": arrow.dictionary(arrow.int32(), arrow.string()),
        "d": arrow.decimal128(9, 2),
        "e": arrow.list_(arrow.struct([("u", arrow.float32())])),
    }
    columns = [Column(name, "nested", kind) for name, kind in kinds.items()]
    values = [3, MOMENT.astimezone(datetime.UTC), "x", Decimal("1.50"), [{"u": 0.5}]]
    path = save(tmp_path / "out.parquet", [dict(zip(kinds, values, strict=True)), {}], columns)
    kept = dict(zip(kinds, read_schema(path).types, strict=True))
    assert {**kept, "e": None} == {**kinds, "e": None}
    assert kept["e"].value_type == kinds["e"].value_type


def test_half_characters_in_parquet_and_excel(tmp_path):
    pytest.importorskip("pyarrow")
    from pyarrow.parquet import read_table

    rows, columns = [{"text": "a \ud83d"}], [Column("text")]
    assert read_table(save(tmp_path / "o.parquet", rows, columns)).to_pylist() == [{"text": "a \ufffd"}]
    save(tmp_path / "o.xlsx", rows, columns)


def cells_of(path):
    calamine = pytest.importorskip("python_calamine")
    return calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_excel_keeps_strings_numbers_and_dates(tmp_path):
    header, first, second, third = cells_of(save(tmp_path / "out.xlsx"))
    assert header == [column.name for column in COLUMNS]
    assert first == ["007", ROWS[0]["text"], 3, 0.25, True, MOMENT, MOMENT.date(), '["a", 1]', 5]
    assert second == ["008", "", "", "", "", "", "", "", "http://example.org/a"]
    assert third[:4] == ["-3.5", "-good", str(2**60), 7]


def test_what_a_sheet_cannot_hold_is_refused_and_nothing_written(tmp_path, monkeypatch):
    with pytest.raises(OutputError, match=r"row 1, column 'text',.* 32,768 characters"):
        save(tmp_path / "out.xlsx", [{"text": "a" * 32_768}])
    monkeypatch.setattr(excel, "MOST_ROWS", 2)
    with pytest.raises(OutputError, match=r"3 rows .*\.csv"):
        save(tmp_path / "out.xlsx", [{"text": "a"}] * 3)
    assert not list(tmp_path.iterdir())
    with pytest.raises(OutputError, match="columns"):
        excel.check_extent(1, 20_000, 0, "")


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl.zst", "out.parquet", "out.xlsx"])
def test_a_failure_leaves_nothing_or_what_was_there(tmp_path, name):
    def fail(force):
        with staged_table(tmp_path / name, COLUMNS, force=force) as table:
            table.write(ROWS)
            raise KeyError

    with pytest.raises(KeyError):
        fail(force=False)
    assert not list(tmp_path.iterdir())
    (tmp_path / name).write_text("old")
    with pytest.raises(OutputError, match="exists"):
        fail(force=False)
    with pytest.raises(KeyError):
        fail(force=True)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("name", ["out.txt", "out", "out.xls", "out.parquet.gz", "out.xlsx.zst", "out.json"])
def test_other_endings_are_refused(name):
    with pytest.raises(ConfigError, match=r"\.csv, \.tsv, \.jsonl, \.parquet, \.xlsx"):
        output_kind(Path(name))


def test_an_empty_table_has_its_header(tmp_path):
    path = save(tmp_path / "out.csv.gz", [])
    assert open_binary(path).read() == b"\xef\xbb\xbfid,text,n,x,ok,when,day,tags,mixed\n"


def test_columns_of_excel_are_as_wide_as_what_they_hold(tmp_path):
    rows = [{"id": "7", "hotel": "\u5bbf" * 8, "long": "word " * 90, "when": MOMENT, "lines": "one\nand two"}]
    path = save(tmp_path / "out.xlsx", rows, [Column(name) for name in rows[0]])
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([0-9.]+)"', sheet)]
    assert [round(width) for width in widths] == [9, 19, 61, 22, 10]


def test_durations_stay_durations(tmp_path):
    rows = [{"took": datetime.timedelta(hours=30, minutes=5)}, {"took": -datetime.timedelta(minutes=1)}]
    columns = [Column("took")]
    first, second = cells_of(save(tmp_path / "out.xlsx", rows, columns))[1:]
    assert (first, second) == ([rows[0]["took"]], ["-0:01:00"])
    assert save(tmp_path / "out.csv", rows, columns).read_text("utf-8-sig") == "took\n30:05:00\n-0:01:00\n"


def test_what_a_delimiter_may_be():
    assert checked_delimiter(";", Path("a.csv.gz")) == ";"
    for delimiter, name in (
        (";", "a.xlsx"),
        ("", "a.csv"),
        ("ab", "a.csv"),
        ("\t", "a.csv"),
        ("x", "a.csv"),
        ('"', "a.csv"),
    ):
        with pytest.raises(ConfigError, match="output_delimiter is"):
            checked_delimiter(delimiter, Path(name))


def test_a_parquet_file_that_cannot_be_closed_is_an_error_of_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow")

    def close(_file: object) -> None:
        raise OSError("error closing file")  # Arrow's has no number

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.close", close)
    vectors = Contents(["good"], np.ones((1, 2), np.float32))
    with pytest.raises(OutputError, match=r"cannot write .*vectors.parquet: error closing file"):
        parquet_of_vectors.save(vectors, tmp_path / "vectors.parquet")
    with pytest.raises(OutputError, match=r"cannot write .*rows.parquet: error closing file"):
        save(tmp_path / "rows.parquet")
    assert list(tmp_path.iterdir()) == []
