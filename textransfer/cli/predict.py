"""``textransfer predict``: label and probabilities for new texts, as a stream."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from textransfer.cli import options
from textransfer.cli.console import configure
from textransfer.storage.spelling import writable

if TYPE_CHECKING:
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier
    from textransfer.sentiment.sentences.averaging import Bags

TEXTS_A_TIME = 2000
CHARACTERS_A_TIME = 1 << 22
"""Texts of a block, at most so many or so long together; some blocks are in memory at a time."""


def predict_command(
    context: typer.Context,
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
    explain: Annotated[
        int, typer.Option(min=0, help="Show so many words a text that counted most, and how they count.")
    ] = 0,
    abstain_below: Annotated[
        float, typer.Option(min=0, max=1, help="Give no label where no class is that probable.")
    ] = 0.0,
    text_column: options.TextColumn = "text",
    encoding: options.Encoding = "utf-8",
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Print the label and the probability of each class for texts.

    Columns: label, one probability for each class, text. With `--json` a JSON object a line. Files are
    read as a stream, so that they may be larger than memory.

    With `--explain 5` there is a column more: the five words that counted most for the label, each with
    ln p of the label less ln p if the word were taken out. That takes a classifier without text features.

    Examples:

    - `textransfer predict "a gripping drama" "dull from start to finish"`
    - `textransfer predict --input reviews.csv.gz --output predictions.csv`
    - `textransfer predict "a dull plot, but what a cast" --explain 5 --abstain-below 0.7`
    - `tail -f reviews.txt | textransfer predict --input - --json`
    """
    from textransfer.errors import ConfigError
    from textransfer.sentiment import folder
    from textransfer.sentiment.loading import load_classifier
    from textransfer.storage.writing import check_apart, claimed, staged_file

    console = configure(quiet=quiet, verbose=verbose)
    has_words = folder.has_words(classifier)
    if bool(texts) == bool(input_files):
        raise ConfigError("expected either texts or --input FILE; give one of them")
    if explain and has_words:
        raise ConfigError(
            f"{classifier} is a classifier with text features, but --explain takes one over vectors alone; "
            "leave --explain out, or run classify without --text-features"
        )
    is_json = as_json
    if output is not None:
        if output.suffix not in (".csv", ".jsonl"):
            raise ConfigError(f"cannot write {output.name!r}; give a name that ends in .csv or .jsonl")
        is_json = output.suffix == ".jsonl"
        check_apart(output, input_files or [])
        context.with_resource(claimed(output, force=force))
    model = load_classifier(classifier)
    documents = texts or _documents(input_files or [], text_column, encoding)
    block_size = 1 if input_files == ["-"] or texts else TEXTS_A_TIME
    predictor = _Predictor(model, is_json, explain, abstain_below)
    if output is None:
        _write(predictor, documents, sys.stdout, block_size)
        return
    with staged_file(output, force=force) as stage, stage.open("w", encoding="utf-8", newline="") as stream:
        n_texts = _write(predictor, documents, stream, block_size)
    console.note(f"{n_texts:,} predictions in {output}")


def _documents(files: list[str], text_column: str, encoding: str) -> Iterable[str]:
    """Read documents; standard input alone is read line by line, so that answers come at once."""
    from textransfer.text.reading.corpus import Corpus

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


def _write(predictor: "_Predictor", documents: Iterable[str], stream: TextIO, block_size: int) -> int:
    """Write a line for each document; return how many."""
    from textransfer.text.encoding.pipeline import available_cores, in_order

    stream.write(writable(predictor.header()))
    n_texts = n_unknown = 0
    answers = in_order(
        predictor.answer,
        _blocks(documents, block_size),
        n_jobs=1 if block_size == 1 else available_cores(),
    )
    for n_answers, n_empty, lines in answers:
        stream.write(writable(lines))
        stream.flush()
        n_unknown += n_empty
        n_texts += n_answers
    if n_unknown:
        import warnings

        from textransfer.errors import TextransferWarning

        warnings.warn(
            f"{n_unknown} of {n_texts} texts have no known word; they all get the same answer",
            TextransferWarning,
            stacklevel=2,
        )
    return n_texts


class _Predictor:
    """Blocks of texts as lines: JSON or CSV, explained with some words, a label from a probability on."""

    def __init__(
        self,
        model: "SentimentClassifier | CombinedClassifier",
        is_json: bool,
        n_words: int,
        abstain_below: float,
    ) -> None:
        self._model: Any = model  # each predicts from an encoding of its own
        self._is_json, self._n_words = is_json, n_words
        self._abstain_below = abstain_below
        self._classes = [str(name) for name in model.classes_]

    def header(self) -> str:
        """Return the line with the names of the columns; JSON has none."""
        if self._is_json:
            return ""
        return _csv_line(["label", *self._classes, "text", *(["words"] if self._n_words else [])])

    def answer(self, block: list[str]) -> tuple[int, int, str]:
        """Return how many texts a block has, how many without a known word, and the lines for all."""
        bags = self._model.encode(block)
        words = self._explained(bags) if self._n_words else [None] * len(block)
        rows = self._model.predict_proba(bags).tolist()
        lines = map(self._line, block, rows, words)
        return len(block), bags.n_empty, "".join(lines)

    def _explained(self, bags: "Bags") -> list[list[tuple[str, float]] | None]:
        return [text.strongest(self._n_words) for text in self._model.explain(bags)]

    def _line(self, text: str, row: list[float], words: list[tuple[str, float]] | None) -> str:
        highest = max(row)
        best = self._classes[row.index(highest)] if highest >= self._abstain_below else None
        if self._is_json:
            record: dict[str, object] = {
                "label": best,
                "probabilities": dict(zip(self._classes, row, strict=True)),
                "text": text,
            }
            if words is not None:
                record["words"] = [{"word": word, "contribution": size} for word, size in words]
            return writable(json.dumps(record, ensure_ascii=False), backslash=r"\\") + "\n"
        fields = [best or "", *(f"{p:.4f}" for p in row), text]
        if words is not None:
            fields.append(" ".join(f"{word}:{size:+.2f}" for word, size in words))
        return _csv_line(fields)


def _csv_line(fields: list[str]) -> str:
    """Write a row as the csv module does, which takes half of the time of all the rest on long texts."""
    return ",".join(map(_csv_field, fields)) + "\n"


def _csv_field(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _blocks(documents: Iterable[str], size: int) -> Iterator[list[str]]:
    block: list[str] = []
    n_characters = 0
    for text in documents:
        block.append(text)
        n_characters += len(text)
        if len(block) == size or n_characters >= CHARACTERS_A_TIME:
            yield block
            block, n_characters = [], 0
    if block:
        yield block
