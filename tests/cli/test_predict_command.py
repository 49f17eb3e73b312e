"""``textransfer predict`` as a user calls it: what goes in comes out, with what is said of it beside."""

import csv
import gc
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Run

from textransfer.sentiment.loading import load_classifier

ROWS = [
    {"id": "007", "text": "a gripping, wonderful film", "note": '=1+1, "so"'},
    {"id": "008", "text": "", "note": ""},
    {"id": "009", "text": "tedious and awful\nto the end", "note": "-3.5"},
    {"id": "010", "text": "xyzzy plugh", "note": "@home"},
]
ADDED = ["label", "probability", "known_words"]


@pytest.fixture
def folder(run: Run, tmp_path: Path, english: Path, embeddings: Path) -> Path:
    assert run("classify", "-l", english / "few.csv", "--draws", 1, "--embeddings", embeddings).code == 0
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    lines = [json.dumps(row) for row in ROWS]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "in.tsv").write_text('id\ttext\n7\ta "film\n8\tdull\n', encoding="utf-8")
    (tmp_path / "in.txt").write_bytes(b"\xef\xbb\xbfgood film\r\nbad film\r\n")
    return tmp_path


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_table_comes_back_with_its_columns_and_what_is_said(run: Run, folder: Path) -> None:
    outcome = run("predict", "-i", "in.csv")
    rows = rows_of(outcome.out)
    assert list(rows[0]) == ["id", "text", "note", *ADDED]
    assert [{name: row[name] for name in ROWS[0]} for row in rows] == ROWS
    assert [float(row["known_words"]) > 0 for row in rows] == [True, False, True, False]
    assert "2 of 4 texts have no known word" in outcome.err
    assert "\ufeff" not in outcome.out


def test_a_csv_file_is_made_for_spreadsheets(run: Run, folder: Path) -> None:
    assert run("predict", "-i", "in.csv", "-o", "out.csv").code == 0
    content = (folder / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfid,text,note,label,")
    rows = rows_of(content.decode("utf-8-sig"))
    assert [row["note"] for row in rows] == ['\'=1+1, "so"', "", "-3.5", "'@home"]
    assert [row["id"] for row in rows] == [row["id"] for row in ROWS]
    assert run("predict", "-i", "out.csv", "-o", "again.csv").code == 0
    again = rows_of((folder / "again.csv").read_text(encoding="utf-8-sig"))
    assert list(again[0]) == [*rows[0], *(f"predicted_{name}" for name in ADDED)]
    assert [row["predicted_probability"] for row in again] == [row["probability"] for row in rows]


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("name", ["in.csv", "in.jsonl", "in.tsv", "in.txt", "in.parquet"])
def test_standard_input_is_a_file_like_others(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, as_json: bool
) -> None:
    if name == "in.parquet":
        arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.Table.from_pylist([{**row, "n": 3} for row in ROWS]), folder / name)
    options = ["--json"] if as_json else []
    from_file = run("predict", "-i", name, *options)
    assert from_file.code == 0
    assert "\ufeff" not in from_file.out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((folder / name).read_bytes())))
    piped = run("predict", "-i", "-", "--input-format", name.partition(".")[2], *options)
    assert (piped.code, piped.out) == (0, from_file.out)
    assert len(from_file.out.splitlines()) >= 2


def test_json_keeps_types_and_tells_probabilities(run: Run, folder: Path) -> None:
    (folder / "in.jsonl").write_text('{"n": 7, "text": "good film", "label": null, "tags": ["a"]}\n')
    (answer,) = map(json.loads, run("predict", "-i", "in.jsonl", "--json").out.splitlines())
    assert list(answer) == [
        *("n", "text", "label", "tags", "predicted_label", "probability", "known_words", "probabilities")
    ]
    assert (answer["n"], answer["label"], answer["tags"]) == (7, None, ["a"])
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    assert answer["probability"] == max(answer["probabilities"].values())


def test_unsure_and_unknown_texts_are_left_without_a_label(run: Run, folder: Path) -> None:
    sure = rows_of(run("predict", "wonderful wonderful", "xyzzy", "--abstain-below", 0.5).out)
    assert [bool(row["label"]) for row in sure] == [True, False]
    unsure = rows_of(run("predict", "wonderful wonderful", "--abstain-below", 1, "--top-k", 5).out)
    assert (unsure[0]["label"], bool(unsure[0]["label_2"])) == ("", True)
    assert float(unsure[0]["probability"]) > float(unsure[0]["probability_2"])


