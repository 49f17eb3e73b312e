"""Fonts for the letters of figures, also those that were installed after matplotlib listed the fonts."""

import re
import unicodedata
from collections.abc import Collection

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK JP",
    "Hiragino Sans",
    "Yu Gothic",
    "IPAexGothic",
    "Noto Sans CJK SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK KR",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "Noto Sans",
    "Arial Unicode MS",
)
"""For letters that the first has not, the others are asked, as far as they are installed."""

_NO_FONT = re.compile("LastResort|Last Resort|Adobe Blank", re.IGNORECASE)
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "IDEOGRAPHIC", "FULLWIDTH")


def installed_fonts() -> list[str]:
    """Return those of `FONTS` that this machine has."""
    known = set(font_manager.get_font_names())
    return [name for name in FONTS if name in known]


def fonts_for(letters: Collection[str]) -> list[str]:
    """Return the names of installed fonts that have some letters, as few as will do; of `FONTS` first.

    The fonts of the system are looked through again: matplotlib lists them once, and keeps the list.
    """
    _list_new_fonts()
    ranks = {name: rank for rank, name in enumerate(FONTS)}
    entries = sorted(
        {(entry.name, entry.fname) for entry in font_manager.fontManager.ttflist if entry.style == "normal"},
        key=lambda entry: (ranks.get(entry[0], len(FONTS)), "Sans" not in entry[0], entry),
    )
    left = {ord(letter) for letter in letters}
    chosen: list[str] = []
    for name, path in entries:
        if not left:
            break
        if name not in chosen and not _NO_FONT.search(name) and (here := left & _letters_of(path)):
            chosen.append(name)
            left -= here
    return chosen


def use_fonts(figure: Figure, names: Collection[str]) -> None:
    """Let all texts of a figure ask more fonts for letters that their own have not."""
    for text in figure.findobj(Text):
        text.set_fontfamily(list(dict.fromkeys([*text.get_fontfamily(), *names])))


def packages_for(letters: Collection[str]) -> str:
    """Return the names of free fonts that have some letters.

    Examples
    --------
    >>> packages_for("宿の"), packages_for("กa")
    ('Noto Sans CJK', 'Noto Sans and Noto Sans Thai')
    """
    return " and ".join(sorted({_package_for(letter) for letter in letters}))


def _package_for(letter: str) -> str:
    script = unicodedata.name(letter, "").split(" ")[0]
    if script in _EAST_ASIAN:
        return "Noto Sans CJK"
    if not unicodedata.category(letter).startswith(("L", "M")):
        return "Noto Emoji"
    return "Noto Sans" if script in ("LATIN", "GREEK", "CYRILLIC", "") else f"Noto Sans {script.title()}"


def _list_new_fonts() -> None:
    listed = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in font_manager.findSystemFonts():
        if path not in listed:
            try:
                font_manager.fontManager.addfont(path)
            except (OSError, RuntimeError):
                continue  # a broken file; of bitmaps only


def _letters_of(path: str) -> set[int]:
    try:
        return set(FT2Font(path).get_charmap())
    except (OSError, RuntimeError):
        return set()
