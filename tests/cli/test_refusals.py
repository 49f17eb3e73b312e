"""Bad input gets one clear line and exit code 2; nothing is written, nothing is lost."""

import errno
import json
import shutil
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from cli.conftest import Run

FEW = "text,label\na fine warm film,good\na dull cold film,bad\nwarm and fine,good\ncold and dull,bad\n"


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def check_refused(run: Run, folder: Path, arguments: list[object], *expected: str) -> None:
    """Run a command that must fail, and look at what it says and leaves behind."""
    before = files_in(folder)
    outcome = run(*arguments)
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    lines = [line for line in outcome.err.splitlines() if not line.startswith("warning:")]
    assert len(lines) == 1, outcome.err
    assert lines[0].startswith("error: ")
    for text in expected:
        assert text in lines[0], lines[0]
    assert files_in(folder) == before


TEXT_FILES = {
    "empty": (b"", ["is empty"]),
    "blank lines": (b"\n  \n\t\n", ["blank"]),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), ["binary"]),
    "damaged text": (("a good café\n" * 9).encode() + b"a caf\xe9 film\n", ["0xe9", "line 10", "--encoding"]),
}


@pytest.mark.parametrize("kind", TEXT_FILES)
def test_text_files(run: Run, tmp_path: Path, kind: str) -> None:
    content, expected = TEXT_FILES[kind]
    (tmp_path / "reviews.txt").write_bytes(content)
    check_refused(run, tmp_path, ["pretrain", "reviews.txt"], "reviews.txt", *expected)


def test_no_such_file(run: Run, tmp_path: Path) -> None:
    check_refused(run, tmp_path, ["pretrain", "nowhere.txt"], "nowhere.txt")
    check_refused(run, tmp_path, ["classify", "--labeled", "nowhere.csv"], "nowhere.csv")
    check_refused(run, tmp_path, ["predict", "--classifier", "nowhere", "text"], "nowhere")
    check_refused(run, tmp_path, ["neighbors", "good", "--embeddings", "nowhere"], "nowhere")


def test_csv_without_the_columns(run: Run, tmp_path: Path, embeddings: Path) -> None:
    (tmp_path / "t.csv").write_text("body,stars\nfine,5\n", encoding="utf-8")
    check_refused(run, tmp_path, ["pretrain", "t.csv"], "'text'", "body", "stars")
    arguments = ["classify", "--labeled", "t.csv", "--text-column", "body", "--embeddings", embeddings]
    check_refused(run, tmp_path, arguments, "'label'", "body", "stars")


def test_one_class_only(run: Run, tmp_path: Path, embeddings: Path) -> None:
    (tmp_path / "one.csv").write_text("text,label\nfine,good\nwarm,good\nfunny,good\n", encoding="utf-8")
    check_refused(
        run, tmp_path, ["classify", "-l", "one.csv", "--embeddings", embeddings], "good", "2 classes"
    )


def test_fewer_labels_than_classes(run: Run, tmp_path: Path, embeddings: Path) -> None:
    (tmp_path / "few.csv").write_text(FEW, encoding="utf-8")
    options = ["--embeddings", embeddings, "--test", "few.csv", "--n-labels", "1"]
    check_refused(run, tmp_path, ["classify", "-l", "few.csv", *options], "1", "2 classes")
    (tmp_path / "single.csv").write_text("text,label\nfine,good\ndull,bad\n", encoding="utf-8")
    check_refused(
        run, tmp_path, ["classify", "-l", "single.csv", "--embeddings", embeddings], "give a test file"
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--objective", "hinge"),
        ("--noise", "pink"),
        ("--engine", "steam"),
        ("--device", "abacus"),
        ("--preset", "nothing"),
        ("--tokenizer", "scissors"),
        ("--window", "0"),
        ("--window", "wide"),
        ("--vector-size", "-3"),
        ("--learning-rate", "nan"),
        ("--stop-words", "klingon"),
        ("--random-state", "-1"),
        ("--no-such-option", "1"),
        ("--config", "nowhere.toml"),
    ],
)
def test_unknown_option_values(run: Run, tmp_path: Path, option: str, value: str) -> None:
    (tmp_path / "reviews.txt").write_text("a good film\na bad film\n", encoding="utf-8")
    check_refused(run, tmp_path, ["pretrain", "reviews.txt", option, value])


def test_unknown_names_in_a_settings_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "reviews.txt").write_text("a good film\na bad film\n", encoding="utf-8")
    (tmp_path / "s.toml").write_text("windows = 3\n", encoding="utf-8")
    check_refused(run, tmp_path, ["pretrain", "reviews.txt", "--config", "s.toml"], "windows")


