"""Write a result as a page, a figure, or a folder with figures and tables."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from textransfer.errors import ConfigError
from textransfer.records import csv_of
from textransfer.report.curve_figures import article_figure, comparison_figure, curve_figure
from textransfer.report.experiment_figure import experiment_figure
from textransfer.report.pages import (
    Footer,
    comparison_page,
    curve_page,
    evaluation_page,
    experiment_page,
    vectors_page,
)
from textransfer.report.sheets import comparison_sheet, evaluation_sheet, vectors_sheet
from textransfer.report.style import save_figure
from textransfer.report.wording import facts_of, outlook_of
from textransfer.storage.kinds import CURVE, DEMO, EXPERIMENT
from textransfer.storage.spelling import writable
from textransfer.storage.writing import staged_file, staged_folder
from textransfer.transfer.classification import Classification
from textransfer.transfer.comparing.grid import Grid
from textransfer.transfer.comparing.results import Comparison, LearningCurve
from textransfer.transfer.evaluation import Evaluation
from textransfer.transfer.inspection import Inspection
from textransfer.transfer.statistics.forecast import Forecast
from textransfer.transfer.vector_evaluation import VectorEvaluation
from textransfer.version import __version__

if TYPE_CHECKING:
    from textransfer.demo import Demo

Result = Classification | Comparison | LearningCurve | Grid | Evaluation | VectorEvaluation


def save_report(
    result: Result,
    path: str | Path,
    *,
    forecasts: Mapping[str, Forecast] | None = None,
    command: str = "",
    force: bool = False,
) -> Path:
    """Write a result as one .html page, or as a figure, .png or .svg; whole or not at all.

    Parameters
    ----------
    result : Classification, Comparison, LearningCurve, Grid, Evaluation or VectorEvaluation
        A classification becomes a page, or a sheet with its comparison, confusion and deciding words; a
        comparison its training curves; learning curves and an experiment a page or a figure; an evaluation a
        page or a sheet.
    path : str or Path
        Its suffix chooses the kind.
    forecasts : mapping of str to Forecast, optional
        On the page of learning curves: labels that a wanted accuracy would take, for each arm.
    command : str, optional
        What the result was made by, for the end of a page, beside the date, the version and the files.
    force : bool, default=False
        Whether an existing file is replaced.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    ConfigError
        If the result cannot be written in this kind, or has nothing to show.
    OutputError
        If the file exists and `force` is false, or cannot be written.

    Examples
    --------
    >>> from textransfer import WordVectors, classify, read_labelled, save_report
    >>> result = classify(WordVectors.load("embeddings"), read_labelled("few.csv"))  # doctest: +SKIP
    >>> save_report(result, "report.html")  # doctest: +SKIP
    PosixPath('report.html')
    """
    path = Path(path)
    if path.suffix.lower() == ".html":
        page = writable(_page_of(result, path, forecasts or {}, _footer(result, command)))
        with staged_file(path, force=force) as staged:
            staged.write_text(page, encoding="utf-8")
        return path
    return save_figure(_figure_of(result), path, force=force)


def write_curve(curve: LearningCurve, folder: Path) -> None:
    """Write table and figures into the folder that holds the budgets; an older curve's vanish at once."""
    with staged_folder(folder, CURVE, in_place=True) as stage:
        _save_figures(curve_figure(curve), stage, "curve")
        texts = {"curve.csv": csv_of(curve.rows()), "curve.json": json.dumps(curve.to_dict(), indent=1)}
        for name, text in texts.items():
            (stage / name).write_text(text, encoding="utf-8", newline="")


def save_experiment(grid: Grid, path: Path, *, force: bool = False) -> None:
    """Write accuracy and loss of each cell by epoch as a table and a figure; whole or not at all."""
    with staged_folder(path, EXPERIMENT, force=force) as folder:
        (folder / "experiment.json").write_text(json.dumps(grid.to_dict(), indent=1), encoding="utf-8")
        (folder / "cells.csv").write_text(csv_of(grid.rows()), encoding="utf-8", newline="")
        _save_figures(experiment_figure(grid), folder, "curves")


def save_demo(demo: "Demo", path: Path, *, force: bool = False) -> None:
    """Write the numbers, and a figure of the learning curves for each language; whole or not at all."""
    with staged_folder(path, DEMO, force=force) as folder:
        for language, result in demo.results.items():
            _save_figures(article_figure(result, language), folder, f"learning_curves_{language}")
        text = json.dumps(demo.to_dict(), ensure_ascii=False, indent=1) + "\n"
        (folder / "results.json").write_text(text, encoding="utf-8")


def _save_figures(figure: Figure, folder: Path, name: str) -> None:
    for suffix in ("png", "svg"):
        save_figure(figure, folder / f"{name}.{suffix}", force=True)


def _figure_of(result: Result) -> Figure:
    if isinstance(result, Comparison):
        return comparison_figure(result)
    if isinstance(result, LearningCurve):
        return curve_figure(result)
    if isinstance(result, Grid):
        return experiment_figure(result)
    if isinstance(result, Evaluation):
        return evaluation_sheet(result)
    if isinstance(result, VectorEvaluation):
        return vectors_sheet(result)
    return comparison_sheet(*_parts_of(result))


def _page_of(result: Result, path: Path, forecasts: Mapping[str, Forecast], footer: Footer) -> str:
    if isinstance(result, LearningCurve):
        return curve_page(result, outlook_of(forecasts), footer)
    if isinstance(result, Grid):
        return experiment_page(result, footer)
    if isinstance(result, Evaluation):
        return evaluation_page(result, footer)
    if isinstance(result, VectorEvaluation):
        return vectors_page(result, footer)
    if not isinstance(result, Classification):
        raise ConfigError(
            f"cannot write {path.name!r}: there is no page of a {type(result).__name__}; give a name that "
            "ends in .png or .svg, or pass what classify or learning_curve returned"
        )
    comparison, inspection = _parts_of(result)
    facts = facts_of(comparison, result.vectors)
    return comparison_page(comparison, inspection, result.trust, facts, result.choice, result.doubts, footer)


def _footer(result: Result, command: str) -> dict[str, str]:
    """Say when a page was made, by which version and command, and from which files."""
    texts = []
    if isinstance(result, Classification):
        texts = [labelled.source for labelled in (result.labelled, result.test) if labelled is not None]
    elif isinstance(result, Evaluation):
        texts = [result.source]
    elif isinstance(result, VectorEvaluation):
        texts = [*(test.file for test in result.similarity), *(test.file for test in result.analogies)]
    footer = {
        "made": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        "by": f"textransfer {__version__}",
        "command": command,
        "files": "; ".join(dict.fromkeys(texts)),
    }
    return {name: value for name, value in footer.items() if value}


def _parts_of(result: Classification) -> tuple[Comparison, Inspection]:
    if result.comparison is None or result.inspection is None:
        raise ConfigError(
            "a classifier of seed words alone was compared with nothing; expected labelled texts, to report "
            "on"
        )
    return result.comparison, result.inspection
