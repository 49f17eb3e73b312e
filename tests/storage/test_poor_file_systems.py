"""File systems that lack rights, locks or mapping: what is written and read there is the same."""

import errno
import mmap
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from textransfer import WordVectors
from textransfer.embeddings.formats import files
from textransfer.storage import mapping
from textransfer.storage.rights import give_mode
from textransfer.storage.writing import staged_file

EMBEDDINGS = Path(__file__).parents[1] / "golden/v1/embeddings"


def refuse(number):
    def refused(*arguments, **options):
        raise OSError(number, os.strerror(number))

    return refused


@pytest.mark.parametrize(("start", "shape"), [(0, (4, 3)), (8, (2, 5)), (4, None)])
def test_numbers_that_cannot_be_mapped_are_read(tmp_path, monkeypatch, start, shape):
    np.arange(12, dtype="<f4").tofile(tmp_path / "numbers")
    there = mapping.mapped(tmp_path / "numbers", "<f4", shape, start=start)
    monkeypatch.setattr(np, "memmap", refuse(errno.ENODEV))
    read = mapping.mapped(tmp_path / "numbers", "<f4", shape, start=start)
    assert not isinstance(read, mmap.mmap)
    assert read.tolist() == np.asarray(there).tolist()
    with pytest.raises(ValueError, match="read-only"):
        read[:] = 1


def test_another_error_is_raised(tmp_path, monkeypatch):
    (tmp_path / "numbers").write_bytes(bytes(8))
    monkeypatch.setattr(np, "memmap", refuse(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        mapping.mapped(tmp_path / "numbers", "<f4")


def test_vectors_are_the_same_where_nothing_can_be_mapped(monkeypatch):
    matrix = np.array(WordVectors.load(EMBEDDINGS).matrix)
    of_rust = OSError(f"No such device (os error {errno.ENODEV})")

    def refused(*arguments, **options):
        raise of_rust

    monkeypatch.setattr(np, "memmap", refuse(errno.ENODEV))
    monkeypatch.setattr(files, "safe_open", refused)
    monkeypatch.setattr(files, "load_file", refused)
    assert np.array_equal(WordVectors.load(EMBEDDINGS).matrix, matrix)


@pytest.mark.skipif(os.name == "nt", reason="permission bits of POSIX")
def test_an_output_keeps_the_rights_of_the_older_one_or_does_without(tmp_path, monkeypatch):
    path = tmp_path / "out.csv"
    path.write_text("old")
    path.chmod(0o640)
    with staged_file(path, force=True) as stage:
        stage.write_text("new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    monkeypatch.setattr(Path, "chmod", refuse(errno.EPERM))
    with staged_file(path, force=True) as stage:
        stage.write_text("newer")
    assert path.read_text() == "newer"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
    monkeypatch.setattr(Path, "chmod", refuse(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        give_mode(path, 0o600)
