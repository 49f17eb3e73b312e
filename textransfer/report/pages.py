"""Results as pages: one file without script, font or picture from elsewhere, for light and dark."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle

import matplotlib
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from textransfer.report.curve_figures import comparison_figure, curve_figure
from textransfer.report.style import COLOURS, EDGE, GRID, INK, SOFT, SUBTITLE, colours_of
from textransfer.report.word_map import lay_out
from textransfer.report.wording import curve_finding, curve_measures, curve_notes, design_of, percent
from textransfer.sentiment.judging.trust import Trust
from textransfer.transfer.comparing.results import NO_PRETRAINING, Comparison, LearningCurve
from textransfer.transfer.inspection import Inspection, Mistake
from textransfer.transfer.saved_arm import Choice
from textransfer.transfer.statistics.intervals import signed_points

MAP_WIDTH, MAP_HEIGHT = 900, 560
SHOWN_CHARACTERS = 600
"""Of a mistake; longer texts are cut, and the page says so."""
FAINTEST = 0.15
"""Share of the largest contribution from which a word of a mistake is shaded."""
_BLANK = re.compile(r"\s+")
_SHADES = {colour: f"var(--{name})" for name, colour in COLOURS.items()}
_INKS = {**_SHADES, **dict.fromkeys((INK, SOFT, SUBTITLE, EDGE), "currentColor"), GRID: "var(--line)"}
"""Colours of our figures that have to follow the page into the dark."""


def curve_page(curve: LearningCurve, outlook: Sequence[str] = ()) -> str:
    """Return the page of learning curves; the outlook: how many labels a wanted accuracy would take."""
    outcomes = {budget.outcome for budget in curve.budgets}
    return _render(
        "curve.html",
        curve=curve,
        finding=curve_finding(curve),
        outcome=outcomes.pop() if len(outcomes) == 1 else "mixed",
        figure=_inline_svg(curve_figure(curve, has_title=False)),
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
) -> str:
    """Return the page of a comparison and of the classifier that was trained; it ends with the facts.

    The choice: which arm that is, and why.
    """
    mistakes = [(mistake, shaded(mistake)) for mistake in inspection.mistakes]
    spots = lay_out(inspection.places, MAP_WIDTH, MAP_HEIGHT)
    return _render(
        "comparison.html",
        comparison=comparison,
        inspection=inspection,
        design=design_of(comparison),
        facts=facts,
        choice=choice,
        notes=(*comparison.notes, *(() if choice is None else choice.notes)),
        trust=trust,
        arm_colours=_arm_colours(arm.name for arm in comparison.arms),
        curves=_inline_svg(comparison_figure(comparison, has_title=False)),
        colours=dict(zip(inspection.classes, cycle(_SHADES.values()), strict=False)),
        largest={
            name: max((word.contribution for word in words), default=1.0)
            for name, words in inspection.words.items()
        },
        mistakes=mistakes,
        is_shaded=any("<mark" in text for _, text in mistakes),
        spots=sorted(spots, key=lambda spot: spot.strength),  # the strongest words last, on top
        map_size=(MAP_WIDTH, MAP_HEIGHT),
        accuracy=float(inspection.confusion.trace() / max(inspection.confusion.sum(), 1)),
    )


def shaded(mistake: Mistake) -> Markup:
    """Return the text with the words shaded that spoke for the class given, or against it."""
    text = mistake.text[: _end_of_shown(mistake)]
    largest = max((abs(size) for _, _, size in mistake.places), default=1.0) or 1.0
    parts, done = [], 0
    for start, end, size in mistake.places:
        share = size / largest
        if abs(share) < FAINTEST or start >= end or end > len(text):
            continue
        kind = "for" if share > 0 else "against"
        parts.append(_one_line(text[done:start]))
        parts.append(
            Markup('<mark class="{}" style="--share:{}" title="{}">{}</mark>').format(
                kind, f"{abs(share):.2f}", f"{size:+.2f}", _one_line(text[start:end])
            )
        )
        done = end
    ending = "…" if len(text) < len(mistake.text) else ""
    return Markup("").join([*parts, _one_line(text[done:]), ending])


def _end_of_shown(mistake: Mistake) -> int:
    """Return where a long text is cut, which is not within a known word."""
    if len(mistake.text) <= SHOWN_CHARACTERS:
        return len(mistake.text)
    starts = [start for start, end, _ in mistake.places if start < SHOWN_CHARACTERS < end]
    return min(starts, default=SHOWN_CHARACTERS) or SHOWN_CHARACTERS


def _one_line(text: str) -> Markup:
    """Return a part of a text with each stretch of white space as one space."""
    return escape(_BLANK.sub(" ", text))


def _render(template: str, **values: object) -> str:
    """Return a page from one of the templates; a missing value is an error."""
    environment = Environment(
        loader=PackageLoader("textransfer.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)


def _inline_svg(figure: Figure) -> Markup:
    """Return a figure as SVG that takes the colours of the page, with its letters as text."""
    stream = io.StringIO()
    figure.patch.set_alpha(0)
    for axes in figure.axes:
        axes.patch.set_alpha(0)
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "textransfer"}):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    for ink, css in _INKS.items():
        text = re.sub(ink, css, text, flags=re.IGNORECASE)
    text = re.sub(r'<svg [^>]*?viewBox="([^"]+)"[^>]*>', r'<svg viewBox="\1" role="img">', text, count=1)
    text = re.sub(r"font: ([^;\"]*?)'DejaVu Sans'[^;\"]*", r"font: \1var(--font)", text)
    return Markup(text)  # noqa: S704 - our own figure


def _arm_colours(names: Iterable[str]) -> dict[str, str]:
    """Return the colour of each arm on a page."""
    return {name: _SHADES[colour] for name, colour in colours_of(names).items()}
