"""Which arm `classify` saves, and what the other commands do with it."""

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
PLAIN = {"comparison.json", "config.json", "network.safetensors", "tokenizer_spec.json", "vocabulary.json"}
WORDS = {"members.json", "words.json", "words.safetensors"}


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
    outcome = run("classify", *OPTIONS, *options)
    assert outcome.code == 0, outcome.err
    return outcome


def saved_line(outcome: Outcome) -> str:
    (line,) = [line for line in outcome.out.splitlines() if line.startswith("saved")]
    return line


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_words_join_the_vectors(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["-l", "pool.csv", "-t", "test.csv", "--report", "r.html"]
    outcome = classify(run, *arguments)
    assert saved_line(outcome) == "saved     classifier (pretrained, trained on all 120 labelled texts)"
    assert names_in(files / "classifier") == PLAIN | WORDS
    saved = CombinedClassifier.load(files / "classifier")
    texts, codes = telling(60, 1)
    assert (saved.predict(texts) == codes.astype(str)).mean() > 0.95
    # The trust line and the report are about this classifier, not the one of vectors alone.
    record = json.loads((files / "classifier" / "comparison.json").read_text(encoding="utf-8"))
    weights = record["weights"]
    assert weights == saved.weights_
    shown = f"weights {weights['vectors']:.2f} of vectors, {weights['words']:.2f} of words)"
    assert f"60 texts, test texts; {shown}" in outcome.out
    assert record["trust"]["temperature"] == 1.0
    page = (files / "r.html").read_text(encoding="utf-8")
    right = (saved.predict(texts) == codes.astype(str)).mean()
    source = "the classifier (pretrained) trained on all 120 labels, on 60 test texts"
    assert source[1:] in page
    assert f"{100 * right:.1f}% of 60 right" in page

    # Files are predicted in blocks by several threads.
    monkeypatch.setattr("textransfer.sentiment.predicting.TEXTS_A_TIME", 7)
    monkeypatch.setattr("textransfer.sentiment.predicting.available_cores", lambda: 4)
    outcome = run("predict", "--input", "test.csv", "--json")
    answers = [json.loads(line) for line in outcome.out.splitlines()]
    assert [answer["text"] for answer in answers] == texts
    found = [[answer["probabilities"][name] for name in ("0", "1")] for answer in answers]
    np.testing.assert_allclose(found, saved.predict_proba(texts), atol=1e-6)
    assert [answer["label"] for answer in answers] == saved.predict(texts).tolist()

    outcome = run("predict", "zyx", "xyz", "unheard of")
    assert "1 of 3 texts has no known word" in outcome.err
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
    assert saved_line(outcome).endswith("(pretrained, trained on all 140 labelled texts)")
    assert re.search(r"140 texts, cross-validation; weights \d", outcome.out)
    # Only the words tell that this label is wrong.
    assert f"wrong.csv, line 5 is {str(codes[3])!r}, but looks like" in outcome.out
    assert "trained on the others" in (files / "r.html").read_text(encoding="utf-8")


def test_vectors_alone(run: Run, files: Path) -> None:
    outcome = classify(run, "-l", "clear.csv", "-t", "clear_test.csv", "--no-text-features")
    assert saved_line(outcome) == "saved     classifier (pretrained, trained on all 120 labelled texts)"
    assert "\n         No other arm is surely ahead of pretrained, which is saved\n" in outcome.out
    assert names_in(files / "classifier") == PLAIN
    assert "temperature" in outcome.out
    assert json.loads((files / "classifier" / "comparison.json").read_text())["weights"] is None
    alone = SentimentClassifier(word_vectors(), epochs=20).fit(*labelled(120)).predict_proba(["a good film"])
    saved = SentimentClassifier.load(files / "classifier").predict_proba(["a good film"])
    np.testing.assert_allclose(saved, alone, atol=1e-6)
    assert run("predict", "a good film", "--explain", "2").code == 0


def test_fewer_labels_are_compared_than_saved(run: Run, files: Path) -> None:
    outcome = classify(run, "-l", "pool.csv", "-t", "test.csv", "--n-labels", "8")
    assert "note      the arms were compared on 8 labels, the saved one is trained on 120" in outcome.out
    seeds = ["--seed-words", "0=bad", "--seed-words", "1=good"]
    refused = ["classify", "--save-arm", "tfidf", *seeds, "--force"]
    check_refused(run, files, refused, "--save-arm", "labelled texts")


def test_an_arm_that_is_ahead_is_saved_and_said(run: Run, files: Path) -> None:
    outcome = run("classify", *OPTIONS, "-l", "pool.csv", "-t", "test.csv", "--no-text-features")
    (sentence,) = [line for line in outcome.out.splitlines() if "Ahead of pretrained" in line]
    assert sentence.startswith("         Ahead of pretrained: TF-IDF + LR, +")
    assert re.search(
        r"points accuracy \(95% interval \S+ to \S+, corrected for 2 .*\); it is saved$", sentence
    )
    assert saved_line(outcome) == "saved     classifier (TF-IDF + LR, trained on all 120 labelled texts)"
    record = json.loads((files / "classifier" / "comparison.json").read_text(encoding="utf-8"))
    assert (record["saved_arm"], record["lead"]["arm"]) == ("tfidf", "TF-IDF + LR")
    assert record["choice"]["sentence"] == sentence.strip()
    assert record["trust"]["n_texts"] == 60
    overruled = run(
        "classify",
        *OPTIONS,
        "-l",
        "pool.csv",
        "-t",
        "test.csv",
        "--force",
        "--save-arm",
        "pretrained",
        "--no-text-features",
    )
    assert "; pretrained is saved, as asked\n" in overruled.out
    assert names_in(files / "classifier") == PLAIN


@pytest.mark.parametrize(
    ("arm", "options"),
    [
        ("pretrained", []),
        ("no-pretraining", []),
        ("tfidf", []),
        ("balanced", []),
        ("seed-words", ["--seed-words", "bad=dull", "--seed-words", "good=fine"]),
    ],
)
def test_every_arm_goes_through_the_same_commands(
    run: Run, files: Path, arm: str, options: list[str]
) -> None:
    outcome = run(
        "classify", *OPTIONS, "-l", "clear.csv", "-t", "clear_test.csv", "--report", "r.html", *options,
        "--save-arm", arm,
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    assert f"{arm} is saved, as asked" in outcome.out
    assert "trust     " in outcome.out
    page = (files / "r.html").read_text(encoding="utf-8")
    assert f"{arm} is saved, as asked." in page
    assert ("map of the word vectors" in page) == (arm != "tfidf")
    outcome = run("predict", "a good film", "a bad film", "--explain", "1")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert [row["label"] for row in rows] == ["good", "bad"]
    assert [row["words"].split(":+")[0] for row in rows] == ["good", "bad"]
    outcome = run("evaluate", "--labeled", "clear_test.csv")
    assert outcome.code == 0, outcome.err
    (files / "more.txt").write_text("a good film\na bad film\nthe plot\n", encoding="utf-8")
    assert run("suggest", "more.txt", "-n", "2", "--classifier", "classifier", "-o", "next.csv").code == 0


@pytest.mark.parametrize(
    ("arm", "options", "parts"),
    [
        ("majority", [], ["'majority'", "pretrained, no-pretraining, tfidf, balanced"]),
        ("seed-words", [], ["there are no seed words"]),
        ("balanced", ["--class-weight", "balanced"], ["class weights already"]),
    ],
)
def test_arms_that_cannot_be_saved(
    run: Run, files: Path, arm: str, options: list[str], parts: list[str]
) -> None:
    arguments = ["classify", "-l", "pool.csv", "-t", "test.csv", *options, "--save-arm", arm]
    check_refused(run, files, arguments, *parts)


def test_unequal_classes_are_judged_by_macro_f1_too(run: Run, files: Path) -> None:
    texts, labels = labelled(120)
    rows = [i for i, label in enumerate(labels) if label == "good" or i % 6 == 0]
    write(files / "unequal.csv", [texts[i] for i in rows], [labels[i] for i in rows])
    outcome = run("classify", *OPTIONS, "-l", "unequal.csv", "-t", "clear_test.csv", "--json")
    record = json.loads(outcome.out)
    assert [arm["name"] for arm in record["arms"]][-1] == "balanced"
    assert record["lead"]["measures"] == ["accuracy", "macro-F1"]
    equal = run("classify", *OPTIONS, "-l", "clear.csv", "-t", "clear_test.csv", "--json", "--force")
    assert "balanced" not in [arm["name"] for arm in json.loads(equal.out)["arms"]]
