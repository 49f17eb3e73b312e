"""One process writes an output at a time; a killed one keeps nobody waiting."""

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from textransfer.errors import OutputError
from textransfer.storage import locks
from textransfer.storage.locks import locked

HOLD = (
    "import sys\nfrom pathlib import Path\nfrom textransfer.storage.locks import locked\n"
    "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
)


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock of "out" until its standard input ends."""
    root = str(Path(locks.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": root},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process


def check_free(path):
    with locked(path) as is_locked:
        assert is_locked == (sys.platform != "win32")
    assert list(path.parent.iterdir()) == []


def test_a_process_that_is_shut_out_learns_by_whom(tmp_path, holder):
    with pytest.raises(
        OutputError, match=f"another process is writing .*process {holder.pid} on .* since 2.*-c"
    ):
        check_free(tmp_path / "out")
    holder.stdin.close()
    holder.wait()
    check_free(tmp_path / "out")


def test_a_killed_process_holds_nothing(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / ".out.lock").exists()
    check_free(tmp_path / "out")


def test_threads_shut_each_other_out(tmp_path):
    caught = []

    def rival():
        try:
            check_free(tmp_path / "out")
        except OutputError as error:
            caught.append(error)

    with locked(tmp_path / "out"):
        thread = threading.Thread(target=rival)
        thread.start()
        thread.join()
    assert len(caught) == 1
    check_free(tmp_path / "out")


def test_a_lock_file_removed_by_its_holder_is_not_taken_for_the_lock(tmp_path, monkeypatch):
    import fcntl

    place = tmp_path / ".out.lock"
    flock = fcntl.flock
    calls = []

    def late(descriptor, operation):
        flock(descriptor, operation)
        calls.append(descriptor)
        if len(calls) == 1:
            place.unlink()  # the holder before gave up between our opening and locking
        elif len(calls) == 2:
            place.unlink()
            place.touch()  # and the next one has begun

    monkeypatch.setattr(fcntl, "flock", late)
    with locked(tmp_path / "out"):
        assert len(calls) == 3
        assert place.read_text().startswith(f"process {os.getpid()}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "folder", "pipe", "link", "link to nothing"])
def test_what_others_named_like_the_lock_stays(tmp_path, kind):
    place, notes = tmp_path / ".out.lock", tmp_path / "notes"
    if kind == "file":
        place.write_text("mine")
    elif kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(notes)
    if kind == "link":
        notes.write_text("mine")
    before = place.lstat()
    with locked(tmp_path / "out") as is_locked:
        assert not is_locked
    assert place.lstat().st_ino == before.st_ino
    assert place.lstat().st_mtime == before.st_mtime
    assert notes.exists() == (kind == "link") == (notes.exists() and notes.read_text() == "mine")


def test_the_lock_of_another_user_holds_too(tmp_path, holder, monkeypatch):
    open_file = os.open

    def refuse(path, flags, *mode):
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied", path)
        return open_file(path, flags, *mode)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError, match=f"another process is writing .*process {holder.pid}"):
        check_free(tmp_path / "out")


def test_a_file_system_without_locks_is_worked_on_all_the_same(tmp_path, monkeypatch):
    import fcntl

    def refuse(descriptor, operation):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with locked(tmp_path / "out") as is_locked:
        assert not is_locked


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks")
def test_where_there_are_no_locks_no_file_is_left(tmp_path, monkeypatch):
    import fcntl

    def refused(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refused)
    with locked(tmp_path / "out") as is_locked:
        assert not is_locked
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks")
def test_a_file_of_others_by_the_name_of_a_lock_stays_where_there_are_none(tmp_path, monkeypatch):
    import fcntl

    def refused(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refused)
    (tmp_path / ".out.lock").write_text("mine")
    with locked(tmp_path / "out") as is_locked:
        assert not is_locked
    assert (tmp_path / ".out.lock").read_text() == "mine"
