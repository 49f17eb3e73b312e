"""Folders that another program replaces while they are read."""

import shutil
from pathlib import Path

import pytest

from textransfer import WordVectors, load_classifier
from textransfer.embeddings.formats import folder as embeddings_folder
from textransfer.errors import FormatError
from textransfer.sentiment import folder
from textransfer.storage.reading import read_as_one

GOLDEN = Path(__file__).parent.parent / "golden/v1"
CHANGED = "was changed by another program while it was being read"


def replace(path: Path, source: Path) -> None:
    path.rename(path.with_name("older"))
    shutil.copytree(source, path)


@pytest.mark.parametrize("name", ["classifier", "embeddings"])
def test_a_folder_replaced_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    shutil.copytree(GOLDEN / name, path)
    readers = {"classifier": (folder, load_classifier), "embeddings": (embeddings_folder, WordVectors.load)}
    module, load = readers[name]
    real = module.read_record
    n_read = 0

    def read_and_replace(file: Path) -> object:
        nonlocal n_read
        record = real(file)
        if not n_read:
            replace(path, GOLDEN / name)
        n_read += 1
        return record

    monkeypatch.setattr(module, "read_record", read_and_replace)
    with pytest.raises(FormatError, match=CHANGED):
        load(path)
    shutil.rmtree(tmp_path / "older")
    assert load(path)  # and it can be read again
    assert n_read > 1


def test_what_a_reader_complains_of_is_put_down_to_the_change(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")

    def fail() -> None:
        with read_as_one(tmp_path):
            (tmp_path / "a").write_text("12")
            raise FormatError("a contradicts b")

    with pytest.raises(FormatError, match=CHANGED):
        fail()
    with pytest.raises(FormatError, match="a contradicts b"), read_as_one(tmp_path):
        raise FormatError("a contradicts b")
    with pytest.raises(FormatError, match="there is no folder"), read_as_one(tmp_path / "absent"):
        raise FormatError("there is no folder")
