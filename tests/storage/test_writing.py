"""Outputs are whole or absent, and nothing of the user's is destroyed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from textransfer.errors import OutputError
from textransfer.storage import replacement, writing
from textransfer.storage.kinds import CURVE, Kind
from textransfer.storage.writing import check_writable, claimed, remove_folder, staged_file, staged_folder

KIND = Kind("a test", "config.json|content|stale", {"config.json": ("format_version", "test")})
RECORD = '{"format_version": 1, "test": 0}'


def make_output(folder, content):
    with staged_folder(folder, KIND) as stage:
        (stage / "config.json").write_text(RECORD)
        (stage / "content").write_text(content)


def leftovers(folder):
    return [entry.name for entry in folder.iterdir() if entry.name.endswith((".tmp", ".old"))]


def test_a_folder_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "deep" / "out"
    with staged_folder(target, KIND) as stage:
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


def kill_within(code, target):
    """Run code in a process of its own; `die` kills it."""
    script = (
        "import os, signal, sys\nfrom pathlib import Path, PosixPath\n"
        "from textransfer.storage import replacement, writing\nfrom textransfer.storage.kinds import Kind\n"
        "die, target = lambda *_: os.kill(os.getpid(), signal.SIGKILL), Path(sys.argv[1])\n"
    )
    root = str(Path(writing.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script + code, str(target)],
        env={**os.environ, "PYTHONPATH": root},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL


def fail_within(staged, error):
    """Write half of an output, then fail."""
    with staged as stage:
        (stage / "content" if stage.is_dir() else stage).write_text("half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_failed_folder_leaves_the_old(tmp_path, error):
    make_output(tmp_path / "out", "old")
    with pytest.raises(error):
        fail_within(staged_folder(tmp_path / "out", KIND, force=True), error)
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
    kind = [KIND] if staged == "staged_folder" else []
    kill_within(
        f"with writing.{staged}(target, *{kind}, force=True) as stage:\n"
        "    (stage / 'content' if stage.is_dir() else stage).write_text('half')\n"
        "    die()",
        target,
    )
    assert (target / "content" if target.is_dir() else target).read_text() == "old"
    assert len(leftovers(tmp_path)) == 1
    with staged_folder(tmp_path / "another", KIND):
        pass
    assert len(leftovers(tmp_path)) == 1
    with getattr(writing, staged)(target, *kind, force=True) as stage:
        (stage / "content" if stage.is_dir() else stage).write_text("new")
        assert leftovers(tmp_path) == [(stage if stage.is_dir() else stage.parent).name]
    assert leftovers(tmp_path) == []


def test_a_kill_between_two_renames_loses_nothing(tmp_path):
    make_output(tmp_path / ".out.abcd_123.tmp.old", "old")
    with staged_folder(tmp_path / "out", KIND, force=True):
        assert (tmp_path / "out" / "content").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_an_older_output_that_cannot_be_cleared_away_is_no_error(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(5, "Input/output error")

    make_output(tmp_path / "out", "old")
    monkeypatch.setattr(replacement, "clear", refuse)
    with staged_folder(tmp_path / "out", KIND, force=True) as stage:
        (stage / "config.json").write_text(RECORD)
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["config.json"]
    monkeypatch.undo()
    with claimed(tmp_path / "out", KIND, force=True):
        assert leftovers(tmp_path) == []


def test_a_file_in_a_staged_folder_is_not_staged_again(tmp_path):
    kill_within(
        f"with writing.staged_folder(target, {KIND}) as stage:\n"
        "  with writing.staged_file(stage / 'content') as file:\n"
        "    file.write_text('half')\n    die()",
        tmp_path / "out",
    )
    with claimed(tmp_path / "out", KIND):
        assert leftovers(tmp_path) == []


def test_a_folder_in_which_a_killed_run_finished_nothing_is_gone_on_with(tmp_path):
    kind = Kind("a test", r"parts(/\d)?", {"parts/*": ("part",)})
    kill_within(
        "(target / 'parts').mkdir(parents=True)\n"
        "with writing.staged_file(target / 'parts' / '1') as file:\n    file.touch()\n    die()",
        tmp_path / "out",
    )
    kind.check(tmp_path / "out")
    (tmp_path / "out" / "parts" / "2").touch()
    with pytest.raises(OutputError, match="did not write"):
        kind.check(tmp_path / "out")


def test_what_replaces_an_output_has_its_permissions(tmp_path):
    make_output(tmp_path / "out", "old")
    (tmp_path / "file").touch()
    for path in (tmp_path / "out", tmp_path / "file"):
        path.chmod(0o700)
    with (
        staged_folder(tmp_path / "out", KIND, force=True),
        staged_file(tmp_path / "file", force=True) as stage,
    ):
        stage.touch()
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out", tmp_path / "file")} == {0o700}


def test_a_link_in_the_place_of_an_output_is_not_replaced(tmp_path):
    make_output(tmp_path / "out", "old")

    def write_and_move():
        with staged_folder(tmp_path / "out", KIND, force=True) as stage:
            (stage / "content").write_text("new")
            (tmp_path / "out").rename(tmp_path / "moved")
            (tmp_path / "out").symlink_to("moved")

    with pytest.raises(OutputError, match="out-2"):
        write_and_move()
    assert (tmp_path / "moved" / "content").read_text() == "old"
    assert (tmp_path / "out-2" / "content").read_text() == "new"


@pytest.mark.parametrize("staged", [lambda path: staged_folder(path, KIND), staged_file])
def test_a_stage_that_others_removed_is_named(tmp_path, staged):
    def remove_and_write():
        with staged(tmp_path / "out") as stage:
            shutil.rmtree(next(tmp_path.glob(".out.*.tmp")))
            (stage if stage.suffix != ".tmp" else stage / "content").write_text("new")

    with pytest.raises(OutputError, match="cannot write .*out: No such file"):
        remove_and_write()


def test_a_link_named_like_a_leftover_is_not_followed(tmp_path):
    make_output(tmp_path / "other", "old")
    for ending in ("", ".old"):
        (tmp_path / f".out.abcd_123.tmp{ending}").symlink_to("other")
    make_output(tmp_path / "out", "new")
    assert (tmp_path / "other" / "content").read_text() == "old"
    assert len(leftovers(tmp_path)) == 2


def test_a_removed_folder_vanishes_at_once(tmp_path, monkeypatch):
    make_output(tmp_path / "out", "old")
    monkeypatch.setattr(writing, "clear", lambda *_: None)  # killed before it has begun
    remove_folder(tmp_path / "out", KIND)
    assert not (tmp_path / "out").exists()
    monkeypatch.undo()
    with staged_folder(tmp_path / "out", KIND):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years")
    with pytest.raises(OutputError, match="did not write"):
        remove_folder(tmp_path / "thesis", KIND)


@pytest.mark.parametrize("has_exchange", [True, False])
def test_force_replaces_an_older_output(tmp_path, monkeypatch, has_exchange):
    if not has_exchange:
        monkeypatch.setattr(replacement, "_rename", lambda stage, target, flag: False)
    make_output(tmp_path / "out", "old")
    (tmp_path / "out" / "stale").touch()
    with staged_folder(tmp_path / "out", KIND, force=True) as stage:
        (stage / "content").write_text("new")
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["content"]
    assert (tmp_path / "out" / "content").read_text() == "new"
    assert leftovers(tmp_path) == []


def test_without_exchange_a_failed_rename_brings_the_old_back(tmp_path, monkeypatch):
    make_output(tmp_path / "out", "old")
    rename = Path.rename

    def failing(self, target):
        if self.name.endswith(".tmp") and target.name == "out":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(replacement, "_rename", lambda stage, target, flag: False)
    monkeypatch.setattr(Path, "rename", failing)
    with (
        pytest.raises(OutputError, match="saved as .*out-2"),
        staged_folder(tmp_path / "out", KIND, force=True) as stage,
    ):
        (stage / "content").write_text("new")
    assert (tmp_path / "out" / "content").read_text() == "old"
    assert (tmp_path / "out-2" / "content").read_text() == "new"
    assert leftovers(tmp_path) == []


def test_force_replaces_a_file_and_an_empty_folder(tmp_path):
    (tmp_path / "file").write_text("old")
    with staged_file(tmp_path / "file", force=True) as stage:
        stage.write_text("new")
    assert (tmp_path / "file").read_text() == "new"
    (tmp_path / "empty").mkdir()
    with staged_folder(tmp_path / "empty", KIND, force=True) as stage:
        (stage / "a").touch()
    assert (tmp_path / "empty" / "a").exists()


@pytest.mark.parametrize("staged", [staged_folder, staged_file])
def test_an_existing_output_needs_force(tmp_path, staged):
    target = tmp_path / "out"
    if staged is staged_folder:
        make_output(target, "old")
    else:
        target.write_text("old")
    kind = [KIND] if staged is staged_folder else []
    with pytest.raises(OutputError, match="exists already; give force=True"), staged(target, *kind):
        pytest.fail("the block must not run")


def test_a_folder_of_other_things_is_never_replaced(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years")
    (tmp_path / "thesis" / "package.json").write_text('{"name": "mine"}')
    with (
        pytest.raises(OutputError, match="did not write"),
        staged_folder(tmp_path / "thesis", KIND, force=True),
    ):
        pytest.fail("the block must not run")
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years"


def test_neither_kind_replaces_the_other(tmp_path):
    make_output(tmp_path / "folder", "old")
    (tmp_path / "file").write_text("old")
    with pytest.raises(OutputError, match="is a folder"), staged_file(tmp_path / "folder", force=True):
        pass
    with pytest.raises(OutputError, match="is a file"), staged_folder(tmp_path / "file", KIND, force=True):
        pass
    assert (tmp_path / "folder" / "content").read_text() == (tmp_path / "file").read_text() == "old"


def test_what_a_symbolic_link_points_to_is_renewed_but_not_replaced(tmp_path):
    make_output(tmp_path / "real", "old")
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(OutputError, match="is a symbolic link"):
        check_writable(tmp_path / "link", KIND, force=True)
    with staged_folder(tmp_path / "link", KIND, in_place=True) as stage:
        (stage / "content").write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "content").read_text() == "new"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_named_and_leaves_the_old(tmp_path):
    make_output(tmp_path / "out", "old")
    full = Path("/dev/full")  # a device that refuses every write with ENOSPC
    with (
        pytest.raises(OutputError, match="No space left") as caught,
        staged_folder(tmp_path / "out", KIND, force=True),
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
    with pytest.raises(FileNotFoundError), staged_folder(tmp_path / "out", KIND):
        (tmp_path / "no input").read_text()
    with pytest.raises(PermissionError), staged_folder(tmp_path / "out", KIND):
        raise PermissionError(13, "Permission denied", str(tmp_path / "input"))
    assert list(tmp_path.iterdir()) == []


def test_the_parent_must_be_a_folder(tmp_path):
    (tmp_path / "file").touch()
    for target in (tmp_path / "file" / "out", tmp_path / "file" / "deeper" / "out"):
        with pytest.raises(OutputError, match="cannot write to"):
            check_writable(target, KIND)


@pytest.mark.parametrize("name", ["x" * 300, "x" * 240, "a\0b", "cut \ud83d", "loop", "loop/out"])
def test_a_name_that_no_disk_takes(tmp_path, name):
    (tmp_path / "loop").symlink_to("loop")
    for staged in (staged_folder(tmp_path / name, KIND), staged_file(tmp_path / name)):
        with pytest.raises(OutputError, match="cannot write"), staged:
            pytest.fail("the block must not run")


def test_a_working_folder_that_is_gone(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(OutputError, match="cannot write out: No such file"), claimed(Path("out"), KIND):
        pass


def test_a_place_is_not_two_outputs(tmp_path):
    with claimed(tmp_path / "out", KIND), claimed(tmp_path / "out", KIND):
        for kind in (None, Kind("another", "content")):
            with pytest.raises(OutputError, match="is to be a test in the same run"):
                check_writable(tmp_path / "out", kind)


def test_a_folder_that_cannot_be_marked_is_not_left_behind(tmp_path, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "touch", full)
    with pytest.raises(OutputError, match="No space left"), staged_folder(tmp_path / "out", KIND):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["out", "out/mine", "out/mine/deep"])
@pytest.mark.parametrize("is_mount", [True, False])
def test_what_cannot_be_moved_is_refused_before_any_work(tmp_path, monkeypatch, place, is_mount):
    make_output(tmp_path / "out", "old")
    (tmp_path / "out" / "mine" / "deep").mkdir(parents=True)
    if is_mount:
        monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == tmp_path / place)
    else:  # the administrator may write everywhere
        monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path / place)
    with pytest.raises(OutputError, match="is a mount point|cannot be moved"):
        check_writable(tmp_path / "out", KIND, in_place=True)


def test_check_writable_makes_nothing(tmp_path):
    check_writable(tmp_path / "a" / "b", KIND)
    assert list(tmp_path.iterdir()) == []


def test_the_output_has_the_permissions_of_any_other(tmp_path):
    with staged_folder(tmp_path / "out", KIND):
        pass
    (tmp_path / "ordinary").mkdir()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "ordinary").stat().st_mode


@pytest.mark.parametrize("name", [".", "", "..", "../work", "/", "~"])
def test_the_working_folder_and_those_above_it_are_never_replaced(tmp_path, monkeypatch, name):
    work = tmp_path / "work"
    make_output(work, "old")
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOME", str(work))
    with pytest.raises(OutputError, match="working folder or holds it"):
        check_writable(Path(name).expanduser(), KIND, force=True)
    with (
        pytest.raises(OutputError, match="working folder or holds it"),
        claimed(Path(name).expanduser(), KIND, in_place=True),
    ):
        pass
    monkeypatch.chdir("/")
    with pytest.raises(OutputError, match="home folder or holds it"):
        check_writable(work, KIND, force=True)


def test_a_mount_point_is_never_replaced(tmp_path, monkeypatch):
    make_output(tmp_path / "out", "old")
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path).name == "out")
    for mode in ({"force": True}, {"in_place": True}):
        with pytest.raises(OutputError, match="is a mount point"):
            check_writable(tmp_path / "out", KIND, **mode)


def test_a_device_is_never_replaced():
    with pytest.raises(OutputError, match="is a device"), staged_file(Path(os.devnull), force=True):
        pass


@pytest.mark.parametrize(
    "record",
    [
        '{"format_version": "1", "test": 0}',
        '{"format_version": 1}',
        '["format_version", "test"]',
        "{",
        "[" * 100_000,
    ],
)
def test_a_folder_is_known_by_its_record_and_not_by_names(tmp_path, record):
    make_output(tmp_path / "out", "old")
    (tmp_path / "out" / "config.json").write_text(record)
    with pytest.raises(OutputError, match=r"did not write as a test \(config.json, content\)"):
        check_writable(tmp_path / "out", KIND, force=True)


@pytest.mark.parametrize("name", ["notes.txt", ".git", "content2", "inner"])
def test_a_folder_with_anything_else_in_it_is_not_replaced(tmp_path, name):
    make_output(tmp_path / "out", "old")
    (tmp_path / "out" / name).mkdir()
    with pytest.raises(OutputError, match=rf"did not write as a test \({name}\)"):
        check_writable(tmp_path / "out", KIND, force=True)


def make_guests(folder):
    """Lay files of others into a folder; return all of them with their content."""
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "file").write_text("far down")
    (folder / "empty").mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "link").symlink_to("nowhere")


def check_guests(folder):
    assert (folder / "deep" / "er" / "file").read_text() == "far down"
    assert (folder / "empty").is_dir()
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "link").readlink() == Path("nowhere")


@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.parametrize("has_exchange", [True, False])
def test_files_of_others_stay_when_a_folder_is_renewed(tmp_path, monkeypatch, has_exchange, has_links):
    if not has_exchange:
        monkeypatch.setattr(replacement, "_rename", lambda stage, target, flag: False)
    if not has_links:
        monkeypatch.setattr(replacement, "_lend", lambda target, stage, kind: None)
    make_output(tmp_path / "out", "old")
    make_guests(tmp_path / "out")
    with staged_folder(tmp_path / "out", KIND, in_place=True) as stage:
        (stage / "content").write_text("new")
        (tmp_path / "out" / "late").write_text("during the run")
    check_guests(tmp_path / "out")
    assert {entry.name for entry in (tmp_path / "out").iterdir()} == {
        "content",
        "deep",
        "empty",
        "notes.txt",
        "link",
        "late",
    }
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("is_new", [False, True])
@pytest.mark.parametrize("is_folder", [False, True])
def test_what_others_put_there_in_the_last_moment_stays(tmp_path, monkeypatch, is_folder, is_new):
    target = tmp_path / "out"
    if is_folder:
        make_output(target, "old")
    elif not is_new:
        target.write_text("old")
    content = target / "content" if is_folder else target
    rename, comes = replacement._rename, [1]

    def interrupted(stage, place, flag):
        if comes:
            comes.pop()
            (tmp_path / "theirs").write_text("of another program")
            (tmp_path / "theirs").replace(content)
        return rename(stage, place, flag)

    monkeypatch.setattr(replacement, "_rename", interrupted)
    staged = staged_folder(target, KIND, force=True) if is_folder else staged_file(target, force=True)
    with pytest.raises(OutputError, match="changed by another program.*saved as .*out-2"), staged as stage:
        (stage / "content" if is_folder else stage).write_text("new")
    spare = tmp_path / "out-2"
    assert content.read_text() == "of another program"
    assert (spare / "content" if is_folder else spare).read_text() == "new"
    assert leftovers(tmp_path) == []


def test_a_folder_of_others_that_comes_in_the_last_moment_stays(tmp_path, monkeypatch):
    make_output(tmp_path / "out", "old")
    lend = replacement._lend

    def interrupted(target, stage, kind):
        shutil.rmtree(target)
        target.mkdir()
        (target / "letter").write_text("of another program")
        lend(target, stage, kind)

    monkeypatch.setattr(replacement, "_lend", interrupted)
    with (
        pytest.raises(OutputError, match="changed by another program.*saved as .*out-2"),
        staged_folder(tmp_path / "out", KIND, force=True) as stage,
    ):
        (stage / "content").write_text("new")
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["letter"]
    assert (tmp_path / "out-2" / "content").read_text() == "new"
    assert [entry.name for entry in (tmp_path / "out-2").iterdir()] == ["content"]
    assert leftovers(tmp_path) == []


def test_files_of_others_that_come_during_the_run_survive_force(tmp_path):
    make_output(tmp_path / "out", "old")
    with staged_folder(tmp_path / "out", KIND, force=True) as stage:
        (stage / "content").write_text("new")
        make_guests(tmp_path / "out")
    check_guests(tmp_path / "out")


@pytest.mark.parametrize("has_exchange", [True, False])
@pytest.mark.parametrize("moment", ["_lend", "_rename", "clear", "_return", "first rename", "second rename"])
@pytest.mark.parametrize("is_after", [False, True])
def test_a_kill_at_any_moment_loses_no_file_of_others(tmp_path, moment, is_after, has_exchange):
    if "rename" in moment and has_exchange:
        return  # there is none
    make_output(tmp_path / "out", "old")
    make_guests(tmp_path / "out")
    place, name = ("Path", "rename") if "rename" in moment else ("replacement", moment)
    kill_within(
        ("" if has_exchange else "replacement._rename = lambda *_: False\n")
        + f"whole, n_calls = {place}.{name}, []\n"
        "def fatal(*given):\n"
        "    n_calls.append(given)\n"
        f"    if len(n_calls) < {2 if 'second' in moment else 1}:\n"
        "        return whole(*given)\n"
        f"    (whole(*given) if {is_after} else 0, die())\n"
        f"{place}.{name} = fatal\n"
        f"with writing.staged_folder(target, {KIND}, in_place=True) as stage:\n"
        f"    (stage / 'content').write_text('new')\n    (stage / 'config.json').write_text('{RECORD}')\n",
        tmp_path / "out",
    )
    if has_exchange:
        check_guests(tmp_path / "out")
        assert (tmp_path / "out" / "content").read_text() in ("old", "new")
    with claimed(tmp_path / "out", KIND, in_place=True):
        check_guests(tmp_path / "out")
        assert (tmp_path / "out" / "content").read_text() in ("old", "new")
    with staged_folder(tmp_path / "out", KIND, in_place=True) as stage:
        (stage / "content").write_text("newer")
    check_guests(tmp_path / "out")
    assert (tmp_path / "out" / "content").read_text() == "newer"
    assert leftovers(tmp_path) == []


def test_leftovers_are_cleared_of_our_files_alone(tmp_path):
    foreign = tmp_path / ".out.abcd_123.tmp"
    foreign.mkdir()
    (foreign / "content").write_text("of another program")
    kill_within(
        f"with writing.staged_folder(target, {KIND}) as stage:\n    (stage / 'content').touch()\n    die()",
        tmp_path / "out",
    )
    ours = next(entry for entry in tmp_path.glob(".out.*.tmp") if entry != foreign)
    (ours / "letter").write_text("of another program")
    with staged_folder(tmp_path / "out", KIND):
        pass
    assert (foreign / "content").exists()
    assert [entry.name for entry in ours.iterdir() if entry.name != replacement.MARK] == ["letter"]


def test_a_removed_folder_leaves_files_of_others(tmp_path):
    make_output(tmp_path / "out", "old")
    make_guests(tmp_path / "out")
    remove_folder(tmp_path / "out", KIND)
    check_guests(tmp_path / "out")
    assert not (tmp_path / "out" / "content").exists()


def write_slowly(place, rival):
    """Write a folder, or a file, while another program puts its own there."""
    is_folder = place.suffix == ""
    staged = staged_folder(place, KIND, in_place=True) if is_folder else staged_file(place)
    with staged as stage:
        (stage / "content" if is_folder else stage).write_text("slow")
        place.mkdir(exist_ok=True) if is_folder else None
        (place / "content" if is_folder else place).write_text(rival)


def test_what_changed_in_the_meantime_is_not_replaced_and_nothing_is_thrown_away(tmp_path):
    for spare in ("out-2", "out-3"):
        with pytest.raises(OutputError, match=f"changed by another program.*saved as .*{spare}"):
            write_slowly(tmp_path / "out", "fast " + spare)
        assert (tmp_path / "out" / "content").read_text() == "fast " + spare
        assert (tmp_path / spare / "content").read_text() == "slow"
    with pytest.raises(OutputError, match=r"saved as .*file-2.csv"):
        write_slowly(tmp_path / "file.csv", "fast")
    assert (tmp_path / "file.csv").read_text() == "fast"
    assert (tmp_path / "file-2.csv").read_text() == "slow"
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="names are exchanged on Linux alone")
@pytest.mark.parametrize("name", ["out", "out.csv"])
def test_what_cannot_be_changed_back_is_told_as_it_is(tmp_path, monkeypatch, name):
    """Another program comes between the last look and the exchange, and the disk fails after it."""
    place, rename, n_calls = tmp_path / name, replacement._rename, 0

    def rename_once(stage, target, flag):
        nonlocal n_calls
        n_calls += 1
        if n_calls > 1:
            return False
        write(place, "theirs")
        return rename(stage, target, flag)

    def write(path, text):
        if not path.suffix:
            path.mkdir(exist_ok=True)
        (path if path.suffix else path / "content").write_text(text)

    def content(path):
        return (path if path.suffix else path / "content").read_text()

    write(place, "old")
    (place / "config.json").write_text(RECORD) if not place.suffix else None
    staged = staged_file(place, force=True) if place.suffix else staged_folder(place, KIND, force=True)
    monkeypatch.setattr(replacement, "_rename", rename_once)
    with pytest.raises(OutputError, match="is written; .* saved as .*out-2"), staged as stage:
        (stage if place.suffix else stage / "content").write_text("ours")
    assert content(place) == "ours"
    assert content(place.with_stem("out-2")) == "theirs"
    assert leftovers(tmp_path) == []


def test_a_budget_that_could_not_be_replaced_is_of_the_curve(tmp_path):
    budgets = tmp_path / "out" / "budgets"
    budgets.mkdir(parents=True)
    for name in ("8", "8-2"):
        (budgets / f"{name}.json").write_text(json.dumps({"format_version": 1, "key": {}, "result": {}}))
    CURVE.check(tmp_path / "out")
    (budgets / "mine.json").touch()
    with pytest.raises(OutputError, match="budgets"):
        CURVE.check(tmp_path / "out")


def test_a_claim_spans_reading_working_and_writing(tmp_path):
    make_output(tmp_path / "out", "old")
    with claimed(tmp_path / "out", KIND, in_place=True):
        for content in ("new", "newer"):
            with staged_folder(tmp_path / "out", KIND) as stage:
                (stage / "content").write_text(content)
                (stage / "config.json").write_text(RECORD)
        assert (tmp_path / "out" / "content").read_text() == "newer"
        (tmp_path / "out" / "content").write_text("by another program")
        with pytest.raises(OutputError, match="saved as"), staged_folder(tmp_path / "out", KIND):
            pass
    assert (tmp_path / "out" / "content").read_text() == "by another program"


def test_a_claim_that_comes_to_nothing_leaves_nothing(tmp_path):
    with claimed(tmp_path / "a" / "b" / "out", KIND):
        assert (tmp_path / "a" / "b").is_dir()
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_could_not_be_looked_at_is_still_this_runs_own(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(5, "Input/output error")

    with claimed(tmp_path / "out", KIND):
        monkeypatch.setattr(replacement, "state_of", refuse)
        make_output(tmp_path / "out", "first")
        monkeypatch.undo()
        with staged_folder(tmp_path / "out", KIND, force=True) as stage:
            (stage / "content").write_text("second")
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "content").read_text() == "second"


@pytest.mark.parametrize("has_spare", [True, False])
def test_what_has_no_spare_is_dropped_where_its_place_cannot_be_taken(tmp_path, monkeypatch, has_spare):
    def refuse(*_):
        raise OSError(5, "Input/output error")

    make_output(tmp_path / "out", "old")
    monkeypatch.setattr(replacement, "_swap_in", refuse)
    with (
        pytest.raises(OutputError, match="out-2" if has_spare else "Input/output error"),
        staged_folder(tmp_path / "out", KIND, force=True, has_spare=has_spare) as stage,
    ):
        (stage / "content").write_text("new")
    assert (tmp_path / "out" / "content").read_text() == "old"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "out-2"][: 1 + has_spare]


def test_the_record_of_a_leftover_goes_last(tmp_path, monkeypatch):
    unlink = Path.unlink

    def failing(self, **options):
        if self.name == "content":
            raise OSError(5, "Input/output error")
        unlink(self, **options)

    make_output(tmp_path / "out", "old")
    monkeypatch.setattr(Path, "unlink", failing)
    make_output_over(tmp_path / "out")
    assert len(leftovers(tmp_path)) == 1
    monkeypatch.undo()
    with claimed(tmp_path / "out", KIND, force=True):
        assert leftovers(tmp_path) == []


def make_output_over(folder):
    with staged_folder(folder, KIND, force=True) as stage:
        (stage / "config.json").write_text(RECORD)
        (stage / "stale").touch()


def test_a_message_does_not_tell_the_name_of_the_stage(tmp_path):
    def write_as_arrow():
        with staged_file(tmp_path / "out") as stage:
            raise OSError(
                28, f"Failed to open local file '{stage}'. Detail: [errno 28] No space left on device"
            )

    with pytest.raises(OutputError, match=r"out: No space left on device; nothing was changed"):
        write_as_arrow()


def test_empty_folders_of_a_stage_are_cleared(tmp_path):
    (tmp_path / ".out.abcd_123.tmp" / "inner").mkdir(parents=True)
    with claimed(tmp_path / "out", KIND):
        assert leftovers(tmp_path) == []


def test_a_half_written_subfolder_of_a_stage_stays_out_of_the_output(tmp_path):
    kind = Kind("a test", "config.json|inner(/a|/b)?", {"config.json": ("format_version", "test")})
    target, stage = tmp_path / "out", tmp_path / ".out.abcd_123.tmp"
    for folder in (target, stage):
        (folder / "inner").mkdir(parents=True)
        (folder / "config.json").write_text(RECORD)
        (folder / "inner" / "a").write_text("whole")
    (stage / replacement.MARK).touch()
    for name in ("b", ".tmpQPOHHk"):  # safetensors writes to such a name first
        (stage / "inner" / name).write_text("half")
    (stage / "notes").mkdir()
    (stage / "notes" / "letter").write_text("of another program")
    check_writable(target, kind, force=True)
    with staged_folder(target, kind, force=True, in_place=True) as again:
        (again / "config.json").write_text(RECORD)
    assert leftovers(tmp_path) == []
    assert sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()) == [
        "config.json",
        "inner/a",
        "notes/letter",
    ]
