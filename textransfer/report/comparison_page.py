"""The page of a comparison: arms, training curves, confusion, deciding words, mistakes, map of vectors."""

from typing import Any

from markupsafe import Markup, escape

from textransfer.report.comparison_plot import comparison_figure
from textransfer.report.page import CLASS_COLOURS, arm_colours, inline_svg, render
from textransfer.report.word_map import Spot, lay_out
from textransfer.text.negation import mark_negated
from textransfer.text.tokenizers.words import WORD
from textransfer.transfer.inspection import Inspection, Mistake
from textransfer.transfer.results import Comparison

MAP_WIDTH, MAP_HEIGHT = 900, 560
SHOWN_CHARACTERS = 600
"""Of a mistake; longer texts are cut, and the page says so."""


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
    colours = dict(zip(inspection.classes, CLASS_COLOURS * len(inspection.classes), strict=False))
    marked = [
        (mistake, _marked(mistake, marks_negation=inspection.marks_negation))
        for mistake in inspection.mistakes
    ]
    spots = lay_out(inspection.places, MAP_WIDTH, MAP_HEIGHT)
    return render(
        "comparison.html",
        comparison=comparison,
        inspection=inspection,
        design=design,
        facts=facts,
        trust=trust,
        arm_colours=arm_colours([arm.name for arm in comparison.arms]),
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


def _marked(mistake: Mistake, *, marks_negation: bool) -> Markup:
    """Return the text with the words shaded that spoke for the class given, or against it."""
    text = " ".join(mistake.text.split())
    is_cut = len(text) > SHOWN_CHARACTERS
    sizes = dict(mistake.words)
    largest = max((abs(size) for size in sizes.values()), default=1.0) or 1.0
    parts = []
    plain = text[:SHOWN_CHARACTERS].replace("’", "'")
    spans = [found.span() for found in WORD.finditer(plain)]
    words = [plain[start:end].lower() for start, end in spans]
    end = 0
    for (start, stop), word in zip(spans, mark_negated(words) if marks_negation else words, strict=True):
        parts.append(escape(text[end:start]))
        piece, end = text[start:stop], stop
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
    return Markup("").join([*parts, escape(text[end:SHOWN_CHARACTERS]), "…" if is_cut else ""])


def _drawn(spots: list[Spot]) -> list[Spot]:
    """Draw the strongest words last, on top."""
    return sorted(spots, key=lambda spot: spot.strength)
