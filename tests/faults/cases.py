"""The commands that are disturbed, and the small texts and models that they work on."""

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from textransfer.bundled import bundled_corpora
from textransfer.formats import FORMATS

PRETRAIN = (
    *("--vector-size", "4", "--epochs", "4", "--n-jobs", "1", "--negation", "none", "--random-state", "1"),
    *("--tokenizer", "words", "--checkpoint-tokens", "800", "--quiet"),
)
Call = Callable[..., object]
"""Runs a command in a folder: ``call(folder, argument, ...)``."""


@dataclass(frozen=True)
class Case:
    """A command line, given in a folder that holds the inputs."""

    name: str
    arguments: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    """What it writes; all else in the folder must stay as it is."""
    may_leave: tuple[str, ...] = ()
    """What may stand beside the outputs after an interruption, for the next run to go on with."""
    begins_with: str = ""
    """An input that stands in the place of the first output at the beginning."""
    stops_when: str = ""
    """What it prints once it is to be asked to end (SIGTERM)."""
    is_slow: bool = False
    """Whether a run takes a second or two."""
    n_most: int | None = None
    """Disturbed calls of each kind at most in a whole run, spread evenly; for what takes several seconds."""
    deferred: bool = False
    """Whether Ctrl-C may leave what was learned so far in the first output."""


def cases() -> list[Case]:
    """Return all of them, in the order of the documents."""
    listed = [
        Case(
            "pretrain",
            ("pretrain", "text.txt", "-o", "out", "--force", *PRETRAIN),
            ("out",),
            may_leave=("out.checkpoint",),
            deferred=True,
        ),
        Case(
            "pretrain --resume",
            ("pretrain", "text.txt", "-o", "out", "--resume", *PRETRAIN),
            ("out",),
            may_leave=("out.checkpoint",),
            deferred=True,
        ),
        Case(
            "update",
            ("update", "more.txt", "--embeddings", "out", "--force", "--n-jobs", "1", "--epochs", "2", "-q"),
            ("out",),
            may_leave=("out.update-checkpoint", "out.checkpoint"),
            begins_with="embeddings",
        ),
        Case(
            "classify",
            (
                *("classify", "-l", "few.csv", "--embeddings", "embeddings", "--draws", "2", "--epochs", "3"),
                *("-o", "out", "--report", "page.html", "--curves", "curves.svg", "--force", "-q"),
            ),
            ("out", "page.html", "curves.svg"),
            n_most=24,
        ),
        Case(
            "curve",
            (
                *(
                    "curve",
                    "-l",
                    "labelled.csv",
                    "-t",
                    "few.csv",
                    "--embeddings",
                    "embeddings",
                    "--draws",
                    "2",
                ),
                *("--budgets", "4,8", "--n-jobs", "1", "--frozen", "--no-text-features"),
                *("-o", "out", "--report", "page.html", "--force", "-q"),
            ),
            ("out", "page.html"),
            is_slow=True,
            n_most=12,
        ),
        Case(
            "experiment",
            (
                *("experiment", "-l", "labelled.csv", "-t", "few.csv", "--embeddings", "embeddings"),
                *("--n-labels", "4", "--draws", "2", "--variants", "1", "-o", "out", "--force", "-q"),
            ),
            ("out",),
            is_slow=True,
            n_most=12,
        ),
        *(
            Case(
                f"predict -o {ending}",
                ("predict", "-i", "rows.csv", "--classifier", "classifier", "-o", f"out.{ending}", *FORCE),
                (f"out.{ending}",),
            )
            for ending in ("csv", "xlsx", "parquet", "jsonl", "csv.gz")
        ),
        Case(
            "evaluate",
            ("evaluate", "-l", "few.csv", "--classifier", "classifier", "--report", "page.html", *FORCE),
            ("page.html",),
        ),
        Case(
            "suggest",
            ("suggest", "rows.csv", "--embeddings", "embeddings", "-n", "3", "-o", "out.csv", *FORCE),
            ("out.csv",),
        ),
        *(_export(name) for name in FORMATS if name != "textransfer"),
        Case("import", ("import", "vectors.bin", "-o", "out", *FORCE), ("out",)),
        Case("neighbors", ("neighbors", "film", "--embeddings", "embeddings")),
        Case("fit-check", ("fit-check", "-l", "labelled.csv", "--embeddings", "embeddings", "--json", "-q")),
        Case("info", ("info", "classifier")),
        Case(
            "demo",
            ("demo", "--language", "en", "--states", "2", "-o", "out", *FORCE),
            ("out",),
            is_slow=True,
            n_most=8,
        ),
        Case(
            "serve",
            ("serve", "classifier", "--port", "0"),
            stops_when="http://",
        ),
    ]
    return listed


FORCE = ("--force", "-q")


def _export(name: str) -> Case:
    source = "classifier" if name == "onnx" else "embeddings"
    output = f"out{FORMATS[name].ending}"
    return Case(f"export --to {name}", ("export", source, "--to", name, "-o", output, *FORCE), (output,))


def make_inputs(folder: Path, call: Call, *, is_older: bool) -> None:
    """Write the texts, and make the models of them; the older ones are of other texts."""
    corpus = bundled_corpora("en")
    folder.mkdir(parents=True)
    lines = (corpus / "unlabeled.txt").read_text(encoding="utf-8").splitlines()
    (folder / "text.txt").write_text("\n".join(lines[: 40 if is_older else None]) + "\n", encoding="utf-8")
    (folder / "more.txt").write_text("\n".join(lines[20:40]) + "\n", encoding="utf-8")
    header, *rows = csv.reader((corpus / "heldout.csv").open(encoding="utf-8"))
    rows = rows[: 20 if is_older else None]
    text = header.index("text")
    _write_rows(folder / "labelled.csv", [header, *rows])
    shutil.copy(corpus / "few.csv", folder / "few.csv")
    _write_rows(folder / "rows.csv", [["text", "stars"], *([row[text], "3"] for row in rows)])
    (folder / "notes.txt").write_text("mine\n", encoding="utf-8")
    call(folder, "pretrain", "text.txt", "-o", "embeddings", *PRETRAIN)
    options = ("--draws", "2", "--epochs", "3", "--quiet")
    call(folder, "classify", "-l", "labelled.csv", "-o", "classifier", *options)
    call(folder, "export", "embeddings", "--to", "word2vec", "-o", "vectors.bin", "--quiet")


def _write_rows(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def inputs_of(case: Case, store: Path) -> Iterator[Path]:
    """Yield the inputs that a case names, and a file that has nothing to do with it."""
    names = {argument for argument in case.arguments if (store / argument).exists()}
    for name in sorted(names | {"notes.txt"}):
        yield store / name
