"""Outputs are whole or absent, and nothing of the user's is destroyed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from textransfer import storage
from textransfer.errors import OutputError
from textransfer.storage import check_unused, check_writable, remove_folder, staged_file, staged_folder


def make_output(folder, content):
    with staged_folder(folder) as stage:
        (stage / "config.json").write_text('{"format_version": 1}')
        (stage / "content").write_text(content)


def leftovers(folder):
    return [entry.name for entry in folder.iterdir() if entry.name.endswith((".tmp", ".old"))]


def test_a_folder_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "deep" / "out"
    with staged_folder(target) as stage:
        (stage / "inner").mkdir()
        (stage / "inner" / "a").write_text("new")
        assert not target.exists()
        assert stage.parent == target.parent
    assert (target / "inner" / "a").read_text() == "new"
    assert leftovers(target.parent) == []


def test_a_file_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "deep" / "out.svg"
    with staged_file(target) as stage:
        assert stage.suffix == ".svg"
        stage.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert leftovers(target.parent) == []


def fail_within(staged, error):
    """Write half of an output, then fail."""
    with staged as stage:
        (stage / "content" if stage.is_dir() else stage).write_text("half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_failed_folder_leaves_the_old(tmp_path, error):
    make_output(tmp_path / "out", "old")
    with pytest.raises(error):
        fail_within(staged_folder(tmp_path / "out", force=True), error)
    assert (tmp_path / "out" / "content").read_text() == "old"
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_file_leaves_the_old(tmp_path, error):
    (tmp_path / "out").write_text("old")
    with pytest.raises(error):
        fail_within(staged_file(tmp_path / "out", force=True), error)
    assert (tmp_path / "out").read_text() == "old"
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("staged", ["staged_folder", "staged_file"])
def test_kill_leaves_the_old(tmp_path, staged):
    target = tmp_path / "out"
    if staged == "staged_folder":
        make_output(target, "old")
    else:
        target.write_text("old")
    script = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        f"from textransfer.storage import {staged}\n"
        f"with {staged}(Path(sys.argv[1]), force=True) as stage:\n"
        "    (stage / 'content' if stage.is_dir() else stage).write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = str(Path(storage.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script, str(target)], env={**os.environ, "PYTHONPATH": root}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert (target / "content" if target.is_dir() else target).read_text() == "old"
    assert len(leftovers(tmp_path)) == 1
    with staged_folder(tmp_path / "another"):
        pass
    assert len(leftovers(tmp_path)) == 1
    with getattr(storage, staged)(target, force=True) as stage:
        (stage / "content" if stage.is_dir() else stage).write_text("new")
        assert leftovers(tmp_path) == [(stage if stage.is_dir() else stage.parent).name]
    assert leftovers(tmp_path) == []


def test_a_kill_between_two_renames_loses_nothing(tmp_path):
    make_output(tmp_path / ".out.abcd_123.tmp.old", "old")
    with staged_folder(tmp_path / "out", force=True):
        assert (tmp_path / "out" / "content").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_what_a_living_process_writes_is_no_leftover(tmp_path):
    target = tmp_path / "out"
    with staged_folder(target) as first:
        with pytest.raises(OutputError, match="another process is writing"):
            check_unused(target)
        with staged_folder(target) as second:
            assert first.is_dir()
            assert second.is_dir()
    check_unused(target)
    assert leftovers(tmp_path) == []


def test_a_removed_folder_vanishes_at_once(tmp_path, monkeypatch):
    make_output(tmp_path / "out", "old")
    monkeypatch.setattr(storage.shutil, "rmtree", lambda *_, **__: None)  # killed before it has begun
    remove_folder(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    monkeypatch.undo()
    with staged_folder(tmp_path / "out"):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years")
    with pytest.raises(OutputError, match="did not write"):
        remove_folder(tmp_path / "thesis")


@pytest.mark.parametrize("has_exchange", [True, False])
def test_force_replaces_an_older_output(tmp_path, monkeypatch, has_exchange):
    if not has_exchange:
        monkeypatch.setattr(storage, "_exchange", lambda one, other: False)
    make_output(tmp_path / "out", "old")
    (tmp_path / "out" / "stale").touch()
    with staged_folder(tmp_path / "out", force=True) as stage:
        (stage / "content").write_text("new")
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["content"]
    assert (tmp_path / "out" / "content").read_text() == "new"
    assert leftovers(tmp_path) == []


def test_without_exchange_a_failed_rename_brings_the_old_back(tmp_path, monkeypatch):
    make_output(tmp_path / "out", "old")
    rename = Path.rename

    def failing(self, target):
        if self.name.endswith(".tmp"):
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(storage, "_exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError), staged_folder(tmp_path / "out", force=True):
        pass
    assert (tmp_path / "out" / "content").read_text() == "old"
    assert leftovers(tmp_path) == []


def test_force_replaces_a_file_and_an_empty_folder(tmp_path):
    (tmp_path / "file").write_text("old")
    with staged_file(tmp_path / "file", force=True) as stage:
        stage.write_text("new")
    assert (tmp_path / "file").read_text() == "new"
    (tmp_path / "empty").mkdir()
    with staged_folder(tmp_path / "empty", force=True) as stage:
        (stage / "a").touch()
    assert (tmp_path / "empty" / "a").exists()


@pytest.mark.parametrize("staged", [staged_folder, staged_file])
def test_an_existing_output_needs_force(tmp_path, staged):
    target = tmp_path / "out"
    if staged is staged_folder:
        make_output(target, "old")
    else:
        target.write_text("old")
    with pytest.raises(OutputError, match="exists already; give --force"), staged(target):
        pytest.fail("the block must not run")


def test_a_folder_of_other_things_is_never_replaced(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years")
    (tmp_path / "thesis" / "package.json").write_text('{"name": "mine"}')
    with pytest.raises(OutputError, match="did not write"), staged_folder(tmp_path / "thesis", force=True):
        pytest.fail("the block must not run")
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years"


def test_neither_kind_replaces_the_other(tmp_path):
    make_output(tmp_path / "folder", "old")
    (tmp_path / "file").write_text("old")
    with pytest.raises(OutputError, match="is a folder"), staged_file(tmp_path / "folder", force=True):
        pass
    with pytest.raises(OutputError, match="is a file"), staged_folder(tmp_path / "file", force=True):
        pass
    assert (tmp_path / "folder" / "content").read_text() == (tmp_path / "file").read_text() == "old"


def test_a_symbolic_link_stays_and_its_target_is_replaced(tmp_path):
    make_output(tmp_path / "real", "old")
    (tmp_path / "link").symlink_to("real")
    with staged_folder(tmp_path / "link", force=True) as stage:
        (stage / "content").write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "content").read_text() == "new"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_named_and_leaves_the_old(tmp_path):
    make_output(tmp_path / "out", "old")
    full = Path("/dev/full")  # a device that refuses every write with ENOSPC
    with (
        pytest.raises(OutputError, match="No space left") as caught,
        staged_folder(tmp_path / "out", force=True),
    ):
        full.write_text("x")
    assert str(tmp_path / "out") in str(caught.value)
    assert (tmp_path / "out" / "content").read_text() == "old"
    assert leftovers(tmp_path) == []


def test_a_full_disk_that_tells_only_on_flushing(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"), staged_file(tmp_path / "out") as stage:
        stage.write_text("new")
    assert list(tmp_path.iterdir()) == []


def test_errors_of_the_block_that_are_not_the_outputs_stay_as_they_are(tmp_path):
    with pytest.raises(FileNotFoundError), staged_folder(tmp_path / "out"):
        (tmp_path / "no input").read_text()
    with pytest.raises(PermissionError), staged_folder(tmp_path / "out"):
        raise PermissionError(13, "Permission denied", str(tmp_path / "input"))
    assert list(tmp_path.iterdir()) == []


def test_the_parent_must_be_a_folder(tmp_path):
    (tmp_path / "file").touch()
    for target in (tmp_path / "file" / "out", tmp_path / "file" / "deeper" / "out"):
        with pytest.raises(OutputError, match="cannot write to"):
            check_writable(target, force=False)


def test_a_name_that_no_disk_takes(tmp_path):
    with pytest.raises(OutputError, match="cannot write"), staged_folder(tmp_path / ("x" * 300)):
        pass


def test_check_writable_makes_nothing(tmp_path):
    check_writable(tmp_path / "a" / "b", force=False)
    assert list(tmp_path.iterdir()) == []


def test_the_output_has_the_permissions_of_any_other(tmp_path):
    with staged_folder(tmp_path / "out"):
        pass
    (tmp_path / "ordinary").mkdir()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "ordinary").stat().st_mode
