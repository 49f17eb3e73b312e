"""``textransfer experiment``: three ways to start, each with few labels, with more made of them, with all."""

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli.classify import load_vectors
from textransfer.cli.console import Console, configure, percent, table
from textransfer.cli.options import (
    Embeddings,
    Encoding,
    Force,
    Json,
    LabelColumn,
    Quiet,
    RandomState,
    TextColumn,
    TokenizerOption,
    Verbose,
)

if TYPE_CHECKING:
    from textransfer.transfer.grid import Cell, Grid


def experiment_command(
    context: typer.Context,
    labeled: Annotated[
        list[str],
        typer.Option("--labeled", "-l", help="All labelled texts; few are drawn. May be repeated."),
    ],
    test: Annotated[
        list[str] | None,
        typer.Option("--test", "-t", help="Labelled texts to test on; without it a third is held out."),
    ] = None,
    embeddings: Embeddings = Path("embeddings"),
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for table and figures.")] = Path(
        "experiment"
    ),
    n_labels: Annotated[int, typer.Option(min=1, help="How many labels are few.")] = 32,
    draws: Annotated[int, typer.Option(min=2, help="Fits of each cell.")] = 10,
    augment: Annotated[
        str | None,
        typer.Option(help="Some of drop,crop,neighbours,mix, or none.", show_default="neighbours"),
    ] = None,
    variants: Annotated[int, typer.Option(min=1, help="Variants of each text.")] = 4,
    rows: Annotated[
        str | None, typer.Option(help="Which labelled rows to use, as 0:12500.", show_default="all")
    ] = None,
    test_rows: Annotated[
        str | None, typer.Option(help="Which test rows to use, as 12500:.", show_default="all")
    ] = None,
    tokenizer: TokenizerOption = None,
    text_column: TextColumn = "text",
    label_column: LabelColumn = "label",
    encoding: Encoding = "utf-8",
    random_state: RandomState = 0,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Train from scratch, on frozen and on fine-tuned vectors, with few labels, more made of them, and all.

    Every cell of the three by three sees the same draws and test texts. The output folder holds accuracy and
    loss of each by epoch, as a table and as a figure.

    Examples:

    - `textransfer experiment --labeled pool.csv --test test.csv`
    - `textransfer experiment -l pool.csv --n-labels 16 --draws 20`
    - `textransfer experiment -l pool.csv -t test.csv --augment drop,crop --variants 8`
    """
    from textransfer.errors import ConfigError
    from textransfer.output_kinds import EXPERIMENT
    from textransfer.storage import claimed
    from textransfer.text.corpus import parse_rows, read_labelled
    from textransfer.transfer.augmentation import HELPFUL
    from textransfer.transfer.experiment import experiment

    console = configure(quiet=quiet, verbose=verbose)
    context.with_resource(claimed(output, EXPERIMENT, force=force))
    if test_rows is not None and not test:
        raise ConfigError("--test-rows chooses rows of a test file, but there is none; give --test too")
    columns = {"text_column": text_column, "label_column": label_column, "encoding": encoding}
    pool = read_labelled(labeled, rows=parse_rows(rows) if rows else None, **columns)
    tested = (
        read_labelled(test, rows=parse_rows(test_rows) if test_rows else None, **columns) if test else None
    )
    vectors, cutter = load_vectors(embeddings, tokenizer)
    with console.meter("experiment") as meter:
        found = experiment(
            vectors,
            pool,
            tested,
            n_labels=n_labels,
            n_draws=draws,
            augmentations=HELPFUL if augment is None else _parse_augment(augment),
            n_variants=variants,
            tokenizer=cutter,
            random_state=random_state,
            progress=lambda done, total, what: meter.update(done / total, f"{what}, fit {done} of {total}"),
        )
    _write(found, output, force=force)
    if as_json:
        console.result_json({"output": str(output), **found.to_dict()})
    else:
        _show(console, found, output)


def _parse_augment(text: str) -> tuple[str, ...]:
    """Return the names of an option such as drop,crop; "none" and nothing else is none of them."""
    names = tuple(part for part in text.replace(" ", "").split(",") if part)
    return () if names == ("none",) else names


def _write(found: "Grid", output: Path, *, force: bool) -> None:
    """Write the folder, whole or not at all."""
    from textransfer.output_kinds import EXPERIMENT
    from textransfer.report.experiment_plot import experiment_figure
    from textransfer.report.plots import save_figure
    from textransfer.storage import staged_folder

    figure = experiment_figure(found, _finding(found))
    with staged_folder(output, EXPERIMENT, force=force) as folder:
        (folder / "experiment.json").write_text(json.dumps(found.to_dict(), indent=1), encoding="utf-8")
        with (folder / "cells.csv").open("w", newline="", encoding="utf-8") as stream:
            table_rows = list(found.rows())
            writer = csv.DictWriter(stream, list(table_rows[0]))
            writer.writeheader()
            writer.writerows(table_rows)
        for suffix in ("png", "svg"):
            save_figure(figure, folder / f"curves.{suffix}")


def _finding(found: "Grid") -> str:
    """Say in a line what the experiment shows."""
    return found.advice[0].upper() + found.advice[1:]


def _show(console: Console, found: "Grid", output: Path) -> None:
    from textransfer.transfer.grid import ROWS

    design = (
        f"{found.n_labels:,} labels drawn from {found.n_pool:,}, {found.n_draws} times; tested on "
        f"{found.n_test:,} texts; {len(found.classes)} classes"
    )
    if found.augmentations:
        design += f"; {found.n_variants} variants a text ({', '.join(found.augmentations)})"
    header = ["", *(name for column in found.columns for name in (column, "95% interval"))]
    cells = [
        [row, *(part for column in found.columns for part in _accuracy(found.cell(row, column)))]
        for row in ROWS
    ]
    costs = [[row, *(_cost(found.cell(row, column)) for column in found.columns)] for row in ROWS]
    lines = [
        design,
        "",
        table(header, cells),
        "",
        table(["an epoch, and how many", *found.columns], costs),
        "",
        *("AUGMENT  " + one.sentence for one in found.augmentation),
        *("TUNE     " + one.sentence for one in found.fine_tuning),
        "ADVICE   " + found.advice,
        "",
        *("note     " + note for note in found.notes),
        f"saved    {output} (curves.png, curves.svg, cells.csv, experiment.json)",
    ]
    console.result("\n".join(lines))


def _accuracy(cell: "Cell") -> tuple[str, str]:
    span = cell.accuracy
    return percent(span.estimate), f"{100 * span.low:.1f} to {100 * span.high:.1f}"


def _cost(cell: "Cell") -> str:
    """Write the time of an epoch and the number of epochs, as a range where draws stopped apart."""
    least, most = min(cell.n_epochs), max(cell.n_epochs)
    epochs = f"{least}" if least == most else f"{least} to {most}"
    stopped = ", stopped early" if cell.is_stopped_early else ""
    return f"{1000 * cell.seconds_per_epoch:,.1f} ms x {epochs}{stopped}"
