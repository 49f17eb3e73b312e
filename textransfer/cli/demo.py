"""``textransfer demo``: the article's experiment on the bundled reviews."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.bundled import HELD_OUT, TEST
from textransfer.cli import options
from textransfer.cli.console import configure, table
from textransfer.config import RANDOM_STATE
from textransfer.report.wording import duration, percent

if TYPE_CHECKING:
    from textransfer.transfer.article import ArticleResult


def demo_command(
    context: typer.Context,
    language: Annotated[
        list[str] | None, options.setting("en or ja; may be repeated.", "both, if installed")
    ] = None,
    states: Annotated[int, typer.Option(min=2, help="Random states to repeat over.")] = 100,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for results and pictures.")] = Path(
        "demo"
    ),
    random_state: options.RandomState = RANDOM_STATE,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Run the article's experiment on the bundled reviews, in seconds.

    Word vectors of 4 dimensions learn from 62 unlabelled sentences; a classifier learns from 8 labelled
    ones and is scored on 2, and on 40 more; with and without pretraining, over 100 random states.
    Writes the numbers and a picture of the learning curves.

    Examples:

    - `textransfer demo`
    - `textransfer demo --language ja --output demo-ja`
    """
    from textransfer.demo import available_languages, run_demo
    from textransfer.report.saving import save_demo
    from textransfer.storage.kinds import DEMO
    from textransfer.storage.writing import claimed

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    context.with_resource(claimed(output, DEMO, force=force))
    languages = language or available_languages()
    if not language and "ja" not in languages:
        console.note('Japanese is left out; it needs: pip install "textransfer[ja]"')
    with console.meter("demo") as meter:
        demo = run_demo(languages, states, random_state=random_state, progress=meter.show_fits)
    save_demo(demo, output, force=force)
    lines = [_table(result, language) for language, result in demo.results.items()]
    lines += [
        f"Mean, standard deviation and lowest over {states} random states; {duration(demo.seconds)} in all.",
        f"Learning curves and numbers: {output}",
    ]
    console.show(demo.to_dict(), lines)


def _table(result: "ArticleResult", language: str) -> str:
    header = [f"accuracy ({language})"]
    for name in (TEST, HELD_OUT):
        header += [f"{result.n_texts[name]} sentences", "+-", "lowest"]
    rows = []
    for arm in ("no pretraining", "pretrained"):
        cells = [arm]
        for name in (TEST, HELD_OUT):
            final = result.final(arm, name)
            cells += [percent(final.mean()), f"{100 * final.std(ddof=1):.1f}", f"{100 * final.min():.0f}"]
        rows.append(cells)
    return table(header, rows) + "\n"
