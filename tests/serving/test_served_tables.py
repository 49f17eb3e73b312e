"""A table comes back with all its columns and a label beside each row, or with one line that says why not."""

import csv
import io
import json
import tempfile
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from serving.conftest import Serve
from serving.test_refused_requests import refusal
from starlette.testclient import TestClient

from textransfer import SentimentClassifier, TextransferWarning
from textransfer.sentiment.predicted_rows import save_predictions

TABLE = (
    'id;Text;note\n007;"a gripping, wonderful film";=1+1\n008;;\n009;"tedious; and\nawful";é\n010;xyzzy;\n'
)


pytestmark = pytest.mark.filterwarnings("ignore::textransfer.TextransferWarning")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def label(client: TestClient, content: bytes, name: str, **query: str) -> object:
    return client.post("/label", params={"name": name, **query}, content=content)


def test_a_csv_file_is_what_predict_would_save(
    client: TestClient, classifier: SentimentClassifier, tmp_path: Path, temporary: Path
) -> None:
    content = TABLE.encode("cp1252")
    answer = label(client, content, r"C:\fakepath\café.csv")
    assert answer.status_code == 200
    (tmp_path / "in.csv").write_bytes(content)
    save_predictions(classifier, tmp_path / "in.csv", tmp_path / "out.csv")
    assert answer.content == (tmp_path / "out.csv").read_bytes()
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''caf%C3%A9-labelled.csv"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row["id"] for row in rows] == ["007", "008", "009", "010"]
    summary = json.loads(answer.headers["x-summary"])
    assert (summary["rows"], summary["unknown"], sum(summary["labels"].values())) == (4, 2, 4)
    assert not list(temporary.iterdir()), "nothing is left behind"


def test_a_workbook_comes_back_as_one(client: TestClient, tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    calamine = pytest.importorskip("python_calamine")
    path = tmp_path / "tickets.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nr", "Message"])
        sheet.write_row(1, 0, [1, "a wonderful film"])
        sheet.write_row(2, 0, [2, "an awful film"])
    answer = label(client, path.read_bytes(), "Tickets.XLSX", text_column="message")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith('"Tickets-labelled.xlsx"')
    rows = calamine.load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["Nr", "Message", "label", "probability", "known_words"]
    assert [row[:2] for row in rows[1:]] == [[1, "a wonderful film"], [2, "an awful film"]]


def test_plain_text_and_json_lines(client: TestClient) -> None:
    answer = label(client, "good film\nbad film\n".encode("utf-16"), "reviews.txt")
    assert answer.text.lstrip("\ufeff").splitlines()[0] == "text,label,probability,known_words"
    answer = label(client, b'{"text": "good film", "n": 1}\n', "reviews.jsonl")
    assert json.loads(answer.text)["n"] == 1


def test_how_a_table_is_read_can_be_said(client: TestClient) -> None:
    content = "id#Text\n1#это хороший фильм\n".encode("koi8-r")
    answer = label(client, content, "t.csv", encoding="koi8-r", delimiter="#")
    assert "это хороший фильм" in answer.text
    assert label(client, content, "t.csv", encoding="no such").status_code == 422
    assert "no input is a workbook" in refusal(label(client, b"text\nx\n", "t.csv", sheet="2"))


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(3_000_000))
    return stream.getvalue()


TABLES = {
    "no such column": (b"a;b\n1;2\n", "t.csv", 422, "t.csv has the columns 'a', 'b'; expected 'text'"),
    "nothing": (b"", "t.csv", 422, "empty"),
    "a header alone": (b"text\n", "t.csv", 422, "no rows"),
    "a field too many": (b"text,b\nx,y,z\n", "t.csv", 422, "t.csv"),
    "a quote left open": (b'text\n"x\n', "t.csv", 422, "t.csv"),
    "another kind of file": (b"%PDF-1.4\n", "t.csv", 422, "PDF"),
    "a name of another kind": (b"text\nx\n", "t.exe", 415, "expected a name that ends in .csv"),
    "a compressed file": (b"\x1f\x8b", "t.csv.gz", 415, "t.csv.gz"),
    "no workbook": (b"PK\x03\x04 and no more", "t.xlsx", 422, ""),
    "nor an old one": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "t.xls", 422, ""),
    "an archive that swells": (bomb(), "t.xlsx", 413, "unpacked"),
    "too many rows": (b"text\n" + b"x\n" * 21, "t.csv", 413, "more than 20 rows"),
    "a long text": (b"text\n" + b"x" * 2_000, "t.csv", 413, "2,000 characters; expected at most 1,000"),
    "too many bytes": (b"text\n" + b"x " * 300_000, "t.csv", 413, "500,000 bytes"),
    "a name with a path": (b"a\n1\n", "../../../etc/passwd", 415, "'passwd'"),
    "a name that is a pattern": (b"a\n1\n", "*.csv", 422, "*.csv has the columns"),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_is_no_such_table_gets_one_line(served: Serve, temporary: Path, name: str) -> None:
    content, called, status, expected = TABLES[name]
    client = served(max_rows=20, max_characters=1_000, max_file=500_000)
    answer = label(client, content, called)
    message = refusal(answer)
    assert (answer.status_code, expected in message) == (status, True), message
    assert str(temporary) not in message
    assert "table." not in message
    assert not list(temporary.iterdir()), "nothing is left behind"
    assert label(client, b"text\n" + b"x\n" * 20, "t.csv").status_code == 200


def test_a_table_that_takes_too_long_is_given_up(served: Serve, temporary: Path) -> None:
    answer = label(served(max_file_seconds=1e-9), b"text\nx\n", "t.csv")
    assert answer.status_code in (408, 503)
    refusal(answer)
    assert not list(temporary.iterdir())


def test_the_table_has_a_name(client: TestClient) -> None:
    assert "name" in refusal(client.post("/label", content=b"text\nx\n"))


def test_what_was_noticed_about_a_table_is_told_to_its_client_alone(
    served: Serve, classifier: SentimentClassifier
) -> None:
    class Talking:
        """Somebody else's request warns while the table is labelled."""

        classes_, reads_words = classifier.classes_, True
        known_shares, predict_proba = classifier.known_shares, classifier.predict_proba

        def encode(self, texts: list[str]) -> object:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(warnings.warn, "of somebody else", TextransferWarning, 1).result()
            return classifier.encode(texts)

    client = served(Talking())
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = client.app.show_warning
        answer = label(client, TABLE.encode("cp1252"), "t.csv")
    notes = json.loads(answer.headers["x-summary"])["notes"]
    assert notes[0].startswith("t.csv: not UTF-8, read as cp1252")
    assert len(notes) == 2
    assert not any("somebody" in note for note in notes)
