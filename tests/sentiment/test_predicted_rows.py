import datetime
import json
import warnings
from decimal import Decimal

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import Corpus, predict_rows, save_predictions
from textransfer.errors import ConfigError, CorpusError, OutputError, TextransferWarning
from textransfer.sentiment import answer_rows
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.predicting import Predictions
from textransfer.text.reading.records import Record
from textransfer.text.writing.columns import Column

TEXTS, LABELS = labelled(24)
MODEL = SentimentClassifier(word_vectors(), epochs=40).fit([*TEXTS, "good film"], [*LABELS, "good"])


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text('id,Text,when\n007,"good, great film",1\n008,,\n009,zzz,"a ""b"""\n', encoding="utf-8")
    return path


@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
def test_a_row_keeps_its_columns_and_gets_three_more(table):
    first, blank, unknown = predict_rows(MODEL, Corpus(table))
    assert list(first) == ["id", "Text", "when", "label", "probability", "known_words"]
    p = MODEL.predict_proba(["good, great film"])[0]
    assert (first["id"], first["label"], first["known_words"]) == ("007", "good", 1)
    assert first["probability"] == pytest.approx(p.max(), abs=1e-6)
    assert (blank["id"], blank["Text"], blank["known_words"]) == ("008", "", 0)
    assert (unknown["when"], unknown["probability"]) == ('a "b"', 0.52)


