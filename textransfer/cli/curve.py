"""``textransfer curve``: accuracy against the number of labels, for every arm."""

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli.classify import load_vectors
from textransfer.cli.console import Console, configure, percent, table
from textransfer.cli.options import (
    Encoding,
    Force,
    Json,
    LabelColumn,
    Quiet,
    RandomState,
    SeedWordsOption,
    TextColumn,
    TokenizerOption,
    Verbose,
)
from textransfer.cli.report import check_new

if TYPE_CHECKING:
    from textransfer.transfer.forecast import Forecast
    from textransfer.transfer.intervals import Interval
    from textransfer.transfer.results import LearningCurve


def curve_command(
    context: typer.Context,
    labeled: Annotated[
        list[str],
        typer.Option("--labeled", "-l", help="Pool of labelled texts to draw from; may be repeated."),
    ],
    test: Annotated[list[str], typer.Option("--test", "-t", help="Labelled texts to test on.")],
    embeddings: Annotated[
        list[Path] | None,
        typer.Option(
            help="Word vectors; given again, further ones to compare them with.", show_default="embeddings"
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for table and figures.")] = Path(
        "curve"
    ),
    budgets: Annotated[
        str | None, typer.Option(help="Labels in all, as 8,32,128.", show_default="8, 16, 32, ... 512")
    ] = None,
    draws: Annotated[int, typer.Option(min=2, help="Draws of labels at each budget.")] = 20,
    rows: Annotated[
        str | None, typer.Option(help="Which labelled rows to use, as 0:12500.", show_default="all")
    ] = None,
    test_rows: Annotated[
        str | None, typer.Option(help="Which test rows to use, as 12500:.", show_default="all")
    ] = None,
    seed_words: SeedWordsOption = None,
    target: Annotated[
        float | None,
        typer.Option(min=0.01, max=0.999, help="Accuracy wanted, as 0.85: how many labels would it take?"),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write everything as one page: a name that ends in .html.")
    ] = None,
    text_features: Annotated[
        bool, typer.Option("--text-features", help="An arm too: vectors, words and pairs of words together.")
    ] = False,
    fine_tune: Annotated[
        bool, typer.Option("--fine-tune/--frozen", help="Whether fine-tuned vectors are an arm too.")
    ] = True,
    n_jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes.", show_default="as many as cores")
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
    """Measure what labels bring, and what pretraining brings at each number of labels.

    Labels are drawn from the pool again and again; every arm sees the same draws and test texts. Budgets
    that are done stay in the output folder: started again after a stop, the same command goes on.

    Examples:

    - `textransfer curve --labeled pool.csv --test test.csv`
    - `textransfer curve -l pool.csv -t test.csv --budgets 8,32,128,512 --draws 50`
    - `textransfer curve -l pool.csv -t test.csv --target 0.85` (how many labels would that take?)
    - `textransfer curve -l pool.csv -t test.csv --report curve.html`
    - `textransfer curve -l pool.csv -t test.csv --embeddings mine --embeddings glove.txt --tokenizer words`
    """
    from textransfer.errors import ConfigError
    from textransfer.sentiment.seeds import read_seed_words
    from textransfer.text.corpus import parse_rows, read_labelled
    from textransfer.text.pipeline import available_cores
    from textransfer.transfer.learning_curve import learning_curve

    console = configure(quiet=quiet, verbose=verbose)
    _claim(context, output, force=force)
    if report is not None:
        _check_page(report, force=force)
    columns = {"text_column": text_column, "label_column": label_column, "encoding": encoding}
    pool = read_labelled(labeled, rows=parse_rows(rows) if rows else None, **columns)
    tested = read_labelled(test, rows=parse_rows(test_rows) if test_rows else None, **columns)
    first, *more = embeddings or [Path("embeddings")]
    vectors, cutter = load_vectors(first, tokenizer)
    others = {str(path): load_vectors(path, tokenizer)[0] for path in more}
    if len(others) < len(more):
        raise ConfigError("an --embeddings is given twice; expected each of them once")
    with console.meter("curve") as meter:
        found = learning_curve(
            vectors,
            pool,
            tested,
            budgets=_parse_budgets(budgets),
            n_draws=draws,
            tokenizer=cutter,
            others=others,
            is_fine_tuned_too=fine_tune,
            has_text_features=text_features,
            seed_words=read_seed_words(seed_words) if seed_words else None,
            random_state=random_state,
            n_jobs=available_cores() if n_jobs is None else n_jobs,
            store=output / _BUDGETS,
            progress=lambda done, total, what: meter.update(done / total, f"{done} of {total}: {what}"),
        )
    _write(found, output)
    outlook = [] if target is None else _forecasts(found, target)
    if report is not None:
        _write_page(found, [_outlook(name, one) for name, one in outlook], report, force=force)
    if as_json:
        forecasts = {name: asdict(one) for name, one in outlook}
        console.result_json({"output": str(output), **found.to_dict(), "forecasts": forecasts})
    else:
        _show(console, found, output, [_outlook(name, one) for name, one in outlook], report)


_JSON = "curve.json"
_BUDGETS = "budgets"


def _claim(context: typer.Context, output: Path, *, force: bool) -> None:
    """Claim a new folder, or one with a curve that was begun; one with a finished curve only with force."""
    from textransfer.errors import OutputError
    from textransfer.output_kinds import CURVE
    from textransfer.storage import claimed

    if (output / _JSON).exists() and not force:
        raise OutputError(f"{output} holds a finished curve; give another --output, or --force to replace it")
    context.with_resource(claimed(output, CURVE, in_place=True))
    if output.exists():
        CURVE.check(output)


def _check_page(path: Path, *, force: bool) -> None:
    """Refuse a page that cannot be written, before any work is done."""
    from textransfer.errors import ConfigError

    if path.suffix.lower() != ".html":
        raise ConfigError(
            f"cannot write a report as {path.name!r}; give a name that ends in .html "
            "(the figure is in the output folder as PNG and SVG)"
        )
    check_new(path, "--report", force=force)


def _parse_budgets(text: str | None) -> list[int] | None:
    from textransfer.errors import ConfigError

    if text is None:
        return None
    try:
        return [int(part) for part in text.replace(" ", "").split(",") if part]
    except ValueError:
        raise ConfigError(f"--budgets is {text!r}; expected whole numbers with commas, as 8,32,128") from None


def _write(found: "LearningCurve", output: Path) -> None:
    """Write table and figures into the folder that holds the budgets; curve.json, which ends it, last."""
    from textransfer.report.curve_plot import curve_figure
    from textransfer.report.plots import save_figure
    from textransfer.storage import staged_file

    output.mkdir(parents=True, exist_ok=True)
    figure = curve_figure(found, _finding(found))
    for suffix in ("png", "svg"):
        save_figure(figure, output / f"curve.{suffix}", force=True)
    with staged_file(output / "curve.csv", force=True) as staged, staged.open("w", newline="") as stream:
        rows = list(found.rows())
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with staged_file(output / _JSON, force=True) as staged:
        staged.write_text(json.dumps(found.to_dict(), indent=1), encoding="utf-8")


def _write_page(found: "LearningCurve", outlook: list[str], path: Path, *, force: bool) -> None:
    """Write the page of the curves."""
    from textransfer.report.curve_page import curve_page
    from textransfer.report.page import save_page

    measures = dict(line.split(maxsplit=1) for line in _measures(found))
    sentences = [line.split(maxsplit=1)[1] for line in outlook]
    save_page(curve_page(found, _finding(found), measures=measures, outlook=sentences), path, force=force)


def _finding(found: "LearningCurve") -> str:
    """Say in a line what the curves show."""
    outcomes = [budget.outcome for budget in found.budgets]
    first, last = found.budgets[0].n_labels, found.budgets[-1].n_labels
    if all(outcome == "positive" for outcome in outcomes):
        return f"Pretraining helped at every number of labels, from {first:,} to {last:,}"
    if "positive" in outcomes and "negative" not in outcomes:
        return f"Pretraining helped with {_numbers(found, 'positive')} labels"
    if "negative" in outcomes and "positive" in outcomes:
        return "Pretraining helped at some numbers of labels and hurt at others"
    if "negative" in outcomes:
        return f"Pretraining hurt with {_numbers(found, 'negative')} labels"
    return "Whether pretraining helped remains open"


def _numbers(found: "LearningCurve", outcome: str) -> str:
    """Name the budgets of an outcome by the first and the last."""
    having = [budget.n_labels for budget in found.budgets if budget.outcome == outcome]
    return f"{having[0]:,}" if len(having) == 1 else f"{having[0]:,} to {having[-1]:,}"


def _forecasts(found: "LearningCurve", target: float) -> list[tuple[str, "Forecast"]]:
    """Say for each arm that learns how many labels the wanted accuracy would take."""
    from textransfer.transfer.forecast import forecast
    from textransfer.transfer.results import MAJORITY

    budgets = [budget.n_labels for budget in found.budgets]
    return [
        (name, forecast(budgets, [b.arm(name).by_draw for b in found.budgets], target))
        for name in found.arms
        if name != MAJORITY
    ]


def _outlook(name: str, found: "Forecast") -> str:
    if found.outcome == "reached":
        said = f"{found.low:,} labels"
    elif found.outcome == "unknown":
        said = "too few budgets to say; give four at least"
    elif found.outcome == "beyond":
        said = "not within four times the labels measured; nothing can be said beyond"
    elif found.high is None:
        said = f"{found.low:,} labels at least; not all curves get there within four times those measured"
    else:
        said = f"{found.low:,} to {found.high:,} labels"
    return f"target    {percent(found.target)} with {name}: {said}"


def _show(
    console: Console, found: "LearningCurve", output: Path, outlook: list[str], report: Path | None
) -> None:
    from textransfer.transfer.results import NO_PRETRAINING

    header = ["labels", *found.arms, "pretraining gave", "95% interval", ""]
    rows = []
    for budget in found.budgets:
        gain = budget.arm(NO_PRETRAINING).behind
        rows.append(
            [
                f"{budget.n_labels:,}",
                *(percent(budget.arm(name).accuracy.estimate) for name in found.arms),
                "" if gain is None else f"{100 * gain.estimate:+.1f}",
                "" if gain is None else _span(gain),
                budget.outcome,
            ]
        )
    lines = [
        f"{found.n_draws} nested draws from {found.n_pool:,} labelled texts; tested on {found.n_test:,}; "
        f"{len(found.classes)} classes",
        "",
        table(header, rows, right_from=0),
        "",
        "VERDICT   " + _finding(found),
        *_measures(found),
        *outlook,
        *("note      " + note for note in dict.fromkeys(n for b in found.budgets for n in b.notes)),
        f"saved     {output} (curve.png, curve.svg, curve.csv, curve.json)",
        *([] if report is None else [f"report    {report}"]),
    ]
    console.result("\n".join(lines))


def _measures(found: "LearningCurve") -> list[str]:
    """Write the transfer measures over labels for people."""
    measures = found.measures
    first, last = found.budgets[0].n_labels, found.budgets[-1].n_labels
    lines = [
        f"start     with {first:,} labels {_points(measures.jump_start)}: the jump start",
        f"end       with {last:,} labels {_points(measures.asymptotic)}",
    ]
    goal = f"{percent(measures.threshold)}, where the arm without pretraining is with {last:,} labels"
    if measures.labels_to_threshold is None:
        lines.append(f"labels    the pretrained arm does not reach {goal}")
    else:
        span = measures.labels_to_threshold
        least = "at most " if span.estimate <= first else ""
        lines.append(
            f"labels    {least}{span.estimate:,.0f} ({span.low:,.0f} to {span.high:,.0f}) bring the "
            f"pretrained arm to {goal}"
        )
    if measures.transfer_ratio is not None:
        ratio = measures.transfer_ratio
        lines.append(
            f"ratio     {ratio.estimate:+.2f} ({ratio.low:+.2f} to {ratio.high:+.2f}): area gained over the "
            "area without pretraining, above the majority class"
        )
    return lines


def _points(span: "Interval") -> str:
    return f"{100 * span.estimate:+.1f} points ({_span(span)})"


def _span(span: "Interval") -> str:
    return f"{100 * span.low:+.1f} to {100 * span.high:+.1f}"
