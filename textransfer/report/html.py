"""One page that holds a whole result: no script, no font and no picture from elsewhere."""

import io
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from textransfer.report.comparison_plot import comparison_figure
from textransfer.report.plots import ARM_COLOURS, OTHER_COLOURS
from textransfer.report.word_map import Spot, lay_out
from textransfer.storage import staged_file
from textransfer.text.negation import PREFIX, mark_negated
from textransfer.transfer.inspection import Inspection, Mistake
from textransfer.transfer.results import Comparison

MAP_WIDTH, MAP_HEIGHT = 900, 560
SHOWN_CHARACTERS = 600
"""Of a mistake; longer texts are cut, and the page says so."""
_NAMES = {
    "#D55E00": "vermilion",
    "#0072B2": "blue",
    "#007F5F": "green",
    "#AA3377": "purple",
    "#8C6D00": "ochre",
    "#332288": "indigo",
    "#117733": "forest",
    "#767676": "grey",
}
"""Colours of arms and classes; the page has each in a light and a dark shade."""
CLASS_COLOURS = tuple(f"var(--{name})" for name in _NAMES.values())

_INKS = {
    **{colour: f"var(--{name})" for colour, name in _NAMES.items()},
    "#222222": "currentColor",
    "#444444": "currentColor",
    "#555555": "currentColor",
    "#999999": "currentColor",
    "#e6e6e6": "var(--line)",
}
"""Colours of our figures that have to follow the page into the dark."""


def comparison_page(
    comparison: Comparison,
    inspection: Inspection,
    *,
    design: str,
    facts: dict[str, str],
    trust: dict[str, Any] | None,
) -> str:
    """Return the page of a comparison.

    Parameters
    ----------
    comparison : Comparison
        The arms, their curves and the verdict.
    inspection : Inspection
        What the trained classifier does.
    design : str
        What was trained on what and tested how, in words.
    facts : dict of str to str
        Rows of the last table.
    trust : dict, optional
        From `Trust.to_dict`.
    """
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(
        files("textransfer.report").joinpath("templates/comparison.html").read_text(encoding="utf-8")
    )
    colours = dict(zip(inspection.classes, CLASS_COLOURS * len(inspection.classes), strict=False))
    marked = [(mistake, _marked(mistake)) for mistake in inspection.mistakes]
    spots = lay_out(inspection.places, MAP_WIDTH, MAP_HEIGHT)
    return template.render(
        comparison=comparison,
        inspection=inspection,
        design=design,
        facts=facts,
        trust=trust,
        arms=_arms(comparison),
        curves=inline_svg(comparison_figure(comparison, has_title=False)),
        colours=colours,
        largest={
            name: max((one.contribution for one in words), default=1.0)
            for name, words in inspection.words.items()
        },
        mistakes=marked,
        is_shaded=any("<mark" in text for _, text in marked),
        spots=_drawn(spots),
        map_size=(MAP_WIDTH, MAP_HEIGHT),
        accuracy=float(inspection.confusion.trace() / max(inspection.confusion.sum(), 1)),
    )


def save_page(page: str, path: Path, *, force: bool = False) -> Path:
    """Write a page, whole or not at all."""
    with staged_file(path, force=force) as staged:
        staged.write_text(page, encoding="utf-8")
    return path


def inline_svg(figure: Figure) -> Markup:
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


def _arms(comparison: Comparison) -> list[dict[str, Any]]:
    spare = iter(OTHER_COLOURS * 5)
    return [
        {"result": arm, "colour": _INKS[ARM_COLOURS.get(arm.name) or next(spare)]} for arm in comparison.arms
    ]


def _marked(mistake: Mistake) -> Markup:
    """Return the text with the words shaded that spoke for the class given, or against it."""
    text = " ".join(mistake.text.split())
    is_cut = len(text) > SHOWN_CHARACTERS
    sizes = dict(mistake.words)
    largest = max((abs(size) for size in sizes.values()), default=1.0) or 1.0
    parts = []
    pieces = re.split(r"(\w+(?:['’]\w+)?)", text[:SHOWN_CHARACTERS])
    words = [piece.lower().replace("’", "'") for piece in pieces]
    if any(word.startswith(PREFIX) for word in sizes):
        words[1::2] = mark_negated(words[1::2])
    for piece, word in zip(pieces, words, strict=True):
        share = sizes.get(word, 0.0) / largest
        if abs(share) < 0.15:
            parts.append(escape(piece))
            continue
        kind = "for" if share > 0 else "against"
        parts.append(
            Markup('<mark class="{}" style="--share:{}" title="{}">{}</mark>').format(
                kind, f"{min(abs(share), 1):.2f}", f"{sizes[word]:+.2f}", piece
            )
        )
    return Markup("").join([*parts, "…" if is_cut else ""])


def _drawn(spots: list[Spot]) -> list[Spot]:
    """Draw the strongest words last, on top."""
    return sorted(spots, key=lambda spot: spot.strength)