def test_embeddings_from_another_tokenizer(run: Run, tmp_path: Path, embeddings: Path) -> None:
    (tmp_path / "few.csv").write_text(FEW, encoding="utf-8")
    arguments = ["classify", "-l", "few.csv", "--embeddings", embeddings, "--tokenizer", "japanese"]
    check_refused(run, tmp_path, arguments, "'words'", "'japanese'")
    copy = tmp_path / "newer"
    shutil.copytree(embeddings, copy)
    spec = json.loads((copy / "tokenizer_spec.json").read_text(encoding="utf-8"))
    (copy / "tokenizer_spec.json").write_text(json.dumps(spec | {"version": 99}), encoding="utf-8")
    check_refused(run, tmp_path, ["classify", "-l", "few.csv", "--embeddings", copy], "99")


@pytest.mark.parametrize("damage", ["truncated", "foreign"])
def test_damaged_vectors(run: Run, tmp_path: Path, embeddings: Path, damage: str) -> None:
    copy = tmp_path / "damaged"
    shutil.copytree(embeddings, copy)
    file = copy / "vectors.safetensors"
    file.write_bytes(file.read_bytes()[:-100] if damage == "truncated" else b"PK\x03\x04 not tensors at all")
    check_refused(run, tmp_path, ["neighbors", "film", "--embeddings", copy], "vectors.safetensors")


def test_output_that_exists(run: Run, tmp_path: Path, english: Path) -> None:
    (tmp_path / "embeddings").mkdir()
    (tmp_path / "embeddings" / "mine.txt").write_text("precious", encoding="utf-8")
    check_refused(run, tmp_path, ["pretrain", english / "unlabeled.txt"], "embeddings exists", "--force")
    # --force replaces only what we wrote ourselves
    check_refused(run, tmp_path, ["pretrain", english / "unlabeled.txt", "--force"], "embeddings")
    assert (tmp_path / "embeddings" / "mine.txt").read_text(encoding="utf-8") == "precious"


def test_force_replaces_an_older_folder(run: Run, tmp_path: Path, english: Path) -> None:
    options = [english / "unlabeled.txt", "--epochs", "1", "--quiet"]
    assert run("pretrain", *options).code == 0
    assert run("pretrain", *options, "--force", "--vector-size", "5").code == 0
    config = json.loads((tmp_path / "embeddings/config.json").read_text(encoding="utf-8"))
    assert config["settings"]["vector_size"] == 5


def test_disk_full(run: Run, tmp_path: Path, english: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("textransfer.embeddings.formats.files.save_file", no_space)
    check_refused(run, tmp_path, ["pretrain", english / "unlabeled.txt", "--epochs", "1"], "No space left")


def test_unknown_words_are_named_with_near_spellings(run: Run, tmp_path: Path, embeddings: Path) -> None:
    check_refused(
        run,
        tmp_path,
        ["neighbors", "filmm", "zzz", "--embeddings", embeddings],
        "filmm",
        "zzz",
        "film, films",
    )


def test_predict_wants_texts_or_files(run: Run, tmp_path: Path) -> None:
    check_refused(run, tmp_path, ["predict"], "either")
    check_refused(run, tmp_path, ["predict", "a text", "--input", "file.txt"], "either")


def test_rows_of_a_test_file_that_is_not_given(run: Run, tmp_path: Path, embeddings: Path) -> None:
    (tmp_path / "few.csv").write_text(FEW, encoding="utf-8")
    arguments = ["classify", "-l", "few.csv", "--test-rows", "1:", "--embeddings", embeddings]
    check_refused(run, tmp_path, arguments, "--test-rows", "--test")


def test_folds_beside_a_test_file(run: Run, tmp_path: Path, embeddings: Path) -> None:
    (tmp_path / "few.csv").write_text(FEW, encoding="utf-8")
    arguments = ["classify", "-l", "few.csv", "-t", "few.csv", "--folds", "2", "--embeddings", embeddings]
    check_refused(run, tmp_path, arguments, "--folds", "--test", "give one of them")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "not enough memory (none is left)"),
        (
            ImportError("libtorch_cpu.so: failed to map segment from shared object"),
            "not enough memory (libtorch",
        ),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "not enough memory"),
        (
            RuntimeError("can't start new thread"),
            "no further thread or process (can't start new thread); raise",
        ),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "no further thread or process"),
        (BrokenProcessPool("A process in the process pool was terminated abruptly"), "--n-jobs 1"),
        (
            RuntimeError("Could not determine home directory."),
            "(Could not determine home directory); set HOME",
        ),
        (
            OSError("Matplotlib requires access to a writable\ndirectory; set MPLCONFIGDIR"),
            "error: Matplotlib",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_the_machine_lacks_is_said_in_a_line(run, monkeypatch, error, message):
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("textransfer.cli.commands.lend_temporary_folder", fail)
    outcome = run("neighbors", "film")
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_bug_keeps_its_traceback(run, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("dictionary changed size during iteration")

    monkeypatch.setattr("textransfer.cli.commands.lend_temporary_folder", fail)
    with pytest.raises(RuntimeError, match="changed size"):
        run("neighbors", "film")
