"""Place the names of words on a plane so that none covers another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textransfer.transfer.inspection import PlacedWord

LETTER_WIDTH, LINE_HEIGHT = 6.6, 13.0
WIDE_FROM = 0x2E80
"""Characters from here on are about as wide as high: kanji, kana, hangul."""


@dataclass(frozen=True)
class Spot:
    """A word on the map, in units of the drawing; without space for its name only a dot is drawn."""

    word: str
    x: float
    y: float
    label: str
    strength: float
    has_name: bool


def lay_out(places: Sequence[PlacedWord], width: float, height: float, margin: float = 24.0) -> list[Spot]:
    """Fit words into a drawing; names go to the strongest words first, where there is space."""
    if not places:
        return []
    points = np.array([(place.x, place.y) for place in places])
    low, high = points.min(axis=0), points.max(axis=0)
    spans = np.where(high > low, high - low, 1)
    scaled = margin + (points - low) / spans * (np.array([width, height]) - 2 * margin)
    taken: list[tuple[float, float, float, float]] = []
    spots: dict[int, Spot] = {}
    for i in sorted(range(len(places)), key=lambda i: -places[i].strength):
        place, (x, y) = places[i], scaled[i]
        half = text_width(place.word) / 2 + 2
        box = (x - half, y - LINE_HEIGHT, x + half, y + 4)
        is_inside = box[0] >= 0 and box[2] <= width and box[1] >= 0
        has_name = is_inside and not any(_overlap(box, other) for other in taken)
        if has_name:
            taken.append(box)
        spots[i] = Spot(place.word, float(x), float(y), place.label, place.strength, has_name)
    return [spots[i] for i in range(len(places))]


def text_width(text: str) -> float:
    """Return about how wide a text is at 12 units of size."""
    return sum(2 * LETTER_WIDTH if ord(letter) >= WIDE_FROM else LETTER_WIDTH for letter in text)


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
