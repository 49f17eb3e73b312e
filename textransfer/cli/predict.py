"""``textransfer predict``: label and probability of texts, as a stream, beside all columns they came with."""

import gc
import sys
from collections.abc import Iterable
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli import options
from textransfer.cli.arguments import as_utf8
from textransfer.cli.console import configure, fitting_stdout
from textransfer.cli.data import CHARACTERS, DATA, DataOptions, takes_data
from textransfer.storage.spelling import visible

if TYPE_CHECKING:
    from textransfer.sentiment.answer_rows import AnswerSettings, Form, RowLayout
    from textransfer.sentiment.predicting import Predictions
    from textransfer.sentiment.predictor import TextPredictor
    from textransfer.text.reading.corpus import Corpus
    from textransfer.text.writing.tables import TableWriter

OBJECTS_BEFORE_GARBAGE = 200_000
"""Objects that are made before Python looks for garbage among them."""

SECONDS_TO_WAIT = 5e-4
"""For the interpreter, of a thread that has computed, while another one reads or writes rows. Python's
own, ten times as long, keeps a core idle."""


@takes_data()
def predict_command(
    context: typer.Context,
    texts: Annotated[list[str] | None, typer.Argument(help="Texts to classify.")] = None,
    input_files: Annotated[
        list[str] | None,
        typer.Option("--input", "-i", help="Files of texts or tables, or - for standard input."),
    ] = None,
    classifier: Annotated[
        Path, typer.Option(help="Folder from `textransfer classify`.")
    ] = options.CLASSIFIER,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write a .csv, .tsv, .jsonl, .parquet or .xlsx file instead."),
    ] = None,
    output_delimiter: options.OutputDelimiter = None,
    top_k: Annotated[
        int | None,
        typer.Option(min=1, help="Name so many classes, the most probable first.", show_default="1"),
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
    """Print texts with their label and its probability, beside all columns of the tables they stand in.

    Added are label, probability (of the label) and known_words: the share of the words that the classifier
    knows. Of a text with 0 nothing is known; its probabilities are the shares of the classes in the labels. A
    name that the table has itself gets predicted_ before it. With `--top-k 3` follow label_2, probability_2,
    label_3 and probability_3. With `--json` there is an object a line, which also has the probabilities: of
    all classes, or of the five most probable if there are more than ten.

    With `--explain 5` there is a column more: the five words that counted most for the label, each with
    ln p of the label less ln p if the word were taken out.

    Files are read as a stream, so that they may be larger than memory. A .csv of `--output` is made for
    spreadsheets: it starts with a byte-order mark, and an apostrophe stands before what would be taken for a
    formula.

    Examples:

    - `textransfer predict "a gripping drama" "dull from start to finish"`
    - `textransfer predict --input tickets.xlsx --text-column message --output sorted.xlsx`
    - `textransfer predict --input reviews.csv.gz --output predictions.jsonl.gz --top-k 3`
    - `textransfer predict "a dull plot, but what a cast" --explain 5 --abstain-below 0.7`
    - `tail -f reviews.txt | textransfer predict --input - --json`
    """
    from textransfer.errors import ConfigError
    from textransfer.sentiment.answer_rows import AnswerSettings
    from textransfer.sentiment.loading import load_classifier
    from textransfer.sentiment.predicted_rows import save_predictions
    from textransfer.storage.writing import check_apart, claimed
    from textransfer.text.reading.corpus import Corpus
    from textransfer.text.writing.tables import JSON_LINES, checked_delimiter, output_kind

    console = configure(quiet=quiet, verbose=verbose)
    if bool(texts) == bool(input_files):
        raise ConfigError("expected either texts or --input FILE; give one of them")
    if output is None and force:
        raise ConfigError("--force replaces a file, but there is no --output; leave it out")
    if output is None and output_delimiter is not None:
        raise ConfigError("--output-delimiter is about a .csv output, but there is no --output; leave it out")
    separator = CHARACTERS.get(output_delimiter or "", output_delimiter)
    if output is not None:
        checked_delimiter(separator, output)
        if output_kind(output) not in JSON_LINES and as_json:
            raise ConfigError(f"--json contradicts --output {output.name}; leave one of them out")
        check_apart(output, input_files or [])
        context.with_resource(claimed(output, force=force))
    for text in texts or []:
        if _is_file(text):
            console.note(f"note: {text!r} is taken as a text, and is also a file, which --input reads")
    settings = AnswerSettings(top_k, explain, abstain_below)
    model = load_classifier(classifier)
    gc.freeze()  # looking for garbage in all that is loaded takes as long as predicting thousands of texts
    gc.set_threshold(OBJECTS_BEFORE_GARBAGE, 20, 20)  # a block of rows is many objects, and none is garbage
    sys.setswitchinterval(SECONDS_TO_WAIT)
    if output is None and input_files == ["-"] and data.input_format in (None, "txt"):
        _answer_lines(model, data, settings, as_json=as_json)
        return
    corpus = Corpus.from_texts(as_utf8(texts)) if texts else data.corpus(input_files or [])
    if output is None:
        _show(model, corpus, settings, as_json=as_json, is_at_once=bool(texts))
        return
    n_rows = save_predictions(
        model,
        corpus,
        output,
        top_k=top_k,
        explain=explain,
        abstain_below=abstain_below,
        output_delimiter=separator,
        force=force,
    )
    console.note(f"{n_rows:,} predictions in {output}")


def _is_file(text: str) -> bool:
    """Tell whether a text is the name of a file."""
    try:
        return Path(text).is_file()
    except OSError:  # it is too long for a name
        return False


def _show(
    model: "TextPredictor",
    corpus: "Corpus",
    settings: "AnswerSettings",
    *,
    as_json: bool,
    is_at_once: bool,
) -> None:
    """Print the rows of a corpus with what is said of them."""
    from textransfer.sentiment.answer_rows import ANSWERS, RowLayout
    from textransfer.sentiment.predicted_rows import answered
    from textransfer.text.writing.columns import survey

    form: Form = "objects" if as_json else "strings"
    columns = survey(corpus, sought=ANSWERS if as_json else None).columns
    layout = RowLayout(columns, corpus.text_column, model.classes_, settings, form)
    _print(answered(model, corpus.records(), settings, is_at_once=is_at_once), layout, as_json=as_json)


def _answer_lines(
    model: "TextPredictor",
    data: DataOptions,
    settings: "AnswerSettings",
    *,
    as_json: bool,
) -> None:
    """Print what is said of each line of standard input before the next is there."""
    from textransfer.sentiment.answer_rows import RowLayout
    from textransfer.sentiment.predicted_rows import answered
    from textransfer.text.reading.live import live_lines
    from textransfer.text.reading.settings import ReadingSettings
    from textransfer.text.reading.sources import standard_input
    from textransfer.text.writing.columns import Column

    form: Form = "objects" if as_json else "strings"
    column = data.text_column
    layout = RowLayout([Column(column)], column, model.classes_, settings, form)
    lines = live_lines(
        standard_input(), ReadingSettings(column, **data.settings_for(["-"])), "standard input"
    )
    _print(answered(model, lines, settings, is_at_once=True), layout, as_json=as_json)


class _Screen(StringIO):
    """Standard output; on a terminal, characters that it would obey are spelt out."""

    def write(self, text: str, /) -> int:
        """Write a text."""
        return sys.stdout.write(visible(text) if sys.stdout.isatty() else text)


def _print(blocks: "Iterable[Predictions]", layout: "RowLayout", *, as_json: bool) -> None:
    from textransfer.text.writing.delimited import DelimitedWriter
    from textransfer.text.writing.json_lines import JsonLinesWriter

    blocks = iter(blocks)
    first = list(islice(blocks, 1))  # before the header, so that nothing stands above what cannot be read
    if as_json:
        table: TableWriter = JsonLinesWriter(sys.stdout, fitting_stdout)
    else:
        table = DelimitedWriter(_Screen(), [column.name for column in layout.columns])
    for block in chain(first, blocks):
        layout.write(block, table)
        sys.stdout.flush()
