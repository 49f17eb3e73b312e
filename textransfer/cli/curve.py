"""``textransfer curve``: accuracy against the number of labels, for every arm."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli import options
from textransfer.cli.arms import Arms, Cache, cache_for, parse_arms
from textransfer.cli.console import command_line, configure, table
from textransfer.cli.data import DATA, DataOptions, takes_data
from textransfer.cli.files import check_figure, load_vectors
from textransfer.config import N_DRAWS, RANDOM_STATE
from textransfer.report.wording import curve_finding, curve_measures, curve_notes, outlook_of, percent
from textransfer.storage.spelling import writable

if TYPE_CHECKING:
    from textransfer.transfer.comparing.results import LearningCurve


@takes_data(labels=True, test=True)
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
            help="Word vectors; given again, further ones to compare them with.",
            show_default=str(options.EMBEDDINGS),
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for table and figures.")] = Path(
        "curve"
    ),
    budgets: Annotated[
        str | None, options.setting("Labels in all, as 8,32,128.", "8, 16, 32, ... 512")
    ] = None,
    draws: Annotated[int, typer.Option(min=2, help="Draws of labels at each budget.")] = N_DRAWS,
    rows: options.Rows = None,
    test_rows: options.TestRows = None,
    seed_words: options.SeedWordsOption = None,
    target: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            max=0.999,
            help="Accuracy wanted, as 0.85: how many labels would it take?",
            show_default="none",
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write everything as one page: a name that ends in .html.")
    ] = None,
    unlabeled: options.Unlabeled = None,
    text_features: Annotated[
        bool,
        typer.Option(
            "--text-features/--no-text-features",
            help="Whether words, pairs and pieces of words join the vectors as far as labels bear it out.",
        ),
    ] = True,
    fine_tune: Annotated[
        bool, typer.Option("--fine-tune/--frozen", help="Whether fine-tuned vectors are an arm too.")
    ] = True,
    n_jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes.", show_default="as many as cores")
    ] = None,
    arms: Arms = None,
    cache: Cache = True,
    tokenizer: options.TokenizerOption = None,
    data: DataOptions = DATA,
    random_state: options.RandomState = RANDOM_STATE,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
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
    - `textransfer curve -l pool.csv -t test.csv --arm minilm=models/all-MiniLM-L6-v2`
    """
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.errors import ConfigError
    from textransfer.records import plain_value
    from textransfer.report.saving import save_report, write_curve
    from textransfer.sentiment.sentences.seeds import read_seed_words
    from textransfer.text.encoding.pipeline import available_cores
    from textransfer.transfer.comparing.sources import ArmLike
    from textransfer.transfer.learning_curve import learning_curve
    from textransfer.transfer.statistics.forecast import forecast_arms

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    _claim(context, output, force=force)
    hint = " (the figure is in the output folder as PNG and SVG)"
    check_figure(report, "--report", "a report", (".html",), force=force, hint=hint)
    arms_by_name = parse_arms(arms)
    pool, tested = data.read(labeled, rows), data.read_test(test, test_rows)
    first, *more = embeddings or [options.EMBEDDINGS]
    vectors, cutter = load_vectors(first, tokenizer)
    further_arms: dict[str, ArmLike] = {writable(str(path)): WordVectors.load(path) for path in more}
    if len(further_arms) < len(more):
        raise ConfigError("an --embeddings is given twice; expected each of them once")
    further_arms |= arms_by_name
    with console.meter("curve") as meter:
        curve = learning_curve(
            vectors,
            pool,
            tested,
            budgets=_parse_budgets(budgets),
            n_draws=draws,
            tokenizer=cutter,
            further_arms=further_arms,
            cache=cache_for(further_arms, is_kept=cache),
            is_fine_tuned_too=fine_tune,
            has_text_features=text_features,
            unlabelled=data.corpus(unlabeled) if unlabeled else None,
            seed_words=read_seed_words(seed_words) if seed_words else None,
            random_state=random_state,
            n_jobs=available_cores() if n_jobs is None else n_jobs,
            store=output / _BUDGETS,
            progress=lambda done, total, what: meter.update(done / total, f"{done} of {total}: {what}"),
        )
    forecasts = {} if target is None else forecast_arms(curve, target)
    lines = [
        *_table_lines(curve),
        *("target    " + sentence for sentence in outlook_of(forecasts)),
        *("note      " + note for note in curve_notes(curve)),
    ]
    record = {"output": str(output), **curve.to_dict(), "forecasts": plain_value(forecasts)}
    with console.showing(record, lines):
        write_curve(curve, output)
        lines.append(f"saved     {output} (curve.png, curve.svg, curve.csv, curve.json)")
        if report is not None:
            save_report(curve, report, forecasts=forecasts, command=command_line(), force=force)
            lines.append(f"report    {report}")


_JSON = "curve.json"
_BUDGETS = "budgets"


def _claim(context: typer.Context, output: Path, *, force: bool) -> None:
    """Claim a new folder, or one with a curve that was begun; one with a finished curve only with force."""
    from textransfer.errors import OutputError
    from textransfer.storage.kinds import CURVE
    from textransfer.storage.writing import claimed

    context.with_resource(claimed(output, CURVE, in_place=True))
    if (output / _JSON).exists() and not force:
        raise OutputError(f"{output} holds a finished curve; give another --output, or --force to replace it")
    if output.exists():
        CURVE.check(output)


def _parse_budgets(text: str | None) -> list[int] | None:
    from textransfer.errors import ConfigError

    if text is None:
        return None
    try:
        return [int(part) for part in text.replace(" ", "").split(",") if part]
    except ValueError:
        raise ConfigError(f"--budgets is {text!r}; expected whole numbers with commas, as 8,32,128") from None


def _table_lines(curve: "LearningCurve") -> list[str]:
    """Write the arms at each number of labels, and what they say of transfer."""
    from textransfer.transfer.comparing.results import NO_PRETRAINING
    from textransfer.transfer.statistics.intervals import signed_points

    rows = []
    for budget in curve.budgets:
        gain = budget.arm(NO_PRETRAINING).behind
        rows.append(
            [
                f"{budget.n_labels:,}",
                *(percent(budget.arm(name).accuracy.estimate) for name in curve.arms),
                *(["", ""] if gain is None else [signed_points(gain.estimate), gain.span("+")]),
                budget.outcome,
            ]
        )
    return [
        f"{curve.n_draws} nested draws from {curve.n_pool:,} labelled texts; tested on {curve.n_test:,}; "
        f"{len(curve.classes)} classes",
        "",
        table(["labels", *curve.arms, "pretraining gave", "95% interval", ""], rows, right_from=0),
        "",
        "VERDICT   " + curve_finding(curve),
        *(f"{name:10}{fact}" for name, fact in curve_measures(curve).items()),
    ]
