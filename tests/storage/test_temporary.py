import os
import tempfile
from pathlib import Path

import pytest

from textransfer.errors import OutputError
from textransfer.storage.temporary import lend_temporary_folder, temporary_folder
from textransfer.text.reading.sources import spool


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where neither /tmp nor the working folder can be written, and nothing is said of another."""
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", None)
    candidates = tempfile._candidate_tempdir_list
    given = lambda: candidates()[: "TMPDIR" in os.environ]  # noqa: E731
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", given)


@pytest.mark.usefixtures("nowhere")
def test_no_place_for_temporary_files_is_told_with_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="set TMPDIR"):
        temporary_folder()
    (tmp_path / "text.txt").write_text("a film")
    with (tmp_path / "text.txt").open("rb") as stream, pytest.raises(OutputError, match="set TMPDIR"):
        spool(stream, "standard input")


@pytest.mark.usefixtures("nowhere")
def test_a_folder_is_lent_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "")  # so that it is put back
    monkeypatch.delenv("TMPDIR")
    lend_temporary_folder([tmp_path / "missing", tmp_path])
    assert temporary_folder() == str(tmp_path)


def test_no_folder_is_lent_where_there_is_one(tmp_path: Path) -> None:
    before = temporary_folder()
    lend_temporary_folder([tmp_path])
    assert temporary_folder() == before
