"""`classify --text-features`: which classifier is saved, and what `predict` does with it."""

import csv
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from cli.conftest import Outcome, Run
from cli.test_refusals import check_refused
from reviews import labelled, telling, word_vectors

from textransfer import CombinedClassifier, SentimentClassifier

OPTIONS = ["--draws", "2", "--epochs", "20"]
PLAIN = {"comparison.json", "config.json", "network.safetensors", "tokenizer.json", "vocabulary.json"}
WORDS = {"words.json", "words.safetensors"}


def write(path: Path, texts: Iterable[str], labels: Iterable[object]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("text", "label"), *zip(texts, labels, strict=True)])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Texts whose class shows in words that the vectors do not know, and texts where it does not."""
    word_vectors().save(tmp_path / "embeddings")
    write(tmp_path / "pool.csv", *telling(120, 0))
    write(tmp_path / "test.csv", *telling(60, 1))
    write(tmp_path / "clear.csv", *labelled(120))
    write(tmp_path / "clear_test.csv", *labelled(60, seed=1))
    return tmp_path


def classify(run: Run, *options: object) -> Outcome:
    outcome = run("classify", "--text-features", *OPTIONS, *options)
    assert outcome.code == 0, outcome.err
    return outcome


def saved_line(outcome: Outcome) -> str:
    (line,) = [line for line in outcome.out.splitlines() if line.startswith("saved")]
    return line


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_it_is_saved_where_it_is_ahead(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = classify(run, "-l", "pool.csv", "-t", "test.csv", "--report", "r.html")
    assert (
        saved_line(outcome) == "saved     classifier (trained on all 120 labelled texts, with text features)"
    )
    assert names_in(files / "classifier") == PLAIN | WORDS
    saved = CombinedClassifier.load(files / "classifier")
    texts, codes = telling(60, 1)
    assert (saved.predict(texts) == codes.astype(str)).mean() > 0.95
    # The trust line and the report are about this classifier, not the one of vectors alone.
    record = json.loads((files / "classifier" / "comparison.json").read_text(encoding="utf-8"))
    a, b = record["weights"]
    assert (a, b) == saved.weights_
    assert f"60 texts, test texts; weights {a:.2f} of vectors, {b:.2f} of words)" in outcome.out
    assert record["trust"]["temperature"] == 1.0
    page = (files / "r.html").read_text(encoding="utf-8")
    right = (saved.predict(texts) == codes.astype(str)).mean()
    source = "on 60 test texts (with text features; words count by the vectors alone)"
    assert f"{source}; {100 * right:.1f}% of 60 right" in page

    # Files are predicted in blocks by several threads.
    monkeypatch.setattr("textransfer.sentiment.predicting.TEXTS_A_TIME", 7)
    monkeypatch.setattr("textransfer.sentiment.predicting.available_cores", lambda: 4)
    outcome = run("predict", "--input", "test.csv", "--json")
    answers = [json.loads(line) for line in outcome.out.splitlines()]
    assert [answer["text"] for answer in answers] == texts
    found = [[answer["probabilities"][name] for name in ("0", "1")] for answer in answers]
    np.testing.assert_allclose(found, saved.predict_proba(texts), rtol=1e-6)
    assert [answer["label"] for answer in answers] == saved.predict(texts).tolist()

    outcome = run("predict", "zyx", "xyz", "unheard of")
    assert "1 of 3 texts have no known word" in outcome.err
    assert [row["label"] for row in csv.DictReader(io.StringIO(outcome.out))][:2] == ["0", "1"]
    outcome = run("predict", "zyx", "--explain", "3")
    assert "zyx:+" in outcome.out
    (files / "classifier" / "words.json").unlink()
    check_refused(run, files, ["predict", "zyx"], "words.json missing")


def test_cross_validated_lines_are_its_own(run: Run, files: Path) -> None:
    texts, codes = telling(140, 0)
    codes[3] = 1 - codes[3]
    write(files / "wrong.csv", texts, codes)
    outcome = classify(run, "-l", "wrong.csv", "--report", "r.html")
    assert saved_line(outcome).endswith("(trained on all 140 labelled texts, with text features)")
    assert re.search(r"140 texts, cross-validation; weights \d", outcome.out)
    # Only the words tell that this label is wrong.
    assert f"labelled text 4 is {str(codes[3])!r}, but looks like" in outcome.out
    assert "trained on the others (with text features" in (files / "r.html").read_text(encoding="utf-8")


def test_it_is_not_saved_where_it_did_not_show_to_help(run: Run, files: Path) -> None:
    outcome = classify(run, "-l", "clear.csv", "-t", "clear_test.csv")
    assert saved_line(outcome) == (
        "saved     classifier (trained on all 120 labelled texts; text features did not show to help)"
    )
    assert names_in(files / "classifier") == PLAIN
    assert "temperature" in outcome.out
    assert json.loads((files / "classifier" / "comparison.json").read_text())["weights"] is None
    with_it = SentimentClassifier.load(files / "classifier").predict_proba(labelled(9, seed=2)[0])
    assert run("classify", *OPTIONS, "-l", "clear.csv", "-t", "clear_test.csv", "--force").code == 0
    without = SentimentClassifier.load(files / "classifier").predict_proba(labelled(9, seed=2)[0])
    np.testing.assert_array_equal(with_it, without)
    assert run("predict", "a good film", "--explain", "2").code == 0


def test_few_labels_and_seed_words_go_without(run: Run, files: Path) -> None:
    outcome = classify(run, "-l", "pool.csv", "-t", "test.csv", "--n-labels", "8")
    assert "; text features need 100 labels, the comparison trained on 8)" in saved_line(outcome)
    seeds = ["--seed-words", "0=bad", "--seed-words", "1=good"]
    outcome = classify(run, "-l", "pool.csv", "-t", "test.csv", *seeds, "--force")
    assert saved_line(outcome).endswith("labelled texts; seed words go without text features)")
    assert names_in(files / "classifier") == PLAIN
    check_refused(
        run, files, ["classify", "--text-features", *seeds, "--force"], "--text-features", "labelled texts"
    )


def test_suggest_takes_such_a_folder(run: Run, files: Path) -> None:
    classify(run, "-l", "pool.csv", "-t", "test.csv")
    (files / "more.txt").write_text("a good film\na bad film\nthe plot\n", encoding="utf-8")
    assert run("suggest", "more.txt", "-n", "2", "--classifier", "classifier", "-o", "next.csv").code == 0