def test_a_text_that_is_a_file_is_told_how_to_be_read(run: Run, folder: Path) -> None:
    (folder / "good.txt").write_text("bad")
    outcome = run("predict", "good.txt", "x" * 5000, "a\nb", "absent.txt")
    assert outcome.err.splitlines()[0] == (
        "note: 'good.txt' is taken as a text, and is also a file, which --input reads"
    )
    assert "absent" not in outcome.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["a text", "--encoding", "cp1252"], ["is about input files, but there are none"]),
        (["a text", "--force"], ["there is no --output"]),
        (["a text", "--json", "-o", "out.csv"], ["--json", "out.csv"]),
        (["a text", "-o", "out.txt"], ["out.txt", ".xlsx"]),
        (["a text", "--top-k", "0"], ["top-k"]),
    ],
)
def test_options_that_cannot_act_are_refused(
    run: Run, folder: Path, options: list[str], words: list[str]
) -> None:
    outcome = run("predict", *options)
    assert outcome.code == 2
    assert all(word in outcome.err for word in words)
    assert not list(folder.glob("out.*"))


def test_a_broken_row_at_the_end_leaves_nothing_half_written(run: Run, folder: Path) -> None:
    with (folder / "in.csv").open("a", encoding="utf-8") as stream:
        stream.write("011,too,many,fields\n")
    outcome = run("predict", "-i", "in.csv", "-o", "out.csv")
    assert (outcome.code, (folder / "out.csv").exists()) == (2, False)
    assert "the row has 4 of 3 fields" in outcome.err


EXPORTED = [
    ["Nr", "Text", "Label", "Preis", "Notiz"],
    ["007", 'a "gripping", wonderful film; größer', "positive", "12,50", "schön"],
    ["008", "tedious and awful\nto the end", "", "-3,5", ""],
    ["", "", "", "", ""],
    ["009", "a wonderful tale", "", "", "=SUMME(A1)"],
    ["", "", "", "", ""],
]


def export(path: Path, delimiter: str, encoding: str) -> None:
    """Write what a spreadsheet does: fields quoted where need be, lines ended by CR LF."""
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(EXPORTED)


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [
        ("in.csv", ",", "utf-8"),
        ("in.csv", ";", "utf-8-sig"),
        ("in.csv", ";", "cp1252"),
        ("in.csv", "\t", "utf-16"),
        ("in.txt", "\t", "utf-16"),
        ("in.xlsx", "", ""),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_an_export_of_excel_comes_back_with_its_columns(
    run: Run, folder: Path, name: str, delimiter: str, encoding: str, kind: str
) -> None:
    calamine = pytest.importorskip("python_calamine")
    if name.endswith("xlsx"):
        book = pytest.importorskip("xlsxwriter").Workbook(folder / name)
        sheet = book.add_worksheet()
        for number, row in enumerate(EXPORTED):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
        book.close()
    else:
        export(folder / name, delimiter, encoding)
    outcome = run("predict", "-i", name, "-o", f"out.{kind}")
    assert outcome.code == 0, outcome.err
    expected = [EXPORTED[row] for row in (0, 1, 2, 4)]
    if kind == "csv":
        text = (folder / "out.csv").read_bytes().decode("utf-8-sig")
        mark = ";" if delimiter == ";" else ","
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
        expected[3] = [*expected[3][:4], "'=SUMME(A1)"]
    elif kind == "xlsx":
        rows = calamine.load_workbook(str(folder / "out.xlsx")).get_sheet_by_index(0).to_python()
    else:
        objects = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
        rows = [list(objects[0]), *([value or "" for value in row.values()] for row in objects)]
    assert [row[:5] for row in rows] == expected
    assert rows[0][5:8] == ["predicted_label", "probability", "known_words"]
    texts = [row[1] for row in expected[1:]]
    assert [row[5] for row in rows[1:]] == load_classifier(folder / "classifier").predict(texts).tolist()


def test_what_is_loaded_is_not_searched_for_garbage_meanwhile(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textransfer.sentiment import predicting

    gc.unfreeze()
    n_frozen: list[int] = []
    predict = predicting._predict

    def spy(*arguments: Any) -> predicting.Predictions:
        n_frozen.append(gc.get_freeze_count())
        return predict(*arguments)

    monkeypatch.setattr(predicting, "_predict", spy)
    assert run("predict", "-i", "in.csv", "--json").code == 0
    assert n_frozen[0] > 10_000


def test_numpy_is_loaded_with_one_thread_of_blas(folder: Path) -> None:
    """Blocks of texts have threads of their own, and several of BLAS would wait for them."""
    script = (
        "import os, sys\n"
        "class Watch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'numpy':\n"
        "            print('threads', os.environ.get('OPENBLAS_NUM_THREADS'), file=sys.stderr)\n"
        "sys.meta_path.insert(0, Watch())\n"
        "from textransfer.cli.app import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", script, "predict", "--classifier", "classifier", "--input", "in.txt"]
    surroundings = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[0] == "threads 1"