def test_texts_in_memory_and_warnings():
    with pytest.warns(TextransferWarning, match="1 of 2 texts has no known word"):
        rows = list(predict_rows(MODEL, ["good", "zzz"]))
    assert [row["text"] for row in rows] == ["good", "zzz"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(predict_rows(MODEL, ["good"]))


@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
def test_abstaining_leaves_unsure_and_unknown_texts_without_a_label():
    p = MODEL.predict_proba(["good great", "good bad"]).max(axis=1)
    assert p[1] < p[0]
    texts = ["good great", "good bad", "zzz"]
    assert [row["label"] is None for row in predict_rows(MODEL, texts, abstain_below=0)] == [False] * 3
    limit = float(p.mean())
    rows = list(predict_rows(MODEL, texts, abstain_below=limit))
    assert [row["label"] for row in rows] == ["good", None, None]
    # The largest share, 13 of 25, is above the limit, but nothing in the text speaks for it.
    rows = list(predict_rows(MODEL, ["zzz"], abstain_below=0.1))
    assert [(row["label"], row["probability"]) for row in rows] == [(None, 0.52)]


def test_the_most_probable_classes():
    (row,) = predict_rows(MODEL, ["good film"], top_k=7)
    assert list(row) == ["text", "label", "probability", "label_2", "probability_2", "known_words"]
    assert (row["label"], row["label_2"]) == ("good", "bad")
    assert row["probability"] + row["probability_2"] == pytest.approx(1)


def layout(n_classes, form, columns=("text",), **settings):
    said = answer_rows.AnswerSettings(**settings)
    names = [f"c{code}" for code in range(n_classes)]
    return answer_rows.RowLayout([Column(name) for name in columns], "text", names, said, form)


def block(probabilities, shares):
    records = [Record(1, f"t{i}", "", {"text": f"t{i}"}) for i in range(len(shares))]
    return Predictions(records, np.array(probabilities), np.array(shares), None)


def test_of_many_classes_json_tells_the_top_ones():
    p = np.arange(1, 78) / np.arange(1, 78).sum()
    (row,) = layout(77, "objects").rows(block([p], [1.0]))
    assert list(row["probabilities"]) == ["c76", "c75", "c74", "c73", "c72"]
    (row,) = layout(77, "objects", top_k=2).rows(block([p], [1.0]))
    assert list(row["probabilities"]) == ["c76", "c75"]
    (row,) = layout(3, "objects").rows(block([[0.2, 0.5, 0.3]], [1.0]))
    assert row["probabilities"] == {"c1": 0.5, "c2": 0.3, "c0": 0.2}
    assert len(layout(77, "values").columns) == 4


def test_only_what_is_unknown_has_a_share_of_zero():
    rows = layout(2, "strings").rows(block([[0.5, 0.5]] * 3, [0, 1e-7, 0.25]))
    assert [row["known_words"] for row in rows] == ["0.0000", "0.0001", "0.2500"]


@pytest.mark.parametrize("settings", [{}, {"top_k": 2}, {"n_words": 2, "abstain_below": 0.5}])
def test_columns_say_what_rows_say(settings):
    p = np.random.default_rng(0).dirichlet([1, 1, 1], 400)
    p[:100] = np.arange(300).reshape(100, 3) / 20_000  # halfway between two numbers of four digits
    shares = np.arange(400) % 3 / 2
    records = [Record(i, f"t{i}", "", {"id": i, "text": f"t{i}"} if i % 2 else None) for i in range(400)]
    words = [[("good", 0.001), ("film", -1.5)]] * 400 if "n_words" in settings else None
    own = layout(3, "strings", ("id", "text"), **settings)
    predictions = Predictions(records, p, shares, words)
    columns = own.spelled_columns(predictions)
    assert list(columns) == [column.name for column in own.columns]
    rows = own.rows(predictions)
    assert [[row.get(name) for name in columns] for row in rows] == [
        list(row) for row in zip(*columns.values(), strict=True)
    ]


def test_columns_of_the_user_are_never_overwritten():
    taken = ["text", "Label", "predicted_label", "known_words"]
    names = [column.name for column in layout(2, "values", taken).columns]
    assert names == [*taken, "predicted_label_2", "probability", "predicted_known_words"]


@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet", "xlsx"])
def test_what_is_saved_is_what_is_said(table, tmp_path, kind):
    pytest.importorskip("pyarrow")
    path = tmp_path / f"out.{kind}"
    expected = list(predict_rows(MODEL, Corpus(table), explain=2))
    assert save_predictions(MODEL, Corpus(table), path, explain=2) == 3
    if kind == "xlsx":
        return  # is read in tests/text/writing
    for record, row in zip(Corpus(path).records(), expected, strict=True):
        assert list(record.fields)[:6] == list(row)[:6]
        assert record.fields["id"] == row["id"]
        assert float(record.fields["probability"]) == pytest.approx(row["probability"], abs=1e-4)


@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
def test_json_lines_whose_rows_differ(tmp_path):
    rows = [{"text": "good", "n": 1}, {"text": "bad", "label": "x", "tags": ["a"]}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    save_predictions(MODEL, tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    saved = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["predicted_label"] for row in saved] == ["good", "bad"]
    assert ["label" in row for row in saved] == [False, True]
    assert saved[1]["label"] == "x"
    save_predictions(MODEL, tmp_path / "in.jsonl", tmp_path / "out.csv")
    header = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == "text,n,label,tags,predicted_label,probability,known_words"


def test_a_text_gets_the_same_answer_whatever_stands_beside_it():
    texts = labelled(300, seed=5)[0]
    together = [row["probability"] for row in predict_rows(MODEL, texts)]
    alone = [row["probability"] for text in texts for row in predict_rows(MODEL, [text])]
    assert together == alone


def test_refusals(table, tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="top_k"):
        predict_rows(MODEL, ["a"], top_k=0)
    with pytest.raises(ConfigError, match="abstain_below"):
        save_predictions(MODEL, ["a"], tmp_path / "o.csv", abstain_below=2)
    with pytest.raises(ConfigError, match="o.xls"):
        save_predictions(MODEL, ["a"], tmp_path / "o.xls")
    with pytest.raises(OutputError, match="among the texts"):
        save_predictions(MODEL, table, table, force=True)
    with pytest.raises(OutputError, match="row 1.*32,767"):
        save_predictions(MODEL, ["a" * 40_000], tmp_path / "o.xlsx")
    (tmp_path / "half.jsonl").write_text('{"text": "good"}\n{"text": 1}\n')
    with pytest.raises(CorpusError):
        save_predictions(MODEL, tmp_path / "half.jsonl", tmp_path / "o.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["half.jsonl", "in.csv"]


def test_a_key_spelt_with_escapes_is_not_overwritten(tmp_path):
    (tmp_path / "in.jsonl").write_text('{"text": "good"}\n{"text": "bad", "l\\u0061bel": "mine"}\n')
    with pytest.raises(CorpusError, match="line 2.*escapes"):
        save_predictions(MODEL, tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
def test_every_type_of_parquet_comes_back(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    exact = [1_700_000_000_123_456_789, None]
    columns = {
        "text": ["good film", None],
        "list": [[1, 2], None],
        "struct": [{"a": 1}, {"a": None}],
        "decimal": [Decimal("1.10"), None],
        "exact": arrow.array(exact, arrow.timestamp("ns")),
        "zoned": arrow.array(exact, arrow.timestamp("ns", "Europe/Berlin")),
        "whole": arrow.array([1_700_000_000_000_000_000, None], arrow.timestamp("ns")),
        "took": [datetime.timedelta(hours=30), None],
        "category": arrow.array(["a", "b"]).dictionary_encode(),
        "bytes": [b"\xff\x00", b"a"],
        "large": arrow.array([2**63 + 1, 1], arrow.uint64()),
    }
    table = arrow.table(columns)
    parquet.write_table(table, tmp_path / "in.parquet")
    for ending in ("parquet", "csv", "jsonl", "xlsx"):
        assert save_predictions(MODEL, tmp_path / "in.parquet", tmp_path / f"out.{ending}") == 2
    saved = parquet.read_table(tmp_path / "out.parquet")
    assert all(saved[name].equals(table[name]) for name in columns)
    assert saved.column_names == [*columns, "label", "probability", "known_words"]
    row = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (row["exact"], row["took"]) == ("2023-11-14 22:13:20.123456789", "30:00:00")


@pytest.mark.parametrize("kind", ["time64", "duration", "list", "large list", "fixed list", "struct", "map"])
@pytest.mark.parametrize("moment", [1, 1000])
def test_nanoseconds_where_they_cannot_be_kept_are_refused(tmp_path, kind, moment):
    # Whether pandas is installed, whose types pyarrow would give then, makes no difference.
    arrow = pytest.importorskip("pyarrow")
    nanoseconds = arrow.timestamp("ns")
    types = {
        "time64": (moment, arrow.time64("ns")),
        "duration": (moment, arrow.duration("ns")),
        "list": ([moment], arrow.list_(nanoseconds)),
        "large list": ([moment], arrow.large_list(nanoseconds)),
        "fixed list": ([moment], arrow.list_(nanoseconds, 1)),
        "struct": ({"at": moment}, arrow.struct([("at", nanoseconds)])),
        "map": ([("at", moment)], arrow.map_(arrow.string(), nanoseconds)),
    }
    value, of_type = types[kind]
    table = arrow.table({"text": ["a"], "time": arrow.array([value], of_type)})
    pytest.importorskip("pyarrow.parquet").write_table(table, tmp_path / "in.parquet")
    if moment == 1:
        with pytest.raises(CorpusError, match="nanoseconds; expected whole microseconds"):
            save_predictions(MODEL, tmp_path / "in.parquet", tmp_path / "out.csv")
    else:
        save_predictions(MODEL, tmp_path / "in.parquet", tmp_path / "out.csv")
        saved = (tmp_path / "out.csv").read_text("utf-8-sig")
        assert "000001" in saved
        assert "Timestamp" not in saved


def test_the_delimiter_of_csv_is_that_of_the_input_or_the_one_asked_for(tmp_path):
    (tmp_path / "in.csv").write_text("id;text\n7;good\n")
    save_predictions(MODEL, tmp_path / "in.csv", tmp_path / "a.csv")
    save_predictions(MODEL, ["good"], tmp_path / "b.csv", output_delimiter="|")
    heads = [(tmp_path / name).read_text("utf-8-sig").splitlines()[0] for name in ("a.csv", "b.csv")]
    assert heads == ["id;text;label;probability;known_words", "text|label|probability|known_words"]


@pytest.mark.parametrize(("size", "shown"), [(1.128, "+1.13"), (-0.03, "-0.03"), (0.0031, "+0.0031")])
def test_what_a_word_adds_is_shown_however_little(size, shown):
    assert answer_rows._signed(size) == shown
