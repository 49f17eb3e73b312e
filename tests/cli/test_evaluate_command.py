"""`evaluate` of the command line: a classifier or word vectors, and what is refused."""

import json

import pytest

from textransfer import SentimentClassifier, WordVectors


@pytest.fixture(scope="module")
def folder(embeddings, english, tmp_path_factory):
    from textransfer import read_labelled

    few = read_labelled(english / "few.csv")
    path = tmp_path_factory.mktemp("classifier") / "classifier"
    return SentimentClassifier(WordVectors.load(embeddings), epochs=20).fit(few.texts, few.labels).save(path)


def test_a_classifier_is_tested(run, english, folder):
    command = ("evaluate", "--labeled", english / "heldout.csv", "--classifier", folder)
    outcome = run(*command, "--abstain-below", "0.6")
    assert outcome.code == 0
    for part in (
        "40 texts",
        "accuracy  ",
        "macro-F1  ",
        "class",
        "precision",
        "note      answering only above 0.6",
        "trust",
    ):
        assert part in outcome.out
    record = json.loads(run(*command, "--json").out)
    assert record["n_texts"] == 40
    assert [score["label"] for score in record["by_class"]] == ["negative", "positive"]
    assert f"accuracy  {100 * record['accuracy']['estimate']:.1f}%" in outcome.out


def test_labels_that_the_classifier_does_not_know(run, folder, tmp_path):
    (tmp_path / "test.csv").write_text("text,label\na fine film,positive\na dull film,neutral\n")
    command = ("evaluate", "-l", "test.csv", "--classifier", folder)
    outcome = run(*command)
    assert outcome.code == 2
    assert "know: 'neutral' (1); expected 'negative', 'positive'" in outcome.err
    assert "count as wrong" in run(*command, "--unknown-labels", "wrong").out
    left = run(*command, "--unknown-labels", "leave-out").out
    assert "are left out" in left
    assert left.startswith("1 texts of")


def test_word_vectors_are_tested(run, embeddings, tmp_path):
    (tmp_path / "pairs.csv").write_text(
        "word1,word2,similarity,association\nfilm,story,9,1\nSuperb,bad,2,2\nwitty,warm,5,3\ndull,boring,6,4\nx1,x2,1,1\n"
    )
    (tmp_path / "questions.txt").write_text(": some\nsuperb bad witty dull\nsuperb bad king queen\n")
    command = ("evaluate", "--embeddings", embeddings, "--similarity", "pairs.csv")
    outcome = run(*command, "--analogies", "questions.txt")
    assert outcome.code == 0
    assert "4 of 5 (80.0%)" in outcome.out
    assert "--score-column may also be association" in outcome.out
    assert "x1, x2" in outcome.out
    assert "1 of 2 (50.0%)" in outcome.out
    assert "some" in outcome.out
    record = json.loads(run(*command, "--score-column", "association", "--json").out)
    assert record["similarity"][0]["n_known"] == 4
    assert record["similarity"][0]["score_column"] == "association"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "no file is given to test on"),
        (("-l", "a.csv", "--similarity", "b.csv"), "files of two kinds"),
        (("-l", "a.csv", "--embeddings", "e"), "--embeddings is about word vectors"),
        (("-l", "a.csv", "--case-sensitive"), "--case-sensitive is about word vectors"),
        (("--similarity", "b.csv", "--abstain-below", "0.5"), "--abstain-below is about a classifier"),
        (("--analogies", "b.csv", "--classifier", "c"), "--classifier is about a classifier"),
    ],
)
def test_options_that_do_not_fit_are_refused(run, options, message):
    outcome = run("evaluate", *options)
    assert outcome.code == 2
    assert message in outcome.err


def test_options_of_tables_are_refused_where_word_lists_are_read(run):
    outcome = run("evaluate", "--similarity", "b.csv", "--text-column", "body")
    assert outcome.code == 2
    assert "--text-column is about a classifier" in outcome.err


@pytest.mark.parametrize("name", ["report.html", "report.png"])
def test_a_report_is_written_once(run, english, folder, name, tmp_path):
    command = ("evaluate", "--labeled", english / "heldout.csv", "--classifier", folder, "--report", name)
    outcome = run(*command)
    assert outcome.code == 0
    assert f"report    {name}" in outcome.out
    written = (tmp_path / name).read_bytes()
    assert name.endswith("png") or b"<code>textransfer evaluate --labeled" in written
    again = run(*command)
    assert again.code == 2
    assert "exists already" in again.err
    assert (tmp_path / name).read_bytes() == written
    assert run(*command, "--force").code == 0


def test_long_paths_are_told_apart_by_their_ends(run, tmp_path, embeddings):
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    options = []
    for name in ("first.tsv", "second.tsv"):
        (folder / name).write_text("film\tplot\t1\nfilm\tcast\t2\nplot\tcast\t3\n", encoding="utf-8")
        options += ["--similarity", str(folder / name)]
    outcome = run("evaluate", "--embeddings", embeddings, *options)
    assert outcome.code == 0, outcome.err
    lines = [line.split()[0] for line in outcome.out.splitlines() if line.startswith("...")]
    assert [line.rsplit("/", 1)[-1] for line in lines] == ["first.tsv", "second.tsv"]
