"""Figures as SVG within a page: its colours, its fonts, a drawing for screens and one for phones."""

import io
import re
from collections.abc import Callable

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from textransfer.report.style import COLOURS, EDGE, GRID, INK, SOFT, SUBTITLE, render

SHADES = {colour: f"var(--{name})" for name, colour in COLOURS.items()}
"""What stands on a page for the colours of arms and classes."""
_INKS = {**SHADES, **dict.fromkeys((INK, SOFT, SUBTITLE, EDGE), "currentColor"), GRID: "var(--line)"}
"""Colours of our figures that have to follow the page into the dark."""
_UNUSED_ID = re.compile(r' id="[a-zA-Z]+[\w.]*_\d+"')
"""Names that matplotlib gives to parts, the same in every figure; what is referred to has other ones."""


def both_widths(draw: Callable[..., Figure]) -> tuple[Markup, Markup]:
    """Return two drawings: `draw()` for screens and paper, `draw(is_narrow=True)` for phones.

    A single one would be scaled to the width of a phone, and its letters with it.
    """
    return inline_svg(draw()), inline_svg(draw(is_narrow=True))


def inline_svg(figure: Figure) -> Markup:
    """Return a figure as SVG that takes the colours of the page, with its letters as text."""
    stream = io.StringIO()
    figure.patch.set_alpha(0)
    for axes in figure.axes:
        axes.patch.set_alpha(0)
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        render(figure, stream, format="svg", metadata={"Date": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    for ink, css in _INKS.items():
        text = re.sub(ink, css, text, flags=re.IGNORECASE)
    text = re.sub(r'<svg [^>]*?viewBox="([^"]+)"[^>]*>', r'<svg viewBox="\1" role="img">', text, count=1)
    text = re.sub(r"font: ([^;\"]*?)'DejaVu Sans'[^;\"]*", r"font: \1var(--font)", text)
    text = _UNUSED_ID.sub("", text)
    return Markup(text)  # noqa: S704 - our own figure
