"""``textransfer suggest``: which documents to label next."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.classify import load_vectors
from textransfer.cli.console import configure, percent, table
from textransfer.cli.options import (
    Embeddings,
    Encoding,
    Force,
    Json,
    Quiet,
    RandomState,
    TextColumn,
    TokenizerOption,
    Verbose,
)

if TYPE_CHECKING:
    from textransfer.transfer.suggestion import Suggestion

_LONGEST = 70


def suggest_command(
    context: typer.Context,
    documents: Annotated[
        list[str],
        typer.Argument(help="Unlabelled documents: files, globs, folders, or - for standard input."),
    ],
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="How many documents to choose.")] = 16,
    classifier: Annotated[
        Path | None,
        typer.Option(help="Folder from `classify`, to choose what it is unsure of.", show_default="none"),
    ] = None,
    embeddings: Embeddings = Path("embeddings"),
    labeled: Annotated[
        list[str] | None, typer.Option("--labeled", "-l", help="Labelled texts, which are not chosen again.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="CSV file to fill in: text and an empty label.")
    ] = Path("to-label.csv"),
    tokenizer: TokenizerOption = None,
    text_column: TextColumn = "text",
    encoding: Encoding = "utf-8",
    random_state: RandomState = 0,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Choose the documents whose labels would teach most: uncertain, unlike each other, from every class.

    Without `--classifier` they are chosen to be unlike each other: for the very first labels. The CSV has the
    columns text and label, the latter empty; filled in, it is what `classify --labeled` reads.

    Examples:

    - `textransfer suggest reviews.txt -n 16` (for the first labels)
    - `textransfer suggest reviews.txt -n 32 --classifier classifier --labeled few.csv -o next.csv`
    - `textransfer classify --labeled few.csv --labeled next.csv`
    """
    from textransfer.sentiment import persistence
    from textransfer.sentiment.encoders import sif_averaging
    from textransfer.storage import check_apart, claimed, staged_file
    from textransfer.text.corpus import Corpus, read_labelled
    from textransfer.transfer.suggestion import suggest

    console = configure(quiet=quiet, verbose=verbose)
    check_apart(output, [*documents, *(labeled or [])])
    context.with_resource(claimed(output, force=force))
    known = read_labelled(labeled, text_column=text_column, encoding=encoding).texts if labeled else []
    how: dict[str, Any]
    if classifier is not None:
        how = {"classifier": persistence.load(classifier)}
    else:
        vectors, cutter = load_vectors(embeddings, tokenizer)
        how = {"averaging": sif_averaging(vectors), "tokenizer": cutter}
    with console.meter("choosing") as meter:
        meter.update(None, "reading documents")
        texts = Corpus(documents, text_column=text_column, encoding=encoding).texts()
        found = suggest(texts, n, known=known, random_state=random_state, **how)
    with (
        staged_file(output, force=force) as staged,
        staged.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow([text_column, "label"])
        writer.writerows([one.text, ""] for one in found)
    if as_json:
        console.result_json({"output": str(output), "suggestions": [_facts(one) for one in found]})
    else:
        console.result(_summary(found, output))


def _facts(one: "Suggestion") -> dict[str, Any]:
    predicted = one.predicted.item() if hasattr(one.predicted, "item") else one.predicted
    return {"position": one.position, "predicted": predicted, "margin": one.margin, "text": one.text}


def _summary(found: list["Suggestion"], output: Path) -> str:
    lines = []
    if found[0].margin is not None:
        rows = [[str(one.predicted), percent(one.margin or 0.0), _short(one.text)] for one in found]
        lines = [table(["looks like", "ahead by", "text"], rows, right_from=3), ""]
    lines.append(f"saved     {output}: {len(found)} documents; fill in the column label")
    return "\n".join(lines)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
