"""``textransfer experiment``: three ways to start, each with few labels, with more made of them, with all."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli import options
from textransfer.cli.console import command_line, configure, table
from textransfer.cli.data import DATA, DataOptions, takes_data
from textransfer.cli.files import check_figure, check_test_rows, load_vectors
from textransfer.config import (
    FEW_LABELS,
    FEWER_DRAWS,
    HELPFUL_AUGMENTATIONS,
    N_VARIANTS,
    RANDOM_STATE,
)
from textransfer.report.wording import cost_of, experiment_design, percent

if TYPE_CHECKING:
    from textransfer.transfer.comparing.grid import Grid


@takes_data(labels=True, test=True)
def experiment_command(
    context: typer.Context,
    labeled: Annotated[
        list[str], typer.Option("--labeled", "-l", help="All labelled texts; few are drawn. May be repeated.")
    ],
    test: Annotated[
        list[str] | None,
        typer.Option("--test", "-t", help="Labelled texts to test on; without it a third is held out."),
    ] = None,
    embeddings: options.Embeddings = options.EMBEDDINGS,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for table and figures.")] = Path(
        "experiment"
    ),
    n_labels: Annotated[int, typer.Option(min=1, help="How many labels are few.")] = FEW_LABELS,
    draws: Annotated[int, typer.Option(min=2, help="Fits of each cell.")] = FEWER_DRAWS,
    augment: Annotated[
        str | None,
        options.setting("Some of drop,crop,neighbours,mix, or none.", ",".join(HELPFUL_AUGMENTATIONS)),
    ] = None,
    variants: Annotated[int, typer.Option(min=1, help="Variants of each text.")] = N_VARIANTS,
    rows: options.Rows = None,
    test_rows: options.TestRows = None,
    report: Annotated[
        Path | None, typer.Option(help="Write it to one .html page, or the figure to a .png or .svg.")
    ] = None,
    tokenizer: options.TokenizerOption = None,
    data: DataOptions = DATA,
    random_state: options.RandomState = RANDOM_STATE,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Train from scratch, on frozen and on fine-tuned vectors, with few labels, more made of them, and all.

    Every cell of the three by three sees the same draws and test texts. The output folder holds accuracy and
    loss of each by epoch, as a table and as a figure.

    Examples:

    - `textransfer experiment --labeled pool.csv --test test.csv`
    - `textransfer experiment -l pool.csv --n-labels 16 --draws 20`
    - `textransfer experiment -l pool.csv -t test.csv --report experiment.html`
    - `textransfer experiment -l pool.csv -t test.csv --augment drop,crop --variants 8`
    """
    from textransfer.report.saving import save_experiment, save_report
    from textransfer.storage.kinds import EXPERIMENT
    from textransfer.storage.writing import claimed
    from textransfer.transfer.experiment import experiment

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    context.with_resource(claimed(output, EXPERIMENT, force=force))
    check_figure(report, "--report", "a report", (".html", ".png", ".svg"), force=force)
    check_test_rows(test, test_rows)
    pool, tested = data.read(labeled, rows), data.read_test(test, test_rows) if test else None
    vectors, cutter = load_vectors(embeddings, tokenizer)
    with console.meter("experiment") as meter:
        grid = experiment(
            vectors,
            pool,
            tested,
            n_labels=n_labels,
            n_draws=draws,
            augmentations=HELPFUL_AUGMENTATIONS if augment is None else _parse_augment(augment),
            n_variants=variants,
            tokenizer=cutter,
            random_state=random_state,
            progress=meter.show_fits,
        )
    lines = _table_lines(grid)
    with console.showing({"output": str(output), **grid.to_dict()}, lines):
        save_experiment(grid, output, force=force)
        lines.append(f"saved    {output} (curves.png, curves.svg, cells.csv, experiment.json)")
        if report is not None:
            save_report(grid, report, command=command_line(), force=force)
            lines.append(f"report   {report}")


def _parse_augment(text: str) -> tuple[str, ...]:
    """Return the names of an option such as drop,crop; "none" and nothing else is none of them."""
    names = tuple(part for part in text.replace(" ", "").split(",") if part)
    return () if names == ("none",) else names


def _table_lines(grid: "Grid") -> list[str]:
    """Write the cells, their costs, and the answers that they give."""
    from textransfer.transfer.comparing.grid import ROWS

    accuracies, costs = [], []
    for row in ROWS:
        cells = [grid.cell(row, column) for column in grid.columns]
        spans = [cell.accuracy for cell in cells]
        accuracies.append([row, *(part for span in spans for part in (percent(span.estimate), span.span()))])
        costs.append([row, *map(cost_of, cells)])
    return [
        experiment_design(grid),
        "",
        table(["", *(name for column in grid.columns for name in (column, "95% interval"))], accuracies),
        "",
        table(["an epoch, and how many", *grid.columns], costs),
        "",
        *("AUGMENT  " + contrast.sentence for contrast in grid.augmentation),
        *("TUNE     " + contrast.sentence for contrast in grid.fine_tuning),
        "ADVICE   " + grid.advice,
        "",
        *("note     " + note for note in grid.notes),
    ]
