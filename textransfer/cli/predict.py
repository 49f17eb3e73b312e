"""``textransfer predict``: label and probabilities for new texts, as a stream."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from textransfer.cli.console import configure
from textransfer.cli.options import Encoding, Force, Json, Quiet, TextColumn, Verbose

if TYPE_CHECKING:
    from textransfer.sentiment.classifier import SentimentClassifier

TEXTS_A_TIME = 1000


def predict_command(
    texts: Annotated[list[str] | None, typer.Argument(help="Texts to classify.")] = None,
    input_files: Annotated[
        list[str] | None, typer.Option("--input", "-i", help="Files of texts, or - for standard input.")
    ] = None,
    classifier: Annotated[Path, typer.Option(help="Folder from `textransfer classify`.")] = Path(
        "classifier"
    ),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a .csv or .jsonl file instead.")
    ] = None,
    text_column: TextColumn = "text",
    encoding: Encoding = "utf-8",
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Print the label and the probability of each class for texts.

    Columns: label, one probability for each class, text. With `--json` a JSON object a line. Files are
    read as a stream, so that they may be larger than memory.

    Examples:

    - `textransfer predict "a gripping drama" "dull from start to finish"`
    - `textransfer predict --input reviews.csv.gz --output predictions.csv`
    - `tail -f reviews.txt | textransfer predict --input - --json`
    """
    from textransfer.errors import ConfigError
    from textransfer.sentiment import persistence
    from textransfer.storage import check_writable, staged_file

    console = configure(quiet=quiet, verbose=verbose)
    if bool(texts) == bool(input_files):
        raise ConfigError("expected either texts or --input FILE; give one of them")
    is_json = as_json
    if output is not None:
        if output.suffix not in (".csv", ".jsonl"):
            raise ConfigError(f"cannot write {output.name!r}; give a name that ends in .csv or .jsonl")
        is_json = output.suffix == ".jsonl"
        check_writable(output, force=force)
    model = persistence.load(classifier)
    documents = texts or _documents(input_files or [], text_column, encoding)
    block_size = 1 if input_files == ["-"] else TEXTS_A_TIME
    if output is None:
        _write(model, documents, sys.stdout, block_size, is_json=is_json)
        return
    with staged_file(output, force=force) as stage, stage.open("w", encoding="utf-8", newline="") as stream:
        n_texts = _write(model, documents, stream, block_size, is_json=is_json)
    console.note(f"{n_texts:,} predictions in {output}")


def _documents(files: list[str], text_column: str, encoding: str) -> Iterable[str]:
    """Read documents; standard input alone is read line by line, so that answers come at once."""
    from textransfer.text.corpus import Corpus

    if files == ["-"]:
        return _lines(encoding)
    return Corpus(files, text_column=text_column, encoding=encoding).texts()


def _lines(encoding: str) -> Iterator[str]:
    from textransfer.errors import CorpusError

    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            yield line.decode(encoding).rstrip("\r\n")
        except (UnicodeDecodeError, LookupError) as error:
            raise CorpusError(
                f"line {number} of standard input is not {encoding}: {error}; give its --encoding"
            ) from error


def _write(
    model: "SentimentClassifier",
    documents: Iterable[str],
    stream: TextIO,
    block_size: int,
    *,
    is_json: bool,
) -> int:
    """Write a line for each document; return how many."""
    classes = [str(name) for name in model.classes_]
    table = csv.writer(stream, lineterminator="\n")
    if not is_json:
        table.writerow(["label", *classes, "text"])
    n_texts = n_unknown = 0
    for block in _blocks(documents, block_size):
        bags = model.encode(block)
        n_unknown += bags.n_empty
        for text, row in zip(block, model.predict_proba(bags).tolist(), strict=True):
            best = classes[max(range(len(row)), key=row.__getitem__)]
            if is_json:
                found = {"label": best, "probabilities": dict(zip(classes, row, strict=True)), "text": text}
                stream.write(json.dumps(found, ensure_ascii=False) + "\n")
            else:
                table.writerow([best, *(f"{p:.4f}" for p in row), text])
        stream.flush()
        n_texts += len(block)
    if n_unknown:
        import warnings

        from textransfer.errors import TextransferWarning

        warnings.warn(
            f"{n_unknown} of {n_texts} texts have no known word; they all get the same answer",
            TextransferWarning,
            stacklevel=2,
        )
    return n_texts


def _blocks(documents: Iterable[str], size: int) -> Iterator[list[str]]:
    stream = iter(documents)
    while block := list(islice(stream, size)):
        yield block
