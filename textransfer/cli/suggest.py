"""``textransfer suggest``: which documents to label next."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli import options
from textransfer.cli.console import configure, table
from textransfer.cli.data import CHARACTERS, DATA, DataOptions, takes_data
from textransfer.cli.files import load_vectors
from textransfer.config import RANDOM_STATE
from textransfer.report.wording import percent, shortened

if TYPE_CHECKING:
    from textransfer.transfer.suggestion import Suggestion

_LONGEST = 70


@takes_data(labels=True)
def suggest_command(
    context: typer.Context,
    documents: Annotated[
        list[str],
        typer.Argument(help="Unlabelled documents: files, globs, folders, or - for standard input."),
    ],
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="How many documents to choose.")] = 16,
    classifier: Annotated[
        Path | None,
        options.setting("Folder from `classify`, to choose what it is unsure of.", "none"),
    ] = None,
    embeddings: options.Embeddings = options.EMBEDDINGS,
    labeled: Annotated[
        list[str] | None, typer.Option("--labeled", "-l", help="Labelled texts, which are not chosen again.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="File to fill in: .csv, .tsv, .jsonl, .parquet or .xlsx.",
            show_default="to-label.csv, or .xlsx if the first input is one",
        ),
    ] = None,
    output_delimiter: options.OutputDelimiter = None,
    tokenizer: options.TokenizerOption = None,
    data: DataOptions = DATA,
    random_state: options.RandomState = RANDOM_STATE,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Choose the documents whose labels would teach most: uncertain, unlike each other, from every class.

    Without `--classifier` they are chosen to be unlike each other: for the very first labels. The file has
    all columns of the documents, under their names, and a label column that is empty; with `--classifier`
    also predicted_label, probability and known_words. Filled in, also in part, it is what
    `classify --labeled` reads beside the labels so far. Documents that have a label already are not chosen.

    Examples:

    - `textransfer suggest reviews.txt -n 16` (for the first labels)
    - `textransfer suggest reviews.txt -n 32 --classifier classifier --labeled few.csv -o next.csv`
    - `textransfer classify --labeled few.csv --labeled next.csv`
    - `textransfer suggest tickets.xlsx --text-column message --label-column topic -o to-label.xlsx`
    """
    from textransfer.records import plain_value
    from textransfer.sentiment.loading import load_classifier
    from textransfer.storage.writing import check_apart, claimed
    from textransfer.text.reading.sources import kind_by_name
    from textransfer.text.writing.tables import checked_delimiter, output_kind
    from textransfer.transfer.suggested_table import save_suggestions
    from textransfer.transfer.suggestion import suggest_texts

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    if output is None:
        output = Path("to-label.xlsx" if kind_by_name(documents[0]) == ".xlsx" else "to-label.csv")
    separator = checked_delimiter(CHARACTERS.get(output_delimiter or "", output_delimiter), output)
    check_apart(output, [*documents, *(labeled or [])])
    output_kind(output)
    context.with_resource(claimed(output, force=force))
    known = data.read(labeled).texts if labeled else []
    model = None if classifier is None else load_classifier(classifier)
    vectors, cutter = (None, None) if model else load_vectors(embeddings, tokenizer)
    with console.meter("choosing") as meter:
        meter.update(None, "reading documents")
        corpus = data.corpus(documents)
        suggestions = suggest_texts(
            corpus,
            n,
            classifier=model,
            vectors=vectors,
            tokenizer=cutter,
            known=known,
            label_column=data.label_column,
            random_state=random_state,
        )
    label = save_suggestions(
        suggestions, corpus, output, label_column=data.label_column, delimiter=separator, force=force
    )
    record = {"output": str(output), "suggestions": plain_value(suggestions)}
    console.show(record, [_summary(suggestions, output, label)])


def _summary(suggestions: list["Suggestion"], output: Path, label: str) -> str:
    saved = f"saved     {output}: {len(suggestions)} documents; fill in the column {label}"
    rows = [
        [str(suggestion.predicted), percent(suggestion.margin), shortened(suggestion.text, _LONGEST)]
        for suggestion in suggestions
        if suggestion.margin is not None
    ]
    return f"{table(['looks like', 'ahead by', 'text'], rows, right_from=3)}\n\n{saved}" if rows else saved
