"""``textransfer demo``: the article's experiment on the bundled reviews."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textransfer.cli.console import Console, configure, duration, percent, table
from textransfer.cli.options import Force, Json, Quiet, RandomState, Verbose

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from textransfer.embeddings.vectors import WordVectors
    from textransfer.transfer.article import ArticleResult

_TESTS = {"test.csv": "2 test sentences", "heldout.csv": "40 held-out sentences"}


def demo_command(
    language: Annotated[
        list[str] | None, typer.Option(help="en or ja; may be repeated.", show_default="both, if installed")
    ] = None,
    states: Annotated[int, typer.Option(min=2, help="Random states to repeat over.")] = 100,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for results and pictures.")] = Path(
        "demo"
    ),
    random_state: RandomState = 0,
    force: Force = True,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run the article's experiment on the bundled reviews, in seconds.

    Word vectors of 4 dimensions learn from 62 unlabelled sentences; a classifier learns from 8 labelled
    ones and is scored on 2, and on 40 more; with and without pretraining, over 100 random states.
    Writes the numbers and a picture of the learning curves.

    Examples:

    - `textransfer demo`
    - `textransfer demo --language ja --output demo-ja`
    """
    from textransfer.bundled import bundled_corpora
    from textransfer.storage import check_writable, staged_folder

    console = configure(quiet=quiet, verbose=verbose)
    check_writable(output, force=force)
    languages = language or available_languages(console)
    folders = {name: bundled_corpora(name) for name in languages}
    reports: list[dict[str, Any]] = []
    with staged_folder(output, force=force) as stage:
        for name, folder in folders.items():
            started = time.perf_counter()
            result = _experiment(folder, states, random_state, console)
            picture = f"learning_curves_{name}.png"
            for file in (picture, picture.replace(".png", ".svg")):
                _draw(result, states, name, stage / file)
            report = {
                "language": name,
                "n_random_states": states,
                "first_random_state": random_state,
                "total_seconds": time.perf_counter() - started,
                **result.to_dict(),
            }
            reports.append(report)
            if not as_json:
                console.result(_table(result, name, states, report["total_seconds"], output / picture))
        found = {"format_version": 1, "reports": reports}
        (stage / "results.json").write_text(
            json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    if as_json:
        console.result_json(found)


def available_languages(console: Console) -> list[str]:
    """Return the languages whose tokenizer is installed."""
    from importlib.util import find_spec

    if find_spec("sudachipy") and find_spec("sudachidict_core"):
        return ["en", "ja"]
    console.note('Japanese is left out; it needs: pip install "textransfer[ja]"')
    return ["en"]


def _experiment(folder: Path, states: int, random_state: int, console: Console) -> "ArticleResult":
    """Pretrain once for each random state, then train and score the classifiers of all together."""
    from joblib import Parallel, delayed

    from textransfer.pretrain.engines import available_cores
    from textransfer.text.corpus import read_labelled
    from textransfer.transfer.article import run_article

    seeds = list(range(random_state, random_state + states))
    few = read_labelled(folder / "few.csv")
    tests = {name: read_labelled(folder / name) for name in _TESTS}
    with console.meter("pretraining") as meter:
        pairs = []
        jobs = Parallel(n_jobs=min(available_cores(), 8), return_as="generator")
        for number, pair in enumerate(jobs(delayed(_pretrain)(folder / "unlabeled.txt", s) for s in seeds)):
            meter.update(number / states, f"random state {seeds[number]}")
            pairs.append(pair)
        meter.title = "classifiers"
        meter.update(None, f"{2 * states} networks")
        vectors, starts = zip(*pairs, strict=True)
        return run_article(vectors, starts, few, tests, seeds=seeds)


def _pretrain(corpus: Path, seed: int) -> tuple["WordVectors", "npt.NDArray[np.float32]"]:
    """Return the vectors of one random state after pretraining, and the ones it started from."""
    from textransfer.presets import PRETRAIN_PRESETS
    from textransfer.pretrain.skipgram import SkipGram
    from textransfer.pretrain.tables import initial_in_vectors

    tokenizer, config = PRETRAIN_PRESETS["article"]
    vectors = SkipGram.from_configs(tokenizer, config, random_state=seed).fit(corpus).vectors_
    return vectors, initial_in_vectors(len(vectors), vectors.vector_size, config.initialization, seed)


def _draw(result: "ArticleResult", states: int, language: str, path: Path) -> None:
    import numpy as np

    from textransfer.report.plots import Line, learning_curves, save_figure

    lines = []
    for arm in ("pretrained", "no pretraining"):
        curve = result.accuracy[arm, "heldout.csv"]
        low, high = np.quantile(curve, [0.1, 0.9], axis=0)
        lines.append(Line(arm, result.epochs, curve.mean(axis=0), low, high))
    ends = [result.final(arm, "heldout.csv").mean() for arm in ("pretrained", "no pretraining")]
    gain = 100 * (ends[0] - ends[1])
    figure = learning_curves(
        lines,
        title=f"62 unlabelled sentences are worth {gain:.0f} points to 8 labelled ones",
        subtitle=f"Bundled reviews ({language}), 40 held-out sentences; mean and middle 80% of "
        f"{states} random states",
        y_label="Accuracy on the held-out sentences",
        chance=0.5,
    )
    save_figure(figure, path)


def _table(result: "ArticleResult", language: str, states: int, seconds: float, picture: Path) -> str:
    rows = []
    for arm in ("no pretraining", "pretrained"):
        cells = [arm]
        for name in _TESTS:
            final = result.final(arm, name)
            cells += [percent(final.mean()), f"{100 * final.std(ddof=1):.1f}", f"{100 * final.min():.0f}"]
        rows.append(cells)
    header = ["accuracy (" + language + ")"]
    for name in _TESTS:
        header += [f"{result.n_texts[name]} sentences", "+-", "lowest"]
    return "\n".join(
        [
            table(header, rows),
            f"mean, standard deviation and lowest over {states} random states; took {duration(seconds)}; "
            f"curves: {picture}",
            "",
        ]
    )
