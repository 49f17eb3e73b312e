"""``textransfer predict``: label and probabilities for new texts, as a stream."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from textransfer.cli import options
from textransfer.cli.console import configure, json_text
from textransfer.cli.data import DATA, DataOptions, takes_data
from textransfer.config import ENCODING
from textransfer.storage.spelling import writable

if TYPE_CHECKING:
    from textransfer.sentiment.predicting import Predictions


@takes_data()
def predict_command(
    context: typer.Context,
    texts: Annotated[list[str] | None, typer.Argument(help="Texts to classify.")] = None,
    input_files: Annotated[
        list[str] | None, typer.Option("--input", "-i", help="Files of texts, or - for standard input.")
    ] = None,
    classifier: Annotated[
        Path, typer.Option(help="Folder from `textransfer classify`.")
    ] = options.CLASSIFIER,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a .csv or .jsonl file instead.")
    ] = None,
    explain: Annotated[
        int, typer.Option(min=0, help="Show so many words a text that counted most, and how they count.")
    ] = 0,
    abstain_below: Annotated[
        float,
        typer.Option(min=0, max=1, help="Give no label where no class is so probable, or no word known."),
    ] = 0.0,
    data: DataOptions = DATA,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Print the label and the probability of each class for texts.

    Columns: label, one probability for each class, text. With `--json` a JSON object a line. Files are
    read as a stream, so that they may be larger than memory.

    With `--explain 5` there is a column more: the five words that counted most for the label, each with
    ln p of the label less ln p if the word were taken out.

    Examples:

    - `textransfer predict "a gripping drama" "dull from start to finish"`
    - `textransfer predict --input reviews.csv.gz --output predictions.csv`
    - `textransfer predict "a dull plot, but what a cast" --explain 5 --abstain-below 0.7`
    - `tail -f reviews.txt | textransfer predict --input - --json`
    """
    from textransfer.errors import ConfigError
    from textransfer.sentiment.loading import load_classifier
    from textransfer.sentiment.predicting import predict_stream
    from textransfer.storage.writing import check_apart, claimed, staged_file

    console = configure(quiet=quiet, verbose=verbose)
    if bool(texts) == bool(input_files):
        raise ConfigError("expected either texts or --input FILE; give one of them")
    if output is not None:
        if output.suffix not in (".csv", ".jsonl"):
            raise ConfigError(f"cannot write {output.name!r}; give a name that ends in .csv or .jsonl")
        as_json = output.suffix == ".jsonl"
        check_apart(output, input_files or [])
        context.with_resource(claimed(output, force=force))
    model = load_classifier(classifier)
    documents = texts or _documents(input_files or [], data)
    is_at_once = bool(texts) or input_files == ["-"]
    blocks = predict_stream(model, documents, n_words=explain, is_at_once=is_at_once)
    spell = partial(json_text, is_for_stdout=output is None) if as_json else None
    layout = _Layout([str(name) for name in model.classes_], abstain_below, explain > 0, spell)
    if output is None:
        _write(blocks, layout, sys.stdout)
        return
    with staged_file(output, force=force) as stage, stage.open("w", encoding="utf-8", newline="") as stream:
        n_texts = _write(blocks, layout, stream)
    console.note(f"{n_texts:,} predictions in {output}")


def _documents(files: list[str], data: DataOptions) -> Iterable[str]:
    """Read documents; standard input alone is read line by line, so that answers come at once."""
    if files == ["-"] and data.input_format in (None, "txt"):
        return _lines("utf-8" if data.encoding == ENCODING else data.encoding)
    return data.corpus(files).texts()


def _lines(encoding: str) -> Iterator[str]:
    from textransfer.errors import CorpusError

    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            yield line.decode(encoding).rstrip("\r\n")
        except (UnicodeDecodeError, LookupError) as error:
            raise CorpusError(
                f"line {number} of standard input is not {encoding}: {error}; give its --encoding"
            ) from error


@dataclass(frozen=True)
class _Layout:
    """Predictions as lines of CSV, or of JSON if there is a function that spells it."""

    classes: list[str]
    abstain_below: float
    has_words: bool
    spell: Callable[[object], str] | None

    def header(self) -> str:
        """Return the line with the names of the columns; JSON has none."""
        columns = ["label", *self.classes, "text", *(["words"] if self.has_words else [])]
        return "" if self.spell else csv_line(columns)

    def line(
        self, text: str, row: list[float], known_share: float, words: list[tuple[str, float]] | None
    ) -> str:
        highest = max(row)
        is_abstained = highest < self.abstain_below or (self.abstain_below > 0 and not known_share)
        best = None if is_abstained else self.classes[row.index(highest)]
        if self.spell:
            record: dict[str, object] = {
                "label": best,
                "probabilities": dict(zip(self.classes, row, strict=True)),
                "known_words": known_share,
                "text": text,
            }
            if words is not None:
                record["words"] = [{"word": word, "contribution": size} for word, size in words]
            return self.spell(record) + "\n"
        fields = [best or "", *(f"{p:.4f}" for p in row), text]
        if words is not None:
            fields.append(" ".join(f"{word}:{size:+.2f}" for word, size in words))
        return csv_line(fields)


def _write(blocks: Iterable["Predictions"], layout: _Layout, stream: TextIO) -> int:
    """Write a line for each text, and warn of those without a known word; return how many texts there are."""
    stream.write(writable(layout.header()))
    n_texts = n_unknown = 0
    for block in blocks:
        words = repeat(None) if block.words is None else block.words
        rows, shares = block.probabilities.tolist(), block.known_shares.tolist()
        stream.write(writable("".join(map(layout.line, block.texts, rows, shares, words))))
        stream.flush()
        n_unknown += shares.count(0)
        n_texts += len(block.texts)
    if n_unknown:
        import warnings

        from textransfer.errors import TextransferWarning

        warnings.warn(
            f"{n_unknown} of {n_texts} texts have no known word; their probabilities are the shares of the "
            "classes in the labels",
            TextransferWarning,
            stacklevel=2,
        )
    return n_texts


def csv_line(fields: list[str]) -> str:
    """Write a row as the csv module does, which takes half of the time of all the rest on long texts."""
    return ",".join(map(_csv_field, fields)) + "\n"


def _csv_field(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text
