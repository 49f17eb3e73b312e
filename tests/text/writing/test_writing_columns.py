import datetime
import gzip
import json

import pytest

from textransfer import Corpus
from textransfer.text.writing.columns import free_names, survey


def kinds(corpus, **options):
    return {column.name: column.kind for column in survey(corpus, **options).columns}


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_json_lines_are_read_to_their_end(write):
    rows = [
        {"text": "a", "n": 1, "x": None, "ok": True, "z": 2**70},
        {"text": "b", "n": 2.5, "label": "good", "tags": ["u"], "ok": 3},
    ]
    path = write("a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert survey(Corpus(path)).names == ["text", "n", "x", "ok", "z", "label", "tags"]
    assert kinds(Corpus(path), is_typed=True) == {
        **{"text": "text", "n": "number", "x": "empty", "ok": "text", "z": "text"},
        **{"label": "text", "tags": "nested"},
    }


def test_of_csv_the_first_row_tells_the_names(write):
    path = write("a.csv", "id,text\n7,a\n8,bb\n")
    assert kinds(Corpus(path)) == {"id": "text", "text": "text"}
    counted = survey(Corpus(path), is_counted=True)
    assert (counted.n_rows, counted.longest, counted.longest_place) == (2, 2, "row 2, column 'text'")


def test_files_of_several_kinds_have_the_columns_of_all(write):
    first, second = write("a.csv", "id,text\n7,a\n"), write("b.csv", "Text,stars\nb,5\n")
    assert survey(Corpus([first, second])).names == ["id", "text", "Text", "stars"]
    assert survey(Corpus(write("c.txt", "a\nb\n"))).names == ["text"]
    assert survey(Corpus.from_texts(["a"])).names == ["text"]


def test_parquet_tells_its_types(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    days = arrow.array([datetime.date(2024, 2, 3)])
    parquet.write_table(arrow.table({"text": ["a"], "day": days}), tmp_path / "a.parquet")
    types = {column.name: column.arrow_type for column in survey(Corpus(tmp_path / "a.parquet")).columns}
    assert types == {"text": arrow.string(), "day": arrow.date32()}


def test_names_that_are_taken():
    assert free_names(["label"], ["LABEL ", "predicted_label"]) == {"label": "predicted_label_2"}
    assert free_names(["a", "b"], []) == {"a": "a", "b": "b"}


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize(("key", "is_read"), [("Label", True), ("labels", False), ("tag", False)])
def test_json_lines_without_the_names_that_are_sought_are_not_read_to_their_end(
    tmp_path, key, is_read, ending
):
    rows = [{"text": 'a "label" b'}] * 3 + [{"text": "b", key: 1}]
    path = tmp_path / f"a.jsonl{ending}"
    with (gzip.open if ending else open)(path, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in rows)
    surveyed = survey(Corpus(path), sought=["label", "probability"])
    assert surveyed.names == (["text", key] if is_read else ["text"])
    assert surveyed.n_rows == (4 if is_read else 1)


@pytest.mark.parametrize("is_typed", [False, True])
def test_a_table_without_rows_has_its_columns(tmp_path, write, is_typed):
    path = write("a.csv", "id,Text,x\n")
    assert survey(Corpus(path), is_typed=is_typed).names == ["id", "Text", "x"]
    other = write("b.csv", "text,late\na,1\n")
    assert survey(Corpus([path, other]), is_typed=is_typed).names == ["id", "Text", "x", "text", "late"]
    pytest.importorskip("python_calamine")
    book = pytest.importorskip("xlsxwriter").Workbook(tmp_path / "a.xlsx")
    book.add_worksheet().write_row(0, 0, ["id", "Text"])
    book.close()
    assert survey(Corpus(tmp_path / "a.xlsx"), is_typed=is_typed).names == ["id", "Text"]
