"""Write a result as a page or a figure."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.report.curve_figures import comparison_figure, curve_figure
from textransfer.report.experiment_plot import experiment_figure
from textransfer.report.page import save_page
from textransfer.report.pages import comparison_page, curve_page
from textransfer.report.panels import comparison_sheet
from textransfer.report.style import save_figure
from textransfer.report.wording import design_of, facts_of, outlook_of
from textransfer.transfer.classification import Classification
from textransfer.transfer.comparing.grid import Grid
from textransfer.transfer.comparing.results import Comparison, LearningCurve
from textransfer.transfer.statistics.forecast import Forecast

Result = Classification | Comparison | LearningCurve | Grid


def save_report(
    result: Result,
    path: str | Path,
    *,
    forecasts: Mapping[str, Forecast] | None = None,
    force: bool = False,
) -> Path:
    """Write a result as one .html page, or as a figure, .png or .svg; whole or not at all.

    Parameters
    ----------
    result : Classification, Comparison, LearningCurve or Grid
        A classification becomes a page, or a sheet with its comparison, confusion and deciding words; a
        comparison its training curves; learning curves a page or a figure; an experiment a figure.
    path : str or Path
        Its suffix chooses the kind.
    forecasts : mapping of str to Forecast, optional
        On the page of learning curves: labels that a wanted accuracy would take, for each arm.
    force : bool, default=False
        Whether an existing file is replaced.

    Raises
    ------
    ConfigError
        If the result cannot be written in this kind, or has nothing to show.
    OutputError
        If the file exists and `force` is false, or cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() == ".html":
        return save_page(_page_of(result, path, forecasts or {}), path, force=force)
    return save_figure(figure_of(result), path, force=force)


def figure_of(result: Result) -> Figure:
    """Draw a result; see `save_report`.

    Raises
    ------
    ConfigError
        If there is nothing to draw.
    """
    if isinstance(result, Comparison):
        return comparison_figure(result)
    if isinstance(result, LearningCurve):
        return curve_figure(result)
    if isinstance(result, Grid):
        return experiment_figure(result)
    if result.comparison is None or result.inspection is None:
        raise _without_labels()
    return comparison_sheet(result.comparison, result.inspection)


def _page_of(result: Result, path: Path, forecasts: Mapping[str, Forecast]) -> str:
    if isinstance(result, LearningCurve):
        return curve_page(result, outlook_of(forecasts))
    if not isinstance(result, Classification):
        raise ConfigError(
            f"cannot write {path.name!r}: there is no page of a {type(result).__name__}; give a name that "
            "ends in .png or .svg, or pass what classify or learning_curve returned"
        )
    if result.comparison is None or result.inspection is None:
        raise _without_labels()
    vectors = result.classifier.vectors
    return comparison_page(
        result.comparison,
        result.inspection,
        design=design_of(result.comparison),
        facts=facts_of(result.comparison, vectors) if isinstance(vectors, WordVectors) else {},
        trust=None if result.trust is None else result.trust.to_dict(),
    )


def _without_labels() -> ConfigError:
    return ConfigError(
        "a classifier of seed words alone was compared with nothing; expected labelled texts, to report on"
    )
