"""What a process can do that was forked from one which has computed with several threads."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from textransfer import forking

SCRIPT = """
import multiprocessing, sys
import torch
from reviews import labelled, word_vectors
from textransfer import SentimentClassifier, SkipGram

texts, labels = labelled(2000)
torch.set_num_threads(2)


def work(_):
    fitted = SentimentClassifier(word_vectors()).fit(texts[:40], labels[:40])
    tuned = SentimentClassifier(word_vectors(), fine_tune=True, epochs=2).fit(texts[:40], labels[:40])
    vectors = SkipGram(vector_size=4, epochs=2, n_jobs=2).fit(texts).vectors_
    by_torch = SkipGram(vector_size=4, epochs=1, engine="torch").fit(texts[:50]).vectors_
    predicted = [len(kind.predict(texts)) for kind in (classifier, fitted, tuned)]
    return [*predicted, len(vectors), len(by_torch)]


if __name__ == "__main__":
    classifier = SentimentClassifier(word_vectors()).fit(texts[:40], labels[:40])
    torch.randn(500, 500) @ torch.randn(500, 500)
    own = work(None)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        try:
            assert pool.map_async(work, [None]).get(timeout=400) == [own]
        except multiprocessing.TimeoutError:
            pool.terminate()
            sys.exit("it hangs")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_predicts_and_trains(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]


forks = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux alone")


@forks
def test_work_is_done_in_another_process() -> None:
    with forking.begun(os.getpid) as outcome:
        child = outcome()
    assert child != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@forks
def test_a_process_ends_with_its_parent() -> None:
    script = (
        "import os, time\nfrom textransfer.forking import begun\n"
        "def work():\n    print(os.getpid(), flush=True)\n    time.sleep(60)\n"
        "with begun(work) as outcome:\n    outcome()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert int(parent.stdout.readline()) != parent.pid
    started = time.monotonic()
    parent.kill()
    parent.wait()
    assert parent.stdout.read() == ""  # its other end is closed when both are gone
    assert time.monotonic() - started < 30


@forks
def test_its_error_is_raised_here() -> None:
    with forking.begun(lambda: int("x")) as outcome, pytest.raises(ValueError, match="'x'"):
        outcome()


@forks
def test_work_whose_process_is_lost_is_done_here() -> None:
    own = os.getpid()

    def work() -> int:
        if os.getpid() != own:
            os._exit(9)
        return 7

    with forking.begun(work) as outcome:
        assert outcome() == 7


def test_work_is_done_here_if_there_can_be_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse, raising=False)
    with forking.begun(os.getpid) as outcome:
        assert outcome() == os.getpid()


@forks
def test_a_process_that_nobody_waits_for_ends() -> None:
    started = time.monotonic()
    with pytest.raises(KeyError), forking.begun(lambda: time.sleep(60)):
        raise KeyError
    assert time.monotonic() - started < 30
