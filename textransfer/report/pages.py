"""Results as pages: one file without script, font or picture from elsewhere, for light and dark."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from textransfer.report.curve_figures import comparison_figure, curve_figure
from textransfer.report.experiment_figure import ROW_COLOURS, experiment_figure
from textransfer.report.inline import SHADES, both_widths, inline_svg
from textransfer.report.reliability_figure import reliability_figure
from textransfer.report.shading import shaded
from textransfer.report.style import colours_of
from textransfer.report.word_map import Spot, lay_out
from textransfer.report.wording import (
    basename,
    cost_of,
    curve_finding,
    curve_measures,
    curve_notes,
    design_of,
    experiment_design,
    has_members,
    percent,
    remarks_on,
    shortened,
    vectors_finding,
)
from textransfer.sentiment.judging.trust import Trust
from textransfer.storage.spelling import DIRECTION_MARKS, visible
from textransfer.text.languages import language_of_han
from textransfer.transfer.classification import LabelDoubt
from textransfer.transfer.comparing.grid import ROWS, Grid
from textransfer.transfer.comparing.results import NO_PRETRAINING, Comparison, LearningCurve
from textransfer.transfer.evaluation import Evaluation
from textransfer.transfer.inspection import Inspection
from textransfer.transfer.saved_arm import Choice
from textransfer.transfer.statistics.intervals import signed_points
from textransfer.transfer.vector_evaluation import VectorEvaluation

MAP_SIZES = ((900, 560), (360, 480))
"""Of the map of words: on a screen, and on a phone."""
SHOWN_OF_DOUBT = 240
"""Characters of a text whose label looks doubtful."""
LONGEST_HEADING = 32
"""Characters of a class at the edge of the table of confusion."""
Footer = Mapping[str, str]
"""What a page ends with: when, by which version and command, from which files it was made."""


@dataclass(frozen=True)
class Limits:
    """How much of a long list a page shows."""

    table: int = 10
    """Classes up to which all pairs are a table, and each has its words: a wider table would be cut on A4
    paper, and 150 lists of words are no longer read."""
    rows: int = 15
    """Rows that are seen; the others unfold."""
    most: int = 100
    """Rows that unfold, of pairs and of doubts."""


def curve_page(curve: LearningCurve, outlook: Sequence[str] = (), footer: Footer | None = None) -> str:
    """Return the page of learning curves; the outlook: how many labels a wanted accuracy would take."""
    outcomes = {budget.outcome for budget in curve.budgets}
    return _render(
        "curve.html",
        footer,
        curve=curve,
        finding=curve_finding(curve),
        outcome=outcomes.pop() if len(outcomes) == 1 else "mixed",
        figure=both_widths(partial(curve_figure, curve, has_title=False)),
        arm_colours=_arm_colours(curve.arms),
        gains=[budget.arm(NO_PRETRAINING).behind for budget in curve.budgets],
        measures=curve_measures(curve),
        outlook=outlook,
        notes=curve_notes(curve),
        percent=percent,
        signed_points=signed_points,
    )


def comparison_page(
    comparison: Comparison,
    inspection: Inspection,
    trust: Trust | None,
    facts: Mapping[str, str],
    choice: Choice | None = None,
    doubts: Sequence[LabelDoubt] = (),
    footer: Footer | None = None,
) -> str:
    """Return the page of a comparison and of the classifier that was trained; it ends with the facts.

    The choice: which arm that is, and why.
    """
    return _render(
        "comparison.html",
        footer,
        comparison=comparison,
        design=design_of(comparison),
        facts=facts,
        choice=choice,
        notes=(*comparison.notes, *(() if choice is None else choice.notes)),
        trust=trust,
        doubts=doubts,
        arm_colours=_arm_colours(arm.name for arm in comparison.arms),
        curves=both_widths(partial(comparison_figure, comparison, has_title=False)),
        has_members=has_members(comparison),
        reliability=inline_svg(reliability_figure(trust.bins)) if trust else "",
        **_inspected(inspection),
    )


def evaluation_page(evaluation: Evaluation, footer: Footer | None = None) -> str:
    """Return the page of a classifier that was tested."""
    calibration = evaluation.calibration
    return _render(
        "evaluation.html",
        footer,
        title=f"{percent(evaluation.accuracy.estimate)} of {evaluation.n_texts:,} texts classified rightly",
        evaluation=evaluation,
        spans={
            "accuracy": evaluation.accuracy,
            "macro-F1": evaluation.macro_f1,
            "all called by the most frequent label": evaluation.largest_class,
        },
        remarks=remarks_on(evaluation),
        reliability=inline_svg(reliability_figure(calibration.bins)) if calibration else "",
        scores=f"; log loss {calibration.log_loss:.3f}, Brier score {calibration.brier_score:.3f}"
        if calibration
        else "",
        **_inspected(evaluation.inspection),
    )


def vectors_page(evaluation: VectorEvaluation, footer: Footer | None = None) -> str:
    """Return the page of word vectors that were tested."""
    return _render("vectors.html", footer, title=vectors_finding(evaluation), evaluation=evaluation)


def experiment_page(grid: Grid, footer: Footer | None = None) -> str:
    """Return the page of an experiment."""
    return _render(
        "experiment.html",
        footer,
        title=grid.advice[:1].upper() + grid.advice[1:],
        grid=grid,
        rows=ROWS,
        row_colours={row: SHADES[colour] for row, colour in ROW_COLOURS.items()},
        design=experiment_design(grid),
        contrasts=(*grid.augmentation, *grid.fine_tuning),
        costs=cost_of,
        figure=both_widths(partial(experiment_figure, grid, has_title=False)),
    )


def _inspected(inspection: Inspection) -> dict[str, Any]:
    """Return what the parts of a page about a classifier need."""
    mistakes = [(mistake, shaded(mistake)) for mistake in inspection.mistakes]
    colours = dict(zip(inspection.classes, cycle(SHADES.values()), strict=False))
    shown = (mistake.text for mistake in inspection.mistakes)
    words = (entry.word for listed in inspection.words.values() for entry in listed)
    return {
        "language": language_of_han([*inspection.classes, *words, *shown]),
        "inspection": inspection,
        "limits": Limits(),
        "colours": colours,
        "mistakes": mistakes,
        "is_shaded": any("<mark" in text for _, text in mistakes),
        "maps": [(_spots(inspection, *size), size) for size in MAP_SIZES] if inspection.places else [],
        "map_colours": colours if len(colours) <= len(SHADES) else None,
    }


def _spots(inspection: Inspection, width: int, height: int) -> list[Spot]:
    """Return the words of a map, the strongest last, on top."""
    return sorted(lay_out(inspection.places, width, height), key=lambda spot: spot.strength)


def _render(template: str, footer: Footer | None, *, language: str = "", **values: object) -> str:
    """Return a page from one of the templates; a missing value is an error."""
    environment = Environment(
        loader=PackageLoader("textransfer.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Browsers draw Han characters by the language, which is not that of the page.
    environment.globals["lang"] = Markup(' lang="{}"').format(language) if language else ""
    environment.filters["percent"] = percent
    environment.filters["number"] = "{:,}".format
    environment.filters["basename"] = basename
    environment.filters["breakable"] = breakable
    environment.filters["brief"] = partial(shortened, longest=LONGEST_HEADING)
    environment.filters["cut"] = partial(shortened, longest=SHOWN_OF_DOUBT)
    page = environment.get_template(template).render(footer=footer or {}, **values)
    return visible(page, but_for=DIRECTION_MARKS)


def breakable(name: str) -> Markup:
    """Return a name that may be broken behind the signs that stand between its words."""
    return Markup(re.sub(r"(?<=[_/.\\-])(?=\w)", "<wbr>", str(escape(name))))  # noqa: S704 - escaped


def _arm_colours(names: Iterable[str]) -> dict[str, str]:
    """Return the colour of each arm on a page."""
    return {name: SHADES[colour] for name, colour in colours_of(names).items()}
