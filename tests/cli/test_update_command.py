"""Going on with more text from the command line."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from cli.conftest import Run
from cli.test_refusals import check_refused, files_in

from textransfer import WordVectors
from textransfer.pretrain.progress import Progress

MORE = "a gripping film from start to finish\na dreary film from start to finish\n" * 4


@pytest.fixture
def own(tmp_path: Path, embeddings: Path) -> Path:
    """A folder that may be changed, beside the new text."""
    (tmp_path / "more.txt").write_text(MORE, encoding="utf-8")
    (tmp_path / "few.csv").write_text("text,label\na fine film,good\na dull film,bad\n" * 4, encoding="utf-8")
    return Path(shutil.copytree(embeddings, tmp_path / "embeddings"))


def test_in_place(run: Run, tmp_path: Path, own: Path) -> None:
    old = WordVectors.load(own)
    outcome = run("update", "more.txt")
    assert outcome.code == 0, outcome.err
    for line in ("56 words in 8 documents", "1 new word", "rate      from", "saved     embeddings"):
        assert line in outcome.out
    new = WordVectors.load(own)
    assert new.words == [*old.words, "dreary"]
    assert new.n_tokens == old.n_tokens + 56
    assert new.metadata["updates"][0]["corpus"]["sources"] == ["more.txt"]
    assert new.metadata["settings"] == old.metadata["settings"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    # everything else takes the updated folder
    assert run("neighbors", "dreary").code == 0
    assert run("classify", "-l", "few.csv", "--draws", "2", "--epochs", "5").code == 0
    new.save_word2vec(tmp_path / "vectors.bin", binary=True)
    new.save_word2vec(tmp_path / "vectors.txt", binary=False)
    for path in ("vectors.bin", "vectors.txt"):
        loaded = WordVectors.load(tmp_path / path)
        assert loaded.words == new.words
        np.testing.assert_array_equal(loaded.matrix, new.matrix)
    assert new.to_gensim().get_vecattr("dreary", "count") == 4


def test_two_updates_append_their_records(run: Run, own: Path) -> None:
    assert run("pretrain", "more.txt", "-o", "own", "--epochs", "2", "--quiet").code == 0
    for number in (1, 2):
        outcome = run("update", "few.csv", "--embeddings", "own", "--epochs", "3", "--json")
        assert json.loads(outcome.out)["total"]["n_updates"] == number
    assert "learned before, in update 1" in outcome.err
    records = [
        json.loads(line) for line in Path("own/progress.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    numbers = [record.get("update", 0) for record in records]
    assert numbers == sorted(numbers)
    assert set(numbers) == {0, 1, 2}
    card = Path("own/README.md").read_text(encoding="utf-8")
    assert "## Updates" in card
    assert card.count("few.csv") == 2


def test_to_another_folder_the_old_one_stays(run: Run, tmp_path: Path, own: Path) -> None:
    before = {path: path.read_bytes() for path in own.iterdir()}
    assert run("update", "more.txt", "-o", "newer", "--quiet").code == 0
    assert {path: path.read_bytes() for path in own.iterdir()} == before
    assert "dreary" in WordVectors.load(tmp_path / "newer")
    check_refused(run, tmp_path, ["update", "more.txt", "-o", "newer"], "newer exists", "--force")
    assert run("update", "more.txt", "-o", "newer", "--quiet", "--force").code == 0


def interrupt(meter: object, record: Progress) -> None:
    if record.share > 0.5:
        raise KeyboardInterrupt


def test_ctrl_c_leaves_the_old_vectors_in_place(
    run: Run, tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textransfer.cli.training.show_progress", interrupt)
    before = {path: path.read_bytes() for path in own.iterdir()}
    names = files_in(tmp_path)
    outcome = run("update", "more.txt")
    assert outcome.code == 130
    assert "nothing was changed" in outcome.err
    assert {path: path.read_bytes() for path in own.iterdir()} == before
    assert {name for name in files_in(tmp_path) - names if "/" not in name} == {
        "embeddings.update-checkpoint"
    }


def test_ctrl_c_saves_what_was_learned_to_another_folder(
    run: Run, tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textransfer.cli.training.show_progress", interrupt)
    outcome = run("update", "more.txt", "-o", "newer")
    assert outcome.code == 130
    assert "saved what was learned" in outcome.err
    assert "--resume goes on from here" in outcome.err
    assert WordVectors.load(tmp_path / "newer").metadata["updates"][0]["is_interrupted"]


def test_what_cannot_be_updated(run: Run, tmp_path: Path, own: Path) -> None:
    check_refused(run, tmp_path, ["update", "more.txt", "--embeddings", "nowhere"], "nowhere")
    check_refused(run, tmp_path, ["update", "nowhere.txt"], "nowhere.txt")


def test_a_file_of_another_program_stays_and_its_words_learn_further(
    run: Run, tmp_path: Path, own: Path
) -> None:
    old = WordVectors.load(own)
    old.save_word2vec(tmp_path / "vectors.bin", binary=True)
    before = (tmp_path / "vectors.bin").read_bytes()
    command = ["update", "more.txt", "--embeddings", "vectors.bin"]
    check_refused(run, tmp_path, command, "vectors.bin is a file of another program", "--output")
    outcome = run(*command, "--output", "newer", "--epochs", "2")
    assert outcome.code == 0, outcome.err
    assert "words of vectors.bin: " in outcome.out
    assert "tells no tokenizer, no counts, no output vectors; tokenizer: words" in outcome.out
    assert "which changes no angle" in outcome.out
    assert (tmp_path / "vectors.bin").read_bytes() == before
    newer = WordVectors.load(tmp_path / "newer")
    assert newer.words == [*old.words, "dreary"]
    assert "from vectors.bin" in Path("newer/README.md").read_text(encoding="utf-8")
    assert run("neighbors", "dreary", "--embeddings", "newer").code == 0


def test_marks_of_negation_are_said_and_can_be_left_out(run: Run, tmp_path: Path, own: Path) -> None:
    words = [word for word in WordVectors.load(own).words if not word.startswith("not_")]
    WordVectors(words, np.eye(len(words), 8) + 1).save_word2vec(tmp_path / "plain.txt", binary=False)
    text = "this is not the film that I saw and it is not a good film\n" * 9
    (tmp_path / "negated.txt").write_text(text, encoding="utf-8")
    command = ["update", "negated.txt", "--embeddings", "plain.txt", "--epochs", "1", "--min-count", "1"]
    outcome = run(*command, "-o", "marked")
    assert "tokenizer: words, negation marked" in outcome.out
    assert "not_good" in WordVectors.load(tmp_path / "marked")
    outcome = run(*command, "-o", "unmarked", "--negation", "none")
    assert "negation marked" not in outcome.out
    assert not any(word.startswith("not_") for word in WordVectors.load(tmp_path / "unmarked").words)
    check_refused(run, tmp_path, ["update", "more.txt", "--negation", "none"], "negation cannot change")


def test_pretraining_starts_from_a_file(run: Run, tmp_path: Path, own: Path) -> None:
    WordVectors.load(own).save_word2vec(tmp_path / "vectors.txt", binary=False)
    command = ["pretrain", "more.txt", "-o", "newer", "--epochs", "2", "--init-from", "vectors.txt"]
    check_refused(run, tmp_path, [*command, "--vector-size", "9"], "vector_size is 9", "8 dimensions")
    check_refused(run, tmp_path, [*command[:-1], "nowhere"], "there is no nowhere")
    outcome = run(*command)
    assert outcome.code == 0, outcome.err
    assert "words of vectors.txt: " in outcome.out
    found = WordVectors.load(tmp_path / "newer")
    assert "dreary" in found
    assert found.metadata["init_from"]["n_found"] == np.count_nonzero(found.counts) - 1


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--vector-size", "99", "vector_size is 99, but the vectors have 8"),
        ("--objective", "nce", "objective is 'nce', but the vectors have 'sgns'"),
        ("--tokenizer", "japanese", "tokenizer cannot change"),
        ("--learning-rate", "0", "learning_rate is 0"),
        ("--learning-rate", "1e-9", "min_learning_rate is 0.0001, above learning_rate"),
        ("--window", "0", "window is 0"),
        ("--epochs", "many", "--epochs"),
        ("--device", "abacus", "abacus"),
    ],
)
def test_options_that_cannot_be_obeyed(
    run: Run, tmp_path: Path, own: Path, option: str, value: str, expected: str
) -> None:
    check_refused(run, tmp_path, ["update", "more.txt", option, value], expected)


def test_text_with_nothing_to_learn(run: Run, tmp_path: Path, own: Path) -> None:
    (tmp_path / "strange.txt").write_text("film\nxyzzy\n", encoding="utf-8")
    check_refused(run, tmp_path, ["update", "strange.txt", "--min-count", "2"], "none of them two")
