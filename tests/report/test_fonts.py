import warnings
from pathlib import Path

import matplotlib
import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from textransfer.errors import TextransferWarning
from textransfer.report.fonts import packages_for
from textransfer.report.style import save_figure

STIX = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "STIXGeneral.ttf"
DEJAVU = STIX.with_name("DejaVuSans.ttf")


@pytest.fixture
def letter(monkeypatch):
    """Return a letter that a font has which was installed after the fonts were listed."""
    listed = [entry for entry in font_manager.fontManager.ttflist if entry.name == "DejaVu Sans"]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", listed)
    stix, dejavu = (set(FT2Font(str(path)).get_charmap()) for path in (STIX, DEJAVU))
    return chr(min(stix - dejavu))


def drawn(letter):
    figure = Figure()
    figure.text(0.1, 0.5, f"a {letter}")
    figure.add_axes((0.2, 0.6, 0.3, 0.3)).set_xticks([0, 1], [letter, "b"])
    return figure


def test_fonts_that_are_newer_than_their_list_are_found(letter, monkeypatch, tmp_path):
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(STIX), str(tmp_path / "broken.ttf")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save_figure(drawn(letter), tmp_path / "a.png")


@pytest.mark.parametrize(
    ("letters", "package"), [("判評", "Noto Sans CJK"), ("한", "Noto Sans CJK"), ("น", "Noto Sans Thai")]
)
def test_what_to_install_is_named_by_the_script(letter, monkeypatch, tmp_path, letters, package):
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    with pytest.warns(TextransferWarning, match=f"{letters}.*install {package},"):
        save_figure(drawn(letters), tmp_path / "a.png")


def test_signs_are_no_letters():
    assert packages_for("😀あ") == "Noto Emoji and Noto Sans CJK"
