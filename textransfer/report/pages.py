"""The pages of a comparison and of learning curves."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from textransfer.report.curve_figures import comparison_figure, curve_figure
from textransfer.report.page import CLASS_COLOURS, arm_colours, inline_svg, render
from textransfer.report.word_map import lay_out
from textransfer.report.wording import curve_finding, curve_measures, curve_notes
from textransfer.text.negation import mark_negated
from textransfer.text.tokenizers.words import WORD
from textransfer.transfer.comparing.results import NO_PRETRAINING, Comparison, LearningCurve
from textransfer.transfer.inspection import Inspection, Mistake

MAP_WIDTH, MAP_HEIGHT = 900, 560
SHOWN_CHARACTERS = 600
"""Of a mistake; longer texts are cut, and the page says so."""
FAINTEST = 0.15
"""Share of the largest contribution from which a word of a mistake is shaded."""


def curve_page(curve: LearningCurve, outlook: Sequence[str] = ()) -> str:
    """Return the page of learning curves.

    Parameters
    ----------
    curve : LearningCurve
    outlook : sequence of str
        How many labels a wanted accuracy would take, a sentence an arm.
    """
    outcomes = {budget.outcome for budget in curve.budgets}
    return render(
        "curve.html",
        curve=curve,
        finding=curve_finding(curve),
        outcome=outcomes.pop() if len(outcomes) == 1 else "mixed",
        figure=inline_svg(curve_figure(curve, has_title=False)),
        arm_colours=arm_colours(curve.arms),
        gains=[budget.arm(NO_PRETRAINING).behind for budget in curve.budgets],
        measures=curve_measures(curve),
        outlook=outlook,
        notes=curve_notes(curve),
    )


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
    inspection : Inspection
        What the trained classifier does.
    design : str
        What was trained on what and tested how, in words.
    facts : dict of str to str
        Rows of the last table.
    trust : dict, optional
        From `Trust.to_dict`.
    """
    mistakes = [
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
        arm_colours=arm_colours(arm.name for arm in comparison.arms),
        curves=inline_svg(comparison_figure(comparison, has_title=False)),
        colours=dict(zip(inspection.classes, CLASS_COLOURS * len(inspection.classes), strict=False)),
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


def _marked(mistake: Mistake, *, marks_negation: bool) -> Markup:
    """Return the text with the words shaded that spoke for the class given, or against it."""
    text = " ".join(mistake.text.split())
    sizes = dict(mistake.words)
    largest = max((abs(size) for size in sizes.values()), default=1.0) or 1.0
    plain = text[:SHOWN_CHARACTERS].replace("’", "'")
    spans = [match.span() for match in WORD.finditer(plain)]
    words = [plain[start:end].lower() for start, end in spans]
    parts, end = [], 0
    for (start, stop), word in zip(spans, mark_negated(words) if marks_negation else words, strict=True):
        parts.append(escape(text[end:start]))
        piece, end = text[start:stop], stop
        share = sizes.get(word, 0.0) / largest
        if abs(share) < FAINTEST:
            parts.append(escape(piece))
            continue
        kind = "for" if share > 0 else "against"
        parts.append(
            Markup('<mark class="{}" style="--share:{}" title="{}">{}</mark>').format(
                kind, f"{min(abs(share), 1):.2f}", f"{sizes[word]:+.2f}", piece
            )
        )
    ending = "…" if len(text) > SHOWN_CHARACTERS else ""
    return Markup("").join([*parts, escape(text[end:SHOWN_CHARACTERS]), ending])
