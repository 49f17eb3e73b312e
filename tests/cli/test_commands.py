"""The main job from the command line, on the bundled reviews."""

import io
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from cli.conftest import Run
from cli.test_refusals import check_refused

from textransfer import SkipGram, WordVectors, __version__
from textransfer.cli.files import load_vectors
from textransfer.pretrain.progress import Progress


def test_from_reviews_to_a_verdict(run: Run, tmp_path: Path, english: Path) -> None:
    pretrained = run("pretrain", english / "unlabeled.txt")
    assert pretrained.code == 0
    assert "351 distinct words" in pretrained.out
    assert {"vectors.safetensors", "vocabulary.json", "config.json", "README.md", "progress.jsonl"} <= {
        path.name for path in (tmp_path / "embeddings").iterdir()
    }
    records = [json.loads(line) for line in (tmp_path / "embeddings/progress.jsonl").open(encoding="utf-8")]
    assert records[-1]["share"] == 1.0

    classified = run("classify", "--labeled", english / "few.csv", "--draws", "8", "--curves", "curves.png")
    assert classified.code == 0
    assert "VERDICT" in classified.out
    assert "8 labels" in classified.out
    assert (tmp_path / "curves.png").stat().st_size > 10_000
    comparison = json.loads((tmp_path / "classifier/comparison.json").read_text(encoding="utf-8"))
    assert comparison["n_pool"] == 8
    assert {arm["name"] for arm in comparison["arms"]} == {
        "pretrained",
        "no pretraining",
        "TF-IDF + LR",
        "majority",
    }

    predicted = run("predict", "a gripping, wonderful film", "tedious and awful", "--json")
    assert predicted.code == 0
    answers = [json.loads(line) for line in predicted.out.splitlines()]
    assert [answer["text"] for answer in answers] == ["a gripping, wonderful film", "tedious and awful"]
    for answer in answers:
        assert sum(answer["probabilities"].values()) == pytest.approx(1)
        assert answer["label"] == max(answer["probabilities"], key=answer["probabilities"].get)


def test_classify_with_a_test_file_and_json(run: Run, english: Path, embeddings: Path) -> None:
    outcome = run(
        "classify", "-l", english / "few.csv", "-t", english / "heldout.csv", "--embeddings", embeddings,
        "--draws", "3", "--epochs", "20", "--json",
    )  # fmt: skip
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert (found["mode"], found["n_labels"], found["n_test"], found["n_draws"]) == (
        "random states",
        8,
        40,
        3,
    )
    assert found["verdict"]["outcome"] in ("positive", "negative", "inconclusive")


def test_rows_and_few_shot_draws(run: Run, english: Path, embeddings: Path) -> None:
    held = english / "heldout.csv"
    outcome = run(
        "classify", "-l", held, "--rows", ":20", "-t", held, "--test-rows", "20:", "--n-labels", "4",
        "--draws", "3", "--epochs", "20", "--embeddings", embeddings, "--json",
    )  # fmt: skip
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert (found["mode"], found["n_pool"], found["n_test"], found["n_labels"]) == ("draws", 20, 20, 4)


def test_word2vec_vectors_take_a_named_tokenizer(
    run: Run, tmp_path: Path, english: Path, embeddings: Path
) -> None:
    WordVectors.load(embeddings).save_word2vec(tmp_path / "v.bin", binary=True)
    options = ["--draws", "2", "--epochs", "5", "--embeddings", "v.bin", "--tokenizer", "words"]
    assert run("classify", "-l", english / "few.csv", *options).code == 0


def test_predict_files_and_streams(
    run: Run, tmp_path: Path, english: Path, embeddings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--draws", "2", "--epochs", "20", "--embeddings", embeddings]
    assert run("classify", "-l", english / "few.csv", *options).code == 0
    outcome = run("predict", "--input", english / "heldout.csv", "--output", "p.csv")
    assert outcome.code == 0
    lines = (tmp_path / "p.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "text,label,predicted_label,probability,known_words"
    assert len(lines) == 41
    (tmp_path / "gaps.csv").write_text('text\ngood\n""\nbad\n', encoding="utf-8")
    outcome = run("predict", "--input", "gaps.csv", "--json")
    assert [json.loads(line)["text"] for line in outcome.out.splitlines()] == ["good", "", "bad"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"wonderful\nawful\n")))
    outcome = run("predict", "--input", "-", "--json")
    assert [json.loads(line)["text"] for line in outcome.out.splitlines()] == ["wonderful", "awful"]


