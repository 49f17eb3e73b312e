"""What all pages share: one file without script, font or picture from elsewhere, for light and dark."""

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import matplotlib
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from textransfer.report.style import colours_of
from textransfer.storage.spelling import writable
from textransfer.storage.writing import staged_file

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


def render(template: str, **values: Any) -> str:  # noqa: ANN401 - what the template asks for
    """Return a page from one of the templates; a missing value is an error."""
    environment = Environment(
        loader=PackageLoader("textransfer.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)


def save_page(page: str, path: Path, *, force: bool = False) -> Path:
    """Write a page, whole or not at all."""
    with staged_file(path, force=force) as staged:
        staged.write_text(writable(page), encoding="utf-8")
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


def arm_colours(names: Iterable[str]) -> dict[str, str]:
    """Return the colour of each arm on a page."""
    return {name: _INKS[colour] for name, colour in colours_of(names).items()}
