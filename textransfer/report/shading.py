"""The text of a mistake with its words shaded where they stand."""

import re

from markupsafe import Markup, escape

from textransfer.transfer.inspection import Mistake

SHOWN_CHARACTERS = 600
"""Of a mistake; longer texts are cut, and the page says so."""
FAINTEST = 0.15
"""Share of the largest contribution from which a word of a mistake is shaded."""
_BLANK = re.compile(r"\s+")


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