def test_predictions_of_several_blocks_keep_their_order(
    run: Run, english: Path, embeddings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("classify", "-l", english / "few.csv", "--draws", "1", "--embeddings", embeddings).code == 0
    whole = run("predict", "--input", english / "heldout.csv").out
    monkeypatch.setattr("textransfer.sentiment.predicting.TEXTS_A_TIME", 3)
    assert run("predict", "--input", english / "heldout.csv").out == whole
    monkeypatch.setattr("textransfer.sentiment.predicting.CHARACTERS_A_TIME", 10)
    assert run("predict", "--input", english / "heldout.csv").out == whole
    assert len(whole.splitlines()) > 10


def test_predict_says_which_texts_it_cannot_know(run: Run, english: Path, embeddings: Path) -> None:
    options = ["--draws", "2", "--epochs", "5", "--embeddings", embeddings]
    assert run("classify", "-l", english / "few.csv", *options).code == 0
    outcome = run("predict", "xyzzy plugh")
    assert outcome.code == 0
    assert "1 of 1 text has no known word" in outcome.err


def test_neighbors(run: Run, embeddings: Path) -> None:
    outcome = run("neighbors", "film", "-n", "3", "--embeddings", embeddings, "--json")
    assert outcome.code == 0
    expected = WordVectors.load(embeddings).most_similar("film", n=3)
    assert [(one["word"], one["similarity"]) for one in json.loads(outcome.out)] == expected


def test_article_preset_is_section_7(run: Run, tmp_path: Path, english: Path) -> None:
    outcome = run("pretrain", english / "unlabeled.txt", "--preset", "article", "--json")
    facts = json.loads(outcome.out)
    assert facts["vector_size"] == 4
    assert facts["training"]["n_steps"] == 10_001
    assert facts["settings"]["objective"] == "nce"
    vectors = WordVectors.load(tmp_path / "embeddings")
    assert "the" not in vectors
    assert vectors.out_bias is not None


def test_options_win_over_the_settings_file_and_it_over_the_preset(
    run: Run, tmp_path: Path, english: Path
) -> None:
    (tmp_path / "s.toml").write_text("vector_size = 6\nepochs = 2\n", encoding="utf-8")
    outcome = run("pretrain", english / "unlabeled.txt", "--config", "s.toml", "--vector-size", "7", "--json")
    settings = json.loads(outcome.out)["settings"]
    assert (settings["vector_size"], settings["epochs"]) == (7, 2)
    # what was saved can be used again
    again = run("pretrain", english / "unlabeled.txt", "--config", "embeddings/config.json", "-o", "again")
    assert again.code == 0
    one, two = WordVectors.load("embeddings"), WordVectors.load("again")
    np.testing.assert_array_equal(one.matrix, two.matrix)


def test_ctrl_c_saves_what_was_learned_and_exits_130(
    run: Run, tmp_path: Path, english: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(meter: object, record: Progress) -> None:
        if record.share > 0.5:
            raise KeyboardInterrupt

    monkeypatch.setattr("textransfer.cli.training.show_progress", interrupt)
    outcome = run("pretrain", english / "unlabeled.txt")
    assert outcome.code == 130
    assert "interrupted" in outcome.err
    vectors = WordVectors.load(tmp_path / "embeddings")
    assert vectors.metadata["is_interrupted"]
    assert len(vectors) == 351
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_ctrl_c_before_training_writes_nothing(
    run: Run, tmp_path: Path, english: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("textransfer.pretrain.preparation.scan_corpus", interrupt)
    assert run("pretrain", english / "unlabeled.txt").code == 130
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_demo_runs_the_article(run: Run, tmp_path: Path) -> None:
    outcome = run("demo", "--language", "en", "--states", "4", "--json")
    assert outcome.code == 0
    (report,) = json.loads(outcome.out)["reports"]
    accuracy = {(one["arm"], one["test"]): one["accuracy"] for one in report["results"]}
    assert accuracy["pretrained", "heldout.csv"] > 0.9
    assert accuracy["no pretraining", "heldout.csv"] < 0.7
    assert {path.name for path in (tmp_path / "demo").iterdir()} == {
        "learning_curves_en.png",
        "learning_curves_en.svg",
        "results.json",
    }
    (tmp_path / "demo" / "mine.txt").write_text("precious", encoding="utf-8")
    assert run("demo", "--states", "2").code == 2
    assert (tmp_path / "demo" / "mine.txt").is_file()


def test_version_and_help(run: Run) -> None:
    assert run("--version").out.strip() == f"textransfer {__version__}"
    for command in ("pretrain", "update", "classify", "predict", "neighbors", "demo"):
        help_page = run(command, "--help")
        assert help_page.code == 0
        assert "Examples" in help_page.out
        assert "--quiet" in help_page.out


@pytest.mark.parametrize(("negation", "marks"), [("english", True), ("none", False)])
def test_vectors_that_come_back_from_a_file_are_asked_for_the_words_they_have(
    run: Run, tmp_path: Path, english: Path, negation: str, marks: bool
) -> None:
    vectors = SkipGram(vector_size=4, epochs=2, negation=negation).fit(english / "unlabeled.txt").vectors_
    vectors.save_word2vec(tmp_path / "v.txt", binary=False)
    found, tokenizer = load_vectors(tmp_path / "v.txt", "words")
    assert found.words == vectors.words
    assert tokenizer.spec()["marks_negation"] is marks


@pytest.mark.parametrize("engine", ["cpu", "torch"])
@pytest.mark.parametrize("command", ["pretrain", "update"])
def test_a_run_without_a_pair_to_train_on_ends_in_one_line(
    run: Run, tmp_path: Path, english: Path, embeddings: Path, command: str, engine: str
) -> None:
    shutil.copytree(embeddings, tmp_path / "embeddings")
    output = ["-o", "out"] if command == "pretrain" else []
    options = ["--sample", "1e-9", "--epochs", "2", "--engine", engine, "--checkpoint-tokens", "10"]
    arguments = [command, english / "unlabeled.txt", *output, *options]
    complaint = "no pair of words was left to train on with sample 1e-09"
    check_refused(run, tmp_path, arguments, complaint)
    if command == "pretrain":
        check_refused(run, tmp_path, [*arguments, "--max-steps", "9"], complaint)


def test_a_run_with_next_to_no_pairs_is_warned_of(run: Run, english: Path) -> None:
    outcome = run("pretrain", english / "unlabeled.txt", "--sample", "3e-6", "--vector-size", "4")
    assert outcome.code == 0, outcome.err
    assert "pairs of words were left to train on with sample 3e-06" in outcome.err
    assert "nan" not in outcome.out
