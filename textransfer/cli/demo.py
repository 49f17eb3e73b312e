"""``textransfer demo``: the article's experiment on the bundled reviews."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textransfer.cli import options
from textransfer.cli.console import Console, configure, table
from textransfer.report.wording import duration, percent

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from textransfer.embeddings.vectors import WordVectors
    from textransfer.transfer.article import ArticleResult

_TESTS = ("test.csv", "heldout.csv")


def demo_command(
    language: Annotated[
        list[str] | None, typer.Option(help="en or ja; may be repeated.", show_default="both, if installed")
    ] = None,
    states: Annotated[int, typer.Option(min=2, help="Random states to repeat over.")] = 100,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for results and pictures.")] = Path(
        "demo"
    ),
    random_state: options.RandomState = 0,
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
    from textransfer.bundled import bundled_corpora
    from textransfer.storage.kinds import DEMO
    from textransfer.storage.writing import check_writable, staged_folder

    console = configure(quiet=quiet, verbose=verbose)
    check_writable(output, DEMO, force=force)
    languages = language or available_languages(console)
    folders = [bundled_corpora(name) for name in languages]
    reports = []
    started = time.perf_counter()
    with staged_folder(output, DEMO, force=force) as stage:
        results = _experiments(folders, list(range(random_state, random_state + states)), console)
        for name, result in zip(languages, results, strict=True):
            for ending in ("png", "svg"):
                _draw(result, states, name, stage / f"learning_curves_{name}.{ending}")
            reports.append({"language": name, "n_random_states": states, **result.to_dict()})
        seconds = time.perf_counter() - started
        record = {
            "format_version": 1,
            "first_random_state": random_state,
            "seconds": seconds,
            "reports": reports,
        }
        text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        (stage / "results.json").write_text(text, encoding="utf-8")
    if as_json:
        console.result_json(record)
        return
    for name, result in zip(languages, results, strict=True):
        console.result(_table(result, name))
    console.result(
        f"Mean, standard deviation and lowest over {states} random states; {duration(seconds)} in all.\n"
        f"Learning curves and numbers: {output}"
    )


def available_languages(console: Console) -> list[str]:
    """Return the languages whose tokenizer is installed."""
    from importlib.util import find_spec

    if find_spec("sudachipy") and find_spec("sudachidict_core"):
        return ["en", "ja"]
    console.note('Japanese is left out; it needs: pip install "textransfer[ja]"')
    return ["en"]


def _experiments(folders: list[Path], seeds: list[int], console: Console) -> list["ArticleResult"]:
    """Pretrain once for each corpus and random state; then train and score all classifiers of a corpus."""
    from joblib import Parallel, delayed

    from textransfer.text.encoding.pipeline import available_cores

    n_jobs = min(available_cores(), 8)
    tasks = [(folder, seed) for folder in folders for seed in seeds]
    with console.meter("pretraining") as meter:
        pairs = []
        for pair in Parallel(n_jobs, return_as="generator")(delayed(_pretrain)(*task) for task in tasks):
            pairs.append(pair)
            meter.update(len(pairs) / len(tasks), f"{len(pairs)} of {len(tasks)} runs")
        meter.title = "classifiers"
        meter.update(None, f"{2 * len(tasks)} networks")
        shares = [pairs[start : start + len(seeds)] for start in range(0, len(pairs), len(seeds))]
        results: list[ArticleResult] = Parallel(n_jobs)(
            delayed(_classify)(folder, share, seeds) for folder, share in zip(folders, shares, strict=True)
        )
    return results


def _classify(
    folder: Path, pairs: list[tuple["WordVectors", "npt.NDArray[np.float32]"]], seeds: list[int]
) -> "ArticleResult":
    """Train and score the classifiers of all random states on one corpus."""
    from textransfer.text.reading.labelled import read_labelled
    from textransfer.transfer.article import run_article

    tests = {name: read_labelled(folder / name) for name in _TESTS}
    vectors, starts = zip(*pairs, strict=True)
    return run_article(vectors, starts, read_labelled(folder / "few.csv"), tests, seeds=seeds)


def _pretrain(folder: Path, seed: int) -> tuple["WordVectors", "npt.NDArray[np.float32]"]:
    """Return the vectors of one random state after pretraining, with those it started from."""
    from textransfer.presets import PRETRAIN_PRESETS
    from textransfer.pretrain.skipgram import SkipGram
    from textransfer.pretrain.tables import initial_in_vectors

    tokenizer, config = PRETRAIN_PRESETS["article"]
    vectors = (
        SkipGram.from_configs(tokenizer, config, random_state=seed).fit(folder / "unlabeled.txt").vectors_
    )
    return vectors, initial_in_vectors(len(vectors), vectors.vector_size, config.initialization, seed)


def _draw(result: "ArticleResult", states: int, language: str, path: Path) -> None:
    import numpy as np

    from textransfer.report.plots import Line, learning_curves
    from textransfer.report.style import save_figure

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


def _table(result: "ArticleResult", language: str) -> str:
    header = [f"accuracy ({language})"]
    for name in _TESTS:
        header += [f"{result.n_texts[name]} sentences", "+-", "lowest"]
    rows = []
    for arm in ("no pretraining", "pretrained"):
        cells = [arm]
        for name in _TESTS:
            final = result.final(arm, name)
            cells += [percent(final.mean()), f"{100 * final.std(ddof=1):.1f}", f"{100 * final.min():.0f}"]
        rows.append(cells)
    return table(header, rows) + "\n"
