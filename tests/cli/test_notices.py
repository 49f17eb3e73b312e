"""Warnings, and what other libraries say of places that cannot be written, as lines of this program."""

import logging
import warnings

import pytest

from textransfer.cli.notices import show_notices_on_lines
from textransfer.errors import TextransferWarning


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]):
    logger = logging.getLogger("matplotlib")
    handlers, propagates, former = list(logger.handlers), logger.propagate, warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        show_notices_on_lines()
        yield lambda: capsys.readouterr().err
    logger.handlers, logger.propagate, warnings.showwarning = handlers, propagates, former


def test_the_same_warning_is_shown_once(shown):
    for _ in range(2):
        warnings.warn("kept by nobody", TextransferWarning, stacklevel=1)
    assert shown() == "warning: kept by nobody\n"


def test_matplotlib_without_a_place_for_its_fonts_is_one_line(shown):
    logging.getLogger("matplotlib").warning(
        "Matplotlib created a temporary cache directory at %s because\nthere was an issue; set the "
        "MPLCONFIGDIR environment variable",
        "/x",
    )
    line = shown()
    assert line.count("\n") == 1
    assert line.startswith("warning: matplotlib cannot keep its list of fonts")
    assert "set MPLCONFIGDIR to a folder" in line
    logging.getLogger("matplotlib.font_manager").info("nothing of interest")
    assert shown() == ""


def test_joblib_is_silent_where_only_several_processes_would_matter(shown):
    warnings.warn("[Errno 30] no.  joblib will operate in serial mode", UserWarning, stacklevel=1)
    assert shown() == ""
