"""How labels are spelt: whole numbers in one way, and those that differ by little, which may be one class."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from textransfer.checks import plain

_WHOLE = re.compile(r"-?\d+(\.0)?")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?")
"""As programs write one; with zeros before it, it is a code: 007 is not 7."""
_TRUE = ("true", "wahr", "vrai", "vero", "verdadero", "verdadeiro", "waar")
_FALSE = ("false", "falsch", "faux", "falso", "onwaar")
_TRUTH = {**dict.fromkeys(_TRUE, "true"), **dict.fromkeys(_FALSE, "false")}
"""How spreadsheets write truth values in some languages."""
_LEFT_OUT = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_MOST_SHOWN = 5
_LONGEST_SHOWN = 60


def without_points(labels: list[str]) -> list[str]:
    """Return labels without the point of whole numbers if all are whole numbers, else as they are.

    1, 1.0 and "1.0" are what different programs make of one label; but 1.0 beside 1.1 is another thing.

    Examples
    --------
    >>> without_points(["1.0", "2", "1"]), without_points(["1.0", "1.1"])
    (['1', '2', '1'], ['1.0', '1.1'])
    """
    names = set(labels)
    if not any(name.endswith(".0") for name in names) or not all(map(_WHOLE.fullmatch, names)):
        return labels
    return [label.removesuffix(".0") for label in labels]


def as_known(labels: list[str], known: Collection[str]) -> list[str]:
    """Return labels spelt as those of the known ones that denote the same: "2" as "2.0", "TRUE" as "True".

    0 and 1 are truth values where the one side has nothing but numbers and the other nothing but truth
    values. A label that is known stays, and so does one that several may stand for.

    Examples
    --------
    >>> as_known(["1", "2", "x"], {"1.0", "1.1", "2"})
    ['1.0', '2', 'x']
    >>> as_known(["1", "0"], {"False", "True"})
    ['True', 'False']
    """
    names = set(labels)
    if names <= set(known):
        return labels
    sides = [{_denoted(name) for name in side} for side in (names, known)]
    are_truths = all(side <= {*_TRUTH.values(), 0.0, 1.0} for side in sides)
    alike: dict[str | float, list[str]] = defaultdict(list)
    for name in known:
        alike[_denoted(name, are_truths=are_truths)].append(name)
    own = {}
    for name in names:
        matches = alike.get(_denoted(name, are_truths=are_truths), [])
        own[name] = matches[0] if name not in known and len(matches) == 1 else name
    return labels if all(name == label for label, name in own.items()) else [own[label] for label in labels]


def _denoted(label: str, *, are_truths: bool = False) -> str | float:
    """Return the number that a label is, or its truth value, as a number if wished; else the label."""
    if _NUMBER.fullmatch(label):
        return float(label)
    truth = _TRUTH.get(label.strip().casefold(), label)
    return float(truth == "true") if are_truths else truth


def near_label(label: str, known: Collection[str]) -> str | None:
    """Return a known label that differs from one by case, blanks or the like alone.

    Examples
    --------
    >>> near_label("versand", ["Versand", "Rechnung"])
    'Versand'
    """
    return next((name for name in known if name != label and _plain(name) == _plain(label)), None)


def near_labels(labels: Sequence[str]) -> str:
    """Return which labels differ by case, blanks or the like alone, with their counts; "" if none do.

    Examples
    --------
    >>> near_labels(["Versand", "versand", "Lob", "Versand"])
    "'Versand' (2) and 'versand' (1)"
    """
    groups: dict[str, list[str]] = defaultdict(list)
    counts = Counter(labels)
    for name, _ in counts.most_common():
        groups[_plain(name)].append(name)
    alike = [names for names in groups.values() if len(names) > 1]
    pairs = [[f"{shown_label(name)} ({counts[name]:,})" for name in names] for names in alike[:_MOST_SHOWN]]
    shown = [" and ".join(names) for names in pairs]
    n_more = len(alike) - len(shown)
    return ", ".join(shown) + (f" and {n_more} more" if n_more else "")


def shown_label(label: object) -> str:
    r"""Return a label as messages show it: the start of a long one; apart, what looks like other characters.

    Examples
    --------
    >>> print(shown_label("Lob"), shown_label("Cafe\u0301"))
    'Lob' 'Cafe\u0301'
    """
    label = plain(label)
    if not isinstance(label, str):
        return repr(label)
    shown = label if len(label) <= _LONGEST_SHOWN else f"{label[:_LONGEST_SHOWN]}..."
    return repr(shown) if unicodedata.is_normalized("NFC", shown) else ascii(shown)


def listed_labels(labels: Sequence[object], most: int = 12) -> str:
    """Return labels as messages list them, the first of many.

    Examples
    --------
    >>> listed_labels(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    n_more = len(labels) - most
    return ", ".join(map(shown_label, labels[:most])) + (f" and {n_more:,} more" if n_more > 0 else "")


def _plain(label: str) -> str:
    """Return what is left of a label without case, blanks and forms of the same characters."""
    text = _LEFT_OUT.sub("", unicodedata.normalize("NFKC", label)).casefold()
    text = text[:-2] if _WHOLE.fullmatch(text) and text.endswith(".0") else text
    return _TRUTH.get(text, text)
