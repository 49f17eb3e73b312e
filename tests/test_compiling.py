"""Kernels are compiled with a cache where there can be one, and without where there cannot."""

import importlib.util
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numba
import pytest
from numba.core.caching import CacheImpl, IndexDataCacheFile

import textransfer
from textransfer.compiling import COMPILING
from textransfer.errors import TextransferWarning

KERNEL = "from textransfer.compiling import compiled\n@compiled\ndef double(x):\n    return x + x\n"
PACKAGE = Path(textransfer.__file__).parent


def double_of(folder):
    """Return a kernel whose source lies in a folder."""
    folder.mkdir(exist_ok=True)
    if not (folder / "kernel.py").exists():  # older releases of numba go by its time
        (folder / "kernel.py").write_text(KERNEL)
    spec = importlib.util.spec_from_file_location("kernel", folder / "kernel.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.double


def test_what_was_compiled_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    double = double_of(tmp_path / "source")
    assert double(21) == 42
    assert list((tmp_path / "cache").rglob("*.nbc"))
    again = double_of(tmp_path / "source")
    assert again(21) == 42
    assert sum(again.stats.cache_hits.values()) == 1


def test_what_was_kept_is_loaded_without_all_that_could_be_compiled():
    """Functions that are compiled after it are as good as ever."""
    script = """if True:
        import sys
        import numpy as np
        from textransfer.text.encoding.kernels.tables import hash_of
        hash_of(np.zeros(4, np.uint8), 0, 4)
        loaded = {"numba.np.linalg", "scipy.linalg"} & set(sys.modules)
        import numba
        dot = numba.njit(lambda a: np.dot(a, a).sum() + np.linalg.norm(a))
        print(sorted(loaded), dot(np.eye(4)))
    """
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)  # the first may have compiled it
    ]
    assert runs[1].strip() == "[] 6.0"


def test_that_loops_are_compiled_is_said_before(tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO", logger="textransfer.compiling")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    assert double_of(tmp_path / "source")(21) == 42
    assert caplog.messages == [COMPILING]
    assert double_of(tmp_path / "source")(21) == 42
    assert caplog.messages == [COMPILING]


def test_what_an_older_release_kept_is_compiled_anew(tmp_path, monkeypatch):
    """A type that kernels take may have moved to another module since."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(f"{__name__}.KERNEL", KERNEL.replace("x + x", "x.half + x.half"))
    monkeypatch.syspath_prepend(tmp_path)
    source = "from typing import NamedTuple\nclass Whole(NamedTuple):\n    half: int\n"
    hits = []
    for name in ("earlier", "later", "later"):
        for path in tmp_path.glob("*er.py"):
            path.unlink()
        (tmp_path / f"{name}.py").write_text(source)
        monkeypatch.delitem(sys.modules, "earlier", raising=False)
        importlib.invalidate_caches()
        double = double_of(tmp_path / "source")
        assert double(importlib.import_module(name).Whole(21)) == 42
        hits.append(sum(double.stats.cache_hits.values()))
    assert hits == [0, 0, 1]


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("n_bytes", [0, 9, 60])
def test_what_was_cut_short_is_compiled_anew(tmp_path, monkeypatch, suffix, n_bytes):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    double_of(tmp_path / "source")(21)
    for file in (tmp_path / "cache").rglob(f"*.{suffix}"):
        os.truncate(file, n_bytes)
    assert double_of(tmp_path / "source")(21) == 42
    again = double_of(tmp_path / "source")
    assert again(21) == 42
    assert sum(again.stats.cache_hits.values()) == 1


def test_a_cache_that_cannot_be_written_gives_way_to_the_next_place(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert double_of(tmp_path / "source")(21) == 42
    assert list((tmp_path / "source").rglob("*.nbc"))


def test_without_any_place_for_a_cache_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    with pytest.warns(TextransferWarning, match="set NUMBA_CACHE_DIR"):
        double = double_of(tmp_path / "source")
    assert double(21) == 42


def test_without_a_home_no_folder_of_its_name_is_made(tmp_path, monkeypatch):
    """As for a user that the system does not know: Python leaves "~" as it is."""
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    user_wide = [kind for kind in CacheImpl._locator_classes if "UserWide" in kind.__name__]
    monkeypatch.setattr(CacheImpl, "_locator_classes", user_wide)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    with pytest.warns(TextransferWarning, match="set NUMBA_CACHE_DIR"):
        assert double_of(tmp_path / "source")(21) == 42
    assert not list((tmp_path / "work").iterdir())


def test_a_full_disk_is_no_error(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    double = double_of(tmp_path / "source")
    with pytest.warns(TextransferWarning, match="cannot be kept"):
        assert double(21) == 42


def test_the_warning_is_shown_once(tmp_path, monkeypatch):
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for number in range(3):
            double_of(tmp_path / str(number))
    assert len(caught) == 1


def can_mount():
    """Tell whether a read-only mount can be made, for which one must be root."""
    command = ["unshare", "-m", "mount", "--bind", "/usr", "/usr"]
    return (
        shutil.which("unshare") and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(not can_mount(), reason="needs root on Linux")
def test_a_read_only_installation_without_a_home(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "lib" / "textransfer", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "home").mkdir()
    (tmp_path / "out").mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= {
        "HOME": "/home-ro",
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CACHE_HOME": str(tmp_path / "home"),
    }
    environment |= {"HOME": str(tmp_path / "home"), "PYTHONPATH": str(tmp_path / "lib")}
    script = (
        "mount --bind lib lib && mount -o remount,ro,bind lib && "
        "mount --bind home home && mount -o remount,ro,bind home && cd out && "
        f"{sys.executable} -c 'from textransfer.pretrain.kernels.scores import new_tally; "
        "print(new_tally().size)'"
    )
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 0
    assert done.stderr.count("set NUMBA_CACHE_DIR") == 1
