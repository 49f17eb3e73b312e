"""What a seed decides comes out the same, byte for byte, whatever the surroundings of the process."""

import json
import locale
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from textransfer.bundled import bundled_corpora

COMMANDS = (
    "pretrain unlabeled.txt -o vectors --epochs 4 --vector-size 8 --n-jobs 1 --ngrams all",
    "pretrain few.csv -o nce --epochs 1 --vector-size 4 --n-jobs 1 --objective nce --noise-sharing pair",
    "update heldout.csv --embeddings vectors -o updated --epochs 2 --n-jobs 1",
    "classify -l labelled.csv --embeddings vectors --draws 2 -o classifier --curves c.svg --report r.html",
    "curve -l labelled.csv -t few.csv --embeddings vectors --budgets 4,8 --draws 2 -o curve --n-jobs 1",
    "suggest unlabeled.txt --embeddings vectors -n 4 -o first.csv",
    "suggest unlabeled.txt --classifier classifier -n 4 -o next.csv",
    "predict -i heldout.csv --classifier classifier -o said.csv --explain 3",
    "predict -i heldout.csv --classifier classifier -o said.jsonl --top-k 2",
    "evaluate -l heldout.csv --classifier classifier --report evaluated.html",
    "export vectors --to word2vec -o vectors.bin",
    "export vectors --to glove -o vectors.txt",
)
SCRIPT = """
import os, sys
from textransfer.cli.app import main

if sys.argv.pop(1) == "forked":
    import numpy as np
    np.ones((400, 400)) @ np.ones((400, 400))
    child = os.fork()
    if child:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
for command in sys.argv[1:]:
    sys.argv = ["textransfer", *command.split(), "-q"]
    try:
        main()
    except SystemExit as done:
        if done.code:
            raise
"""
ONE = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C"}
OTHER = {
    "PYTHONHASHSEED": "random",
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
    "MKL_NUM_THREADS": "2",
    "NUMBA_NUM_THREADS": "2",
    "TZ": "Asia/Tokyo",
}
LOCALES = ("tr_TR.UTF-8", "de_DE.UTF-8", "C.UTF-8")
"""Of other letters and decimal marks; the first that the machine has."""
TIMES = re.compile("second|stages|^date$")


def other_locale() -> str:
    before = locale.setlocale(locale.LC_ALL)
    for name in LOCALES:
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        locale.setlocale(locale.LC_ALL, before)
        return name
    return "C"


def begun(folder: Path, surroundings: dict[str, str], how: str) -> "subprocess.Popen[str]":
    """Run all commands in one process, in a folder with the bundled reviews."""
    shutil.copytree(bundled_corpora("en"), folder)
    labelled = [(folder / name).read_text(encoding="utf-8") for name in ("few.csv", "heldout.csv")]
    (folder / "labelled.csv").write_text(labelled[0] + labelled[1].split("\n", 1)[1], encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, how, *COMMANDS],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)), **surroundings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def timeless(value: Any) -> Any:
    """Return a JSON value without what tells how long something took, and when."""
    if isinstance(value, dict):
        return {name: timeless(part) for name, part in value.items() if not TIMES.search(name)}
    return [timeless(part) for part in value] if isinstance(value, list) else value


def content(path: Path) -> object:
    """Return what must be the same in a file: all bytes but dates and durations."""
    if path.suffix == ".json":
        return timeless(json.loads(path.read_bytes()))
    if path.name == "progress.jsonl":
        return [timeless(json.loads(line)) for line in path.read_bytes().splitlines()]
    if path.suffix not in (".md", ".html", ".svg"):
        return path.read_bytes()
    text = re.sub(r"\d+(\.\d+)? ?(ms|s|min|M words/s)\b", "TIME", path.read_text(encoding="utf-8"))
    return re.sub(r"20\d\d-\d\d-\d\d([T ]\d\d:[\d:+]+( [A-Z]\w+)?)?", "DATE", text)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_surroundings_change_no_byte(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "another place, Ü"
    runs = [begun(one, ONE, "plain"), begun(other, OTHER | {"LC_ALL": other_locale()}, "forked")]
    for run in runs:
        said = run.communicate(timeout=300)[1]
        assert run.returncode == 0, said[-2000:]
    files = {path.relative_to(one) for path in one.rglob("*") if path.is_file()}
    assert files == {path.relative_to(other) for path in other.rglob("*") if path.is_file()}
    assert len(files) > 50
    assert [str(file) for file in sorted(files) if content(one / file) != content(other / file)] == []
